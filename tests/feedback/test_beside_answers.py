"""What is said beside "no" in a check: stored with the answer, gone with it."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from annotator.services.raters import rater_of
from feedback.models import Expectation, FailureMode, InternAnswer, Sighting
from feedback.queries.modes import seen_modes
from feedback.services import assertions, modes, sightings
from tests import make
from tests.annotator.labeling import person
from tests.feedback import logged


@pytest.fixture
def check(project, owner, next_morning):
    logged.interactions(project, 5)
    logged.plan(project, owner)
    return logged.check(project)


@pytest.fixture
def tab(check, annotator, as_):
    return person(check.queue, as_(annotator))


def seen(queue=None) -> set[tuple[str, str]]:
    """(external id, mode) that stand."""
    rows = Sighting.objects.filter(current=True, present=True)
    return set(rows.values_list("item__external_id", "mode__name"))


def test_modes_an_expectation_and_the_intern_come_with_the_answer(tab, project, owner):
    known = modes.named(project, "Rude", owner)
    item = tab.items()[0]

    result = tab.answer(
        item,
        "no",
        beside={
            "modes": [known.pk],
            "new": ["  Invents   a policy"],
            "expected": " 30 days ",
            "intern": "hard",
        },
    )

    assert (result["status"], result["state"]) == (201, "counted")
    assert seen() == {(item["external_id"], "Rude"), (item["external_id"], "Invents a policy")}
    row = Sighting.objects.get(mode=known)
    assert row.version == modes.newest_version(known)
    assert row.occurred_at.isoformat() == item["metadata"]["occurred_at"].replace("Z", "+00:00")
    assert Expectation.objects.get().text == "30 days"
    assert InternAnswer.objects.get().answer == "hard"


def test_a_name_that_is_there_in_other_letters_makes_no_second_mode(tab, project, owner):
    modes.named(project, "Rude", owner)

    tab.answer(tab.items()[0], "no", beside={"new": ["rude"]})

    assert FailureMode.objects.get().name == "Rude"


def test_undo_takes_all_of_it_back_and_its_history_stays(tab):
    item = tab.items()[0]
    tab.answer(item, "no", beside={"new": ["Rude"], "expected": "Please"})

    tab.answer(item, "undo")

    assert seen() == set()
    assert not Expectation.objects.filter(current=True).exists()
    assert (Sighting.objects.count(), Expectation.objects.count()) == (1, 1)
    assert FailureMode.objects.count() == 1


@pytest.fixture
def screens(project, owner, as_):
    """What is shown of failure modes: offered beside an answer, in the list, and counted."""

    def shown() -> tuple[list[str], list[str], int, int]:
        (check,) = project.vibe_checks.all()
        told = as_(owner).get(f"/p/shop/queues/{check.queue_id}/label/").context["config"]["beside"]
        listed = as_(owner).get("/p/shop/modes/").context["modes"]
        modes_of = as_(owner).get("/p/shop/better/").context["told"].modes
        names = [one["name"] for one in told["modes"]], [one.mode.name for one in listed]
        return *names, len(modes_of.open), modes_of.found

    return shown


GONE: tuple[list[str], list[str], int, int] = ([], [], 0, 0)


def test_a_name_goes_with_the_answer_that_gave_it_and_comes_back_with_the_next(tab, screens):
    first, second = tab.items(2)
    tab.answer(first, "no", beside={"new": ["Rude"]})
    tab.answer(second, "no", beside={"new": ["rude"]})
    assert screens() == (["Rude"], ["Rude"], 1, 1)

    tab.answer(second, "undo")
    assert screens() == (["Rude"], ["Rude"], 1, 1)
    tab.answer(first, "undo")
    assert screens() == GONE

    tab.answer(first, "no", beside={"new": ["Rdue"]})
    tab.answer(first, "undo")
    tab.answer(first, "no", beside={"new": ["Rude"]})
    assert screens() == (["Rude"], ["Rude"], 1, 1)


def test_an_answer_without_the_name_takes_it_back_too(tab, screens):
    item = tab.items()[0]
    tab.answer(item, "no", beside={"new": ["Rude"]})

    sent = {"lease": item["lease"], "answer": "no"}
    tab.submit({**sent, "answer": "undo"}, {**sent, "beside": {"expected": "Please"}})

    assert screens() == GONE


def test_what_somebody_else_said_too_stays_whoever_takes_it_back(project, tab, screens, viewer, check):
    item = tab.items()[0]
    tab.answer(item, "no", beside={"new": ["Rude"]})
    mode, other = FailureMode.objects.get(), check.queue.items.last()
    sightings.set_modes(other, rater_of(project, viewer), [mode.pk])
    sightings.take_back(other, rater_of(project, viewer))

    tab.answer(item, "undo")

    assert screens() == (["Rude"], ["Rude"], 1, 1)


def test_chosen_on_a_screen_that_was_open_before_it_went_it_is_there_again(
    project, tab, screens, viewer, check
):
    item = tab.items()[0]
    tab.answer(item, "no", beside={"new": ["Rude"]})
    mode = FailureMode.objects.get()
    tab.answer(item, "undo")

    sightings.set_modes(check.queue.items.last(), rater_of(project, viewer), [mode.pk])

    assert screens() == (["Rude"], ["Rude"], 1, 1)


@pytest.mark.parametrize("work", ["reword", "merge", "split", "fix", "assertion"])
def test_what_an_owner_worked_on_stays(project, owner, tab, work):
    other = modes.named(project, "Too long", owner)
    item = tab.items()[0]
    tab.answer(item, "no", beside={"new": ["Rude"]})
    mode = FailureMode.objects.get(name="Rude")
    if work == "reword":
        modes.reword(mode, modes.Words("Rude"), severity="minor", seen=1, by=owner)
    elif work == "merge":
        modes.merge(other, mode)
    elif work == "split":
        modes.split(mode, modes.Words("Curt"), [], by=owner)
    elif work == "fix":
        modes.fix(mode, "v8", timezone.now())
    else:
        assertions.make(project=project, key="rude", name="Rude", kind="regex", settings={}, mode=mode)

    tab.answer(item, "undo")

    assert "Rude" in {one.mode.name for one in seen_modes(project)}


def test_a_name_that_was_taken_back_is_free(project, owner, tab):
    item = tab.items()[0]
    tab.answer(item, "no", beside={"new": ["Rude"]})
    tab.answer(item, "undo")

    made = modes.make(project, modes.Words("Rude", "Unfriendly"), severity="minor", by=owner)

    assert [one.mode for one in seen_modes(project)] == [made]


@pytest.mark.django_db(transaction=True)
def test_named_by_another_person_in_the_moment_of_the_undo_it_stays(project, tab, screens, viewer, check):
    """What the other one says is not stored yet when the first one takes it back."""
    item, other = tab.items()[0], check.queue.items.last()
    tab.answer(item, "no", beside={"new": ["Rude"]})

    def undo() -> None:
        try:
            tab.answer(item, "undo")
        finally:
            connection.close()

    with transaction.atomic():
        mode = modes.named(project, "Rude", viewer, beside=True)
        sightings.set_modes(other, rater_of(project, viewer), [mode.pk])
        thread = threading.Thread(target=undo)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()  # the undo waits for nobody

    assert seen() == {(other.external_id, "Rude")}
    assert screens() == (["Rude"], ["Rude"], 1, 1)


def test_another_answer_takes_its_place(tab):
    item = tab.items()[0]
    tab.answer(item, "no", beside={"new": ["Rude", "Too long"]})

    sent = {"lease": item["lease"], "beside": {"new": ["Too long"]}}
    tab.submit({**sent, "answer": "undo", "beside": None}, {**sent, "answer": "no"})  # as one batch

    assert seen() == {(item["external_id"], "Too long")}

    tab.answer(item, "undo")
    tab.answer(item, "yes")
    assert seen() == set()


def test_beside_a_good_answer_nothing_is_seen(tab):
    tab.answer(tab.items()[0], "yes", beside={"new": ["Rude"]})

    assert seen() == set()


def test_a_mode_that_was_merged_meanwhile_is_what_it_became(tab, project, owner):
    old, new = (modes.named(project, name, owner) for name in ("Rude", "Unfriendly"))
    modes.merge(old, new)

    tab.answer(tab.items()[0], "no", beside={"modes": [old.pk]})

    assert {name for _item, name in seen()} == {"Unfriendly"}


def test_modes_of_another_project_are_no_modes(tab, stranger):
    theirs = modes.named(stranger.memberships.get().project, "Theirs", stranger)

    result = tab.answer(tab.items()[0], "no", beside={"modes": [theirs.pk]})

    assert result["status"] == 201
    assert seen() == set()


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ({"mode": [1]}, "there is no “mode”"),
        ({"modes": ["1"]}, "beside.modes"),
        ({"modes": [True]}, "beside.modes"),
        ({"new": [" "]}, "beside.new"),
        ({"new": ["x" * 81]}, "at most 80 characters"),
        ({"modes": list(range(21))}, "at most 20"),
        ({"expected": 7}, "beside.expected"),
        ({"intern": "maybe"}, "beside.intern"),
    ],
)
def test_what_makes_no_sense_is_named_and_the_answer_is_not_stored(tab, beside, said):
    item = tab.items()[0]

    result = tab.answer(item, "no", beside=beside)

    assert result["status"] == 422
    assert said in result["error"]
    assert tab.answer(item, "no")["status"] == 201


def test_where_nobody_can_choose_from_more_the_answer_stands_without_the_new_name(
    tab, project, owner, monkeypatch
):
    known = modes.named(project, "Rude", owner)
    monkeypatch.setattr(modes, "MOST", 1)
    item = tab.items()[0]

    result = tab.answer(item, "no", beside={"modes": [known.pk], "new": ["Too long"], "expected": "Short"})

    assert result["status"] == 201
    assert seen() == {(item["external_id"], "Rude")}
    assert Expectation.objects.get().text == "Short"


def test_the_screen_knows_when_no_new_name_can_be_given(check, project, owner, as_, monkeypatch):
    modes.named(project, "Rude", owner)
    address = f"/p/shop/queues/{check.queue_id}/label/"
    monkeypatch.setattr(modes, "MOST", 3)

    told = as_(owner).get(address).context["config"]["beside"]

    assert (len(told["modes"]), told["most"], told["manage"]) == (1, 3, "/p/shop/modes/")


def test_the_list_of_keys_says_what_no_does_and_what_the_panel_listens_to(check, project, annotator, as_):
    page = as_(annotator).get(f"/p/shop/queues/{check.queue_id}/label/")
    keys = dict(page.context["actions"])

    assert keys["yes"] == "Yes, and on to the next"
    assert keys["no"] == "No; then say how it fails"
    assert page.context["config"]["texts"]["actions"]["no"] == keys["no"]  # as a key that is taken is called
    listed = page.content.decode().split('id="help"')[1]
    assert "While “How does it fail?” is open" in listed
    for key in ("1", "9", "Enter", "Tab", "Esc"):
        assert f"<kbd>{key}</kbd>" in listed
    other = as_(annotator).get(f"/p/shop/queues/{make.queue(project).pk}/label/")
    assert dict(other.context["actions"])["no"] == "No, and on to the next"
    assert other.context["config"]["texts"]["actions"]["no"] == "No, and on to the next"
    assert "How does it fail?" not in other.content.decode()


def test_where_no_is_what_one_hopes_for_yes_is_followed_by_the_panel(check, project, annotator, as_):
    check.queue.questions.get().versions.update(desirable="no")
    keys = dict(as_(annotator).get(f"/p/shop/queues/{check.queue_id}/label/").context["actions"])

    assert (keys["yes"], keys["no"]) == ("Yes; then say how it fails", "No, and on to the next")


def test_other_queues_take_nothing_beside_answers(project, annotator, as_):
    queue = make.queue(project)
    tab = person(queue, as_(annotator))

    result = tab.answer(tab.items()[0], "no", beside={"new": ["Rude"]})

    assert result["status"] == 422
    assert "Nothing is taken beside" in result["error"]


def test_u_0000_in_a_name_or_an_expectation_is_no_error_of_ours(tab):
    tab.answer(tab.items()[0], "no", beside={"new": ["Ru\0de"], "expected": "a\0b"})

    assert {name for _item, name in seen()} == {"Ru\ufffdde"}
    assert Expectation.objects.get().text == "a\ufffdb"
