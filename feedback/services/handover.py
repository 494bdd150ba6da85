"""The end of a check: a note for whoever looks next."""

from datetime import datetime
from hashlib import blake2b

from django.db import transaction

from annotator.models import Queue, User
from feedback.models import VibeCheck


class NoteChanged(Exception):
    """Somebody else wrote a note since this one's form was shown. `check` is as it stands now."""

    def __init__(self, check: VibeCheck) -> None:
        super().__init__("the note was changed meanwhile")
        self.check = check


def state_of(check: VibeCheck) -> str:
    """What a form was filled in against."""
    return blake2b(check.note.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@transaction.atomic
def hand_over(check: VibeCheck, *, note: str, seen: str, by: User, now: datetime) -> VibeCheck:
    """Store the note and close the queue: what was not answered stays so. `seen` is a `state_of`."""
    row = VibeCheck.objects.select_for_update(no_key=True).get(pk=check.pk)
    if seen != state_of(row) and note != row.note:
        raise NoteChanged(row)
    row.note, row.finished_at, row.finished_by = note, row.finished_at or now, by
    row.save(update_fields=["note", "finished_at", "finished_by"])
    Queue.objects.filter(vibe_check=row, closed_at=None).update(closed_at=now)
    return row


@transaction.atomic
def reopen(check: VibeCheck) -> None:
    """Look at the rest after all. The note stays."""
    VibeCheck.objects.filter(pk=check.pk).update(finished_at=None, finished_by=None)
    Queue.objects.filter(vibe_check=check).update(closed_at=None)
