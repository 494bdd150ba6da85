"""Importing log files, a chunk at a time. The command and the job both stand on this."""

from dataclasses import dataclass, replace
from datetime import UTC

from annotator.models import Project
from annotator.reading import outcome
from annotator.reading.files import Row
from annotator.reading.plans import Chunk, Plan
from feedback.ingest import record
from feedback.ingest.mapping import LOG
from feedback.ingest.record import Record
from feedback.services import interactions


@dataclass
class Outcome(outcome.Outcome):
    """With the first and the last moment of what was accepted, ISO in UTC."""

    first: str = ""
    last: str = ""

    def with_chunk(self, stored: interactions.Stored) -> "Outcome":
        moments = [at.astimezone(UTC).isoformat() for at in stored.span or ()]
        return self.plus(
            accepted=stored.accepted,
            duplicates=stored.duplicates,
            repaired=stored.repaired,
            rejected=stored.rejected,
            first=min(filter(None, (self.first, *moments)), default=""),
            last=max(self.last, *moments, ""),
        )


def store_chunk(project: Project, plan: Plan, chunk: Chunk) -> interactions.Stored:
    """Store it in one transaction; the lines that are refused are in the answer, by line number."""
    records, rejected = chunk.read(lambda row: _record(row, plan))
    stored = interactions.store(project, records)
    everything = sorted([*rejected, *stored.rejected], key=lambda bad: bad.index)
    return replace(stored, rejected=everything)


def _record(row: Row, plan: Plan) -> Record:
    found = record.read(row.line, LOG.of_row(row, plan.mapping, plan.shape.columns), plan.limits)
    if found.external_id is None:
        found.external_id = row.made_id
    return found
