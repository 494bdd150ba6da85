"""The day's inputs become vectors: drawn, embedded part by part by any number of workers, squeezed, judged.

`drift.services.embedding` says who asks whom. What needs numpy or a model is imported where it runs: the ml worker.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator import weights
from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job
from drift import draw, memory, texts
from drift.draw import Draw
from drift.models import EmbeddedDay, Space
from drift.services import embedding, inputs, plans
from drift.services.embedding import EMBED, JUDGE, REPEATS, VECTORS
from feedback import days
from feedback.queries.shifts import zone_of
from feedback.services import first_log

CHUNK = 256  # inputs that are embedded and written at a time: some seconds
CHECKED_LATE = 2  # days before: their vibe checks drew after they were embedded


def embed(work: Work) -> None:
    """Draw a day and ask for its parts. Arguments: {"day"}; with {"others"} also the days before that are missing."""
    project = work.job.project
    plan = plans.plan_of(project) if project else None
    if project is None or plan is None:
        raise PermanentError(_("The project of this day is gone."))
    _needs_ml()
    from annotator.encoding import loading  # noqa: PLC0415 - the ml worker
    from drift.services import spaces  # noqa: PLC0415

    day = date.fromisoformat(work.arguments["day"])
    memory.forget_peak()
    space = None
    while space is None:
        with work.keep_alive():
            model = loading.load(plan.encoder)
        try:
            space = spaces.of_plan(plan, model)
        except spaces.Changed:
            plan = plans.plan_of(project) or plan
    if work.arguments.get("others") and not work.cursor:
        with work.keep_alive():
            missing = embedding.missing(space, plan, day)
            newly_touched = {
                back: inputs.touched(project, back)
                for back in (day - days.DAY * n for n in range(1, CHECKED_LATE + 1))
            }
        with work.chunk() as chunk:
            embedding.ask_days(project, missing)
            for back, keys in newly_touched.items():
                embedding.ask_touched(space, back, keys)
            work.result = {**work.result, "asked": len(missing)}
            chunk.cursor = "others asked"
    with work.keep_alive():
        population, drawn = inputs.drawn(project, day, plan.sample_size)
        touched = inputs.touched(project, day)
    with work.chunk() as chunk:
        _begin(space, day, population, drawn, touched)
        told = {"day": work.arguments["day"], "population": population, "drawn": drawn.drawn}
        work.result = {**work.result, **told, "touched": len(touched), "peak_mb": memory.peak_mb()}
        chunk.done = chunk.total = len(drawn.rows)
        chunk.last = True


def _begin(space: Space, day: date, population: int, drawn: Draw, touched: Sequence[UUID]) -> None:
    about: dict[str, Any] = {"population": population, "sampled": drawn.drawn, "empty": 0}
    about["repeats"] = {"drawn": draw.as_json(drawn)}
    found, _made = EmbeddedDay.objects.update_or_create(
        space=space, day=day, defaults={**about, "drawn_at": Now(), "finished_at": None}
    )
    found.refresh_from_db()
    embedding.begin(found, sorted(row.id for row in drawn.rows), touched)


def vectors_of_part(work: Work) -> None:
    """Embed some inputs of a day. Arguments: {"embedded", "day" or "touched", "ids"}. Goes on at the cursor."""
    day = EmbeddedDay.objects.filter(pk=work.arguments["embedded"]).select_related("space__project").first()
    if day is None:
        return  # its space is gone, and nobody waits for it
    _needs_ml()
    from drift.services import spaces  # noqa: PLC0415 - the ml worker

    keys, sampled = embedding.unpacked(work.arguments["ids"]), "day" in work.arguments
    memory.forget_peak()
    with work.keep_alive():
        model = spaces.model_of(day.space)
    for start in range(work.cursor or 0, len(keys), CHUNK):
        _embed_some(work, day, keys, start, model.encode, sampled)


def _embed_some(
    work: Work, day: EmbeddedDay, keys: Sequence[UUID], start: int, encode: Any, sampled: bool
) -> None:
    """CHUNK inputs in one transaction, the last of them with what comes after."""
    from drift import vectors  # noqa: PLC0415 - numpy

    some = keys[start : start + CHUNK]
    with work.keep_alive():
        said = inputs.said(_without_those_there(day, some), texts.rule_of(day.space.rule))
        full = {key: one.made.text for key, one in said.items() if one.made.text}
        different = list(dict.fromkeys(full.values()))
        place = {text: k for k, text in enumerate(different)}
        made = encode(different)
    with work.chunk() as chunk:
        if full:
            rows = made[[place[text] for text in full.values()]]
            vectors.write(day, list(full), rows, sampled=sampled, weight=int(sampled))
        _count(work, "empty", len(said) - len(full))
        _count(work, "fell_back", sum(one.made.fell_back for one in said.values()))
        _count(work, "embedded", len(full))
        work.result |= {"peak_mb": memory.peak_mb(), "encoder": day.space.encoder}
        chunk.done = chunk.cursor = min(start + CHUNK, len(keys))
        chunk.total = len(keys)
        if sampled:
            empty = sum(
                draw.told(day.repeats.get("drawn", {}), key).weight for key in said.keys() - full.keys()
            )
            EmbeddedDay.objects.filter(pk=day.pk).update(empty=F("empty") + empty)
        if chunk.done == len(keys):
            if sampled:
                embedding.end_if_all_is_there(day, but=work.job)
            chunk.last = True


def _without_those_there(day: EmbeddedDay, keys: Sequence[UUID]) -> list[UUID]:
    there = set(day.vectors.filter(interaction__in=keys).values_list("interaction", flat=True))
    return [key for key in keys if key not in there]


def _count(work: Work, name: str, more: int) -> None:
    work.result[name] = work.result.get(name, 0) + more


def repeats(work: Work) -> None:
    """Squeeze the day's repeats to one row each with its weight, and have the day judged. Arguments: {"embedded"}."""
    day = EmbeddedDay.objects.filter(pk=work.arguments["embedded"]).select_related("space__project").first()
    if day is None:
        return
    _needs_ml()
    from drift.services import squeezing  # noqa: PLC0415 - numpy

    memory.forget_peak()
    with work.keep_alive():
        found = squeezing.squeezed(day)
    with work.chunk() as chunk:
        chunk.last = True
        if embedding.is_end_of(day, work.job):  # else it was drawn anew, and has an end of its own
            squeezing.store(day, found, fell_back=_sum_of_parts(day, "fell_back"))
            judged = embedding.ask_judgements(day, but=work.job)
            work.result = {"rows": found.rows, "judged": len(judged), "peak_mb": memory.peak_mb()}
            chunk.done = chunk.total = found.inputs


def _sum_of_parts(day: EmbeddedDay, name: str) -> int:
    return sum(
        (result or {}).get(name, 0) for result in embedding.parts_of(day).values_list("result", flat=True)
    )


def _needs_ml() -> None:
    if weights.missing_packages():
        raise PermanentError(
            _(
                "The ml set is not installed here: run “make install-ml” where the ml worker runs, then try again."
            )
        )


# --- the clock --------------------------------------------------------------------------------------


def slots(now: datetime) -> Iterator[Slot]:
    """Each project's newest ended day, when its hour has struck. The job looks for what was missed before it."""
    for project in first_log.without("drift_plan"):
        plans.ensure_plan(project, now=now)
    watched = list(plans.enabled())
    for plan in watched:
        zone = zone_of(plan.project)
        for morning in days.last_slots(hour=plan.hour, zone=zone, now=now, since=plan.starts_on, most=1):
            day = morning - days.DAY
            yield Slot(
                schedule=plans.schedule_of(plan.project_id),
                due_at=plans.slot_of(morning),
                kind=EMBED,
                key=embedding.key_of(plan.project_id, day),
                project_id=plan.project_id,
                arguments={"day": day.isoformat(), "others": True},
            )
    yield from _lost({plan.project_id: days.day_of(now, zone_of(plan.project)) for plan in watched})


def _lost(todays: Mapping[int, date]) -> Iterator[Slot]:
    """Judgements that waited for what never came. `todays`: by project."""
    for project, day, key in embedding.unjudged(todays):
        if day.finished_at is not None:
            yield Slot(
                schedule=f"{JUDGE}:{project}:{day.pk}",
                due_at=day.finished_at,
                kind=JUDGE,
                key=key,
                project_id=project,
                arguments={"day": day.day.isoformat()},
            )


def page_of(job: Job) -> str:
    return reverse("drift-inputs", args=[job.project.slug]) if job.project else ""


def days_of(jobs: Sequence[Job]) -> dict[UUID, str]:
    """The day of each."""
    found = {job.pk: job.arguments.get("day") or job.arguments.get(embedding.TOUCHED) for job in jobs}
    return {job: day for job, day in found.items() if day}


KIND = Kind(
    EMBED, embed, queue="ml", title=gettext_lazy("Draw a day’s inputs"), result_url=page_of, details=days_of
)
PARTS = Kind(
    VECTORS,
    vectors_of_part,
    queue="ml",
    title=gettext_lazy("Embed a day’s inputs"),
    result_url=page_of,
    details=days_of,
)
END = Kind(
    REPEATS,
    repeats,
    queue="ml",
    title=gettext_lazy("Squeeze a day’s repeats"),
    result_url=page_of,
    details=days_of,
)
SCHEDULE = Schedule("drift.embed", slots)
