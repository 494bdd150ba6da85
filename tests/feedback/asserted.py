"""Assertions, made as a person makes them."""

from feedback.assertions import registry
from feedback.models import AssertionVersion
from feedback.services import assertions


def assertion(of, key="no-rose", kind="lacks", settings=None, **more) -> AssertionVersion:
    """Its version. Unless something else is said: the output must not hold “rose”."""
    sent = {"phrases": ["rose"]} if settings is None else settings
    return assertions.make(
        **{
            "project": of,
            "key": key,
            "name": key.replace("-", " ").capitalize(),
            "kind": kind,
            "settings": registry.settings(kind, sent),
            **more,
        }
    )
