"""Suites for a build: what runs, what was accepted, and a run that is accepted now."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.conf import settings
from msgspec import Meta
from ninja import Router, Schema, Status
from pydantic import Field

from annotator.api.auth import ByKey, KeyRequest
from annotator.api.errors import Refused
from annotator.models import Project, Scope
from feedback.api.body import read_json
from feedback.api.interactions_schema import Refusal
from feedback.queries import suites
from feedback.queries.suites import Found
from feedback.services import suites as services
from feedback.services.suites import MOST_ASSERTIONS, MOST_FAILED

router = Router(tags=["suites"])

ANSWERS: Any = {(400, 401, 403, 404, 409, 413, 415, 422): Refusal}
DEEPEST = 4  # the body's lists and objects
Text = Annotated[str, Meta(max_length=120)]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class CountIn(msgspec.Struct, forbid_unknown_fields=True):
    assertion: Annotated[str, Meta(min_length=1, max_length=60)]
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    passed: Count
    failed: Count
    uncertain: Count = 0


class FailedIn(msgspec.Struct, forbid_unknown_fields=True):
    assertion: Annotated[str, Meta(min_length=1, max_length=60)]
    id: Annotated[str, Meta(min_length=1, max_length=256)]
    input: Annotated[str, Meta(max_length=64)]


class RunIn(msgspec.Struct, forbid_unknown_fields=True):
    id: UUID
    outputs: Count
    assertions: Annotated[list[CountIn], Meta(min_length=1, max_length=MOST_ASSERTIONS)]
    failed: Annotated[list[FailedIn], Meta(max_length=MOST_FAILED)] = []
    complete: bool = True
    git_ref: Text = ""
    by: Text = ""


class NamedOut(Schema):
    key: str
    version: int
    name: str
    kind: str


class SuiteOut(Schema):
    key: str
    name: str
    feature: bool = Field(description="It is a feature's own: all assertions that are on for it.")
    assertions: list[NamedOut]


class CountOut(Schema):
    assertion: str
    version: int
    passed: int
    failed: int
    uncertain: int = Field(description="Neither: the assertion could not tell, or did not apply.")


class FailedOut(Schema):
    assertion: str
    id: str = Field(description="The output's.")
    input: str = Field(description="A hash of its input, as the sender made it.")


class RunOut(Schema):
    id: str
    suite: str
    accepted_at: str
    accepted_by: str
    git_ref: str
    outputs: int
    assertions: list[CountOut]
    failed: list[FailedOut]
    complete: bool = Field(description=f"False: more failed than `failed` holds, which is {MOST_FAILED}.")


class AcceptedOut(Schema):
    id: str
    created: bool = Field(description="False: it was accepted already, and nothing was changed.")


_run = msgspec.json.Decoder(RunIn).decode


@router.get(
    "/suites",
    auth=ByKey(Scope.CHECK),
    response={200: list[SuiteOut], (401, 403): Refusal},
    operation_id="get_suites",
    summary="What can be run",
)
def get_suites(request: KeyRequest) -> list[dict[str, Any]]:
    """The project's suites, and the features that assertions name: each is a suite of its own."""
    return [_told(one) for one in suites.all_of(request.auth.key.project)]


@router.get(
    "/suites/{path:key}/runs/accepted",
    auth=ByKey(Scope.CHECK),
    response={200: RunOut, **ANSWERS},
    operation_id="get_accepted_run",
    summary="The last accepted run",
)
def get_accepted_run(request: KeyRequest, key: str) -> dict[str, Any]:
    """Answered with 404 and the code `no_run` while none was accepted."""
    project = request.auth.key.project
    found = _found(project, key)
    run = suites.newest(project, found.key)
    if run is None:
        raise Refused(404, f"No run of “{found.name}” was accepted yet.", code="no_run")
    return {
        "id": str(run.pk),
        "suite": run.suite,
        "accepted_at": run.created_at.isoformat(),
        "accepted_by": run.by or (run.key.name if run.key else ""),
        "git_ref": run.git_ref,
        "outputs": run.outputs,
        "assertions": run.counts,
        "failed": [{"assertion": key, "id": name, "input": text} for key, name, text in run.failed],
        "complete": run.complete,
    }


@router.post(
    "/suites/{path:key}/runs",
    auth=ByKey(Scope.CHECK),
    response={201: AcceptedOut, 200: AcceptedOut, **ANSWERS},
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {
        "type": "object",
        "required": ["id", "outputs", "assertions"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "description": "Made by you: sent again, nothing changes."},
            "outputs": {"type": "integer", "description": "How many were checked."},
            "assertions": {"type": "array", "items": {"type": "object"},
                           "description": "{assertion, version, passed, failed, uncertain} of each."},
            "failed": {"type": "array", "items": {"type": "object"}, "maxItems": MOST_FAILED,
                       "description": "{assertion, id, input} of each: which output, and a hash of its input."},
            "complete": {"type": "boolean", "description": "False: more failed than are sent."},
            "git_ref": {"type": "string"}, "by": {"type": "string"},
        },
    }}}}},
    operation_id="post_accepted_run",
    summary="Accept a run",
)  # fmt: skip
def post_accepted_run(request: KeyRequest, key: str) -> Status[dict[str, Any]]:
    """New runs are held against it from now on. One that says the same as the newest is no new one."""
    project = request.auth.key.project
    found = _found(project, key)
    sent: RunIn = read_json(request, _run, limit=settings.INGEST_MAX_BYTES, depth=DEEPEST)
    _check(sent, found)
    try:
        run, created = services.accept(
            project=project,
            suite=found.key,
            run=sent.id,
            key=request.auth.key,
            git_ref=sent.git_ref,
            by=sent.by,
            outputs=sent.outputs,
            counts=[msgspec.to_builtins(one) for one in sent.assertions],
            failed=[[one.assertion, one.id, one.input] for one in sent.failed],
            complete=sent.complete,
        )
    except services.Taken:
        raise Refused(409, "id: another run has it.") from None
    return Status(201 if created else 200, {"id": str(run.pk), "created": created})


@router.get(
    "/suites/{path:key}",
    auth=ByKey(Scope.CHECK),
    response={200: SuiteOut, **ANSWERS},
    operation_id="get_suite",
    summary="The assertions of a suite",
)
def get_suite(request: KeyRequest, key: str) -> dict[str, Any]:
    """By the key of a suite, or by the name of a feature, which may hold slashes: so this route is the last."""
    found = _found(request.auth.key.project, key)
    if len(found.versions) > MOST_ASSERTIONS:
        raise Refused(
            422,
            f"The suite “{found.name}” has {len(found.versions)} assertions, and one check takes at most"
            f" {MOST_ASSERTIONS}. Make a suite of those that matter.",
            limit=MOST_ASSERTIONS,
        )
    return _told(found)


def _check(sent: RunIn, found: Found) -> None:
    """Only what the suite has: a run of another would be held against nothing."""
    known = {one.assertion.key for one in found.versions}
    for field, keys in (
        ("assertions", [one.assertion for one in sent.assertions]),
        ("failed", [one.assertion for one in sent.failed]),
    ):
        wrong = next((key for key in keys if key not in known), None)
        if wrong is not None:
            raise Refused(422, f"{field}: the suite “{found.name}” has no assertion “{wrong}”.")


def _found(project: Project, key: str) -> Found:
    found = suites.find(project, key)
    if found is None:
        there = ", ".join(suites.names(project))
        raise Refused(
            404, f"There is no suite “{key[:60]}” in this project. There are: {there or 'none yet'}."
        )
    return found


def _told(found: Found) -> dict[str, Any]:
    return {
        "key": found.key,
        "name": found.name,
        "feature": found.suite is None,
        "assertions": [
            {
                "key": one.assertion.key,
                "version": one.number,
                "name": one.assertion.name,
                "kind": one.assertion.kind,
            }
            for one in found.versions
        ],
    }
