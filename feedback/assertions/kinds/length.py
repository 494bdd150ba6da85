"""The output is neither too short nor too long."""

from collections.abc import Callable, Mapping, Sequence

from annotator.reading.errors import gettext_noop
from feedback.assertions import texts
from feedback.assertions.fields import Fault, Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, failed

COUNTS: Mapping[str, Callable[[str], int]] = {
    "words": texts.words,
    "characters": len,
    "sentences": texts.sentences,
    "items": texts.items,
}
SHORT = {
    "words": gettext_noop("It has %(count)s words; at least %(limit)s are wanted."),
    "characters": gettext_noop("It has %(count)s characters; at least %(limit)s are wanted."),
    "sentences": gettext_noop("It has %(count)s sentences; at least %(limit)s are wanted."),
    "items": gettext_noop("It has %(count)s list entries; at least %(limit)s are wanted."),
}
LONG = {
    "words": gettext_noop("It has %(count)s words; at most %(limit)s are allowed."),
    "characters": gettext_noop("It has %(count)s characters; at most %(limit)s are allowed."),
    "sentences": gettext_noop("It has %(count)s sentences; at most %(limit)s are allowed."),
    "items": gettext_noop("It has %(count)s list entries; at most %(limit)s are allowed."),
}
NO_LIMIT = gettext_noop("Give a lower or an upper limit, or both.")
CROSSED = gettext_noop("The lower limit is above the upper one.")
MOST = 10_000_000


def check(settings: Settings, output: Output) -> Outcome:
    unit, low, high = settings["unit"], settings["low"], settings["high"]
    count = COUNTS[unit](output.text)
    if low is not None and count < low:
        return failed(SHORT[unit], count=count, limit=low)
    if high is not None and count > high:
        return failed(LONG[unit], count=count, limit=high)
    return PASSED


def faults(settings: Settings) -> Sequence[Fault]:
    low, high = settings["low"], settings["high"]
    if low is None and high is None:
        return [Fault("low", NO_LIMIT)]
    return [Fault("low", CROSSED)] if None not in (low, high) and low > high else []


KIND = Kind(
    "length",
    gettext_noop("Length"),
    gettext_noop("So many words, characters, sentences or list entries must the output have."),
    (
        Field(
            "unit",
            "choice",
            gettext_noop("Counted in"),
            choices=(
                ("words", gettext_noop("Words")),
                ("characters", gettext_noop("Characters")),
                ("sentences", gettext_noop("Sentences")),
                ("items", gettext_noop("List entries")),
            ),
            empty="words",
        ),
        Field("low", "whole", gettext_noop("At least"), low=0, high=MOST),
        Field("high", "whole", gettext_noop("At most"), low=0, high=MOST),
    ),
    check,
    faults,
)
