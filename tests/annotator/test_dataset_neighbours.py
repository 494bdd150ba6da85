"""What is nearly the same is in one split, whichever dataset had it first."""

import random
from collections import Counter
from uuid import uuid4

import pytest

from annotator.datasets import frozen
from annotator.datasets.words import hash_before, text_hash
from annotator.models import Label, PlacedInput, Queue
from annotator.services import queues
from tests import make as makes
from tests.annotator import frozen as made
from tests.annotator.answering import people

# The job reads its snapshot on a connection of its own, so that rows must be committed.
pytestmark = pytest.mark.django_db(transaction=True)

WORDS = [f"word{n}" for n in range(3000)]
THIRDS = {"train": 34, "dev": 33, "test": 33}


def asked(project, *texts: str | list) -> Queue:
    """A queue of these inputs, each answered by one person."""
    queue = makes.queue(project, items=0, name=str(uuid4()))
    queues.add_items(
        queue,
        [queues.NewItem(external_id=f"{n}", input=text, output="Yes.") for n, text in enumerate(texts)],
    )
    question, rater = queue.questions.get(), people(queue, "ann")[0]
    Label.objects.bulk_create(
        Label(
            queue=queue,
            item=item,
            question=question,
            question_version=question.versions.get(),
            rater=rater,
            answer="yes",
            idempotency_key=f"{item.pk}",
        )
        for item in queue.items.all()
    )
    return queue


def splits(version) -> dict[str, str]:
    return {
        row.input: row.split for split in ("train", "dev", "test") for row in frozen.rows_of(version, split)
    }


def of(project, queue: Queue, **more) -> dict[str, str]:
    """The splits in a dataset of this queue alone."""
    return splits(made.made(project, queues=(str(queue.pk),), duplicates="keep", **more))


def nearly(text: str, chance: random.Random) -> str:
    words = text.split()
    words[chance.randrange(len(words))] = chance.choice(WORDS)
    return " ".join(words).capitalize() + "!"


def test_of_three_hundred_pairs_in_two_datasets_none_crosses(project):
    chance = random.Random(5)
    texts = [" ".join(chance.choices(WORDS, k=chance.randint(20, 200))) for _ in range(300)]
    others = [nearly(text, chance) for text in texts]

    first = of(project, asked(project, *texts), **THIRDS)
    second = of(project, asked(project, *others), train=10, dev=20, test=70, seed=3)

    assert [
        (first[one], other) for one, other in zip(texts, others, strict=True) if second[other] != first[one]
    ] == []
    assert min(Counter(first.values()).values()) > 50


TEXT = "Where is the parcel that I ordered on Monday, and when will it be at my door at last?"
LATER = TEXT.replace("Monday", "Tuesday")


def test_what_was_placed_before_there_were_sketches_keeps_its_split_and_gets_one(project):
    first = of(project, asked(project, TEXT), train=0, dev=100, test=0)
    PlacedInput.objects.update(text_hash=hash_before(TEXT), bands=None, sketch=None)

    assert of(project, asked(project, LATER)) == {LATER: "train"}  # nobody knows yet what it is near to
    assert of(project, asked(project, TEXT), test=100, train=0, dev=0) == first == {TEXT: "dev"}
    assert PlacedInput.objects.count() == 2
    last = TEXT.replace("Monday", "Friday")
    assert of(project, asked(project, last)) == {}  # near to one in dev and one in train


def test_a_conversation_in_parts_that_was_placed_before_keeps_its_split(project):
    """Kinds and ids of parts counted as words then."""
    said = [{"role": "user", "content": [{"type": "text", "text": TEXT}]}]
    PlacedInput.objects.create(project=project, text_hash=hash_before(f"text\n{TEXT}"), split="test")

    version = made.made(project, queues=(str(asked(project, said).pk),), train=100, dev=0, test=0)

    assert version.counts["splits"] == {"train": 0, "dev": 0, "test": 1}
    assert PlacedInput.objects.get().text_hash == text_hash(TEXT)


def test_an_input_that_is_near_to_two_splits_is_left_out_and_told(project, monkeypatch):
    monkeypatch.setattr("annotator.datasets.placing.PASSING", 1)
    ends = (
        "I would like to know it before the end of this week, since I am away for the whole of the next one"
    )
    one, other = f"{ends}, so please tell my wife.", f"And do write by e-mail: {ends}."
    between = f"And do write by e-mail: {ends}, so please tell my wife."
    assert of(project, asked(project, one), train=0, dev=0, test=100) == {one: "test"}
    assert of(project, asked(project, other), train=100, dev=0, test=0) == {other: "train"}

    version = made.made(project, queues=(str(asked(project, between, LATER).pk),))

    assert set(splits(version)) == {LATER}
    assert version.counts["crossing_inputs"] == version.counts["left_out"]["crossing"] == 1
    assert not PlacedInput.objects.filter(split="dev").exists()


def test_another_project_is_another_world(project):
    of(project, asked(project, TEXT), train=0, dev=0, test=100)
    other = makes.project(slug="other", name="Other")

    assert of(other, asked(other, LATER), train=100, dev=0, test=0) == {LATER: "train"}
