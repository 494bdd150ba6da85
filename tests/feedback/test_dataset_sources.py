"""What is said beside "no" becomes rows of datasets: what the output should have been, how it failed."""

import pytest
from django.db import connection, transaction

from annotator.datasets import make
from annotator.datasets.filters import Filters
from annotator.datasets.registry import Reading
from annotator.models import DatasetRow
from annotator.services.raters import rater_of
from feedback.services import modes, sightings
from tests.annotator import frozen
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


def test_an_output_that_fails_in_two_ways_is_a_row_of_each_class(project, items, owner):
    looking.see(items[0], owner, "Rude", "Made up")
    looking.see(items[1], owner, "Rude")

    version = frozen.made(project, sources=("failure_modes",), duplicates="exact")

    labels = DatasetRow.objects.filter(version=version).order_by("position").values_list("label", flat=True)
    assert sorted(labels) == ["Made up", "Rude", "Rude"]
    told = [found for split in version.counts["labels"].values() for found in split]
    assert set(told) == {"Made up", "Rude"}
    assert version.counts["left_out"] == {}
