"""Labeling by keyboard, mouse and touch: each answer is in the database exactly once."""

from playwright.sync_api import expect

from annotator.models import Label, Place
from tests import make
from tests.browser.labeling import answers, open_screen, press, wait_for_item, wait_saved


def test_twenty_items_by_keyboard_alone(project, annotator, page_of):
    queue = make.queue(project, items=20)
    page = open_screen(page_of(annotator), queue)
    for n in range(20):
        wait_for_item(page, n)
        expect(page.locator("#progress")).to_have_text(f"{n + 1} of 20")
        press(page, ["y", "n", "ArrowRight", "ArrowLeft"][n % 4])
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)

    given = answers(queue)
    assert given == [(f"item-{n}", "yes" if n % 2 == 0 else "no") for n in range(20)]
    assert Place.objects.filter(queue=queue, done_at=None).count() == 0
    assert Label.objects.filter(queue=queue, rater__user=annotator, ms__gt=0).count() == 20
