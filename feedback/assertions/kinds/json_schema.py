"""The output is JSON of a given shape."""

import json
from collections.abc import Sequence

from annotator.reading.errors import gettext_noop
from feedback.assertions import json_text, schemas
from feedback.assertions.fields import Fault, Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.kinds.valid_json import FENCED
from feedback.assertions.outcome import PASSED, Outcome, Output, failed, uncertain
from feedback.assertions.texts import shortened

WRONG = gettext_noop("At %(place)s: %(why)s")
TOO_SLOW = gettext_noop("Comparing it with the schema took longer than %(ms)s ms.")
NO_JSON = gettext_noop("This is no JSON: %(why)s in line %(line)s.")
NO_SCHEMA = gettext_noop("This is no JSON Schema: %(why)s")
ELSEWHERE = gettext_noop("“%(ref)s” lies outside of the schema. Nothing is fetched: put it under $defs.")


def check(settings: Settings, output: Output) -> Outcome:
    try:
        value = json_text.read(output, fenced=settings["fenced"])
        found = schemas.first_fault(schemas.compiled(settings["schema"]), value)
    except json_text.NoJson as error:
        return failed(error.text, **error.values)
    except schemas.TooSlow:
        return uncertain(TOO_SLOW, ms=round(schemas.SECONDS * 1000))
    if found is None:
        return PASSED
    return failed(WRONG, place=shortened(found[0]), why=shortened(found[1], 200))


def faults(settings: Settings) -> Sequence[Fault]:
    try:
        schemas.compiled(settings["schema"])
    except json.JSONDecodeError as error:
        return [Fault("schema", NO_JSON, {"why": error.msg, "line": error.lineno})]
    except schemas.Elsewhere as error:
        return [Fault("schema", ELSEWHERE, {"ref": str(error)})]
    except schemas.NoSchema as error:
        return [Fault("schema", NO_SCHEMA, {"why": str(error)})]
    return []


KIND = Kind(
    "json_schema",
    gettext_noop("JSON Schema"),
    gettext_noop("The output must be JSON of the shape that a schema describes."),
    (
        Field(
            "schema",
            "code",
            gettext_noop("Schema"),
            gettext_noop("JSON Schema, draft 2020-12 unless it says another."),
            required=True,
            most=50_000,
        ),
        FENCED,
    ),
    check,
    faults,
)
