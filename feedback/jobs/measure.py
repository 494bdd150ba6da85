"""Measuring an assertion on labelled items: when it is saved, when somebody asks, and each night."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job, User
from annotator.services import jobs
from feedback.assertions.alignment import Tally
from feedback.assertions.outcome import Tools
from feedback.models import AssertionVersion
from feedback.queries import labelled
from feedback.services import assertions, checking, dry_run

NAME = "assertions.measure"
CHUNK, SLOW_CHUNK = 250, 10
MOST_SLOW = 200  # items: a judge costs money for each
HOUR = 4  # UTC


def run(work: Work) -> None:
    """Arguments: {"version": id}. What was counted so far stands in the result, with the items to go."""
    rows = AssertionVersion.objects.select_related("assertion__project")
    version = rows.filter(pk=work.arguments["version"]).first()
    if version is None:
        raise PermanentError("The assertion is gone.")
    of, slow = version.assertion, checking.is_slow(version)
    tools = checking.worker_tools(of.project_id) if slow else Tools()
    if work.cursor is None:
        most = MOST_SLOW if slow else labelled.MOST
        work.result = {"items": labelled.found(of.project_id, of.features, most=most)}
    tally = _tally(work)
    items = [(item, bad) for item, bad in work.result["items"]]
    step = SLOW_CHUNK if slow else CHUNK
    for at in range(work.cursor or 0, len(items), step):
        part = items[at : at + step]
        with work.keep_alive():
            dry_run.tallied(of.kind, version.settings, labelled.with_texts(part), tools=tools, tally=tally)
        with work.chunk() as chunk:
            work.result |= {"counts": tally.counts, "shown": [tally.caught, tally.wrong, tally.missed]}
            chunk.done, chunk.total, chunk.cursor = at + len(part), len(items), at + len(part)
    with work.chunk() as chunk:
        dry_run.keep(version, tally, _kappa(tally))
        work.result = {"slug": of.project.slug, "key": of.key, "looked": tally.n}
        chunk.last = True


def _tally(work: Work) -> Tally:
    found = Tally.of_counts(work.result.get("counts", {}))
    found.caught, found.wrong, found.missed = work.result.get("shown", ([], [], []))
    return found


def _kappa(tally: Tally) -> dict[str, object]:
    from annotator.stats.agreement import cohen  # noqa: PLC0415 - numpy: not in the web process

    found = cohen(tally.table)
    return {"value": found.value, "low": found.low, "high": found.high, "reason": found.reason}


def ask(version: AssertionVersion, by: User | None = None) -> Job:
    """Once a minute at most."""
    key = f"{version.pk}:{timezone.now():%Y-%m-%dT%H:%M}"
    project = version.assertion.project_id
    return jobs.ask(kind=NAME, key=key, project=project, arguments={"version": version.pk}, by=by)


def slots(now: datetime) -> Iterator[Slot]:
    """Each night, with what was labelled since. A judge is asked again only when somebody wants it."""
    night = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if night > now:
        night -= timedelta(days=1)
    for one in assertions.newest_of(assertions.running()):
        if not checking.is_slow(one):
            key = f"{one.pk}:{night:%Y-%m-%d}"
            yield Slot(f"{NAME}:{one.pk}", night, NAME, key, one.assertion.project_id, {"version": one.pk})


def result_url(job: Job) -> str:
    if not job.result or "key" not in job.result:
        return ""
    return reverse("assertion", args=[job.result["slug"], job.result["key"]])


def names(asked: Sequence[Job]) -> dict[UUID, str]:
    """The assertion that each is about."""
    ids = {job.pk: job.arguments.get("version") for job in asked}
    rows = AssertionVersion.objects.filter(pk__in=ids.values()).select_related("assertion")
    known = {one.pk: one.assertion.name for one in rows}
    return {pk: known[version] for pk, version in ids.items() if version in known}


KIND = Kind(
    NAME, run, title=_("Measure an assertion on what is labelled"), result_url=result_url, details=names
)
SCHEDULE = Schedule(NAME, slots)
