"""Checks whose outputs fail in named ways, as if somebody had looked."""

from annotator.models import Item, User
from annotator.services.raters import rater_of
from feedback.models import FailureMode
from feedback.services import modes, sightings


def see(item: Item, by: User, *names: str) -> list[FailureMode]:
    """`by` sees these modes in the item."""
    project = item.queue.project
    found = [modes.named(project, name, by) for name in names]
    sightings.set_modes(item, rater_of(project, by), [mode.pk for mode in found])
    return found


def reword(mode: FailureMode, by: User, name: str = "", description: str = "In other words") -> None:
    newest = modes.newest_version(mode)
    words = modes.Words(name or mode.name, description)
    modes.reword(mode, words, severity=mode.severity, seen=newest.number, by=by)
    mode.refresh_from_db()
