"""The owner asks again while the annotator's tab stays open, and what else comes a second time."""

from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from annotator.jobs import runner
from annotator.models import Label, Place, Queue
from annotator.services import ask_again, labeling, queues
from tests import make
from tests.annotator import asking
from tests.annotator.labeling import program
from tests.browser.labeling import answers, open_screen, path, press, standing, wait_for_item, wait_saved


def asked_again(queue: Queue, key: str = "good") -> None:
    """Another wording; what was answered to the old one is asked again."""
    queues.set_question(project=queue.project, key=key, text="Is it really good?")
    job = ask_again.ask_again(queue=queue, question=queue.project.questions.get(key=key))
    runner.run(job.pk, queue="default")


def back_to_the_tab(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def claims_of(page: Page) -> list[str]:
    """Grows with each request for items from now on."""
    claims: list[str] = []
    page.on("request", lambda request: claims.append(request.url) if "/claim" in request.url else None)
    return claims


def test_a_tab_that_stayed_open_shows_what_is_asked_again(project, annotator, page_of):
    queue = make.queue(project, items=2)
    page = open_screen(page_of(annotator), queue)
    press(page, "y", then=1)
    press(page, "y")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    asked_again(queue)

    claims = claims_of(page)
    back_to_the_tab(page)
    wait_for_item(page, 0)
    expect(page.locator("#question")).to_have_text("Is it really good?")
    expect(page.locator("#progress")).to_have_text("1 of 2")
    page.wait_for_timeout(1500)
    assert len(claims) <= 3  # one may have been on its way, one finds both items, one that there are no more

    press(page, "n", then=1)
    press(page, "u", then=0)  # the way back leads to the new answer, not to the old ones
    press(page, "n", then=1)
    press(page, "n")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    assert standing(queue) == {"item-0": "no", "item-1": "no"}
    given = Label.objects.filter(queue=queue, superseded_by=None, answer="no")
    assert set(given.values_list("question_version__number", flat=True)) == {2}


def test_what_was_on_its_way_when_it_was_asked_again_is_not_the_last_word(project, annotator, page_of):
    """The tab asked before, the server answers "done", and the person comes back to the tab meanwhile."""
    queue = make.queue(project, items=1)
    page = open_screen(page_of(annotator), queue)
    press(page, "y")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    with page.expect_event("request", lambda request: "/claim" in request.url):
        held = held_claim(page)
        back_to_the_tab(page)
    asked_again(queue)
    back_to_the_tab(page)
    held.pop().fulfill(
        json={"items": [], "empty_because": {"code": "done", "text": "Everything here is answered."}}
    )
    wait_for_item(page, 0)


def held_claim(page: Page) -> list[Route]:
    """The next claim waits, in this list, until it is answered; those after it go to the server."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/claim*", hold, times=1)
    return held


def test_an_item_that_is_its_raters_alone_comes_again_under_the_same_lease(project, annotator, page_of):
    """Such as a gold item: its place is not handed to anybody else when it is asked again."""
    queue = make.queue(project, items=1)
    mine = {"owner": labeling.rater_of(project, annotator), "lease_until": timezone.now()}
    Place.objects.filter(queue=queue).update(extra=True, **mine)
    page = open_screen(page_of(annotator), queue)
    press(page, "y")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    asked_again(queue)
    back_to_the_tab(page)
    wait_for_item(page, 0)
    press(page, "n")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    assert standing(queue) == {"item-0": "no"}


def test_in_passes_the_first_question_comes_again_alone(project, annotator, page_of):
    queue = asking.chain_queue(project, {"key": "good"}, {"key": "true"}, items=1, by_pass=True)
    page = page_of(annotator)
    page.goto(path(queue))
    for question in ("good", "true"):
        asked(page, 0, question)
        press(page, "y")
    expect(page.locator("#end")).to_be_visible()
    wait_saved(page)
    asked_again(queue)
    back_to_the_tab(page)
    asked(page, 0, "really good")
    press(page, "n")
    expect(page.locator("#end")).to_be_visible()
    wait_saved(page)
    given = Label.objects.filter(queue=queue, superseded_by=None).exclude(answer="undo")
    assert set(given.values_list("question__key", "answer")) == {("good", "no"), ("true", "yes")}


def asked(page: Page, n: int, question: str) -> None:
    """Until this question is asked about item n."""
    expect(page.locator("#stage [data-part=input]")).to_have_text(f"In {n}")
    expect(page.locator("#question")).to_have_text(f"Is it {question}?")
    page.wait_for_timeout(50)


def refuse_all(page: Page) -> None:
    """The server answers each label with: not like this."""

    def refuse(route) -> None:
        labels = route.request.post_data_json["labels"]
        results = [
            {"idempotency_key": one["idempotency_key"], "status": 422, "error": "Not like this."}
            for one in labels
        ]
        route.fulfill(status=200, json={"results": results})

    page.route("**/api/v1/labels", refuse)


def test_a_refused_last_answer_is_no_reason_to_ask_without_end(project, annotator, page_of):
    queue = make.queue(project, items=1)
    page = open_screen(page_of(annotator), queue)
    refuse_all(page)
    claims = claims_of(page)
    press(page, "y")
    expect(page.get_by_role("alert")).to_contain_text("Not like this.")
    page.wait_for_timeout(3000)
    assert len(claims) <= 5  # further and further apart

    page.unroute("**/api/v1/labels")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes")]


def test_what_is_refused_and_handed_out_anew_is_left_to_others(project, annotator, page_of):
    """The first lease is over and the item free; this tab does not show it and must not keep it."""
    queue = make.queue(project, items=1)
    page = open_screen(page_of(annotator), queue)
    refuse_all(page)
    press(page, "y")
    expect(page.get_by_role("alert")).to_contain_text("Not like this.")
    claims = claims_of(page)
    Place.objects.filter(queue=queue).update(owner=None, lease_id=None, lease_until=None, holder="")
    with page.expect_response("**/release"):
        back_to_the_tab(page)
    page.wait_for_timeout(3000)
    assert len(claims) <= 5
    assert [item["external_id"] for item in program(queue, "ben").claim()["items"]] == ["item-0"]
