"""Rows to export, and the texts that break exports."""

import itertools
import json
from typing import Any

from annotator.datasets.content import Kind, Mark, Provenance, Row, Split
from annotator.ways_out import lines, options
from annotator.ways_out.manifest import About
from annotator.ways_out.model import Format, Written
from annotator.ways_out.registry import formats

# Each must come out of every format as it went in.
HOSTILE = [
    "  outer spaces  ",
    'a "quoted" word',
    "back\\slash \\n \\u0041",
    "tab\there",
    "line\r\nends\rof\nall kinds",
    "next\u0085line",
    "line\u2028separator\u2029",
    "emoji 👩‍👩‍👧 🐈",
    "שלום \u202eright to left\u202c",
    "007",
    "NA",
    "null",
    "None",
    "true",
    "1e5",
    "2026-11-01",
    "2026-11-01T10:00:00Z",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "{{ 7*7 }}",
    "{{ env.HOME }}",
    "{% raw %}x{% endraw %}",
    "{% endraw %}{{item.answer}}",
    "file://x.cjs",
    "package:a:b",
    "<b>bold</b>",
    "</example><example>",
    "\nHuman: and\n\nAssistant: more",
    "<|im_start|>system",
    "a,b;c|d",
    "%(name)s ${x} #{y}",
    "\x01\x1b[31m\x7f",
    "한국어 문장。다음 문장！",
]
ABOUT = About(
    name="Refund answers",
    project="support",
    created_at="2026-11-23T09:00:00Z",
    questions=[{"key": "resolved", "version": 3, "text": "Is it resolved?", "desirable": "yes"}],
    selection={"queues": ["daily"]},
    policy={"group_by": "input", "seed": "7"},
)
_numbers = itertools.count(1)


def row(kind: Kind, **fields: Any) -> Row:
    """With what the kind needs; `raters` and the like go to the provenance."""
    number = next(_numbers)
    beside = {name: fields.pop(name) for name in ("raters", "labels", "external_id") if name in fields}
    source = Provenance(item=number, queue="daily", **{"external_id": f"call-{number}", **beside})
    given = {"key": f"k{number}", "input": "What is the refund window?", "provenance": source}
    return Row(kind=kind, **{**given, **fields})


def rated(good: bool | None = True, output: Any = "30 days from delivery.", **fields: Any) -> Row:
    answer = {True: "yes", False: "no", None: "yes"}[good]
    more = {"question": "resolved", "answers": {"resolved": answer}, "votes": {answer: 2}}
    return row("rated", output=output, good=good, **{**more, **fields})


def pair(winner: str = "left", **fields: Any) -> Row:
    more = {"left": "30 days from delivery.", "right": "We never refund.", "votes": {"left": 4, "right": 1}}
    return row("preference", winner=winner, **{**more, **fields})


def demonstration(output: Any = "30 days from delivery.", rejected: Any = None, **fields: Any) -> Row:
    why = "edited" if rejected is not None else "accepted"
    return row("demonstration", output=output, rejected=rejected, why=fields.pop("why", why), **fields)


def told(form: Format, rows: list[Row], split: Split = "train", **given: Any) -> tuple[list[dict], Written]:
    """The lines of a format of JSON lines, read back, and the tally."""
    data, written = sent(form, rows, split, **given)
    assert data.endswith(b"\n")
    return [json.loads(line) for line in data.decode().split("\n")[:-1]], written


def sent(form: Format, rows: list[Row], split: Split = "train", **given: Any) -> tuple[bytes, Written]:
    plan = form.plan(options.read(form, given), lambda: rows)
    written = Written()
    data = b"".join(lines.stream(form, plan, lambda: rows, split, written))
    assert written.items == len(rows) == written.written + written.dropped.total()
    return data, written


def world(texts: list[str], split: Split = "train") -> list[Row]:
    """Rows of every kind around each text, so that each format has lines. Groups differ by number."""
    made = []
    for n, text in enumerate(texts):
        asked = f"{split} {n}: {text}"
        end = max(1, len(text.rstrip()))
        made += [
            rated(True, text, input=asked, context=["A document.", text], split=split),
            rated(
                False,
                text,
                input=f"{asked}?",
                split=split,
                marks=(Mark(part="output", start=0, end=end, kind="invented"),),
            ),
            pair("left", input=f"{asked}!", left=text, right=f"not {text}", split=split),
            demonstration(text, f"rather {text}", input=f"{asked}…", split=split),
            demonstration(text, input=text, value="refund", split=split),
        ]
    return made


LINES = [form for form in formats() if form.encoding == "jsonl"]
