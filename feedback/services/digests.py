"""Sending on what a check came to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from django.db.models import QuerySet

from annotator.models import User
from feedback.channels import registry as channels
from feedback.models import Channel, VibeCheck
from feedback.notices import kinds
from feedback.queries.checks import looked
from feedback.queries.digest import digest
from feedback.services import handover, notices

NOTE = 2_000  # characters: the whole note is on the page


@dataclass(frozen=True)
class Sent:
    """`told`: how many it is news to. `unreached`: who has no address, where it goes out by e-mail."""

    told: int
    unreached: list[User]


def send(check: VibeCheck, to: Sequence[User]) -> Sent:
    """To those who have not got it as it is now. Where e-mail is the only way out, whoever has no address
    is not told: later, with one, they can be."""
    ways = [channels.find(one.kind) for one in _channels(check)]
    by_mail = any(way.personal for way in ways if way)
    others = any(not way.personal for way in ways if way)
    unreached = [one for one in to if by_mail and not one.email]
    reached = [one for one in to if others or one not in unreached]
    (seen,) = looked([check])
    found, estimate = digest(check), seen.estimate
    context = {
        "rate": [estimate.value, estimate.low, estimate.high],
        "modes": [[one.mode.name, one.items, one.new] for one in found.modes],
        "note": check.note[:NOTE],
    }
    told = json.dumps([context, handover.state_of(check)], sort_keys=True)
    about = f"{check.pk}:{blake2b(told.encode(), digest_size=8).hexdigest()}"
    made = notices.send(
        kinds.DIGEST, project=check.project, day=check.day, to=reached, about=about, context=context
    )
    return Sent(len(made), unreached)


def goes_out(check: VibeCheck) -> bool:
    """Whether a channel of the project sends digests."""
    return _channels(check).exists()


def _channels(check: VibeCheck) -> QuerySet[Channel]:
    return Channel.objects.filter(project=check.project_id, tells__contains=[kinds.DIGEST])
