"""Verdicts on suggestions as rows of datasets, and inputs that nobody may learn from."""

import pytest

from annotator.datasets import frozen, placing
from annotator.datasets.words import hash_before, text_hash
from annotator.models import PlacedInput, Queue
from annotator.queries.datasets import has_news
from annotator.services import queues
from feedback.models import Suggestion
from feedback.queries.examples import examples_of
from feedback.splits import is_held_out
from tests import make
from tests.annotator import frozen as made
from tests.annotator.answering import answer, answers, people
from tests.feedback import judged

# The job reads its snapshot on a connection of its own, so that rows must be committed.
pytestmark = pytest.mark.django_db(transaction=True)


def all_rows(version) -> list:
    return [row for split in ("train", "dev", "test") for row in frozen.rows_of(version, split)]


def said(task, text: str, verdict: str, value: str = "red", final: str = "", **more) -> Suggestion:
    row = judged.suggestion(task, text, value, labelled=False, **more)
    judged.signal(task.project, row.pk, verdict, None, **({"value": final} if final else {}))
    return row


def test_what_was_accepted_or_chosen_is_a_demonstration_with_its_lineage(project):
    task = judged.task(project)
    said(task, "a rose in spring", "accepted", final="red")
    said(task, "the sky at noon", "edited", final="blue")
    said(task, "grass after the rain", "rejected")
    said(task, "some old snow", "ignored")
    said(task, "coal in the dark", "accepted", value="black", final="black", hidden=True)
    judged.learn(project)

    rows = {row.input: row for row in all_rows(made.made(project, sources=("suggestions",)))}

    assert {text: (row.output, row.rejected, row.why) for text, row in rows.items()} == {
        "a rose in spring": ("red", None, "accepted"),
        "the sky at noon": ("blue", "red", "edited"),
        "coal in the dark": ("black", None, "corrected"),
    }
    edited = rows["the sky at noon"]
    assert (edited.kind, edited.value, edited.metadata["feature"]) == ("demonstration", "blue", "colour")
    told = edited.provenance
    assert (told.rater_kinds, told.consensus, len(told.labels)) == (("end_user",), "single", 1)
    queue = Queue.objects.get(pk=told.queue)
    assert queue.labels.get(pk=told.labels[0]).answer == "yes"
    assert queue.items.get(pk=told.item).external_id == told.external_id


def test_filters_apply_to_one_persons_word(project):
    task = judged.task(project)
    said(task, "a rose in spring", "accepted", final="red")
    judged.learn(project)
    only = {"sources": ("suggestions",)}

    assert made.made(project, **only, consensus=True).counts["left_out"] == {"one_answer": 1}
    assert made.made(project, **only, min_votes=2).rows == 0
    assert made.made(project, **only, rater_kinds=("human",)).rows == 0
    assert made.made(project, **only, features=("taste",)).rows == 0
    assert made.made(project, **only, features=("colour",)).rows == 1


def test_a_verdict_is_news(project):
    task = judged.task(project)
    said(task, "a rose in spring", "accepted", final="red")
    judged.learn(project)
    version = made.made(project, sources=("suggestions",))
    assert not has_news(version)

    said(task, "the sky at noon", "ignored")
    assert not has_news(version)
    said(task, "grass after the rain", "edited", final="green")
    assert has_news(version)


def test_what_is_said_while_a_version_is_made_is_news(project, monkeypatch):
    """It is not in the version, whose snapshot is older."""
    task = judged.task(project)
    said(task, "a rose in spring", "accepted", final="red")
    judged.learn(project)
    place = placing.placed

    def meanwhile(*given):
        said(task, "grass after the rain", "edited", final="green")
        return place(*given)

    monkeypatch.setattr(placing, "placed", meanwhile)
    version = made.made(project, sources=("suggestions",))

    assert version.rows == 1
    assert has_news(version)


def test_an_input_that_suggesters_hold_out_is_in_no_training_split_wherever_it_comes_from(project):
    task = judged.task(project)
    texts = [f"thing number {n} of many" for n in range(60)]
    held = [text for text in texts if is_held_out(text_hash(text))]
    for text in texts:
        said(task, text, "accepted", final="red", held_out=text in held)
    judged.learn(project)
    queue = Queue.objects.get(suggestion_task=task)
    expert = people(queue, "eve")[0]
    key = queue.questions.get().key
    for item in queue.items.all():
        answer(item, expert, "yes", question=key)

    version = made.made(project, train=100, dev=0, test=0, duplicates="keep")

    rows = all_rows(version)
    assert held
    assert {row.kind for row in rows} == {"rated", "demonstration"}
    assert {row.input for row in rows if row.split == "test"} >= set(held)
    assert not {row.input for row in rows if row.split == "train"} & set(held)


def test_what_a_suggester_learns_from_is_train_wherever_it_comes_from(project):
    task = judged.task(project)
    said(task, "a rose in spring", "accepted", final="red")
    said(task, "coal in the dark", "accepted", final="red", held_out=True)
    said(task, "some old snow", "ignored")
    judged.learn(project)
    queue = make.queue(project, items=0)
    texts = ("A ROSE in  spring", "coal in the dark", "some old snow", "grass after the rain")
    new = [queues.NewItem(external_id=f"{n}", input=text, output="red") for n, text in enumerate(texts)]
    queues.add_items(queue, new)
    answers(queue, *"yyyy")

    version = made.made(project, queues=(str(queue.pk),), train=0, dev=100, test=0)

    assert {row.input: row.split for row in all_rows(version)} == dict(
        zip(texts, ("train", "test", "dev", "dev"), strict=True)
    )
    assert (version.counts["learned_inputs"], version.counts["held_out_inputs"]) == (1, 1)


def test_an_input_of_a_test_split_is_no_example_when_a_verdict_on_it_comes_later(project):
    queue = make.queue(project, items=0)
    texts = ("a rose in spring", "some old snow")
    queues.add_items(queue, [queues.NewItem(external_id=text, input=text, output="red") for text in texts])
    answers(queue, "y")
    made.made(project, queues=(str(queue.pk),), train=0, dev=0, test=100)
    task = judged.task(project)

    tested, other = (said(task, text, "accepted", final="red") for text in texts)

    assert set(examples_of(task.pk)) == {other}
    tested.refresh_from_db()
    assert tested.held_out


def test_what_was_ignored_is_no_example_when_its_input_was_tested_before_somebody_chose(project):
    queue = make.queue(project, items=0)
    text = "a rose in spring"
    queues.add_items(queue, [queues.NewItem(external_id=text, input=text, output="red")])
    answers(queue, "y")
    task = judged.task(project)
    row = said(task, text, "ignored")
    version = made.made(project, queues=(str(queue.pk),), train=0, dev=0, test=100)
    assert [one.split for one in all_rows(version)] == ["test"]

    judged.signal(project, row.pk, "edited", None, value="pink")

    row.refresh_from_db()
    assert (row.final_value, row.held_out) == ("pink", True)
    assert not examples_of(task.pk).exists()
    again = made.made(project, queues=(str(queue.pk),), train=0, dev=0, test=100)
    assert [one.split for one in all_rows(again)] == ["test"]


def test_an_input_of_a_test_split_under_its_older_name_is_no_example_either(project):
    text = "a rose in spring"
    PlacedInput.objects.create(project=project, text_hash=hash_before(text), split="test")

    row = said(judged.task(project), text, "accepted", final="red")

    row.refresh_from_db()
    assert row.held_out


def test_an_answer_that_was_asked_for_again_is_a_preference_of_an_end_user(project):
    for name, text in (("old", "Meh"), ("new", "Better")):
        judged.logged(project, name, text)
    judged.signal(project, "old", "regenerated", None, new="new")
    judged.learn(project)

    (row,) = all_rows(made.made(project))

    assert (row.kind, row.left, row.right, row.winner) == ("preference", "Meh", "Better", "right")
    assert (row.votes, row.provenance.rater_kinds) == ({"right": 1}, ("end_user",))
    assert made.made(project, rater_kinds=("human",)).rows == 0
