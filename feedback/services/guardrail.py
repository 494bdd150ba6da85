"""Outputs that a host wants checked before it shows them."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from annotator.jobs import broker
from annotator.models import Project
from annotator.queries.prepared import prepared_cursor
from annotator.reading.errors import gettext_noop
from annotator.web.redis_client import ERRORS, client
from feedback.assertions.outcome import Outcome, Output, Result, Tools, uncertain
from feedback.models import Assertion, AssertionVersion
from feedback.services import assertions, checking

NOT_ASKED = gettext_noop("It needs a worker, and is asked only with “judge”: true.")
NO_ANSWER = gettext_noop("No worker answered in time.")
REPLY = "genba:checked:{}"
KEPT_SECONDS = 60  # an answer that nobody fetched
MOST_SECONDS = 25.0  # for all that workers are asked in one request
SPARE = 1.0
MOST_COMPUTED = 20.0  # seconds of a web process: patterns and schemas may each take their whole time


# Written out: a host waits for it, and the ORM would compile it for each request.
VERSION_FIELDS = ("id", "assertion_id", "number", "settings")
ASSERTION_FIELDS = ("id", "project_id", "key", "name", "features", "kind", "enabled")
IN_FORCE = f"""
    SELECT {", ".join(f"v.{name}" for name in VERSION_FIELDS)},
           {", ".join(f"a.{name}" for name in ASSERTION_FIELDS)}
    FROM feedback_assertion a
    JOIN LATERAL (SELECT * FROM feedback_assertionversion n WHERE n.assertion_id = a.id
                  ORDER BY n.number DESC LIMIT 1) v ON true
    WHERE a.project_id = %s AND a.retired_at IS NULL ORDER BY a.name, a.id"""  # noqa: S608 - names of columns


class Unknown(LookupError):
    """Keys that are no assertions of the project, or retired ones."""

    def __init__(self, keys: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(", ".join(keys))
        self.keys, self.known = keys, known


class TooLong(Exception):
    """So many outputs take longer than one request may."""


@dataclass(frozen=True)
class Asked:
    """One output, as it was sent."""

    output: Any
    input: Any = None
    context: Any = None
    metadata: Any = None
    expected: str | None = None


def chosen(
    project: Project, keys: Sequence[str] | None, feature: str, *, judge: bool
) -> list[AssertionVersion]:
    """The assertions that are named, in that order, switched on or not; without names all that are
    switched on and run on the feature, the slow ones only with `judge`. Raises Unknown."""
    known = _in_force(project)
    if keys is None:
        on = assertions.of_feature([one for one in known if one.assertion.enabled], feature)
        return [one for one in on if judge or not checking.is_slow(one)]
    by_key = {one.assertion.key: one for one in known}
    if missing := [key for key in dict.fromkeys(keys) if key not in by_key]:
        raise Unknown(missing, sorted(by_key))
    return [by_key[key] for key in dict.fromkeys(keys)]


def _in_force(project: Project) -> list[AssertionVersion]:
    """As `assertions.in_force`, with the columns that a check needs."""
    with prepared_cursor() as cursor:
        cursor.execute(IN_FORCE, [project.pk])
        rows, alias = cursor.fetchall(), cursor.db.alias
    found = []
    for row in rows:
        own, settings = list(row[: len(VERSION_FIELDS)]), VERSION_FIELDS.index("settings")
        if isinstance(own[settings], str):  # Django's connection leaves jsonb as text
            own[settings] = json.loads(own[settings])
        version = AssertionVersion(**dict(zip(VERSION_FIELDS, own, strict=True)))
        version.assertion = Assertion.from_db(alias, ASSERTION_FIELDS, row[len(VERSION_FIELDS) :])
        found.append(version)
    return found


def check(
    project: Project, versions: Sequence[AssertionVersion], outputs: Sequence[Asked], *, judge: bool
) -> list[list[Outcome]]:
    """For each output what each version says. What needs a worker is asked there, all at once.

    Raises TooLong, never for one output alone.
    """
    slow = [one for one in versions if checking.is_slow(one)]
    waited = _asked(project, slow, outputs) if judge and slow else {}
    found: list[list[Outcome]] = []
    end = time.monotonic() + MOST_COMPUTED
    for n, sent in enumerate(outputs):
        if found and time.monotonic() > end:
            raise TooLong
        output = _output(sent)
        found.append(
            [
                checking.run(one, output)
                if one not in slow
                else waited.get((n, one.pk), uncertain(NO_ANSWER if judge else NOT_ASKED))
                for one in versions
            ]
        )
    return found


def _asked(
    project: Project, slow: Sequence[AssertionVersion], outputs: Sequence[Asked]
) -> dict[tuple[int, int], Outcome]:
    """(place of the output, version): what a worker said in time."""
    from feedback.tasks import check_slowly  # noqa: PLC0415 - tasks import services

    name = REPLY.format(uuid4().hex)
    end = time.monotonic() + MOST_SECONDS
    found: dict[tuple[int, int], Outcome] = {}
    wanted = len(slow) * len(outputs)
    try:
        for n, sent in enumerate(outputs):
            for one in slow:
                ask = {"reply": name, "n": n, "project": project.pk, "version": one.pk, "sent": vars(sent)}
                check_slowly.apply_async((ask,), expires=MOST_SECONDS)
        while len(found) < wanted and (left := end - time.monotonic()) > 0.01:
            said: Any = client(MOST_SECONDS + SPARE).blpop([name], timeout=left)
            if said is None:
                break
            told = json.loads(said[1])
            found[told["n"], told["version"]] = Outcome(
                Result(told["result"]), told["reason"], told["values"]
            )
    except (*broker.ERRORS, *ERRORS):
        return found
    return found


def _output(sent: Asked, tools: Tools | None = None) -> Output:
    return checking.output_of(
        sent.output,
        input=sent.input,
        context=sent.context,
        metadata=sent.metadata,
        expected=sent.expected,
        tools=tools,
    )


def answer(ask: dict[str, Any]) -> None:
    """In the worker: one output, one version, and the answer to whoever waits."""
    version = AssertionVersion.objects.select_related("assertion").get(
        pk=ask["version"], assertion__in=Assertion.objects.filter(project=ask["project"])
    )
    sent = Asked(**ask["sent"])
    output = _output(sent, checking.worker_tools(ask["project"]))
    said = checking.run(version, output)
    told = {
        "n": ask["n"],
        "version": version.pk,
        "result": said.result,
        "reason": said.reason,
        "values": dict(said.values),
    }
    try:
        with client().pipeline(transaction=False) as pipe:
            pipe.rpush(ask["reply"], json.dumps(told)).expire(ask["reply"], KEPT_SECONDS).execute()
    except ERRORS:
        return
