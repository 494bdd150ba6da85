"""Inspect (UK AISI): samples with a target, or a choice between yes and no.

Inspect takes a target that is no letter, a missing one and an id twice without a word, and reads no gzip.
"""

from annotator.datasets.content import Row
from annotator.ways_out import messages, tools
from annotator.ways_out.formats import trl
from annotator.ways_out.model import (
    EMPTY,
    JUDGED,
    NO_LABEL,
    TOOL_ANSWER,
    Column,
    Drop,
    Format,
    Made,
    Option,
    Options,
    Plan,
    Rows,
)
from annotator.ways_out.words import gettext_noop as _

CHOICES = ["yes", "no"]
ASKS = Option("asks", _("What the model is asked about an answer"), "Is this answer good?")
LOAD = '```python\nfrom inspect_ai.dataset import json_dataset\n\ndataset = json_dataset("{file}")\n```'


def samples(options: Options, _rows: Rows) -> Plan:
    reads = {**options, "tools": True}

    def make(row: Row) -> Made:
        found = trl.right_answer(row, reads)
        if isinstance(found, Drop):
            return found
        asked, answer = found
        if tools.how_many(answer):
            return TOOL_ANSWER
        given = [_message(message) for message in asked]
        return [{"id": row.key, "input": given, "target": answer[0]["content"], "metadata": _said(row)}]

    return Plan(make, {"id": "text", "input": "object", "target": "text", "metadata": "object"})


def _message(message: tools.Message) -> tools.Message:
    """Inspect's own shape: a call has the function's name and its arguments as an object."""
    if message["role"] == "tool":
        name = {"tool_call_id": message["tool_call_id"], "function": message["name"]}
        return {"role": "tool", "content": message["content"], **name}
    calls = [
        {
            "id": call["id"],
            "function": call["function"]["name"],
            "arguments": tools.arguments_of(call),
            "type": "function",
        }
        for call in message.get("tool_calls", ())
    ]
    said = {"role": message["role"], "content": message["content"]}
    return {**said, "tool_calls": calls} if calls else said


def choices(options: Options, _rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        given, output = messages.as_text(row.input), messages.as_text(row.output)
        if not given.strip() or not output.strip():
            return EMPTY
        answer = row.answers.get(row.question, "")
        if answer not in CHOICES:
            return NO_LABEL
        text = f"{options['asks']}\n\nInput:\n{given}\n\nAnswer:\n{output}"
        letter = "AB"[CHOICES.index(answer)]
        return [{"id": row.key, "input": text, "choices": CHOICES, "target": letter, "metadata": _said(row)}]

    columns: dict[str, Column] = {
        "id": "text",
        "input": "text",
        "choices": "texts",
        "target": "text",
        "metadata": "object",
    }
    return Plan(make, columns, classes=lambda record: CHOICES["AB".index(record["target"])])


def _said(row: Row) -> dict[str, str | int]:
    """Of the people; the same keys and types on every line."""
    return {
        "question": row.question,
        "label": row.answers.get(row.question, ""),
        "n_labels": sum(row.votes.values()),
    }


FORMATS = (
    Format(
        key="inspect",
        title=_("Inspect samples"),
        words=_("Inputs with the right answer as target."),
        takes=JUDGED,
        encoding="jsonl",
        plan=lambda options, rows: samples({**options, "winners": False}, rows),
        options=(trl.CONTEXT,),
        how_to_load=LOAD,
        trains=False,
    ),
    Format(
        key="inspect-choices",
        title=_("Inspect yes or no"),
        words=_("Answers and what people said of the first question, to see how well a model judges."),
        takes=frozenset({"rated"}),
        encoding="jsonl",
        plan=choices,
        options=(ASKS,),
        how_to_load=LOAD,
        trains=False,
    ),
)
