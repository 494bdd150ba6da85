"""Deciding what others disagree about: blind first, then their answers, then keep or change."""

from playwright.sync_api import Page, expect

from annotator.models import Item, Label, Place, Project, Queue, QueueQuestion, User
from annotator.queries.chains import chain_of
from annotator.services import labeling
from tests import make
from tests.annotator import asking
from tests.browser.labeling import path, press, wait_saved
from tests.browser.pairs import swapped, wait_for_pair


def disputed(project: Project, queue: Queue, *, people, answers) -> Queue:
    """Each person's answer to every item, with a note; then the queue where that is decided."""
    for person, answer in zip(people, answers, strict=True):
        rater, chain = labeling.rater_of(project, person), chain_of(queue)
        for leased in labeling.claim(queue=queue, rater=rater, chain=chain, size=10).items:
            sent = labeling.Sent(
                lease=leased.lease,
                question=chain[0].key,
                answer=answer,
                note=f"because {answer}",
                idempotency_key=f"{person.username} {leased.external_id}",
            )
            labeling.submit(answers=[sent], by=rater)
    deciding = Queue.objects.create(project=project, name="Decide", kind=queue.kind, adjudicates=queue)
    for asked in queue.chain.all():
        QueueQuestion.objects.create(queue=deciding, question=asked.question, position=asked.position)
    for item in queue.items.order_by("position"):
        original = item.pk
        item.pk, item.queue, item.copy_of_id = None, deciding, original
        item.save()
        Place.objects.create(queue=deciding, item=item, position=item.position, n=0)
    return deciding


def raters(project: Project) -> tuple[User, User]:
    return make.member(project, "ada"), make.member(project, "ben")


def given(queue: Queue) -> list[tuple[str, str]]:
    rows = Label.objects.filter(queue=queue).order_by("pk")
    return list(rows.values_list("item__external_id", "answer"))


def opened(page: Page, queue: Queue) -> Page:
    page.goto(path(queue))
    wait_for_pair(page, 0)
    return page


def see_others(page: Page, n: int) -> None:
    expect(page.locator("#others")).to_contain_text("The others had answered")
    expect(page.locator("#others-list > li")).to_have_count(n)
    page.wait_for_timeout(60)


def test_blind_first_then_keep_or_change(project, owner, page_of):
    ada, ben = raters(project)
    queue = asking.chain_queue(project, {"key": "good"}, items=3, overlap=2)
    deciding = disputed(project, queue, people=(ada, ben), answers=("yes", "no"))
    page = opened(page_of(owner), deciding)
    assert "because" not in page.content()

    press(page, "y")
    see_others(page, 2)
    expect(page.locator("#others-list")).to_contain_text("ada because yes")
    expect(page.locator("#stage [data-part=input]")).to_have_text("In 0")
    press(page, "y")  # the same again keeps it
    wait_for_pair(page, 1)
    expect(page.locator("#others")).to_be_hidden()

    press(page, "y")
    see_others(page, 2)
    press(page, "n")  # changes it
    wait_for_pair(page, 2)

    press(page, "n")
    see_others(page, 2)
    press(page, "Enter")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    assert given(deciding) == [
        ("item-0", "yes"),
        ("item-1", "yes"),
        ("item-1", "undo"),
        ("item-1", "no"),
        ("item-2", "no"),
    ]


def test_a_note_written_after_seeing_them_goes_with_the_answer(project, owner, page_of):
    ada, ben = raters(project)
    queue = asking.chain_queue(project, {"key": "good"}, items=2, overlap=2)
    deciding = disputed(project, queue, people=(ada, ben), answers=("yes", "no"))
    page = opened(page_of(owner), deciding)
    press(page, "y")
    see_others(page, 2)
    press(page, "e")
    page.keyboard.type("ben is too strict")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keep mine").click()
    wait_for_pair(page, 1)
    expect(page.locator("#note")).to_have_value("")
    wait_saved(page)
    last = Label.objects.filter(queue=deciding).latest("pk")
    assert (last.answer, last.note) == ("yes", "ben is too strict")


def test_undo_while_the_others_are_shown_asks_again(project, owner, page_of):
    ada, ben = raters(project)
    queue = asking.chain_queue(project, {"key": "good"}, items=1, overlap=2)
    deciding = disputed(project, queue, people=(ada, ben), answers=("yes", "no"))
    page = opened(page_of(owner), deciding)
    press(page, "y")
    see_others(page, 2)
    press(page, "u")
    expect(page.locator("#others")).to_be_hidden()
    wait_for_pair(page, 0)
    press(page, "n")
    see_others(page, 2)
    press(page, "Enter")
    expect(page.locator("#end")).to_be_visible()
    wait_saved(page)
    assert [answer for _, answer in given(deciding)] == ["yes", "undo", "no"]


def test_without_the_server_one_goes_on_and_nothing_is_lost(project, owner, page_of, guard):
    guard.allow(r"Failed to load resource")
    ada, ben = raters(project)
    queue = asking.chain_queue(project, {"key": "good"}, items=2, overlap=2)
    deciding = disputed(project, queue, people=(ada, ben), answers=("yes", "no"))
    page = opened(page_of(owner), deciding)
    page.context.set_offline(True)
    press(page, "y")
    expect(page.locator("#others")).to_contain_text("as soon as yours is stored")
    press(page, "y")  # nobody has seen anything: this is no second answer
    page.wait_for_timeout(100)
    expect(page.locator("#stage [data-part=input]")).to_have_text("In 0")
    press(page, "Enter")
    wait_for_pair(page, 1)
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    wait_saved(page)
    assert given(deciding) == [("item-0", "yes")]


def test_of_a_pair_the_others_speak_of_the_sides_as_i_see_them(project, owner, page_of):
    ada, ben = raters(project)
    queue = asking.pair_queue(project, items=1, overlap=2)
    deciding = disputed(project, queue, people=(ada, ben), answers=("left", "tie"))
    page = opened(page_of(owner), deciding)
    left = "B" if swapped(page) else "A"
    press(page, "x")
    see_others(page, 2)
    expect(page.locator("#others-list .badge").first).to_have_text(left)
    expect(page.locator("#others-list .badge").last).to_have_text("Tie")
    press(page, left.lower())
    expect(page.locator("#end")).to_be_visible()
    wait_saved(page)
    assert [answer for _, answer in given(deciding)] == ["both_bad", "undo", "left"]
    assert Item.objects.filter(queue=deciding, copy_of__queue=queue).count() == 1
