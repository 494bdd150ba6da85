"""Versions of a dataset: what goes in, what stays out, and that nothing of them changes."""

from uuid import uuid4

import pytest

from annotator.datasets import diff, frozen, make, registry
from annotator.datasets import job as dataset_job
from annotator.datasets.filters import Filters
from annotator.datasets.words import text_hash
from annotator.jobs import leases, runner
from annotator.models import DatasetRow, DefectKind, Item, Job, JobState, PlacedInput, Queue
from annotator.services import adjudication, datasets, jobs, queues
from annotator.services.questions import say, set_question
from tests import make as makes
from tests.annotator import frozen as made
from tests.annotator.answering import answer, answers, people
from tests.annotator.asking import pair_queue

# The job reads its snapshot on a connection of its own, so that rows must be committed.
pytestmark = pytest.mark.django_db(transaction=True)


def filled(project, texts: list[tuple[str, str]], said: str = "", **more) -> Queue:
    """A yes/no queue of (input, output), each answered by one person; `said` as for `answers`."""
    queue = makes.queue(project, items=0, name=str(uuid4()), **more)
    queues.add_items(
        queue,
        [
            queues.NewItem(external_id=f"item-{n}", input=asked, output=output)
            for n, (asked, output) in enumerate(texts)
        ],
    )
    answers(queue, *(said or "y" * len(texts)))
    return queue


def rows(version) -> dict[str, object]:
    return {
        row.provenance.external_id: row
        for split in ("train", "dev", "test")
        for row in frozen.rows_of(version, split)
    }


QUESTIONS = [
    (f"What does plan number {n} cost, and who may have it?", f"It costs {n} euros.") for n in range(12)
]


def test_answers_of_a_chain_are_one_row_with_all_that_is_known_of_it(project):
    queue = makes.queue(project, items=3, questions=("good", "short"), overlap=2)
    say(project.questions.get(key="good"), text="Is it good?", desirable="yes")
    say(project.questions.get(key="short"), text="Is it short?", desirable="no")
    DefectKind.objects.create(project=project, key="made-up", name="Made up")
    first, second, third = queue.items.order_by("position")
    ann, bob = people(queue, "ann", "bob")
    marks = [{"part": "output", "start": 0, "end": 2, "kind": "made-up"}]
    for rater in (ann, bob):
        answer(first, rater, "yes", marks=marks)
        answer(first, rater, "no", question="short")
    answer(second, ann, "yes")
    answer(second, ann, "yes", question="short")
    answer(third, ann, "yes")  # its second question waits

    version = made.made(project)

    row, other = rows(version)["item-0"], rows(version)["item-1"]
    assert version.rows == 2
    assert version.counts["left_out"] == {"unfinished": 1}
    assert (row.answers, row.good, row.votes) == ({"good": "yes", "short": "no"}, True, {"yes": 2})
    assert other.good is False
    assert [(mark.part, mark.start, mark.end, mark.kind) for mark in row.marks] == [
        ("output", 0, 2, "made-up")
    ]
    assert (row.input, row.output, row.question) == ("Question 0", {"answer": 0}, "good")
    told = row.provenance
    assert (told.queue, told.consensus, len(told.labels), told.raters) == (
        str(queue.pk),
        "unanimous",
        4,
        (ann.pk, bob.pk),
    )


def test_a_pair_is_a_preference_with_its_votes_ties_too(project):
    queue = pair_queue(project, items=2, overlap=3)
    key = queue.questions.get().key
    raters = people(queue, "ann", "bob", "cid")
    for item, words in zip(queue.items.order_by("position"), ("left left right", "tie tie tie"), strict=True):
        for rater, word in zip(raters, words.split(), strict=True):
            answer(item, rater, word, question=key)

    found = rows(made.made(project))

    first, tie = (found[item.external_id] for item in queue.items.order_by("position"))
    assert (first.kind, first.winner, first.votes, round(first.agreement, 2)) == (
        "preference",
        "left",
        {"left": 2, "right": 1},
        0.67,
    )
    assert (first.left, first.right, first.left_variant) == ("Left 0", "Right 0", "kestrel")
    assert tie.winner == "tie"


def test_what_was_decided_in_the_adjudication_is_the_answer_of_its_item_and_no_row_of_its_own(project):
    queue = makes.queue(project, items=2, overlap=2)
    answers(queue, "yn", "yy")
    adjudication.make_adjudication(queue=queue)
    adjudication.send(queue)
    into = Queue.objects.get(adjudicates=queue)
    decided = answer(into.items.get(), people(into, "judy")[0], "no")

    version = made.made(project, min_votes=2, consensus=True, agreement=1.0)

    found = rows(version)
    row = found["item-0"]
    assert set(found) == {"item-0", "item-1"}
    assert (row.answers, row.votes) == ({"good": "no"}, {"yes": 1, "no": 1})
    assert row.provenance.consensus == "adjudicated"
    assert decided.pk in row.provenance.labels
    assert set(version.queues) == {str(queue.pk)}


def test_gold_and_mirrored_items_and_what_was_taken_back_are_no_rows(project):
    queue = filled(project, QUESTIONS[:3])
    gold, gone, stays = queue.items.order_by("position")
    Item.objects.filter(pk=gold.pk).update(gold={"good": "yes"})
    answer(gone, people(queue, "a")[0], "undo")

    assert set(rows(made.made(project))) == {stays.external_id}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"questions": ("fresh",)}, {"b"}),
        ({"features": ("refunds",)}, {"a"}),
        ({"rater_kinds": ("llm",)}, {"c"}),
        ({"sources": ("preferences",)}, set()),
        ({"until": "2020-01-01"}, set()),
        ({}, {"a", "b"}),
    ],
)
def test_filters(project, filters, expected):
    from annotator.datasets.filters import read

    for key, question, kind, feature in (
        ("a", "good", "human", "refunds"),
        ("b", "fresh", "human", ""),
        ("c", "good", "llm", ""),
    ):
        queue = makes.queue(project, items=0, name=key, questions=(question,))
        item = queues.NewItem(external_id=key, input=f"{key} asks", output=key, metadata={"feature": feature})
        queues.add_items(queue, [item])
        answer(queue.items.get(), people(queue, key, kind=kind)[0], "yes", question=question)

    assert (
        set(rows(made.made(project, **{k: v for k, v in read(filters).as_json().items() if v is not None})))
        == expected
    )


def test_the_same_and_nearly_the_same_are_left_out_by_the_written_rule(project):
    text = "Your parcel left our house on Monday, and it comes to you by the end of this week at the latest."
    queue = makes.queue(project, items=0, overlap=3)
    outputs = {
        "once": text,
        "twice": text.upper(),  # the same, with more votes: it stays
        "nearly": text.replace("Monday", "Tuesday"),
        "denied": text,  # the same, labelled otherwise
        "nearly-denied": text.replace("Monday", "Friday"),  # another label: worth having
        "other": "We cannot say when it comes.",
    }
    queues.add_items(
        queue,
        [
            queues.NewItem(external_id=name, input="Where is it?", output=output)
            for name, output in outputs.items()
        ],
    )
    answers(queue, "y", "yy", "y", "n", "n", "y")

    version = made.made(project)

    assert set(rows(version)) == {"twice", "nearly-denied", "other"}
    assert version.counts["left_out"] == {"exact_duplicate": 2, "near_duplicate": 1}
    assert version.counts["contradictions"] == 1
    keys = {item.external_id: f"answers:{item.pk}" for item in queue.items.all()}
    assert {tuple(pair[:2]) for pair in version.counts["pairs"]} >= {(keys["twice"], keys["nearly"])}
    assert set(rows(made.made(project, duplicates="exact"))) == {"twice", "nearly", "nearly-denied", "other"}
    assert len(rows(made.made(project, duplicates="keep"))) == 6


def all_rows(version) -> list:
    return [row for split in ("train", "dev", "test") for row in frozen.rows_of(version, split)]


def test_nearly_the_same_inputs_are_in_one_split_in_every_version_of_every_dataset(project):
    things = [
        f"{a} {b}"
        for a in ("red", "blue", "old", "small", "broken")
        for b in ("chair", "lamp", "desk", "bed")
    ]
    asks = [f"Where can I send the {one} back to, {one} number {n}?" for n, one in enumerate(things)]
    filled(project, [(ask, "Here.") for ask in asks])
    first = made.made(project, train=34, dev=33, test=33)
    before = {row.input: row.split for row in all_rows(first)}
    filled(project, [(f"{ask} Thank you!", "There.") for ask in asks] + [("Something else?", "No.")])

    second = made.made(project, train=0, dev=0, test=100)

    now = all_rows(second)
    groups: dict[str, set[str]] = {}
    for row in now:
        groups.setdefault(row.group, set()).add(row.split)
    assert len(now) == 41
    assert len(groups) == 21
    assert all(len(splits) == 1 for splits in groups.values())
    assert {row.input: row.split for row in now if row.input in before} == before
    assert len(set(before.values())) == 3
    assert second.counts["kept_inputs"] == 20
    assert PlacedInput.objects.filter(project=project).count() == 41


def test_a_version_stays_as_it_is_whatever_becomes_of_labels_and_items(project):
    queue = filled(project, QUESTIONS)
    version = made.made(project)
    before = rows(version)
    answer(queue.items.order_by("position")[0], people(queue, "a")[0], "no")
    queue.items.order_by("-position")[0].delete()
    queues.add_items(queue, [queues.NewItem(external_id="new", input="A new one?", output="Yes.")])
    answer(queue.items.get(external_id="new"), people(queue, "a")[0], "yes")

    newer = made.again(version.dataset)

    assert rows(version) == before
    assert newer.number == 2
    assert newer.sha256 != version.sha256
    assert diff.counts(version, newer) == {
        "added": 1,
        "removed": 1,
        "label": 1,
        "texts": 0,
        "split": 0,
        "same": 10,
    }
    (label,) = diff.examples(version, newer, "label")
    assert (label.old_label, label.new_label) == ("yes", "no")
    assert made.again(version.dataset).sha256 == newer.sha256  # nothing changed since


def test_a_killed_attempt_is_begun_anew_and_one_that_lost_its_lease_writes_nothing(project, monkeypatch):
    filled(project, QUESTIONS)
    dataset = datasets.make_dataset(project=project, name="Killed", filters=Filters())
    version, job = datasets.ask_version(dataset)
    monkeypatch.setattr(make, "CHUNK", 5)
    copy, written = make._copy, []

    def die(batch, hold):
        copy(batch, hold)
        written.append(DatasetRow.objects.filter(version=version).count())
        raise SystemExit  # as a kill: nothing is put right

    monkeypatch.setattr(make, "_copy", die)
    with pytest.raises(SystemExit):
        dataset_job.run(_work(leases.claim(job.pk)))
    assert written == [5]

    def too_late(batch, hold):
        Job.objects.filter(pk=job.pk).update(attempts=9)  # somebody else has claimed it meanwhile
        copy(batch, hold)

    Job.objects.update(lease_until="2026-01-01T00:00Z")
    monkeypatch.setattr(make, "_copy", too_late)
    runner.run(job.pk, queue="default")
    assert DatasetRow.objects.filter(version=version).count() == 0
    Job.objects.filter(pk=job.pk).update(lease_until="2026-01-01T00:00Z", max_attempts=20)
    monkeypatch.setattr(make, "_copy", copy)
    runner.run(job.pk, queue="default")

    version.refresh_from_db()
    assert (version.rows, DatasetRow.objects.filter(version=version).count()) == (12, 12)


def test_a_worker_that_stops_gives_it_back_and_another_makes_it(project, monkeypatch):
    filled(project, QUESTIONS)
    monkeypatch.setattr(make, "CHUNK", 5)
    monkeypatch.setattr("annotator.exports.job.SAY_EVERY", 0.0)
    version, job = datasets.ask_version(
        datasets.make_dataset(project=project, name="Given", filters=Filters())
    )
    monkeypatch.setattr("annotator.exports.job.stop.asked", lambda: True)
    runner.run(job.pk, queue="default")
    job.refresh_from_db()
    assert job.state == JobState.DUE
    monkeypatch.undo()

    runner.run(job.pk, queue="default")

    version.refresh_from_db()
    assert version.rows == 12


def _work(job):
    from annotator.jobs.work import Work

    return Work(job)


def test_asking_twice_while_it_waits_is_one_version_and_a_cancelled_one_is_none(project):
    filled(project, QUESTIONS[:2])
    dataset = datasets.make_dataset(project=project, name="Twice", filters=Filters())
    first, job = datasets.ask_version(dataset)
    assert datasets.ask_version(dataset)[0] == first

    jobs.cancel(job=job)
    second, again = datasets.ask_version(dataset)
    runner.run(again.pk, queue="default")

    second.refresh_from_db()
    assert (second.number, second.rows) == (2, 2)
    assert Job.objects.get(pk=job.pk).state == JobState.CANCELLED


def test_what_somebody_holds_out_is_test(project, monkeypatch):
    filled(project, QUESTIONS)
    held = text_hash(QUESTIONS[1][0])
    monkeypatch.setitem(registry._claims, "odd", lambda _reading: [(held, "test"), (held, "train")])

    version = made.made(project, train=100, dev=0, test=0)

    splits = {row.input: row.split for row in rows(version).values()}
    assert [split for text, split in splits.items() if "number 1 " in text] == ["test"]


def test_deleting_a_version_keeps_where_its_inputs_are(project):
    filled(project, QUESTIONS)
    version = made.made(project, train=50, dev=25, test=25)
    before = {row.input: row.split for row in rows(version).values()}

    datasets.delete_versions([version])

    assert not DatasetRow.objects.exists()
    assert {row.input: row.split for row in rows(made.made(project)).values()} == before


def test_a_wording_that_was_changed_since_is_counted(project):
    filled(project, QUESTIONS[:2])
    set_question(project=project, key="good", text="Is it really good?")

    assert made.made(project).counts["stale"] == 2


def test_a_version_that_is_deleted_while_it_is_read_is_noticed(project):
    version = made.version(project, rows=120)
    reader = frozen.rows_of(version, "train")
    next(reader)
    DatasetRow.objects.filter(version=version).delete()

    with pytest.raises(frozen.Gone):
        list(reader)
