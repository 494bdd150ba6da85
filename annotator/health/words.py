"""Durations in words."""

from datetime import timedelta

from django.utils.translation import ngettext


def how_long(time: timedelta) -> str:
    """“40 seconds”, “3 minutes”, “2 hours”, “5 days”: the largest unit, rounded down."""
    seconds = int(time.total_seconds())
    if seconds < 120:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    if seconds < 7200:
        return ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}
    if seconds < 172_800:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)d day", "%(n)d days", seconds // 86_400) % {"n": seconds // 86_400}


def silence(age: timedelta | None, *, never: str, since: str) -> str:
    """`never` for no sign at all, else `since` with its `%(time)s` filled in."""
    return never if age is None else since % {"time": how_long(age)}
