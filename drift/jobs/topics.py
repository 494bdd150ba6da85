"""Topics: fitted once a week, or when an owner asks, and each embedded day counted by them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job, JobState
from annotator.templatetags.estimates import whole
from drift.models import DriftPlan, EmbeddedDay, MappedDay, TopicMap
from drift.services import embedding
from drift.services.topics import FIT, fit_key

COUNT = "drift.count_topics"
WEEK = timedelta(days=7)
MOST_MISSED = 14  # days that are counted late


def run(work: Work) -> None:
    """Fit, count the window's days, one a chunk, then judge the week; the cursor is {"map": id}. Killed in the fit, it
    fits anew."""
    from drift.services import topic_counts, topic_fits, weeks  # noqa: PLC0415 - in the ml worker alone
    from drift.topics.fit import TooFew  # noqa: PLC0415

    project = work.job.project
    plan = None if project is None else DriftPlan.objects.filter(project=project).first()
    if project is None or plan is None or plan.space is None:
        raise PermanentError(_("Nothing is embedded yet: topics are found in what is."))
    if work.cursor is None:
        try:
            with work.keep_alive():
                ready = topic_fits.made_ready(project, plan.space)
        except TooFew as few:
            with work.chunk() as chunk:
                work.result = {"few": few.args[0]}
                chunk.last = True
            return
        with work.chunk() as chunk:
            written = topic_fits.write(ready, by=work.job.asked_by)
            chunk.cursor, chunk.total = {"map": written.pk}, len(ready.seen.days)
    while not work.ended:
        with work.chunk() as chunk:
            made = TopicMap.objects.filter(pk=work.cursor["map"]).first()
            if made is None:
                raise PermanentError(_("Another job found topics anew meanwhile."))
            day = _next_day(made)
            if day is not None:
                topic_counts.count_day(made, day)
                chunk.done += 1
                continue
            topic_counts.bring_in_force(made)
            weeks.judge(made)
            work.result = {"topics": made.shapes.count(), "rows": made.rows}
            chunk.last = True


def _next_day(of: TopicMap) -> EmbeddedDay | None:
    """The oldest day since its first that it has not counted."""
    counted = MappedDay.objects.filter(map=of, day=OuterRef("day"))
    days = EmbeddedDay.objects.filter(~Exists(counted), space=of.space_id, day__gte=of.first_day)
    return days.exclude(finished_at=None).order_by("day").first()


def run_count(work: Work) -> None:
    """Count one day by the map in force. Arguments: {"day": id of EmbeddedDay}."""
    from drift.services import topic_counts  # noqa: PLC0415 - in the ml worker alone

    day = EmbeddedDay.objects.select_related("space").filter(pk=work.arguments["day"]).first()
    found = None if day is None else _map_of(day)
    with work.chunk() as chunk:
        if day is not None and found is not None:
            counted = topic_counts.count_day(found, day)
            work.result = {"rows": counted.rows}
        chunk.done = chunk.total = 1
        chunk.last = True


def _map_of(day: EmbeddedDay) -> TopicMap | None:
    """The one in force, if it is of the day's space."""
    rows = TopicMap.objects.filter(project=day.space.project_id).exclude(in_force_at=None)
    newest = rows.order_by("-number").first()
    return newest if newest and newest.space_id == day.space_id else None


def slots(now: datetime) -> Iterator[Slot]:
    """A fit for each project that has days and none for a week, and a count for each day that came or was drawn anew
    since. As many queries for many projects as for one."""
    plans = list(DriftPlan.objects.filter(enabled=True).exclude(space=None).only("project_id", "space_id"))
    newest, maps = _newest_days(plans), _newest_maps(plans)
    first = {p.project_id for p in plans if p.space_id in newest and not _has_map(p, maps)}
    going_on = embedding.under_way(first, (embedding.EMBED, embedding.VECTORS, embedding.REPEATS))
    for plan in plans:
        day, at = newest.get(plan.space_id or 0, (date.min, None))
        if at is None:
            continue
        if plan.project_id in first:
            # days before the newest are wanted in the first fit in a space
            if not any(other < day.isoformat() for other in going_on.get(plan.project_id, ())):
                yield _fit_slot(plan, at)
            continue
        last = maps[plan.project_id]
        if last.fitted_at + WEEK <= now and day > last.last_day:
            weeks = (now - last.fitted_at) // WEEK  # one that failed is asked again a week later
            yield _fit_slot(plan, last.fitted_at + weeks * WEEK)
    yield from _counts([maps[plan.project_id] for plan in plans if _has_map(plan, maps)])


def _newest_days(plans: Sequence[DriftPlan]) -> dict[int, tuple[date, datetime]]:
    """Of each space in use the newest day that has all its vectors, and since when."""
    rows = EmbeddedDay.objects.filter(space__in=[plan.space_id for plan in plans], finished_at__isnull=False)
    newest = rows.order_by("space", "-day").distinct("space").values_list("space", "day", "finished_at")
    return {space: (day, at) for space, day, at in newest if at is not None}


def _newest_maps(plans: Sequence[DriftPlan]) -> dict[int, TopicMap]:
    """The one in force, by project."""
    rows = TopicMap.objects.filter(project__in=[plan.project_id for plan in plans], in_force_at__isnull=False)
    newest = rows.order_by("project", "-number").distinct("project").defer("across", "up")
    return {found.project_id: found for found in newest}


def _has_map(plan: DriftPlan, maps: Mapping[int, TopicMap]) -> bool:
    """In the space that is in use."""
    return plan.project_id in maps and maps[plan.project_id].space_id == plan.space_id


def _counts(maps: Sequence[TopicMap]) -> Iterator[Slot]:
    """Of the days that a map did not count as they are now, the newest MOST_MISSED."""
    if not maps:
        return
    of_space = {one.space_id: one for one in maps}
    counted = MappedDay.objects.filter(
        map__in=[one.pk for one in maps],
        map__space=OuterRef("space"),
        day=OuterRef("day"),
        counted_at__gte=OuterRef("finished_at"),
    )
    missing = EmbeddedDay.objects.filter(
        ~Exists(counted),
        space__in=of_space,
        day__gte=min(one.first_day for one in maps),
        finished_at__isnull=False,
    )
    asked: Counter[int] = Counter()
    for key, space, day, at in missing.order_by("-day").values_list("pk", "space", "day", "finished_at"):
        one = of_space[space]
        if at is None or day < one.first_day or asked[space] == MOST_MISSED:
            continue
        asked[space] += 1
        yield Slot(
            schedule=f"{COUNT}:{one.project_id}",
            due_at=at,
            kind=COUNT,
            key=f"{key} {at:%Y-%m-%dT%H:%M:%S.%f}",
            project_id=one.project_id,
            arguments={"day": key},
        )


def _fit_slot(plan: DriftPlan, due_at: datetime) -> Slot:
    return Slot(
        schedule=f"{FIT}:{plan.project_id}",
        due_at=due_at,
        kind=FIT,
        key=fit_key(plan.project_id, due_at),
        project_id=plan.project_id,
    )


def page(job: Job) -> str:
    return reverse("drift-topics", args=[job.project.slug]) if job.project else ""


def outcomes(jobs: Sequence[Job]) -> dict[UUID, str]:
    """What became of each that ended."""
    return {job.pk: _outcome(job.result) for job in jobs if job.state == JobState.DONE and job.result}


def _outcome(result: dict[str, int]) -> str:
    if "few" in result:
        return _("only %(n)s inputs: topics need more") % {"n": whole(result["few"])}
    return _("%(topics)s topics in %(rows)s inputs") % {name: whole(n) for name, n in result.items()}


KIND = Kind(FIT, run, queue="ml", title=gettext_lazy("Find topics"), result_url=page, details=outcomes)
COUNT_KIND = Kind(COUNT, run_count, queue="ml", title=gettext_lazy("Count topics"), result_url=page)
SCHEDULE = Schedule(FIT, slots)
