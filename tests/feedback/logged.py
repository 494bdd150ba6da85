"""Interactions as if they had been sent, and checks as if they had been looked at."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from annotator.models import Label, Place, Project, Queue, User
from annotator.services.raters import rater_of
from feedback.ingest.ids import interaction_id
from feedback.models import Interaction, VibeCheck
from feedback.services import plans, vibecheck

DAY = date(2026, 11, 23)
NEXT_MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)


def interactions(
    of: Project, n: int, *, feature: str = "email", at: datetime | None = None, name: str = "", **more
) -> list[Interaction]:
    """`n` of them, a second apart, from noon of DAY in UTC on."""
    first = at or datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    rows = []
    for k in range(n):
        when, external_id = first + timedelta(seconds=k), f"{name or feature}-{k}"
        rows.append(
            Interaction(
                **{
                    "id": interaction_id(of.pk, external_id, when),
                    "project": of,
                    "external_id": external_id,
                    "occurred_at": when,
                    "feature": feature,
                    "input": f"Question {k}",
                    "output": f"Answer {k}",
                    "content_hash": uuid4(),
                    **more,
                }
            )
        )
    return Interaction.objects.bulk_create(rows)


def plan(of: Project, *people: User, **more):
    """A plan whose rotation is these people in order, from DAY on."""
    made = plans.ensure_plan(of, now=NEXT_MORNING)
    made.rotation.all().delete()
    for person in people:
        plans.join_rotation(made, person)
    for name, value in {"starts_on": DAY, **more}.items():
        setattr(made, name, value)
    made.save()
    return made


def check(of: Project, *, day: date = DAY, now: datetime = NEXT_MORNING) -> VibeCheck:
    return vibecheck.draw(project=of, day=day, now=now)


def answer(queue: Queue, by: User, answers: str, *, note: str = "") -> None:
    """One letter an item in order: y, n, s (skipped) or `.` (not looked at)."""
    rater, question = rater_of(queue.project, by), queue.questions.get()
    words = {"y": "yes", "n": "no", "s": "skip"}
    for item, letter in zip(queue.items.order_by("position"), answers, strict=False):
        if letter == ".":
            continue
        Label.objects.create(
            queue=queue,
            item=item,
            question=question,
            question_version=question.versions.last(),
            rater=rater,
            answer=words[letter],
            note=note if letter == "n" else "",
            idempotency_key=str(uuid4()),
        )
        if letter != "s":
            Place.objects.filter(item=item).update(owner=rater, done_at=NEXT_MORNING)
