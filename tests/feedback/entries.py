"""Interactions in the log, stored as the doors store them, previews and all."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from annotator.models import Project
from annotator.reading.records import Limits
from feedback.ingest import record
from feedback.models import Interaction
from feedback.services.interactions import store

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def entry(of: Project, name: str = "call", *, minutes: float = 0, **more: Any) -> Interaction:
    """One interaction, that many minutes after noon of 20 November 2026 in UTC."""
    return entries(of, [{"id": name, "minutes": minutes, **more}])[0]


def entries(of: Project, given: list[dict[str, Any]]) -> list[Interaction]:
    records = []
    for index, one in enumerate(given):
        when = NOON + timedelta(minutes=one.pop("minutes", 0))
        sent = {"occurred_at": when.isoformat(), "input": "A question", "output": "An answer", **one}
        records.append(record.read(index, json.dumps(sent).encode(), Limits()))
    stored = store(of, records)
    assert not stored.rejected, stored.rejected
    names = [one["id"] for one in given]
    found = {one.external_id: one for one in Interaction.objects.filter(project=of, external_id__in=names)}
    return [found[name] for name in names]


def many(of: Project, n: int, **more: Any) -> list[Interaction]:
    """`n` of them, a minute apart, the last the newest: `call-0`, `call-1`, …"""
    return entries(
        of, [{"id": f"call-{k}", "minutes": k, "input": f"Question {k}", **more} for k in range(n)]
    )
