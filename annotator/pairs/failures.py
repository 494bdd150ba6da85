"""Outputs that are no answer: the words of a machine that failed."""

import json
import re
from typing import Any

LONGEST = 400  # characters of a text that is an error and nothing else

STATUS = r"(?:4\d\d|5\d\d)"
SHORT = re.compile(
    rf"""^\W*(?:
      (?:http\ (?:error\ )?)?{STATUS}[\s:,-]+(?:bad\ request|unauthorized|forbidden|too\ many\ requests|
        internal\ server\ error|bad\ gateway|service\ unavailable|gateway\ time-?out)
    | (?:(?:http\ )?error:?\ )?(?:internal\ server\ error|bad\ gateway|gateway\ time-?out|service\ unavailable|
        too\ many\ requests|service\ temporarily\ unavailable)\W*$
    | (?:error|exception|fatal\ error)(?:\ code)?\s*(?:[:=]|{STATUS}\b)
    | (?-i:[A-Z])[A-Za-z.]*(?:Error|Exception)\s*[:(]
    | rate\ ?limit(?:ed|\ (?:exceeded|reached|error))
    | (?:you\ (?:have\ )?exceeded\ your\ current\ quota)
    | (?:the\ )?(?:request|connection|call|upstream\ request)\ (?:has\ )?(?:timed?\ ?-?out|was\ aborted|failed)\b
    | this\ model['’]s\ maximum\ context\ length
    | an?\ (?:unexpected\ |internal\ |unknown\ )?error\ (?:has\ )?occurred
    | something\ went\ wrong\b
    | (?:undefined|\[object\ Object\]|NaN)\W*$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
TRACES = re.compile(
    r"^\s*(?:Traceback \(most recent call last\):|Exception in thread |(?:Uncaught )?[\w.]+(?:Error|Exception): .*\n\s+at )"
)
KEYS = frozenset(
    {"error", "errors", "exception", "detail", "message", "code", "status", "statuscode", "type"}
)


def failure(payload: Any, text: str) -> tuple[int, int] | None:
    """Where the payload says that it is an error and no answer."""
    fields = _fields(payload)
    if fields is not None:
        return (0, min(len(text), 100)) if _only_an_error(fields) else None
    found = TRACES.match(text) or (SHORT.match(text) if len(text) <= LONGEST else None)
    return found.span() if found else None


def _fields(payload: Any) -> dict[str, Any] | None:
    """Of an object, or of a short text that spells one."""
    if isinstance(payload, str) and payload.lstrip()[:1] == "{" and len(payload) <= LONGEST:
        try:
            payload = json.loads(payload)
        except ValueError:
            return None
    return payload if isinstance(payload, dict) else None


def _only_an_error(payload: dict[str, Any]) -> bool:
    """It has an error that is not empty, and nothing that is no part of telling one."""
    named = {key.lower() for key in payload}
    says = any(payload.get(key) not in (None, "", False, {}, []) for key in ("error", "errors", "exception"))
    return says and named <= KEYS
