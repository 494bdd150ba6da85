"""What people do with an alert. Each is one event of its history."""

from datetime import UTC, datetime

from django.db import transaction

from annotator.access import LABELERS
from annotator.models import Membership, User
from drift.alert_rules import Do, State, after
from drift.models import Alert, AlertEvent, Happened
from feedback import days
from feedback.queries.shifts import zone_of

LONGEST = 2_000  # characters of a note
HAPPENED = {Do.EXPECT: Happened.EXPECTED, Do.FIX: Happened.FIXED, Do.REOPEN: Happened.REOPENED}


class CannotBe(ValueError):
    """The alert is in no state from which this can be done: somebody was quicker."""


class NoMember(ValueError):
    """Nobody who labels in this project."""


@transaction.atomic
def change(alert: Alert, do: Do, *, by: User, note: str = "", now: datetime | None = None) -> None:
    """Raises CannotBe."""
    row = Alert.objects.select_for_update().select_related("project").get(pk=alert.pk)
    state = after(State(row.state), do)
    if state is None:
        raise CannotBe(row.state)
    today = days.day_of(now or datetime.now(UTC), zone_of(row.project))
    row.state, row.closed_on = state, None if state == State.OPEN else today
    row.save(update_fields=["state", "closed_on"])
    AlertEvent.objects.create(alert=row, what=HAPPENED[do], by=by, note=note.strip()[:LONGEST])


@transaction.atomic
def give(alert: Alert, to: User | None, *, by: User, note: str = "") -> None:
    """To a member who labels, or to nobody. Given to whom has it, nothing happens. Raises NoMember."""
    row = Alert.objects.select_for_update().get(pk=alert.pk)
    if to is not None and not _labels(row, to):
        raise NoMember(to.pk)
    if row.owner_id == (to.pk if to else None):
        return
    row.owner = to
    row.save(update_fields=["owner"])
    AlertEvent.objects.create(alert=row, what=Happened.GIVEN, by=by, to=to, note=note.strip()[:LONGEST])


def _labels(alert: Alert, person: User) -> bool:
    return Membership.objects.filter(
        project=alert.project_id, user=person, role__in=LABELERS, user__is_active=True
    ).exists()


def note(alert: Alert, words: str, *, by: User) -> None:
    AlertEvent.objects.create(alert=alert, what=Happened.NOTED, by=by, note=words.strip()[:LONGEST])
