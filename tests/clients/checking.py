"""The contract's side of a check: two assertions, a suite of both, an accepted run that is remembered."""

import json
from typing import Any

from tests.clients.contract import Contract, Reply, Request

SUITE = "/api/v1/suites/refunds"
RUNS, ACCEPTED = f"{SUITE}/runs", f"{SUITE}/runs/accepted"
BATCH = "/api/v1/check/batch"
NAMED = [
    {"key": "no-refusal", "version": 3, "name": "No refusal", "kind": "refusal"},
    {"key": "short", "version": 1, "name": "Short", "kind": "length"},
]


class CheckContract(Contract):
    """An output that says “cannot” fails no-refusal; one longer than 40 characters fails short; for a
    lone “?” neither says anything."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[str, dict[str, Any]] = {}
        self.most = 100

    def answer(self, request: Request) -> Reply:
        if self.next.get(request.path) or request.path in self.always:
            return super().answer(request)
        if request.path == SUITE:
            return Reply(200, {"key": "refunds", "name": "Refunds", "assertions": NAMED})
        if request.path == ACCEPTED:
            return self._accepted()
        if request.path == RUNS:
            created = request.body["id"] not in self.runs
            self.runs[request.body["id"]] = request.body
            return Reply(201 if created else 200, {"id": request.body["id"], "created": created})
        if request.path == BATCH:
            return self._checked(request.body)
        return super().answer(request)

    def _accepted(self) -> Reply:
        if not self.runs:
            return Reply(404, {"code": "no_run", "message": "No run was accepted."})
        run = list(self.runs.values())[-1]
        who = {
            "accepted_at": "2026-11-29T09:12:00+00:00",
            "accepted_by": run["by"] or "ci",
            "suite": "refunds",
        }
        return Reply(200, {**run, **who})

    def _checked(self, asked: dict[str, Any]) -> Reply:
        if len(asked["outputs"]) > self.most:
            return Reply(413, {"code": "too_large", "message": f"At most {self.most} outputs a call."})
        keys = asked["assertions"] or [one["key"] for one in NAMED]
        named = [one for one in NAMED if one["key"] in keys]
        results = [
            {"id": one["id"], "pass": True, "results": [_said(each, one["output"]) for each in named]}
            for one in asked["outputs"]
        ]
        return Reply(200, {"assertions": named, "results": results})


def _said(assertion: dict[str, Any], output: str) -> dict[str, Any]:
    passed: bool | None = "cannot" not in output if assertion["key"] == "no-refusal" else len(output) <= 40
    reason = "" if passed else f"It says: {output}"
    if output == "?":
        passed, reason = None, "There is nothing to check."
    return {
        "assertion": assertion["key"], "version": assertion["version"], "passed": passed, "reason": reason,
    }  # fmt: skip


def lines(*outputs: dict[str, Any] | str) -> str:
    """As a file's text; what is text already stays as it is."""
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in outputs)


def output(name: str, text: str, question: str = "Where is my money?") -> dict[str, Any]:
    return {"id": name, "input": question, "output": text}
