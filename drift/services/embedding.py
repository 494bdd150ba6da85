"""A day of inputs, from the draw to the judgement: who asks whom.

`drift.embed` draws the day and asks a `drift.vectors` for each part of PART inputs, which any number of workers do;
the last part to end asks `drift.repeats`, which squeezes the day's repeats and asks `drift.judge`. Each asks in the
transaction that ends it, so that nothing is lost or done twice wherever a worker dies.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from annotator.models import Job, JobState, Project, User
from annotator.services import jobs
from drift.models import DriftCheck, DriftPlan, EmbeddedDay, InputVector, Space, StructuralDay, Verdict
from drift.models.checks import ARRAYS
from drift.services import plans
from feedback.services.draw import production_of

EMBED, VECTORS, REPEATS, JUDGE = "drift.embed", "drift.vectors", "drift.repeats", "drift.judge"
PART = 1_000
TOUCHED = "touched"  # in a part's arguments in the place of "day": nothing waits for it
LATE = 1.1  # so many times as large as when it was drawn: the day is drawn anew
LOST = timedelta(days=7)  # days back in which a judgement that nobody asked for is looked for
AFTER = timedelta(days=31)  # days after one that may have waited for it, unless it is pinned


def ask_now(project: Project, day: date, *, by: User, now: datetime, anew: bool = False) -> Job | None:
    """Embed the day, and those before it that are missing. None while that is being done, unless it has to be done
    anew because the plan is another one now."""
    if not anew and (live(project, (EMBED,)).exists() or _is_under_way(project, day)):
        return None
    key = f"{project.pk}:{day.isoformat()}:{now.isoformat()}"
    return jobs.ask(kind=EMBED, key=key, project=project, arguments=_nightly(day), by=by)


def _is_under_way(project: Project, day: date) -> bool:
    return live(project, (VECTORS, REPEATS)).filter(arguments__day=day.isoformat()).exists()


def key_of(project_id: int, day: date) -> str:
    """Of the job that the clock asks for."""
    return f"{project_id}:{day.isoformat()}"


def _nightly(day: date) -> dict[str, object]:
    return {"day": day.isoformat(), "others": True}


def live(project: Project | int, kinds: Collection[str]) -> QuerySet[Job]:
    """Jobs of the project that wait or run."""
    return _live(kinds).filter(project=project)


def under_way(projects: Collection[int], kinds: Collection[str]) -> dict[int, set[str]]:
    """The days of which each project has such jobs that wait or run; empty for one that names none. One query."""
    found: dict[int, set[str]] = {}
    if projects:
        jobs_of = _live(kinds).filter(project__in=projects).values_list("project", "arguments__day")
        for project, day in jobs_of:
            found.setdefault(project, set()).update({day} - {None})
    return found


def _live(kinds: Collection[str]) -> QuerySet[Job]:
    return Job.objects.filter(kind__in=kinds, state__in=(JobState.DUE, JobState.LEASED))


@dataclass(frozen=True)
class Missing:
    """A day that wants to be drawn. `key`: of the job, another one when the day's log has grown."""

    day: date
    key: str


def missing(space: Space, plan: DriftPlan, newest: date) -> list[Missing]:
    """The days before that a judgement needs and that were not embedded, or drawn before much of their log came.

    Oldest first; those that are being embedded are left alone. Counts the inputs of each day: a range of an index.
    """
    project = plan.project
    there = {day.day: day for day in EmbeddedDay.objects.filter(space=space)}
    waiting = live(project, (EMBED,)).filter(
        state=JobState.DUE
    )  # one that runs may draw for the space before
    asked = set(waiting.values_list("arguments__day", flat=True))
    under_way = set(live(project, (VECTORS, REPEATS)).values_list("arguments__embedded", flat=True))
    found = []
    for day in plans.wanted_days(plan, newest):
        known = there.get(day)
        if day.isoformat() in asked or (known and known.pk in under_way):
            continue
        population = production_of(project, day).count()
        if known and known.finished_at and population <= LATE * known.population:
            continue
        before = known.drawn_at.isoformat() if known else ""
        begun = f"{space.pk}:{space.made_at:%Y-%m-%dT%H:%M:%S}"
        found.append(Missing(day, f"{key_of(project.pk, day)}:{begun}:{population}:{before}"))
    return found


def ask_days(project: Project, wanted: Sequence[Missing]) -> None:
    for one in wanted:
        jobs.ask(kind=EMBED, key=one.key, project=project, arguments={"day": one.day.isoformat()})


def begin(day: EmbeddedDay, keys: Sequence[UUID], touched: Sequence[UUID]) -> None:
    """Ask for what has no vector yet, inside the transaction that stored the draw. What was drawn before and is not
    now goes, what is in both stays."""
    kept = day.vectors.filter(sampled=True)
    kept.exclude(interaction__in=keys).delete()
    day.vectors.filter(interaction__in=keys).update(sampled=True, weight=1)
    known = set(day.vectors.values_list("interaction", flat=True))
    ask_parts(day, [key for key in keys if key not in known], sampled=True)
    drawn = set(keys)
    ask_parts(day, [key for key in touched if key not in drawn and key not in known], sampled=False)
    end_if_all_is_there(day)


def ask_parts(day: EmbeddedDay, keys: Sequence[UUID], *, sampled: bool) -> None:
    """Jobs of PART inputs each. Those of what was touched hold nothing up."""
    for start in range(0, len(keys), PART):
        part = keys[start : start + PART]
        arguments = {
            "embedded": day.pk,
            "day" if sampled else TOUCHED: day.day.isoformat(),
            "ids": packed(part),
        }
        key = f"{_prefix(day)}{'' if sampled else TOUCHED}{part[0]}"
        jobs.ask(kind=VECTORS, key=key, project=day.space.project_id, arguments=arguments)


def ask_touched(space: Space, day: date, touched: Sequence[UUID]) -> int:
    """What came to be touched after its day was embedded, as a vibe check draws in the morning: how many."""
    found = EmbeddedDay.objects.filter(space=space, day=day).exclude(finished_at=None).first()
    if found is None:
        return 0
    known = set(InputVector.objects.filter(day=found).values_list("interaction", flat=True))
    missing = [key for key in touched if key not in known]
    ask_parts(found, missing, sampled=False)
    return len(missing)


def end_if_all_is_there(day: EmbeddedDay, *, but: Job | None = None) -> None:
    """Ask for the end of the day unless a part of its sample is not done, `but` aside: that ends in this transaction.

    The day's row is locked: of two parts that end at once the second sees that the first has ended.
    """
    EmbeddedDay.objects.select_for_update(no_key=True).get(pk=day.pk)
    parts = parts_of(day).exclude(state=JobState.DONE)
    if but is not None:
        parts = parts.exclude(pk=but.pk)
    if not parts.exists():
        arguments = {"embedded": day.pk, "day": day.day.isoformat()}
        jobs.ask(kind=REPEATS, key=_prefix(day), project=day.space.project_id, arguments=arguments)


def is_end_of(day: EmbeddedDay, job: Job) -> bool:
    """Whether the job ends the day as it was drawn last, not as it was drawn before. Locks the day's row."""
    row = EmbeddedDay.objects.select_for_update(no_key=True).filter(pk=day.pk).first()
    return row is not None and job.idempotency_key == _prefix(row)


def parts_of(day: EmbeddedDay) -> QuerySet[Job]:
    """Jobs of the day's sample, as it was drawn last."""
    return Job.objects.filter(
        project=day.space.project_id,
        kind=VECTORS,
        idempotency_key__startswith=_prefix(day),
        arguments__has_key="day",
    )


def ask_judgements(day: EmbeddedDay, *, but: Job) -> list[date]:
    """Judge each day that has all it needs now: this one, and later ones that waited for it or were refused.

    A day waits while one of those before it is being embedded: without them it could not be judged. What was judged
    whole stays: another encoder opens no alerts of last week. The plan's row is locked: of two days that end at once
    the second sees that the first has ended.
    """
    project = day.space.project
    plan = DriftPlan.objects.select_for_update(no_key=True).get(project=project)
    busy = live(project, (EMBED, VECTORS, REPEATS)).exclude(pk=but.pk)
    pending = [date.fromisoformat(one) for one in busy.values_list("arguments__day", flat=True) if one]
    first = min(pending, default=date.max)
    mine = DriftCheck.objects.filter(project=project, day__gte=day.day).defer(*ARRAYS)
    checks = {check.day: check for check in mine}
    read = StructuralDay.objects.filter(project=project, day__gte=day.day, judged__isnull=False)
    read_of = dict(read.values_list("day", "population"))
    newest = min(date.max if _is_pinned(plan, day.day) else day.day + AFTER, first)
    ready = EmbeddedDay.objects.filter(space=day.space, day__gte=day.day, day__lte=newest)
    asked = []
    for one in ready.exclude(finished_at=None).order_by("day"):
        known = checks.get(one.day)
        if known and _is_judged_whole(known, one, read_of.get(one.day)):
            continue
        arguments = {"day": one.day.isoformat()}
        if known:
            arguments["again"] = known.judged_at.isoformat()
        before = EmbeddedDay.objects.filter(space=day.space, day__lt=one.day).exclude(finished_at=None)
        jobs.ask(kind=JUDGE, key=f"{_prefix(one)}{before.count()}", project=project, arguments=arguments)
        asked.append(one.day)
    return asked


def _is_pinned(plan: DriftPlan, day: date) -> bool:
    """Whether it is one of a baseline that any day, however much later, may have waited for."""
    return bool(plan.pinned_first and plan.pinned_last and plan.pinned_first <= day <= plan.pinned_last)


def _is_judged_whole(known: DriftCheck, day: EmbeddedDay, read: int | None) -> bool:
    """Not when its texts' structure alone was judged, nor when much of its log came later. `read`: how many inputs
    the day had when that was done."""
    grown = read is not None and day.population > LATE * read
    return known.verdict == Verdict.JUDGED and known.topics_p is not None and not grown


def unjudged(todays: Mapping[int, date]) -> list[tuple[int, EmbeddedDay, str]]:
    """Days that waited for one before them that was given up, each with its project and the key of its judgement. Of
    the last days alone, and none while anything of the project is being embedded or judged. Two queries.

    `todays`: which day it is in each project."""
    checks = DriftCheck.objects.filter(project=OuterRef("space__project"), day=OuterRef("day"))
    lost = EmbeddedDay.objects.filter(
        ~Exists(checks),
        space__project__in=todays,
        space__project__drift_plan__space=F("space"),
        day__gte=min(todays.values(), default=date.max) - LOST,
        finished_at__isnull=False,
    )
    found = [
        (project, day)
        for day in lost.order_by("day").defer("repeats").annotate(project=F("space__project"))
        if day.day >= todays[project := day.project] - LOST
    ]
    busy = set(under_way({project for project, _day in found}, (EMBED, VECTORS, REPEATS, JUDGE)))
    return [(project, day, f"{_prefix(day)}lost") for project, day in found if project not in busy]


def packed(keys: Sequence[UUID]) -> str:
    """A thousand ids in 21 kB."""
    return b64encode(b"".join(key.bytes for key in keys)).decode("ascii")


def unpacked(text: str) -> list[UUID]:
    data = b64decode(text)
    return [UUID(bytes=data[start : start + 16]) for start in range(0, len(data), 16)]


def _prefix(day: EmbeddedDay) -> str:
    """What the keys of a draw's jobs begin with."""
    return f"{day.pk}:{day.drawn_at.isoformat()}:"
