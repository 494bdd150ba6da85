"""`GET /api/v1/drift/checks` and `/alerts`: what changed, for other tools."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from drift.models import DriftCheck
from drift.services import alerts
from tests import make
from tests.drift import alerted, drifted
from tests.drift.alerted import DAY

CHECKS, ALERTS = "/api/v1/drift/checks", "/api/v1/drift/alerts"


def get(client, project, path, scopes=("export",)):
    token = make.api_key(project, scopes=scopes, name=f"key {path}")
    return client.get(path, headers=make.bearer(token))


def test_a_key_needs_the_scope_export(project, client):
    for path in (CHECKS, ALERTS):
        assert client.get(path).status_code == 401
        assert get(client, project, path, scopes=("ingest",)).status_code == 403
        assert client.post(path).status_code == 405


def test_days_are_told_with_p_verdict_reason_and_groups(project, client):
    check = alerted.day_of_one_topic(project)
    alerted.change(project, DAY)
    made = alerts.tell(check)
    DriftCheck.objects.create(
        project=project,
        day=DAY - timedelta(days=1),
        verdict="refused",
        reason="few_rows",
        facts={"found": 10, "needed": 100},
    )

    first, second = get(client, project, CHECKS).json()["checks"]

    assert (first["day"], first["verdict"], first["p"], first["alarm"]) == (
        DAY.isoformat(),
        "judged",
        0.001,
        True,
    )
    assert (first["alert"], first["compared"], first["then_compared"]) == (made.pk, 100, 200)
    topic, length = first["groups"]
    assert (topic["kind"], topic["name"], topic["rows"]) == ("new", "routing, routing number", 10)
    assert topic["share"]["value"] == 0.1
    assert topic["share"]["low"] < 0.1 < topic["share"]["high"]
    assert (length["feature"], length["then"], length["now"]) == ("length", 300.0, 420.0)
    assert (second["verdict"], second["reason"], second["facts"]["found"]) == ("refused", "few_rows", 10)
    assert (second["p"], second["alert"], second["groups"]) == (None, None, [])


def test_pages_follow_each_other_without_a_gap(project, client, django_assert_max_num_queries):
    for back in range(7):
        drifted.judged(project, DAY - timedelta(days=back), p=0.5)
    seen, path = [], f"{CHECKS}?limit=3"
    while path:
        page = get(client, project, path).json()
        seen += [one["day"] for one in page["checks"]]
        path = f"{CHECKS}?limit=3&before={page['next']}" if page["next"] else ""
    assert seen == [(DAY - timedelta(days=back)).isoformat() for back in range(7)]
    since = get(client, project, f"{CHECKS}?since={DAY}").json()
    assert len(since["checks"]) == 1
    assert get(client, project, f"{CHECKS}?before=soon").status_code == 422
    token = make.api_key(project, name="counted")
    with django_assert_max_num_queries(8):
        client.get(CHECKS, headers=make.bearer(token))


def test_alerts_are_told_with_their_state_and_the_days_on_which_they_were_seen_again(
    project, stranger, client
):
    made = alerted.alert(project)
    alerts.tell(alerted.day_of_one_topic(project, DAY + timedelta(days=1)))
    alerted.alert(stranger.memberships.get().project)

    (one,) = get(client, project, f"{ALERTS}?state=open").json()["alerts"]

    assert (one["id"], one["state"], one["owner"]) == (made.pk, "open", None)
    assert one["url"].endswith(f"/p/shop/drift/alerts/{made.pk}/")
    assert one["groups"][0]["seen_again"] == [(DAY + timedelta(days=1)).isoformat()]
    assert get(client, project, f"{ALERTS}?state=fixed").json() == {"alerts": [], "next": None}


def test_a_quiet_day_tells_no_groups_and_an_alarm_what_its_alert_tells(project, client):
    """A page shows what is likely at 0.01; a program that counts groups would take it for an alarm."""
    drifted.judged(project, DAY, p=0.008, topics_p=0.4, structure_p=0.004, level=0.005)
    alerted.change(project, DAY, adjusted_p=0.004)
    loud = alerted.alarm(project, DAY - timedelta(days=1))
    alerted.change(project, loud.day)
    alerted.change(project, loud.day, feature="json", adjusted_p=0.009, facts={"view": "yes"})
    quiet, alarm = get(client, project, CHECKS).json()["checks"]
    assert (quiet["alarm"], quiet["groups"]) == (False, [])
    assert [one["feature"] for one in alarm["groups"]] == ["length"]
    assert [one.feature for one in alerts.tell(loud).groups.all()] == ["length"]


def test_ids_that_are_not_told_are_not_read(project, client):
    alerted.day_of_one_topic(project)
    token = make.api_key(project, name="reads")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(CHECKS, headers=make.bearer(token)).json()["checks"][0]["compared"] == 100
    (checks,) = [one["sql"] for one in asked if 'FROM "drift_driftcheck"' in one["sql"]]
    assert checks.count("day_vectors") == checks.count('cardinality("drift_driftcheck"."day_vectors")') == 1
    assert 'FROM "drift_driftgroup"' in str(asked.captured_queries)
    assert '"drift_driftgroup"."centroid"' not in str(asked.captured_queries)
