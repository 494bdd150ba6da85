"""The labeling screen as tests drive it, and the truth in the database."""

from playwright.sync_api import Locator, Page, expect

from annotator.models import Label, Queue

SEEN = 60  # milliseconds: an answer that comes sooner after its item than a bouncing key is none


def path(queue: Queue) -> str:
    return f"/p/{queue.project.slug}/queues/{queue.pk}/label/"


def open_screen(page: Page, queue: Queue) -> Page:
    """Open it and wait for the first item."""
    page.goto(path(queue))
    wait_for_item(page, 0)
    return page


def wait_for_item(page: Page, n: int) -> None:
    """Until item n of `make.queue` is painted."""
    expect(page.locator("#stage [data-part=input]")).to_have_text(f"Question {n}")
    page.wait_for_timeout(SEEN)


def again_at_once(button: Locator) -> None:
    """Its next click is followed by another, as from an impatient hand; by the page's own clock."""
    button.evaluate(
        "it => it.addEventListener('click', () => setTimeout(() => it.click(), 30), { once: true })"
    )


def press(page: Page, key: str, *, then: int | None = None) -> None:
    """Press a key as a person does, who has seen what it answers; wait for item `then`."""
    page.wait_for_timeout(SEEN)
    page.keyboard.press(key)
    if then is not None:
        wait_for_item(page, then)


def back_online(page: Page) -> None:
    """What the browser says when the network is back; nobody waits for the next pause to end."""
    page.evaluate("window.dispatchEvent(new Event('online'))")


def wait_saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text("All saved")


def answers(queue: Queue) -> list[tuple[str, str]]:
    """(external id, answer) of every row, in the order of storing."""
    rows = Label.objects.filter(queue=queue).order_by("pk")
    return list(rows.values_list("item__external_id", "answer"))


def standing(queue: Queue) -> dict[str, str]:
    """The answer that stands for each item."""
    rows = Label.objects.filter(queue=queue, superseded_by=None).exclude(answer="undo")
    return dict(rows.values_list("item__external_id", "answer"))
