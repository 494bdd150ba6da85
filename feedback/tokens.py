"""Feedback tokens: signed, for one interaction, for a day.

Django's signing (HMAC with SHA-256, a salt of our own): who holds one can add signals to its
interaction until it expires, and nothing else.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.utils import timezone

PREFIX = "gft_"  # so that it is never taken for an API key
SALT = "genba.feedback"
VALID = timedelta(hours=24)
SKEW = timedelta(seconds=60)  # of the clocks of several servers


class BadToken(Exception):
    """It is not one of ours, or its time is over."""


@dataclass(frozen=True)
class Bound:
    """What a token is bound to. `interaction` is an external id."""

    project: int
    interaction: str
    expires_at: datetime


def make(project: int, interaction: str, *, valid: timedelta = VALID) -> tuple[str, datetime]:
    """The token, and when it expires: to the second."""
    expires = (timezone.now() + valid).replace(microsecond=0)
    claims = [project, interaction, int(expires.timestamp())]
    return PREFIX + signing.dumps(claims, salt=SALT), expires


def read(token: str) -> Bound:
    """BadToken: changed, of another kind, or expired."""
    if not token.startswith(PREFIX):
        raise BadToken
    try:
        project, interaction, expires = signing.loads(token.removeprefix(PREFIX), salt=SALT)
        until = datetime.fromtimestamp(expires, UTC)
    except (signing.BadSignature, ValueError, TypeError, OverflowError) as error:
        raise BadToken from error
    if timezone.now() > until + SKEW:
        raise BadToken
    return Bound(project, interaction, until)
