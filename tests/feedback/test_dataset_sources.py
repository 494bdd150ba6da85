"""What is said beside "no" becomes rows of datasets: what the output should have been, how it failed."""

import functools
import json
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection, transaction

from annotator.datasets import frozen as stored
from annotator.datasets import make, registry
from annotator.datasets.filters import Filters
from annotator.datasets.registry import Reading
from annotator.models import DatasetRow
from annotator.queries.datasets import has_news
from annotator.services.questions import say, set_question
from annotator.services.raters import rater_of
from annotator.ways_out import lines, options
from annotator.ways_out.model import Written
from annotator.ways_out.registry import get
from feedback.services import modes, sightings
from tests.annotator import frozen
from tests.annotator.answering import answer
from tests.feedback import logged, looking


@pytest.fixture
def items(project, owner, next_morning):
    logged.interactions(project, 3, feature="refunds")
    logged.plan(project, owner)
    return list(logged.check(project).queue.items.order_by("position"))


def rows(project, **filters):
    with transaction.atomic():
        return list(make.read(Reading(project, Filters(**filters), connection)))


def test_an_expectation_is_a_demonstration_in_place_of_what_failed(project, items, owner):
    sightings.expect(items[0], rater_of(project, owner), "30 days.")
    sightings.expect(items[1], rater_of(project, owner), "Never mind")
    sightings.expect(items[1], rater_of(project, owner), None)

    (row,) = rows(project, sources=("expectations",))

    assert (row.kind, row.why, row.output) == ("demonstration", "expected", "30 days.")
    assert (row.input, row.rejected) == (items[0].input, items[0].output)
    assert row.metadata["feature"] == "refunds"
    assert (row.provenance.item, row.provenance.rater_kinds) == (items[0].pk, ("human",))


def test_a_row_names_the_label_that_it_was_said_beside(project, items, owner, annotator):
    queue = items[0].queue
    rater = rater_of(project, owner)
    key = queue.questions.get().key
    first = answer(items[0], rater, "yes", question=key)
    answer(items[0], rater_of(project, annotator), "no", question=key)
    second = answer(items[0], rater, "no", question=key)
    sightings.expect(items[0], rater, "30 days.")
    looking.see(items[0], owner, "Rude")
    set_question(project=project, key=key, text="Was it good, all in all?")
    third = answer(items[1], rater, "no", question=key)
    looking.see(items[1], owner, "Rude")

    found = {
        row.key.split(":")[0] + str(row.provenance.item): row.provenance
        for row in rows(project, sources=("expectations", "failure_modes"))
    }

    assert first.pk != second.pk
    assert {name: (told.labels, told.question_version) for name, told in found.items()} == {
        f"expectations{items[0].pk}": ((second.pk,), 1),
        f"failure_modes{items[0].pk}": ((second.pk,), 1),
        f"failure_modes{items[1].pk}": ((third.pk,), 2),
    }


@pytest.mark.django_db(transaction=True)
def test_an_output_with_an_expectation_comes_once_in_every_format(project, items, owner, annotator):
    """Two people say no, each writes what it should have been; and one says no to another output, no more."""
    queue = items[0].queue
    say(queue.questions.get(), text="Good?", desirable="yes")
    for person, text in ((owner, "30 days."), (annotator, "A month.")):
        answer(items[0], rater_of(project, person), "no", question=queue.questions.get().key)
        sightings.expect(items[0], rater_of(project, person), text)
    answer(items[1], rater_of(project, owner), "no", question=queue.questions.get().key)

    version = frozen.made(project, train=100, dev=0, test=0)

    for key in ("trl-kto", "axolotl-kto", "llama-factory-kto"):
        lines, written = exported(version, key)
        outputs = [line for line in lines if json.dumps(items[0].output)[1:-1] in line]
        assert (key, len(lines), len(outputs)) == (key, 4, 1)
        assert written.dropped == {}
    assert len(exported(version, "trl-preference")[0]) == 2  # each over the one that failed
    assert len(exported(version, "trl-sft")[0]) == 2


@pytest.mark.django_db(transaction=True)
def test_all_of_a_version_is_read_from_one_snapshot(project, items, owner, monkeypatch):
    """While the first source is read, somebody says what an output should have been, and how one fails."""
    key = items[0].queue.questions.get().key
    answer(items[0], rater_of(project, owner), "no", question=key)
    sightings.expect(items[0], rater_of(project, owner), "30 days.")
    source = registry._sources["answers"]

    def meanwhile(reading):
        yield from source.rows(reading)
        sightings.expect(items[1], rater_of(project, owner), "A month.")
        looking.see(items[1], owner, "Rude")

    monkeypatch.setitem(registry._sources, "answers", replace(source, rows=meanwhile))

    version = frozen.made(project, sources=("answers", "expectations", "failure_modes"))

    keys = DatasetRow.objects.filter(version=version).values_list("key", flat=True)
    assert sorted(key.split(":")[0] for key in keys) == ["answers", "expectations"]


def exported(version, key: str):
    form, written = get(key), Written()
    read = functools.partial(stored.rows_of, version, "train")
    plan = form.plan(options.read(form, {}), read)
    data = b"".join(lines.stream(form, plan, read, "train", written))
    return data.decode().splitlines(), written


def test_filters_hold_for_it(project, items, owner):
    sightings.expect(items[0], rater_of(project, owner), "30 days.")

    assert rows(project, sources=("expectations",), features=("other",)) == []
    assert rows(project, sources=("expectations",), rater_kinds=("llm",)) == []
    (left,) = rows(project, sources=("expectations",), consensus=True)
    assert left.reason == "one_answer"


def test_a_mode_is_a_class_once_an_item_and_only_where_it_is_chosen(project, items, owner, annotator):
    looking.see(items[0], owner, "Rude")
    looking.see(items[0], annotator, "Rude")
    (curt,) = looking.see(items[1], owner, "Curt")
    modes.merge(curt, modes.named(project, "Rude", owner))

    found = rows(project, sources=("failure_modes",))

    assert [(row.value, row.output, row.good) for row in found] == [
        ("Rude", items[0].output, None),
        ("Rude", items[1].output, None),
    ]
    assert not [row for row in rows(project) if row.key.startswith("failure_modes")]


@pytest.mark.django_db(transaction=True)
def test_an_output_that_fails_in_two_ways_is_a_row_of_each_class(project, items, owner):
    looking.see(items[0], owner, "Rude", "Made up")
    looking.see(items[1], owner, "Rude")

    version = frozen.made(project, sources=("failure_modes",), duplicates="exact")

    labels = DatasetRow.objects.filter(version=version).order_by("position").values_list("label", flat=True)
    assert sorted(labels) == ["Made up", "Rude", "Rude"]
    told = [found for split in version.counts["labels"].values() for found in split]
    assert set(told) == {"Made up", "Rude"}
    assert version.counts["left_out"] == {}


def test_what_is_no_label_is_news_for_those_who_take_it(project, items, owner):
    """A new version would differ: of an expectation and of a failure, where the dataset has such rows."""
    taken = {
        name: frozen.version(project, rows=1, name=name)
        for name in ("expectations", "failure_modes", "answers")
    }
    for name, version in taken.items():
        version.filters = Filters(sources=(name,)).as_json()
        version.save()

    def news() -> set[str]:
        return {name for name, version in taken.items() if has_news(version)}

    assert news() == set()
    sightings.expect(items[0], rater_of(project, owner), "30 days.")
    assert news() == {"expectations"}
    looking.see(items[0], owner, "Rude")
    assert news() == {"expectations", "failure_modes"}
    taken["expectations"].filters = Filters(sources=("expectations",), queues=(str(uuid4()),)).as_json()
    assert news() == {"failure_modes"}
