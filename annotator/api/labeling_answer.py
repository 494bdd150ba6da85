"""Requests and answers of the labeling endpoints as text.

An item's payloads go out as the JSON text that is stored: never parsed, never rewritten.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from pydantic import ValidationError

from annotator.api.errors import CODES
from annotator.api.labeling_schema import LabelIn
from annotator.queries.chains import Asked
from annotator.services import labeling
from annotator.web.render import documents_html, payload_html


def read_label(entry: Any) -> labeling.Sent | labeling.Result:
    """One entry of a batch: well-formed, or the result that names what is wrong with it."""
    if isinstance(entry, LabelIn):
        given = entry.model_dump()
        texts = {
            name: labeling.clean(given[name]) for name in ("question", "answer", "note", "idempotency_key")
        }
        return labeling.Sent(**{**given, **texts})
    key = entry.get("idempotency_key") if isinstance(entry, dict) else None
    try:
        LabelIn.model_validate(entry)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc'])) or 'label'}: {e['msg']}" for e in error.errors()[:3]]
    return labeling.Result(key if isinstance(key, str) else "", 422, "refused", error="; ".join(faults))


def submitted(results: Sequence[labeling.Result]) -> HttpResponse:
    body: dict[str, Any] = {"results": [_result(result) for result in results]}
    status = results[0].status if len(results) == 1 else 200
    if status >= 400:
        body = {"code": CODES.get(status, "error"), "message": results[0].error, **body}
    return _json(json.dumps(body), status)


def _result(result: labeling.Result) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "idempotency_key": result.idempotency_key or None,
        "status": result.status,
        "state": result.state,
    }
    if result.label is not None:
        shown["label"] = result.label
    if result.error:
        shown["error"] = result.error
    if result.standing is not None:
        shown["standing"] = {"label": result.standing.label, "answer": result.standing.answer}
    return shown


def claimed(claim: labeling.Claim, chain: Sequence[Asked], *, html: bool = False) -> HttpResponse:
    """`html`: beside each payload, the safe HTML that our own page shows."""
    questions = json.dumps([{"key": q.key, "version": q.version, "text": q.text} for q in chain])
    keys = {str(asked.id): asked.key for asked in chain}
    items = ",".join(_item(item, questions, keys, html=html) for item in claim.items)
    empty = f',"empty_because":{_empty(claim)}' if claim.empty is not None else ""
    return _json(f'{{"items":[{items}]{empty}}}')


def _item(item: labeling.Leased, questions: str, keys: dict[str, str], *, html: bool) -> str:
    done = {keys[question]: answer for question, answer in (item.done or {}).items() if question in keys}
    return (
        f'{{"lease":"{item.lease}","lease_until":"{iso(item.lease_until)}"'
        f',"external_id":{json.dumps(item.external_id)},"input":{item.input or "null"}'
        f',"output":{item.output or "null"},"context":{item.context or "null"}'
        f',"error":{json.dumps(item.error)},"metadata":{item.metadata or "null"}'
        f',"questions":{questions},"done":{json.dumps(done)}{_html(item) if html else ""}}}'
    )


def _html(item: labeling.Leased) -> str:
    shown = {
        "input": payload_html(_value(item.input)),
        "output": payload_html(_value(item.output), error=item.error),
        "context": documents_html(_value(item.context)),
    }
    return f',"html":{json.dumps(shown)}'


def _value(stored: str | None) -> Any:
    return None if stored is None else json.loads(stored)


def _empty(claim: labeling.Claim) -> str:
    shortage = claim.empty
    assert shortage is not None  # noqa: S101
    shown = {"code": shortage.code, "text": shortage.text}
    if shortage.until is not None:
        shown["until"] = iso(shortage.until)
    return json.dumps(shown)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _json(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="application/json; charset=utf-8", status=status)
