"""What an export is, beside it: enough to tell years later what the lines mean."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from annotator.exports import rows
from annotator.exports.filters import Filters
from annotator.models import QuestionVersion, Queue, Rater

FORMAT = "genba-labels"
FORMAT_VERSION = 2


class Tally:
    """Counts and hashes rows as they pass by."""

    def __init__(self) -> None:
        self.rows = self.bytes = self.surplus = 0
        self.answers: Counter[str] = Counter()
        self.versions: Counter[int] = Counter()
        self.raters: Counter[int] = Counter()
        self._hash = hashlib.sha256()

    def add(self, chunk: list[rows.Row], encoded: bytes) -> None:
        self.rows += len(chunk)
        self.bytes += len(encoded)
        self.answers.update(row.answer for row in chunk)
        self.versions.update(row.version for row in chunk)
        self.raters.update(row.rater for row in chunk)
        self.surplus += sum(row.surplus for row in chunk)
        self._hash.update(encoded)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def tallied(queue: Queue, filters: Filters, tally: Tally, using: Any) -> Iterator[bytes]:
    """The encoded chunks, counted on their way."""
    for chunk in rows.chunks(queue, filters, using):
        encoded = rows.encode(chunk)
        tally.add(chunk, encoded)
        yield encoded


def of_now(queue: Queue, filters: Filters) -> dict[str, Any]:
    """The manifest of the bytes that a download would give now. Reads them all."""
    tally = Tally()
    with rows.shared() as using:
        for _ in tallied(queue, filters, tally, using):
            pass
        return describe(queue, filters, tally)


def describe(queue: Queue, filters: Filters, tally: Tally) -> dict[str, Any]:
    left_out = [] if "skipped" in filters.include else ["skipped"]
    left_out += [] if filters.surplus else ["surplus"]
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "product": "Genba",
        "product_version": settings.VERSION,
        "created_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "file": file_name(queue),
        "sha256": tally.sha256,
        "bytes": tally.bytes,
        "rows": tally.rows,
        "answers": dict(sorted(tally.answers.items())),
        "surplus_rows": tally.surplus,
        "filters": filters.as_dict(),
        "left_out": [*left_out, "taken back"],
        "project": queue.project.slug,
        "queue": {
            "id": str(queue.pk),
            "name": queue.name,
            "kind": queue.kind,
            "overlap": queue.overlap,
            "origin": queue.origin,
        },
        "questions": _questions(tally),
        "raters": _raters(tally),
        "columns": {name: meaning for name, (_, meaning) in rows.columns(queue).items()},
        "order": "by label id; one line per label; one snapshot of the database",
        "check": "A whole file ends with a line end and has this many rows and bytes and this SHA-256.",
    }


def file_name(queue: Queue) -> str:
    """Django writes it into Content-Disposition by RFC 6266, whatever characters it has."""
    name = "".join(" " if ord(char) < 32 or char in '/\\:*?"<>|' else char for char in queue.name)
    return f"{' '.join(name.split())[:80] or 'labels'}.jsonl"


def _questions(tally: Tally) -> list[dict[str, Any]]:
    found = QuestionVersion.objects.select_related("question").filter(pk__in=list(tally.versions))
    return [
        {
            "key": version.question.key,
            "version": version.number,
            "text": version.text,
            "guideline": version.guideline,
            "desirable": version.desirable,
            "rows": tally.versions[version.pk],
        }
        for version in found.order_by("question__key", "number")
    ]


def _raters(tally: Tally) -> dict[str, list[dict[str, Any]]]:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for rater in Rater.objects.filter(pk__in=list(tally.raters)).order_by("kind", "name", "pk"):
        shown = {"name": rater.name, "rater_id": rater.pk, "rows": tally.raters[rater.pk]}
        by_kind.setdefault(rater.kind, []).append(shown)
    return by_kind
