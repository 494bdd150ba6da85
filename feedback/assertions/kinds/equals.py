"""The output is what was expected."""

import json

from annotator.reading.errors import gettext_noop
from feedback.assertions import json_text
from feedback.assertions.fields import Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, failed, not_applicable
from feedback.assertions.texts import plain, shortened

OTHER = gettext_noop("It is not “%(expected)s”.")
NO_EXPECTATION = gettext_noop("Nothing is expected of it.")


def check(settings: Settings, output: Output) -> Outcome:
    expected = settings["expected"] or output.expected
    if not expected:
        return not_applicable(NO_EXPECTATION)
    if _same(settings["how"], output, expected):
        return PASSED
    return failed(OTHER, expected=shortened(expected))


def _same(how: str, output: Output, expected: str) -> bool:
    if how == "exact":
        return output.text == expected
    if how == "json":
        try:
            said = json_text.read(output, fenced=True)
            return bool(said == json.loads(expected))
        except (json_text.NoJson, ValueError, RecursionError):
            return False
    return plain(output.text) == plain(expected)


KIND = Kind(
    "equals",
    gettext_noop("Equals an expectation"),
    gettext_noop("The output must be exactly what it should have been."),
    (
        Field(
            "expected",
            "long",
            gettext_noop("Expected"),
            gettext_noop("Left empty: what the item’s “should have been” says."),
            empty="",
            most=20_000,
        ),
        Field(
            "how",
            "choice",
            gettext_noop("Compared"),
            choices=(
                ("plain", gettext_noop("without regard to capitals and white space")),
                ("exact", gettext_noop("to the letter")),
                ("json", gettext_noop("as JSON")),
            ),
            empty="plain",
        ),
    ),
    check,
    phrase="expected",
)
