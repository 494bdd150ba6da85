"""The form of the hand-over note, wherever it is shown."""

from typing import Any

from annotator.models import User
from feedback.forms.checks import NoteForm
from feedback.models import VibeCheck
from feedback.services import handover


def note_form(person: User, check: VibeCheck, sent: Any = None) -> NoteForm:
    """As the note stands now; what a person types is kept in the browser under both their names."""
    initial = {"note": check.note, "seen": handover.state_of(check)}
    return NoteForm(sent, initial=initial, draft=f"{person.pk}:{check.pk}")
