"""How often one may try to sign in.

Tries are counted by name *and* where they come from, never by name alone: a stranger must
not be able to lock anybody out. A browser that has signed in to an account before carries a
signed mark and is counted by itself, so that not even a stranger in the same network can.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from annotator.models import SigninTry

WINDOW = timedelta(minutes=15)
TRIES_PER_NAME = 8
TRIES_PER_SOURCE = 60


class TooManyTries(Exception):
    """Nobody looked at the password: wait, or come in by a link."""


class Try:
    """One try, written before the password is looked at: a hundred at once are not one."""

    def __init__(self, *, source: str, name: str) -> None:
        """Count it; TooManyTries if there were too many already."""
        hashed = name_hash(name)
        now = timezone.now()
        SigninTry.objects.filter(at__lt=now - WINDOW).delete()
        row = SigninTry.objects.create(source=source, name=hashed, at=now)
        there = SigninTry.objects.filter(source=source)
        names = list(there.values_list("name", flat=True)[: TRIES_PER_SOURCE + 1])
        if names.count(hashed) > TRIES_PER_NAME or len(names) > TRIES_PER_SOURCE:
            row.delete()  # a refused try does not lengthen the wait
            raise TooManyTries
        self._slips = there.filter(name=hashed)

    def succeeded(self) -> None:
        """The right person: their earlier slips count no more."""
        self._slips.delete()


def name_hash(name: str) -> str:
    return salted_hmac("annotator.signin", name.casefold(), algorithm="sha256").hexdigest()
