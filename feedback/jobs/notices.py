"""Delivering one notice through one channel, telling whose days move, and the rounds in which it is seen what there is to tell."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule, Slot
from annotator.jobs.work import PermanentError, TransientError, Work
from feedback import days
from feedback.channels import registry as channels
from feedback.channels.message import NotNow, Refused
from feedback.models import Delivery, DeliveryState, VibePlan
from feedback.queries.shifts import zone_of
from feedback.services import changes, notices, rounds
from feedback.services.plans import plan_of, slot_of

ROUND = "notices"
# Seconds before each further try: an endpoint may be away for an evening. Each is longer than the
# wait that jobs have by themselves.
WAITS = (10.0, 60.0, 300.0, 1800.0, 7200.0, 18_000.0)
TRIES = len(WAITS) + 1


def deliver(work: Work) -> None:
    """Arguments: {"delivery": id}. Killed after the sending it sends again, under the same id."""
    row = (
        Delivery.objects.select_related("channel", "notice__project", "notice__person")
        .filter(pk=work.arguments["delivery"])
        .first()
    )
    if row is None or row.state == DeliveryState.SENT:
        return  # removed with its channel, or done by an attempt that died before it could say so
    # Failed and here all the same: somebody tried the job again. Its tries are counted anew.
    tries = TRIES - (work.job.max_attempts - work.job.attempts)
    Delivery.objects.filter(pk=row.pk).update(
        attempts=row.attempts + 1, next_try_at=None, state=DeliveryState.DUE
    )
    kind = channels.find(row.channel.kind)
    try:
        if kind is None:
            raise Refused("This version knows no such channel.")
        with work.keep_alive():
            answer = kind.deliver(row.channel, notices.message_of(row))
    except Refused as error:
        _failed(row, error)
    except NotNow as error:
        if tries >= TRIES:
            _failed(row, error)
        wait = max(WAITS[max(tries, 1) - 1], error.wait or 0.0)
        at = timezone.now() + timedelta(seconds=wait)
        Delivery.objects.filter(pk=row.pk).update(answer=str(error)[:200], next_try_at=at)
        raise TransientError(str(error), retry_after=wait) from error
    else:
        Delivery.objects.filter(pk=row.pk).update(
            state=DeliveryState.SENT, answer=answer[:200], sent_at=timezone.now()
        )


def _failed(row: Delivery, error: Exception) -> None:
    Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.FAILED, answer=str(error)[:200])
    raise PermanentError(str(error)) from error


def go_round(work: Work) -> None:
    """No arguments: what is due is seen from the clock."""
    project = work.job.project
    plan = plan_of(project) if project else None
    if plan is not None:
        rounds.go_round(plan, now=datetime.now(UTC))


def slots(now: datetime) -> Iterator[Slot]:
    """Four rounds a day: after the draw, for the reminder, at the day's end, and the morning after.

    Named by the day, as the draw's: moving an hour makes nothing due again.
    """
    for plan in VibePlan.objects.filter(enabled=True).select_related("project"):
        today = days.day_of(now, zone_of(plan.project))
        for day in (today - days.DAY, today):
            for what, at in rounds.times(plan, day):
                if at <= now:
                    yield Slot(
                        schedule=f"{ROUND}:{plan.project_id}:{what}",
                        due_at=slot_of(day),
                        kind=ROUND,
                        key=f"{plan.project_id}:{day.isoformat()}:{what}",
                        project_id=plan.project_id,
                    )


def tell_days(work: Work) -> None:
    """Arguments: {"due": when nothing was changed for long enough}."""
    project = work.job.project
    plan = plan_of(project) if project else None
    if plan is not None:
        changes.tell(plan, work.arguments["due"], now=datetime.now(UTC))


DELIVER = Kind(notices.JOB, deliver, title=_("Send a notice"), patience=TRIES)
KIND = Kind(ROUND, go_round, title=_("See what there is to tell about the vibe check"))
DAYS = Kind(changes.JOB, tell_days, title=_("Tell whose days in the rotation change"))
SCHEDULE = Schedule(ROUND, slots)
