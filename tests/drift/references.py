"""References and days to hold against them: the first word of an input says what it is about."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from hashlib import blake2b
from uuid import uuid4

import msgspec
import numpy as np

from annotator.jobs import leases, runner
from annotator.models import Job, JobState, Project
from annotator.services import jobs
from drift.models import DriftPlan, Space, StructuralDay
from drift.services import references, spaces
from drift.services.references import Made
from drift.structure.registry import EDITION, FEATURES
from drift.structure.rows import Row, Text
from drift.structure.tally import Tally
from feedback.ingest.ids import interaction_id
from feedback.models import Interaction
from tests.annotator import frozen
from tests.drift import drifted
from tests.feedback import logged

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 9, tzinfo=logged.NEXT_MORNING.tzinfo)
KINDS = ("refund", "delivery", "invoice", "password", "colour", "size")


class FakeModel:
    """(n, 384) of length 1: around the axis of the first word, off it as the whole text says."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([_vector(text) for text in texts], dtype=np.float32).reshape(-1, drifted.DIMENSIONS)


@cache
def _vector(text: str) -> np.ndarray:
    seed = int.from_bytes(blake2b(text.encode(), digest_size=8).digest())
    row = np.random.default_rng(seed).normal(0, 0.03, drifted.DIMENSIONS)
    word = (text.split() or [""])[0]
    row[int.from_bytes(blake2b(word.encode(), digest_size=2).digest()) % drifted.DIMENSIONS] += 1
    return row / np.linalg.norm(row)


def use_the_fake(monkeypatch) -> None:
    monkeypatch.setattr(spaces, "model_of", lambda _space: FakeModel())


def plan(project: Project, space: Space | None = None) -> DriftPlan:
    return DriftPlan.objects.create(project=project, space=space, starts_on=DAY)


def texts(kinds: Sequence[str], each: int, *, said: str = "please") -> list[str]:
    return [f"{kind} {said} number {n}" for kind in kinds for n in range(each)]


def embedded_day(space: Space, day: date, asked: Sequence[str]) -> list[Interaction]:
    """The day's inputs in the log and as vectors."""
    begins = datetime.combine(day, time(12), NOW.tzinfo)
    rows = Interaction.objects.bulk_create(
        Interaction(
            id=interaction_id(space.project_id, f"{day}-{n}", begins + timedelta(seconds=n)),
            project=space.project,
            external_id=f"{day}-{n}",
            occurred_at=begins + timedelta(seconds=n),
            input=text,
            input_preview=text,
            output="Gladly.",
            content_hash=uuid4(),
        )
        for n, text in enumerate(asked)
    )
    made = drifted.embedded(space, day, rows, FakeModel().encode(asked).tolist())
    made.finished_at = NOW
    made.save()
    return rows


def read_day(project: Project, day: date, asked: Sequence[str]) -> StructuralDay:
    """What `drift.structure` would have read of the day: an input every ten minutes."""
    tally = Tally()
    midnight = datetime.combine(day, time(), NOW.tzinfo).timestamp()
    for n, text in enumerate(asked):
        tally.add(Row(str(uuid4()), midnight + 600 * n, Text(text), text, "Gladly."), FEATURES.values())
    tally.close(FEATURES)
    return StructuralDay.objects.create(
        project=project,
        day=day,
        edition=EDITION,
        population=len(asked),
        drawn=len(asked),
        tally=tally.as_json(),
        finished_at=NOW,
    )


def of_version(project: Project, inputs: Sequence[str], *, name: str = "Eval set", by=None, **more):
    rows = [frozen.rated(n, text="Gladly.") for n in range(len(inputs))]
    rows = [_asked(row, text) for row, text in zip(rows, inputs, strict=True)]
    version = frozen.version(project, rows=rows, name=f"Rows of {name}", **more)
    return references.make(project=project, name=name, of=Made(version=version), by=by)


def _asked(row, text: str):
    return msgspec.structs.replace(row, input=text)


def night(now: datetime = NOW) -> list[Job]:
    """What the clock asks of references, until nothing is left to do."""
    done: list[Job] = []
    while slots := list(references.slots(now)):
        for slot in slots:
            job = jobs.ask(kind=slot.kind, key=slot.key, project=slot.project_id, arguments=slot.arguments)
            runner.run_claimed(leases.claim(job.pk))
            job.refresh_from_db()
            assert job.state == JobState.DONE, job.error
            done.append(job)
    return done
