"""Alerts and judgements as programs read them: the same in files and in the API."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from annotator.models import Project
from annotator.stats.intervals import Estimate, wilson
from annotator.ways_out.formats.classification import FORMULA
from drift import alert_words
from drift.models import Alert, AlertGroup, WeekCheck

COLUMNS = (
    "alert", "day", "state", "owner", "closed_on", "group", "kind", "days", "name", "sentence", "p", "rows",
    "share", "share_low", "share_high", "then_share", "then_low", "then_high", "compared", "then_compared",
    "side", "feature", "view", "then", "now", "seen_again", "came_back_from", "queue", "url",
)  # fmt: skip


def alert_told(project: Project, alert: Alert) -> dict[str, Any]:
    """With its groups: see `queries.alerts.alerts_of`. In English, whoever asks: programs read it."""
    with translation.override("en"):
        groups = [group_told(one, project) for one in alert.groups.all()]
    return {
        "id": alert.pk,
        "day": alert.day.isoformat(),
        "state": alert.state,
        "owner": alert.owner.username if alert.owner else None,
        "opened_at": alert.opened_at.isoformat(),
        "closed_on": alert.closed_on.isoformat() if alert.closed_on else None,
        "url": settings.PUBLIC_URL + reverse("drift-alert", args=[project.slug, alert.pk]),
        "groups": groups,
    }


def group_told(group: AlertGroup, project: Project) -> dict[str, Any]:
    """A group that was saved, with the days on which it was seen again."""
    inputs = group.kind != "structure"
    return {
        "rank": group.rank,
        "days": group.days,
        **thing_told(group, project),
        "keywords": group.keywords,
        "compared": group.n if inputs else None,
        "then_compared": group.then_n if inputs else None,
        "seen_again": [one.day.isoformat() for one in group.seen.all()],
        "came_back_from": group.before.alert_id if group.before else None,
        "queue": str(group.queue_id) if group.queue_id else None,
    }


def thing_told(group: AlertGroup, project: Project) -> dict[str, Any]:
    facts = alert_words.told(group, project.time_zone)
    inputs = group.kind != "structure"
    return {
        "kind": group.kind,
        "name": alert_words.name(group),
        "sentence": alert_words.sentence(facts),
        "p": group.p,
        "rows": facts["rows"] if inputs else None,
        "share": _estimate(wilson(facts["rows"], group.n)) if inputs else None,
        "then_share": _estimate(wilson(group.then_rows, group.then_n)) if inputs else None,
        **{name: getattr(group, name) for name in ("side", "feature", "view", "then", "now")},
    }


def week_told(check: WeekCheck, alert: int | None) -> dict[str, Any]:
    """With its topics: see `queries.weeks.weeks_of`."""
    names = ("day", "verdict", "reason", "p", "level", "alarm", "now", "before", "judged_at")
    topics = [
        {
            "topics": one.topics,
            "name": one.topic.shown_name,
            "kind": one.kind,
            "p": one.p,
            "rows": one.rows,
            "share": _estimate(wilson(one.rows, one.n)),
            "then_share": _estimate(wilson(one.then_rows, one.then_n)),
        }
        for one in check.groups.all()
    ]
    return {**{name: getattr(check, name) for name in names}, "alert": alert, "topics": topics}


def _estimate(found: Estimate) -> dict[str, float | None]:
    return {"value": found.value, "low": found.low, "high": found.high}


def as_lines(project: Project, alerts: Iterable[Alert]) -> Iterator[bytes]:
    """One alert a line."""
    for alert in alerts:
        yield json.dumps(alert_told(project, alert), ensure_ascii=False).encode() + b"\n"


def as_table(project: Project, alerts: Iterable[Alert]) -> Iterator[bytes]:
    """One group a line; an alert that names none has one line all the same."""
    yield _line(COLUMNS)
    for alert in alerts:
        told = alert_told(project, alert)
        for group in told["groups"] or [{}]:
            yield _line([_cell(cell) for cell in _cells(told, group)])


def _cells(alert: dict[str, Any], group: dict[str, Any]) -> Iterator[Any]:
    share, then = group.get("share") or {}, group.get("then_share") or {}
    found = {
        **group,
        "alert": alert["id"],
        **{name: alert[name] for name in ("day", "state", "owner", "closed_on", "url")},
        "group": group.get("rank"),
        "share": share.get("value"),
        "share_low": share.get("low"),
        "share_high": share.get("high"),
        "then_share": then.get("value"),
        "then_low": then.get("low"),
        "then_high": then.get("high"),
        "seen_again": " ".join(group.get("seen_again", [])),
    }
    return (found.get(name) for name in COLUMNS)


def _cell(value: Any) -> Any:
    """Of texts, none that a spreadsheet would run as a formula: keywords come from users."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _line(cells: Iterable[Any]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()
