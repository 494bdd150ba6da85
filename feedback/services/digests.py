"""Sending on what a check came to."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from annotator.models import User
from annotator.stats.intervals import Estimate
from annotator.templatetags.estimates import interval, percent
from feedback.models import Channel, Notice, VibeCheck
from feedback.notices import kinds
from feedback.queries.checks import looked
from feedback.queries.digest import digest
from feedback.services import handover, notices

NOTE = 2_000  # characters: the whole note is on the page


def send(check: VibeCheck, to: Sequence[User]) -> list[Notice]:
    """To those who have not got it with this note yet."""
    (seen,) = looked([check])
    found = digest(check)
    context = {
        "rate": _rate(seen.estimate),
        "modes": [[one.mode.name, one.items, one.new] for one in found.modes],
        "note": check.note[:NOTE],
    }
    about = f"{check.pk}:{handover.state_of(check)}"
    return notices.send(
        kinds.DIGEST, project=check.project, day=check.day, to=to, about=about, context=context
    )


def _rate(estimate: Estimate) -> str:
    if estimate.value is None:
        return _("No rate yet.")
    return _("About %(rate)s of the day’s outputs were not good (95 %%: %(interval)s).") % {
        "rate": percent(estimate.value),
        "interval": interval(estimate) or percent(estimate.value),
    }


def goes_out(check: VibeCheck) -> bool:
    """Whether a channel of the project sends digests."""
    return Channel.objects.filter(project=check.project_id, tells__contains=[kinds.DIGEST]).exists()
