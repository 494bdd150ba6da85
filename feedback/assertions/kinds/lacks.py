"""The output does not hold given words."""

from annotator.reading.errors import gettext_noop
from feedback.assertions import phrases
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.kinds.contains import CASE, PHRASES, WHOLE
from feedback.assertions.outcome import PASSED, Outcome, Output, failed
from feedback.assertions.texts import shortened

THERE = gettext_noop("“%(phrase)s” is in it.")


def check(settings: Settings, output: Output) -> Outcome:
    for phrase in settings["phrases"]:
        span = phrases.find(output.text, phrase, case=settings["case"], whole=settings["whole"])
        if span is not None:
            return failed(THERE, phrase=shortened(phrase), spans=[span])
    return PASSED


KIND = Kind(
    "lacks",
    gettext_noop("Does not contain a phrase"),
    gettext_noop("None of the phrases may be in the output."),
    (PHRASES, CASE, WHOLE),
    check,
    phrase="phrases",
)
