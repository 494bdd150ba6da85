"""The output holds given words."""

from annotator.reading.errors import gettext_noop
from feedback.assertions import phrases
from feedback.assertions.fields import Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, failed
from feedback.assertions.texts import shortened

NONE_OF = gettext_noop("None of the %(count)s phrases is in it.")
NOT_THERE = gettext_noop("“%(phrase)s” is not in it.")

PHRASES = Field(
    "phrases",
    "lines",
    gettext_noop("Phrases"),
    gettext_noop("One a line. Any white space matches any other."),
    required=True,
)
CASE = Field("case", "yes", gettext_noop("Capitals matter"), empty=False)
WHOLE = Field(
    "whole",
    "yes",
    gettext_noop("Whole words only"),
    gettext_noop("“art” is then not in “start”."),
    empty=False,
)


def check(settings: Settings, output: Output) -> Outcome:
    missing = [
        phrase
        for phrase in settings["phrases"]
        if phrases.find(output.text, phrase, case=settings["case"], whole=settings["whole"]) is None
    ]
    if not missing or (settings["which"] == "any" and len(missing) < len(settings["phrases"])):
        return PASSED
    if settings["which"] == "any" and len(missing) > 1:
        return failed(NONE_OF, count=len(missing))
    return failed(NOT_THERE, phrase=shortened(missing[0]))


KIND = Kind(
    "contains",
    gettext_noop("Contains a phrase"),
    gettext_noop("One of the phrases, or all of them, must be in the output."),
    (
        PHRASES,
        Field(
            "which",
            "choice",
            gettext_noop("How many must be there"),
            choices=(("any", gettext_noop("Any of them")), ("all", gettext_noop("All of them"))),
            empty="any",
        ),
        CASE,
        WHOLE,
    ),
    check,
    phrase="phrases",
)
