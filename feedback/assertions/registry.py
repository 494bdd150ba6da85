"""The kinds of assertions. One is a file with a `KIND`, and one line here. Pure.

Libraries that a kind needs are loaded when it is asked for the first time, so that a page can list the
kinds without them.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from annotator.reading.errors import gettext_noop
from feedback.assertions import fields
from feedback.assertions.fields import BadSettings
from feedback.assertions.kind import Kind
from feedback.assertions.kinds import (
    citation,
    contains,
    equals,
    execution,
    json_schema,
    judge,
    lacks,
    language,
    length,
    numbers,
    pattern,
    personal,
    refusal,
    similarity,
    system_prompt,
    valid_json,
)
from feedback.assertions.outcome import Outcome, Output, not_applicable, uncertain

LOG = logging.getLogger("feedback.assertions")
BROKE = gettext_noop("The check itself failed. Whoever runs this instance finds it in its log.")
NO_OUTPUT = gettext_noop("There is no output.")

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        contains.KIND,
        lacks.KIND,
        pattern.KIND,
        length.KIND,
        valid_json.KIND,
        json_schema.KIND,
        language.KIND,
        refusal.KIND,
        system_prompt.KIND,
        personal.KIND,
        citation.KIND,
        numbers.KIND,
        similarity.KIND,
        equals.KIND,
        execution.KIND,
        judge.KIND,
    )
}


class UnknownKind(LookupError):
    """No kind is called so."""


def get(name: str) -> Kind:
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def settings(name: str, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, as it is stored. Raises BadSettings, which names each field and what to do."""
    kind = get(name)
    found = fields.read(kind.fields, sent)
    faults: Sequence[fields.Fault] = kind.faults(found) if kind.faults else ()
    if faults:
        raise BadSettings(faults)
    return found


def check(name: str, settings: Mapping[str, Any], output: Output) -> Outcome:
    """What the assertion says. Never raises for anything that is in an output."""
    kind = get(name)
    if output.payload is None:
        return not_applicable(NO_OUTPUT)
    try:
        return kind.check(settings, output)
    except Exception as error:  # a check that breaks must not stop the others
        # Its text and its traceback's may hold the output: only the kind is told.
        LOG.error("%s: %s", name, type(error).__name__)
        return uncertain(BROKE)
