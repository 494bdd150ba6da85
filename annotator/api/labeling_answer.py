"""Requests and answers of the labeling endpoints as text.

An item's payloads go out as the JSON text that is stored: never parsed, never rewritten.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from pydantic import ValidationError

from annotator import chance
from annotator.api.errors import CODES
from annotator.api.labeling_schema import LabelIn
from annotator.marks import Mark
from annotator.mirrors import mirror_of, name_for_raters
from annotator.models import Queue, QueueKind
from annotator.queries.chains import Asked
from annotator.services import labeling
from annotator.web.render import documents_html, input_html, payload_html


def read_label(entry: Any) -> labeling.Sent | labeling.Result:
    """One entry of a batch: well-formed, or the result that names what is wrong with it."""
    if isinstance(entry, LabelIn):
        given = entry.model_dump()
        texts = {
            name: labeling.clean(given[name]) for name in ("question", "answer", "note", "idempotency_key")
        }
        marks = tuple(Mark(**mark) for mark in given.pop("marks"))
        return labeling.Sent(**{**given, **texts}, marks=marks)
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
    if result.revealed is not None:
        shown["revealed"] = result.revealed
    if result.standing is not None:
        shown["standing"] = {"label": result.standing.label, "answer": result.standing.answer}
    return shown


@dataclass(frozen=True)
class Shown:
    """What all items of a claim share: for whom, by which chain, and whether as HTML too."""

    queue: Queue
    rater: int
    chain: Sequence[Asked]
    html: bool = False

    @property
    def pairs(self) -> bool:
        return self.queue.kind == QueueKind.PAIRWISE

    @cached_property
    def keys(self) -> dict[int, str]:
        return {asked.id: asked.key for asked in self.chain}

    @cached_property
    def questions(self) -> str:
        return json.dumps([_question(asked) for asked in self.chain])


def _question(asked: Asked) -> dict[str, Any]:
    after = {"question": asked.after, "answer": asked.after_answer} if asked.after else None
    told = {"key": asked.key, "version": asked.version, "text": asked.text, "kind": asked.kind}
    return {**told, "after": after, "stops_on": asked.stops_on}


def claimed(claim: labeling.Claim, shown: Shown) -> HttpResponse:
    items = ",".join(_item(item, shown) for item in claim.items)
    empty = f',"empty_because":{_empty(claim)}' if claim.empty is not None else ""
    return _json(f'{{"items":[{items}]{empty}}}')


def _item(item: labeling.Leased, shown: Shown) -> str:
    keys = shown.keys
    done = {keys[int(one)]: answer for one, answer in (item.done or {}).items() if int(one) in keys}
    return (
        f'{{"lease":"{item.lease}","lease_until":"{iso(item.lease_until)}"'
        f',"external_id":{json.dumps(_name(item, shown.queue))},"input":{item.input or "null"}'
        f',{_answers(item, shown)},"context":{item.context or "null"}'
        f',"error":{json.dumps(item.error)},"reason":{json.dumps(item.reason)}'
        f',"questions":{shown.questions},"done":{json.dumps(done)}'
        f',"prelabels":{json.dumps(_prelabels(item, shown))}{_html(item, shown) if shown.html else ""}}}'
    )


def _answers(item: labeling.Leased, shown: Shown) -> str:
    """What is to be judged. Of a pair nothing that could tell who wrote which side."""
    if not shown.pairs:
        return f'"output":{item.output or "null"},"metadata":{item.metadata or "null"}'
    original = mirror_of(item.copy_of, adjudicates=shown.queue.adjudicates_id is not None)
    swapped = chance.swapped(shown.queue.seed, item.item, shown.rater, mirror_of=original)
    sides = f'"left":{item.left or "null"},"right":{item.right or "null"}'
    return f'{sides},"swapped":{json.dumps(swapped)},"metadata":null'


def _name(item: labeling.Leased, queue: Queue) -> str:
    return name_for_raters(
        item.external_id,
        item=item.item,
        copy_of=item.copy_of,
        seed=queue.seed,
        adjudicates=queue.adjudicates_id is not None,
    )


def _prelabels(item: labeling.Leased, shown: Shown) -> dict[str, Any]:
    queue = shown.queue
    if item.prelabels is None or chance.hides_prelabel(
        queue.seed, item.item, shown.rater, queue.hidden_share
    ):
        return {}
    return {
        shown.keys[question]: {"answer": answer, "confidence": confidence, "rater": who}
        for question, answer, confidence, who in json.loads(item.prelabels)
        if question in shown.keys
    }


def _html(item: labeling.Leased, shown: Shown) -> str:
    parts = {"input": input_html(_value(item.input)), "context": documents_html(_value(item.context))}
    if shown.pairs:
        parts |= {side: payload_html(_value(getattr(item, side))) for side in ("left", "right")}
    else:
        parts["output"] = payload_html(_value(item.output), error=item.error)
    return f',"html":{json.dumps(parts)}'


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
