"""`/metrics`: what a monitoring system reads, read here by Prometheus's own parser."""

from datetime import timedelta

import pytest
import time_machine
from prometheus_client.parser import text_string_to_metric_families

from annotator.metrics.exposition import CONTENT_TYPE, Family, Kind, Sample, text
from drift.models import DriftPlan
from tests import make
from tests.drift import alerted, drifted
from tests.drift.alerted import DAY

TOKEN = "a-token-of-some-length"


def read(words: str) -> dict[tuple[str, tuple], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(words)
        for sample in family.samples
    }


def test_the_door_is_shut_without_a_token_and_opens_to_it_alone(db, client, as_, settings, stranger):
    assert as_(stranger).get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        answer = client.get("/metrics", headers=headers)
        assert (answer.status_code, answer["WWW-Authenticate"], answer.content) == (401, "Bearer", b"")
    answer = client.get("/metrics", headers=make.bearer(TOKEN))
    assert (answer.status_code, answer["Content-Type"]) == (200, CONTENT_TYPE)
    assert client.post("/metrics", headers=make.bearer(TOKEN)).status_code == 405


def test_a_projects_numbers(project, client, settings, django_assert_max_num_queries):
    settings.METRICS_TOKEN = TOKEN
    DriftPlan.objects.create(project=project, starts_on=DAY)
    drifted.judged(project, DAY - timedelta(days=1), p=0.4)
    alerted.alert(project)
    make.job(project, celery_queue="ml")
    make.project(slug="plain")
    with (
        time_machine.travel("2026-11-24T06:00:00Z", tick=False),
        django_assert_max_num_queries(6),
    ):
        found = read(client.get("/metrics", headers=make.bearer(TOKEN)).content.decode())
    shop = (("project", "shop"),)
    assert found["genba_drift_p", shop] == 0.001
    assert found["genba_drift_alarm", shop] == 1
    assert found["genba_drift_open_alerts", shop] == 1
    assert found["genba_drift_last_day_age_seconds", shop] == 6 * 3600
    assert found["genba_drift_embedded_inputs", shop] == 500
    assert found["genba_drift_days_total", (("project", "shop"), ("verdict", "judged"))] == 2
    assert found["genba_jobs_waiting", (("queue", "ml"),)] == 1
    assert found["genba_jobs_waiting", (("queue", "default"),)] >= 0
    assert not [name for name, labels in found if ("project", "plain") in labels]


@pytest.mark.parametrize("label", ['a "name"', "a\\b", "two\nlines", "", "현장"])
def test_any_label_comes_back_as_it_was(label):
    family = Family(
        "genba_x", Kind.GAUGE, 'Help with "quotes"\nand \\ lines.', [Sample(1.5, {"name": label})]
    )
    assert read(text([family])) == {("genba_x", (("name", label),)): 1.5}


def test_numbers_and_what_is_not_there():
    families = [
        Family("genba_a_total", Kind.COUNTER, "A.", [Sample(3)]),
        Family("genba_b", Kind.GAUGE, "B.", []),
        Family("genba_c", Kind.GAUGE, "C.", [Sample(float("inf")), Sample(1e-9, {"k": "v"})]),
    ]
    assert read(text(families)) == {
        ("genba_a_total", ()): 3,
        ("genba_c", ()): float("inf"),
        ("genba_c", (("k", "v"),)): 1e-9,
    }
    assert "genba_b" not in text(families)
