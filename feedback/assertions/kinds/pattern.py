"""A regular expression, with a limit of time: some of them take for ever on a text made for it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from annotator.reading.errors import gettext_noop
from feedback.assertions import patterns
from feedback.assertions.fields import Fault, Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, Span, failed, uncertain
from feedback.assertions.texts import shortened

NO_PATTERN = gettext_noop("This is no regular expression: %(why)s.")
NO_MATCH = gettext_noop("Nothing in it matches the pattern.")
MATCH = gettext_noop("“%(text)s” matches the pattern.")
TOO_SLOW = gettext_noop(
    "The pattern took longer than %(ms)s ms on this output. Write it without nested repeats."
)


@lru_cache(maxsize=512)
def _compiled(pattern: str, case: bool) -> Any:
    return patterns.compiled(pattern, case=case)


def check(settings: Settings, output: Output) -> Outcome:
    try:
        found = patterns.search(_compiled(settings["pattern"], settings["case"]), output.text)
    except patterns.TooSlow:
        return uncertain(TOO_SLOW, ms=round(patterns.SECONDS * 1000))
    if settings["must"] == "match":
        return PASSED if found else failed(NO_MATCH)
    if found is None:
        return PASSED
    return failed(MATCH, text=shortened(output.text[found.start : found.end]), spans=[Span(*found)])


def faults(settings: Settings) -> Sequence[Fault]:
    try:
        patterns.compiled(settings["pattern"], case=settings["case"])
    except patterns.NoPattern as error:
        return [Fault("pattern", NO_PATTERN, {"why": str(error)})]
    return []


KIND = Kind(
    "pattern",
    gettext_noop("Regular expression"),
    gettext_noop("The output must match a pattern, or must not."),
    (
        Field(
            "pattern",
            "text",
            gettext_noop("Pattern"),
            gettext_noop("As in Python. It is searched for anywhere; ^ and $ are the ends of a line."),
            required=True,
            most=1_000,
        ),
        Field(
            "must",
            "choice",
            gettext_noop("The output"),
            choices=(("match", gettext_noop("must match")), ("lack", gettext_noop("must not match"))),
            empty="match",
        ),
        Field("case", "yes", gettext_noop("Capitals matter"), empty=False),
    ),
    check,
    faults,
)
