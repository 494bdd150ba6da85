"""Vectors in and out, many at a time, and what half precision costs."""

from datetime import date, timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from drift import vectors
from drift.models import EmbeddedDay, InputVector
from tests.drift import drifted

DAY = date(2026, 11, 20)


def units(n, d=384, seed=1):
    rows = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def day(project):
    return EmbeddedDay.objects.create(space=drifted.space(project), day=DAY)


def written(day, given, **more):
    interactions = [uuid4() for _ in given]
    vectors.write(day, interactions, given, sampled=True, **more)
    ids = dict(InputVector.objects.filter(day=day).values_list("interaction", "pk"))
    return interactions, [ids[one] for one in interactions]


def test_what_is_written_is_read_in_the_order_of_the_question(day):
    given = units(500)
    _, ids = written(day, given)
    order = np.random.default_rng(2).permutation(500)
    found = vectors.read([ids[k] for k in order] + [ids[0]])
    assert found.dtype == np.float32
    assert (found[:-1].astype(float) * given[order]).sum(axis=1).min() > 0.999999
    assert np.abs(found - given[[*order, 0]]).max() < 2e-4
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-6)


def test_it_is_what_django_reads_and_writes(day):
    given = units(3)
    interactions, ids = written(day, given)
    for row, vector, interaction in zip(
        InputVector.objects.in_bulk(ids).values(), given, interactions, strict=True
    ):
        assert np.allclose(row.vector, vector, atol=2e-4)
        assert (row.interaction, row.sampled, row.weight) == (interaction, True, 1)
    one = InputVector.objects.create(day=day, interaction=uuid4(), vector=given[0].tolist())
    assert vectors.read([one.pk])[0] == pytest.approx(given[0], abs=2e-4)


def test_a_day_is_what_tests_count_unless_all_is_asked_for(day):
    given = units(4)
    interactions, ids = written(day, given[:3])
    vectors.write(day, [uuid4()], given[3:], sampled=False, weight=0)
    vectors.set_weights(np.array(ids), np.array([2, 0, 1]))
    counted = vectors.of_day(day.space, DAY)
    assert counted.ids.tolist() == [ids[0], ids[2]]
    assert counted.weights.tolist() == [2, 1]
    assert counted.interactions == [interactions[0], interactions[2]]
    assert (counted.vectors.astype(float) * given[[0, 2]]).sum(axis=1).min() > 0.999999
    everything = vectors.of_day(day.space, DAY, all_of_them=True, with_vectors=False)
    assert everything.sampled.tolist() == [True, True, True, False]
    assert everything.vectors.shape == (4, 0)
    assert len(vectors.of_day(day.space, DAY - timedelta(days=1))) == 0


def test_of_another_space_or_gone_is_no_vector_at_all(day, project):
    _, ids = written(day, units(2))
    other = drifted.space(project, fingerprint="1" * 64)
    _, others = written(EmbeddedDay.objects.create(space=other, day=DAY), units(1))
    with pytest.raises(vectors.ManySpaces):
        vectors.read(ids + others)
    InputVector.objects.filter(pk=ids[0]).delete()
    with pytest.raises(vectors.Gone):
        vectors.read(ids)
    with pytest.raises(vectors.Gone):
        vectors.read([ids[0]])
    assert vectors.read([]).shape == (0, 0)


def test_twice_is_refused(day):
    interactions, _ = written(day, units(1))
    with pytest.raises(IntegrityError, match="embedded_once"), transaction.atomic():
        vectors.write(day, interactions, units(1), sampled=True)
