"""Sending on what a check came to."""

import json
from collections.abc import Sequence
from hashlib import blake2b

from annotator.models import User
from feedback.models import Channel, Notice, VibeCheck
from feedback.notices import kinds
from feedback.queries.checks import looked
from feedback.queries.digest import digest
from feedback.services import handover, notices

NOTE = 2_000  # characters: the whole note is on the page


def send(check: VibeCheck, to: Sequence[User]) -> list[Notice]:
    """To those who have not got it as it is now."""
    (seen,) = looked([check])
    found, estimate = digest(check), seen.estimate
    context = {
        "rate": [estimate.value, estimate.low, estimate.high],
        "modes": [[one.mode.name, one.items, one.new] for one in found.modes],
        "note": check.note[:NOTE],
    }
    told = json.dumps([context, handover.state_of(check)], sort_keys=True)
    about = f"{check.pk}:{blake2b(told.encode(), digest_size=8).hexdigest()}"
    return notices.send(
        kinds.DIGEST, project=check.project, day=check.day, to=to, about=about, context=context
    )


def goes_out(check: VibeCheck) -> bool:
    """Whether a channel of the project sends digests."""
    return Channel.objects.filter(project=check.project_id, tells__contains=[kinds.DIGEST]).exists()
