"""Days of inputs about topics that are known, embedded, for tests."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import uuid4

from annotator.jobs import runner
from annotator.models import Job, Project
from annotator.services import jobs
from drift.models import DriftPlan, EmbeddedDay, Space, TopicMap
from drift.queries.topic_maps import in_force
from drift.services.topics import FIT
from feedback.ingest.ids import interaction_id
from feedback.models import Interaction
from tests.drift import drifted, planted

LAST = date(2026, 11, 22)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NAMES = ("refund", "delivery", "password", "invoice", "voucher", "warranty")
_seeds = count(1)


def plan(project: Project, space: Space) -> DriftPlan:
    found, _made = DriftPlan.objects.update_or_create(
        project=project, defaults={"space": space, "starts_on": LAST - timedelta(days=60)}
    )
    return found


def a_day(space: Space, day: date, sizes: Sequence[int], *, noise: int = 0, seed: int = 0) -> EmbeddedDay:
    """`sizes[k]` inputs about NAMES[k], and some about nothing."""
    project = space.project
    seed = seed or next(_seeds)
    vectors, which = planted.topics(*sizes, noise=noise, seed=seed, d=drifted.DIMENSIONS)
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    rows = []
    for k, topic in enumerate(which):
        about = NAMES[topic] if topic >= 0 else f"word{seed}x{k}"
        text, when, name = f"please help with my {about} number {k}", at + timedelta(seconds=k), f"{day}-{k}"
        rows.append(
            Interaction(
                id=interaction_id(project.pk, name, when),
                project=project,
                external_id=name,
                occurred_at=when,
                input=text,
                input_preview=text,
                output="Gladly.",
                content_hash=uuid4(),
            )
        )
    Interaction.objects.bulk_create(rows)
    made = drifted.embedded(space, day, rows, vectors.tolist())
    EmbeddedDay.objects.filter(pk=made.pk).update(finished_at=at + timedelta(hours=17))
    made.refresh_from_db()
    return made


def days(space: Space, n: int, sizes: Sequence[int], **more) -> list[EmbeddedDay]:
    """The last `n` days, the oldest first."""
    return [a_day(space, LAST - timedelta(days=back), sizes, **more) for back in reversed(range(n))]


def map_of(space: Space, number: int = 1) -> TopicMap:
    """One in force that nothing was fitted for."""
    direction = [1.0] + [0.0] * (drifted.DIMENSIONS - 1)
    return TopicMap.objects.create(
        project=space.project,
        number=number,
        space=space,
        first_day=LAST - timedelta(days=9),
        last_day=LAST,
        rows=2,
        seed=1,
        how="eom",
        smallest=5,
        floor=0.1,
        edge=0.2,
        noise=0.1,
        across=direction,
        up=direction,
        in_force_at=NOW,
        fitted_at=NOW,
    )


def fit(project: Project) -> TopicMap:
    """The job, done; the map that is in force then."""
    done(jobs.ask(kind=FIT, key=f"test {next(_seeds)}", project=project))
    found = in_force(project)
    assert found is not None
    return found


def done(job: Job) -> Job:
    runner.run(job.pk, queue="ml")
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job
