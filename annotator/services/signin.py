"""How often one may try to sign in.

Tries are counted by name *and* where they come from, never by name alone: a stranger must
not be able to lock anybody out. A browser that has signed in to an account before carries a
signed mark and is counted by itself, so that not even a stranger in the same network can.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from annotator.models import SigninTry

WINDOW = timedelta(minutes=15)
TRIES_PER_NAME = 8
TRIES_PER_SOURCE = 60


class TooManyTries(Exception):
    """Nobody looked at the password: wait, or come in by a link."""


@contextmanager
def counted(*, source: str, name: str) -> Iterator["Try"]:
    """Count a try, then let the caller look at the password; `succeeded()` forgets it.

    The try is written before it is judged, so that a hundred at once are not judged as one.
    """
    now = timezone.now()
    SigninTry.objects.filter(at__lt=now - WINDOW).delete()
    hashed = salted_hmac("annotator.signin", name.casefold(), algorithm="sha256").hexdigest()
    row = SigninTry.objects.create(source=source, name=hashed, at=now)
    names = list(SigninTry.objects.filter(source=source).values_list("name", flat=True)[: TRIES_PER_SOURCE + 1])
    if names.count(hashed) > TRIES_PER_NAME or len(names) > TRIES_PER_SOURCE:
        row.delete()  # a refused try does not lengthen the wait
        raise TooManyTries
    yield Try(source, hashed)


class Try:
    def __init__(self, source: str, name: str) -> None:
        self._rows = SigninTry.objects.filter(source=source, name=name)

    def succeeded(self) -> None:
        """The right person: their earlier slips count no more."""
        self._rows.delete()
