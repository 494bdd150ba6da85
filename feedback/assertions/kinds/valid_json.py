"""The output is JSON."""

from annotator.reading.errors import gettext_noop
from feedback.assertions import json_text
from feedback.assertions.fields import Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, failed

OTHER = gettext_noop("It is JSON, but no %(wanted)s.")

FENCED = Field(
    "fenced",
    "yes",
    gettext_noop("A code fence around it is allowed"),
    gettext_noop("Many models put ``` before and after their JSON."),
    empty=False,
    initial=True,
)


def check(settings: Settings, output: Output) -> Outcome:
    try:
        value = json_text.read(output, fenced=settings["fenced"])
    except json_text.NoJson as error:
        return failed(error.text, **error.values)
    wanted = settings["what"]
    if (wanted == "object" and not isinstance(value, dict)) or (
        wanted == "list" and not isinstance(value, list)
    ):
        return failed(OTHER, wanted=wanted)
    return PASSED


KIND = Kind(
    "json",
    gettext_noop("Valid JSON"),
    gettext_noop("The output must be JSON and nothing else."),
    (
        Field(
            "what",
            "choice",
            gettext_noop("What it must be"),
            choices=(
                ("any", gettext_noop("Any JSON")),
                ("object", gettext_noop("An object")),
                ("list", gettext_noop("A list")),
            ),
            empty="any",
        ),
        FENCED,
    ),
    check,
)
