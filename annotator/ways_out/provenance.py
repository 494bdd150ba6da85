"""Beside each data file: one line per record, in the same order, that says where it is from."""

import secrets
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import msgspec

from annotator.datasets.content import Row, Split
from annotator.ways_out.lines import CHUNK, ordered, records
from annotator.ways_out.model import Format, Plan, Rows, Written


class Pseudonyms:
    """Names for raters that are the same within one export and say nothing in another.

    `secret`, 16 bytes or more, is made anew for each export and kept nowhere; give one only to go on
    with an export that was cut off.
    """

    def __init__(self, secret: bytes = b"") -> None:
        self._secret = secret or secrets.token_bytes(16)
        self._known: dict[int, str] = {}

    def of(self, rater: int) -> str:
        if rater not in self._known:
            said = blake2b(str(rater).encode(), key=self._secret, digest_size=6).hexdigest()
            self._known[rater] = f"r-{said}"
        return self._known[rater]


def line(row: Row, number: int, names: Pseudonyms) -> dict[str, Any]:
    """`number`: of the line in its file, from 1."""
    source = row.provenance
    return {
        "line": number,
        "row": row.key,
        "item_id": source.item,
        "external_id": source.external_id,
        "queue": source.queue,
        "origin": source.origin,
        "reason": source.reason,
        "inclusion_probability": source.inclusion_probability,
        "question": row.question,
        "question_version": source.question_version,
        "answers": row.answers,
        "votes": row.votes,
        "agreement": row.agreement,
        "labels": source.labels,
        "rater_kinds": source.rater_kinds,
        "raters": [names.of(rater) for rater in source.raters],
        "consensus": source.consensus,
        "why": row.why,
        "variants": [row.left_variant, row.right_variant] if row.kind == "preference" else [],
        "group": row.group,
        "split": row.split,
    }


def stream(form: Format, plan: Plan, rows: Rows, split: Split, names: Pseudonyms) -> Iterator[bytes]:
    """The lines beside what `lines.stream` gives for the same rows and an equal, fresh plan."""
    into = msgspec.json.Encoder().encode_into
    buffer = bytearray()
    made = records(form, plan, ordered(plan, rows), split, Written())
    for number, (row, _record) in enumerate(made, 1):
        into(line(row, number, names), buffer, -1)
        buffer += b"\n"
        if len(buffer) >= CHUNK:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer)
