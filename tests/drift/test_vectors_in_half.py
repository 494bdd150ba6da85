"""Vectors are kept in half precision, by PostgreSQL."""

from datetime import date

import pytest
from django.db import IntegrityError, connection

from drift.models import InputVector
from tests.drift import drifted
from tests.feedback import logged

DAY = date(2026, 11, 20)


def test_a_vector_comes_back_to_three_digits(project):
    (row,) = logged.interactions(project, 1)
    drifted.embedded(drifted.space(project), DAY, [row], [[0.6, 0.8] + [0.0] * 382])
    kept = InputVector.objects.get()
    assert kept.vector[:3] == pytest.approx([0.6, 0.8, 0.0], abs=5e-4)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_typeof(vector)::text FROM drift_inputvector")
        assert cursor.fetchone() == ("halfvec",)


def test_an_input_is_embedded_once_a_day(project):
    (row,) = logged.interactions(project, 1)
    vector = [1.0] + [0.0] * 383
    day = drifted.embedded(drifted.space(project), DAY, [row], [vector])
    with pytest.raises(IntegrityError, match="embedded_once"):
        InputVector.objects.create(day=day, interaction=row.pk, vector=vector)
