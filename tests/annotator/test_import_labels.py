"""Labels from elsewhere: of named people, marked as imported, filling places once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from annotator.jobs import runner
from annotator.models import Label, Place, Project
from annotator.queries.labels import current_labels
from annotator.services.ask_again import ask_again
from annotator.services.labeling import Imported, ImportedLabel, import_labels
from annotator.services.queues import set_question
from annotator.services.raters import named_rater
from tests import make
from tests.annotator.labeling import person, program

THEN = datetime(2026, 11, 10, 9, tzinfo=UTC)


def row(item: str, answer: str = "yes", rater: str = "Rosa", **more) -> ImportedLabel:
    by = named_rater(Project.objects.get(), rater, kind="human")
    return ImportedLabel(item, more.pop("question", "good"), answer, by, more.pop("at", THEN), **more)


@pytest.fixture
def queue(project):
    return make.queue(project, items=3)


def test_labels_fill_places_with_their_own_names_and_times(queue):
    told = import_labels(queue, [row("item-0", ms=900, note="odd"), row("item-1", "no", "Ravi")])

    assert told == Imported(added=2)
    label = Label.objects.get(item__external_id="item-0")
    assert (label.imported, label.surplus, label.created_at, label.ms) == (True, False, THEN, 900)
    assert (label.rater.kind, label.rater.name, label.rater.user) == ("human", "Rosa", None)
    assert Place.objects.get(item__external_id="item-1").done_at == THEN
    assert Place.objects.filter(done_at=None).count() == 1


def test_the_same_again_changes_nothing(queue):
    rows = [row("item-0"), row("item-1", "skip")]
    import_labels(queue, rows)
    before = list(Place.objects.order_by("pk").values())

    assert import_labels(queue, rows) == Imported(known=2)
    assert Label.objects.count() == 2
    assert list(Place.objects.order_by("pk").values()) == before


def test_more_raters_than_places_are_surplus_the_earliest_counts(queue):
    told = import_labels(
        queue, [row("item-0", "no", "late", at=THEN + timedelta(hours=1)), row("item-0", "yes", "early")]
    )

    assert told == Imported(added=2, surplus=1)
    assert Label.objects.get(surplus=True).rater.name == "late"


def test_what_does_not_fit_is_counted(queue):
    rows = [row("item-9"), row("item-0", "maybe"), row("item-0", question="other"), row("item-1")]
    told = import_labels(queue, [replace(one, index=n) for n, one in enumerate(rows)])

    assert (told.added, told.known) == (1, 0)
    assert [(bad.index, bad.field, bad.error) for bad in told.unknown] == [
        (0, "external_id", "names no item of this queue"),
        (1, "answer", "is no answer to this question"),
        (2, "question", "names no question of this queue: other"),
    ]


def test_another_answer_of_the_same_rater_is_named_and_changes_nothing(queue):
    import_labels(queue, [row("item-0", "yes")])

    told = import_labels(queue, [row("item-0", "no"), row("item-0", "yes")])

    assert (told.added, told.known) == (0, 1)
    assert "that one stays" in told.unknown[0].error
    assert Label.objects.get().answer == "yes"


def test_of_a_chain_the_first_question_comes_first_whatever_the_order_of_the_lines(project):
    queue = make.queue(project, items=2, questions=("good", "why"))
    good, why = (asked.question for asked in queue.chain.select_related("question"))
    queue.chain.filter(question=why).update(after=good, after_answer="no")

    rows = [row("item-0", question="why"), row("item-1", question="why"), row("item-0", "no"), row("item-1")]
    told = import_labels(queue, rows)

    assert told.added == 3
    assert [bad.error for bad in told.unknown] == [
        "is not asked of this item: an earlier answer of this rater rules it out"
    ]


def test_what_somebody_holds_is_left_to_them(queue, annotator, as_):
    tab = person(queue, as_(annotator))
    item = tab.items()[0]

    assert import_labels(queue, [row("item-0")]).surplus == 1
    assert tab.answer(item)["state"] == "counted"


def test_a_whole_chain_fills_a_place(project):
    queue = make.queue(project, items=1, questions=("first", "second"))
    import_labels(queue, [row("item-0", question="first")])
    assert Place.objects.get().done_at is None

    import_labels(queue, [row("item-0", "no", question="second")])

    assert Place.objects.get().done_at == THEN
    assert not Label.objects.filter(surplus=True).exists()


def test_many_rows_take_few_queries(project, django_assert_max_num_queries):
    queue = make.queue(project, items=500, overlap=2)
    rows = [row(f"item-{n}", rater=f"rater {n % 2}") for n in range(500)]

    with django_assert_max_num_queries(25):
        assert import_labels(queue, rows).added == 500


def test_half_a_chain_leaves_the_place_to_who_answers_it_whole(project, annotator, as_):
    queue = make.queue(project, items=1, questions=("good", "polite"))
    import_labels(queue, [row("item-0")])

    tab = person(queue, as_(annotator))
    (item,) = tab.items()
    for question in ("good", "polite"):
        assert tab.answer(item, question=question)["state"] == "counted"
    assert Label.objects.get(surplus=True).imported


def test_who_wins_a_place_later_counts_with_the_whole_chain(queue, project, annotator, as_):
    queue = make.queue(project, items=1, questions=("good", "polite"))
    tab = person(queue, as_(annotator))
    (item,) = tab.items()
    assert import_labels(queue, [row("item-0")]).surplus == 1
    tab.release(leases=[item["lease"]])

    assert import_labels(queue, [row("item-0", question="polite")]).surplus == 0

    assert Label.objects.filter(surplus=False).count() == 2
    assert Place.objects.get(queue=queue).owner == Label.objects.first().rater


def taken_back(queue) -> datetime:
    """Ask the first question again in other words; when that was."""
    question = queue.chain.first().question
    version = set_question(project=queue.project, key=question.key, text=f"Good? {Label.objects.count()}")
    ask = ask_again(queue=queue, question=version.question)
    runner.run(ask.pk, queue="default")
    return Label.objects.filter(answer="undo").latest("pk").created_at


def test_who_was_asked_again_answers_by_import_too(queue):
    import_labels(queue, [row("item-0", "yes")])
    since = taken_back(queue)
    new = row("item-0", "no", at=since + timedelta(seconds=1))

    assert import_labels(queue, [new]) == Imported(added=1)
    assert import_labels(queue, [new]) == Imported(known=1)

    undo, label = Label.objects.order_by("pk")[1:]
    assert (label.answer, label.supersedes, label.question_version.number) == ("no", undo, 2)
    assert list(current_labels(queue)) == [label]
    place = Place.objects.get(item__external_id="item-0")
    assert (place.owner, place.done_at) == (label.rater, new.created_at)


def test_the_old_file_again_does_not_bring_back_what_was_taken_back(queue):
    rows = [row("item-0"), row("item-1", index=1), row("item-2", "skip", index=2)]
    import_labels(queue, rows)
    since = taken_back(queue)
    between = row("item-1", "no", at=since, index=3)

    told = import_labels(queue, [*rows, between])

    assert (told.added, told.known) == (0, 1)  # what was skipped stands
    assert {(bad.index, bad.field, bad.error) for bad in told.unknown} == {
        (n, "answer", "was taken back since: only an answer that was given later is taken") for n in (0, 1, 3)
    }
    assert [label.answer for label in current_labels(queue)] == ["skip"]


def test_taken_back_twice_it_is_imported_a_third_time(queue):
    for n in range(3):
        since = taken_back(queue) if n else THEN
        assert import_labels(queue, [row("item-0", at=since + timedelta(seconds=1))]).added == 1

    assert [label.answer for label in Label.objects.order_by("pk")] == ["yes", "undo", "yes", "undo", "yes"]


def test_what_a_rater_holds_stays_theirs_while_their_first_answer_is_imported(project):
    queue = make.queue(project, items=1, questions=("good", "polite"))
    ann = program(queue, "ann", "tab", **{"X-Genba-Rater-Kind": "human"})
    (item,) = ann.items()
    before = Place.objects.values().get()

    assert import_labels(queue, [row("item-0", rater="ann")]) == Imported(added=1)

    assert Place.objects.values().get() == before
    assert program(queue, "ben").items() == []
    assert ann.renew([item["lease"]]).json()["renewed"] == [item["lease"]]
    assert ann.answer(item, question="polite")["state"] == "counted"
    assert not Label.objects.filter(surplus=True).exists()


@pytest.mark.parametrize("answer", ["yes", "skip"])
def test_an_imported_answer_ends_the_lease_of_its_rater(queue, answer):
    ann = program(queue, "ann", "tab", **{"X-Genba-Rater-Kind": "human"})
    ann.items()

    import_labels(queue, [row("item-0", answer, rater="ann")])

    place = Place.objects.get(item__external_id="item-0")
    assert (place.lease_id, place.lease_until, place.holder) == (None, None, "")
    assert (place.owner is None, place.done_at) == (answer == "skip", None if answer == "skip" else THEN)


def test_who_skips_the_rest_of_a_chain_keeps_no_place_by_its_beginning(project):
    queue = make.queue(project, items=1, questions=("good", "polite"))
    import_labels(queue, [row("item-0")])

    import_labels(queue, [row("item-0", "skip", question="polite")])

    assert Place.objects.get().owner is None
    assert Label.objects.get(answer="yes").surplus


def test_places_that_change_hands_in_one_import(project):
    queue = make.queue(project, items=1, overlap=2, questions=("good", "polite", "short"))
    import_labels(queue, [row("item-0", question="short", rater=name) for name in ("eve", "ann")])
    skips = [
        row("item-0", "skip", name, at=THEN + timedelta(minutes=n)) for n, name in ((0, "ann"), (2, "eve"))
    ]
    more = [
        row("item-0", "yes", "ben", at=THEN + timedelta(minutes=1)),
        row("item-0", "no", "ann", question="polite", at=THEN + timedelta(minutes=3)),
    ]

    assert import_labels(queue, [*skips, *more]) == Imported(added=4)

    assert list(Place.objects.order_by("n").values_list("owner__name", flat=True)) == ["ann", "ben"]
    surplus = Label.objects.exclude(answer="skip").order_by("pk").values_list("rater__name", "surplus")
    assert list(surplus) == [("eve", True), ("ann", False), ("ben", False), ("ann", False)]
