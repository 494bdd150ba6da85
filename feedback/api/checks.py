"""Assertions for programs: a guardrail before an output is shown, and a list for a build."""

from typing import Any

import msgspec
from django.conf import settings
from ninja import Router, Schema
from pydantic import Field

from annotator.api.auth import ByKey, KeyRequest
from annotator.api.errors import Refused
from annotator.models import Scope
from feedback.api.body import read_json
from feedback.api.interactions_schema import Refusal
from feedback.assertions.outcome import Outcome, Result
from feedback.models import AssertionVersion
from feedback.services import assertions, checking, guardrail
from feedback.services.suites import MOST_ASSERTIONS

router = Router(tags=["assertions"])

MOST_OUTPUTS = 100
LONGEST = 256  # characters of an id or a feature
ANSWERS: Any = {(400, 401, 403, 413, 415, 422): Refusal}


class One(msgspec.Struct):
    """One output to check."""

    output: Any = None
    input: Any = None
    context: Any = None
    metadata: dict[str, Any] | None = None
    expected: str | None = None
    feature: str = ""
    assertions: list[str] | None = None
    judge: bool = False


class Listed(msgspec.Struct):
    output: Any = None
    input: Any = None
    context: Any = None
    metadata: dict[str, Any] | None = None
    expected: str | None = None
    id: str | None = None


class Many(msgspec.Struct):
    outputs: list[Listed]
    feature: str = ""
    assertions: list[str] | None = None
    judge: bool = False


class ResultOut(Schema):
    assertion: str = Field(description="Its key.")
    version: int
    passed: bool | None = Field(description="Null: uncertain, or it does not apply; `reason` says why.")
    outcome: str = Field(description="passed, failed, uncertain or none (does not apply).")
    reason: str
    spans: list[list[int]] = Field(description="Places in the output's text: [start, end], in characters.")


class CheckOut(Schema):
    ok: bool = Field(alias="pass", description="False: at least one assertion failed.")
    results: list[ResultOut]


class ListedOut(Schema):
    id: str | None
    ok: bool = Field(alias="pass")
    results: list[ResultOut]


class RanOut(Schema):
    key: str
    version: int
    name: str
    kind: str


class ManyOut(Schema):
    assertions: list[RanOut]
    results: list[ListedOut]


class AssertionOut(RanOut):
    features: list[str] = Field(description="Empty: it runs on all of them.")
    enabled: bool
    slow: bool = Field(description="It needs a worker: asked only with `judge`.")
    settings: dict[str, Any]


class AssertionsOut(Schema):
    assertions: list[AssertionOut]


_one = msgspec.json.Decoder(One).decode
_many = msgspec.json.Decoder(Many).decode

COMMON: dict[str, Any] = {
    "feature": {"type": "string", "description": "Whose assertions to run, unless they are named."},
    "assertions": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "description": "Keys. Left out: all that are switched on and run on the feature.",
    },
    "judge": {
        "type": "boolean",
        "default": False,
        "description": "Also those that need a worker: a question to a language model, code that is run.",
    },
}
PAYLOADS: dict[str, Any] = {
    "output": {"description": "Text, chat messages or JSON, as you would log it."},
    "input": {"description": "What it answers."},
    "context": {"description": "The documents that were given."},
    "metadata": {"type": "object"},
    "expected": {"type": "string", "description": "What should have been said, where that is known."},
}


def _described(properties: dict[str, Any], required: list[str], example: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": required, "properties": properties, "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


@router.post(
    "/check",
    auth=ByKey(Scope.CHECK),
    response={200: CheckOut, **ANSWERS},
    by_alias=True,
    openapi_extra=_described(
        {**PAYLOADS, **COMMON},
        ["output"],
        {"feature": "refunds", "input": "Where is my money?", "output": "It is on its way."},
    ),
    operation_id="post_check",
    summary="Check one output",
)
def post_check(request: KeyRequest) -> dict[str, Any]:
    """For a guardrail: before the output is shown. Nothing of it is stored.

    `pass` is false when an assertion failed. One that is uncertain, or does not apply, fails nothing.
    """
    sent: One = read_json(request, _one, limit=settings.INGEST_MAX_RECORD_BYTES)
    versions = _chosen(request, sent)
    asked = guardrail.Asked(sent.output, sent.input, sent.context, sent.metadata, sent.expected)
    project = request.auth.key.project
    [found] = guardrail.check(project, versions, [asked], judge=sent.judge)
    return _told(versions, found)


@router.post(
    "/check/batch",
    auth=ByKey(Scope.CHECK),
    response={200: ManyOut, **ANSWERS},
    by_alias=True,
    openapi_extra=_described(
        {
            "outputs": {
                "type": "array",
                "maxItems": MOST_OUTPUTS,
                "items": {"type": "object", "properties": {"id": {"type": "string"}, **PAYLOADS}},
            },
            **COMMON,
        },
        ["outputs"],
        {"assertions": ["no-refusal"], "outputs": [{"id": "case-1", "output": "It is on its way."}]},
    ),
    operation_id="post_check_batch",
    summary="Check many outputs",
)
def post_check_batch(request: KeyRequest) -> dict[str, Any]:
    """The same assertions over up to 100 outputs, in the order in which they were sent: for a build."""
    sent: Many = read_json(request, _many, limit=settings.INGEST_MAX_BYTES)
    if len(sent.outputs) > MOST_OUTPUTS:
        raise Refused(413, f"outputs: at most {MOST_OUTPUTS} in one request.", limit=MOST_OUTPUTS)
    if any(len(one.id or "") > LONGEST for one in sent.outputs):
        raise Refused(422, f"id: must be text of at most {LONGEST} characters")
    versions = _chosen(request, sent)
    asked = [
        guardrail.Asked(one.output, one.input, one.context, one.metadata, one.expected)
        for one in sent.outputs
    ]
    try:
        found = guardrail.check(request.auth.key.project, versions, asked, judge=sent.judge)
    except guardrail.TooLong as error:
        raise Refused(413, "outputs: these take too long to check at once. Send fewer.") from error
    return {
        "assertions": [_named(one) for one in versions],
        "results": [
            {"id": one.id, **_told(versions, outcomes)}
            for one, outcomes in zip(sent.outputs, found, strict=True)
        ],
    }


@router.get(
    "/assertions",
    auth=ByKey(Scope.CHECK),
    response={200: AssertionsOut, (401, 403): Refusal},
    operation_id="get_assertions",
    summary="The project's assertions",
)
def get_assertions(
    request: KeyRequest,
    feature: str | None = None,
) -> dict[str, Any]:
    """All that are not retired, in the version that is in force; with `feature` those that run on it."""
    found = list(assertions.in_force(request.auth.key.project))
    if feature is not None:
        found = assertions.of_feature(found, feature)
    return {
        "assertions": [
            {
                **_named(one),
                "features": one.assertion.features,
                "enabled": one.assertion.enabled,
                "slow": checking.is_slow(one),
                "settings": one.settings,
            }
            for one in found
        ]
    }


def _chosen(request: KeyRequest, sent: One | Many) -> list[AssertionVersion]:
    if len(sent.feature) > LONGEST:
        raise Refused(422, f"feature: must be text of at most {LONGEST} characters")
    if sent.assertions is not None and not 1 <= len(sent.assertions) <= MOST_ASSERTIONS:
        raise Refused(422, f"assertions: at least 1 key and at most {MOST_ASSERTIONS}, or leave it out")
    project = request.auth.key.project
    try:
        return guardrail.chosen(project, sent.assertions, sent.feature, judge=sent.judge)
    except guardrail.Unknown as unknown:
        keys = "”, “".join(key[:60] for key in unknown.keys[:10])
        known = ", ".join(unknown.known[:50]) or "none yet"
        raise Refused(
            422,
            f"assertions: “{keys}” is none of this project. There are: {known}.",
            unknown=unknown.keys[:10],
        ) from unknown


def _named(one: AssertionVersion) -> dict[str, Any]:
    of = one.assertion
    return {"key": of.key, "version": one.number, "name": of.name, "kind": of.kind}


def _told(versions: list[AssertionVersion], outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "pass": not any(one.result == Result.FAILED for one in outcomes),
        "results": [
            {
                "assertion": version.assertion.key,
                "version": version.number,
                "passed": {Result.PASSED: True, Result.FAILED: False}.get(one.result),
                "outcome": one.result,
                "reason": str(one),
                "spans": [list(span) for span in one.spans],
            }
            for version, one in zip(versions, outcomes, strict=True)
        ],
    }
