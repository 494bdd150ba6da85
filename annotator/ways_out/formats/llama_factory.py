"""LLaMA-Factory, `formatting: sharegpt`, with the `dataset_info.json` that names the files.

What does not fit becomes an empty row there, with a line in its log at most. So turns alternate here, the
answers of a preference are objects, and the tag of KTO is a JSON boolean.
"""

from collections.abc import Mapping

import msgspec

from annotator.datasets.content import Row, Split
from annotator.ways_out import messages, tools
from annotator.ways_out.formats import trl
from annotator.ways_out.model import (
    COMPARED,
    EVERY,
    NOT_ALTERNATING,
    SEVERAL,
    TAGGED,
    Column,
    Drop,
    Format,
    Made,
    Options,
    Plan,
    Record,
    Rows,
)
from annotator.ways_out.words import gettext_noop as _

_FROM = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}
Turn = dict[str, str]
TAGS = ("<tool_call>", "</tool_call>")
LOAD = (
    "Put this folder's path into `dataset_dir` and a name from `dataset_info.json` into `dataset` "
    "(such as `genba_train`)."
)


def turns(whole: messages.Messages) -> list[Turn] | Drop:
    """human, gpt, human, … after a system's text, if any; a tool's answer stands where the human would."""
    spoken = whole[1:] if whole[0]["role"] == "system" else whole
    for at, message in enumerate(spoken):
        if (message["role"] == "assistant") != bool(at % 2):
            return NOT_ALTERNATING
    said: list[Turn] = []
    for message in whole:
        turn = _turn(message)
        if turn is None:
            return TAGGED
        said.append(turn)
    return said


def _turn(message: messages.Message) -> Turn | None:
    """Of words before a call the tags tell the reader which are which; None if the words have the tags too."""
    text = message["content"]
    if not (calls := message.get("tool_calls")):
        return {"from": _FROM[message["role"]], "value": text}
    said = [{"name": call["function"]["name"], "arguments": tools.arguments_of(call)} for call in calls]
    # No "<": within arguments its pattern would find tags of calls and of thoughts.
    value = msgspec.json.encode(said[0] if len(said) == 1 else said).decode().replace("<", "\\u003c")
    if any(tag in text for tag in TAGS):
        return None
    return {"from": "function_call", "value": f"{text}{TAGS[0]}{value}{TAGS[1]}" if text.strip() else value}


def _tools(row: Row) -> dict[str, str]:
    """On every line; empty where there were none."""
    known, _others = tools.offered(row.input)
    functions = [tool["function"] for tool in known]
    return {"tools": msgspec.json.encode(functions).decode() if functions else ""}


def sft(options: Options, _rows: Rows) -> Plan:
    reads = {**options, "tools": True}

    def make(row: Row) -> Made:
        found = trl.right_answer(row, reads)
        if isinstance(found, Drop):
            return found
        said = turns([*found[0], *found[1]])
        return said if isinstance(said, Drop) else [{"conversations": said, **_tools(row)}]

    return Plan(make, {"conversations": "object", "tools": "text"}, tools=True)


def preference(options: Options, _rows: Rows) -> Plan:
    reads = {**options, "tools": True}

    def make(row: Row) -> Made:
        found = trl.better_answer(row, reads)
        if isinstance(found, Drop):
            return found
        said = turns(found[0])
        if isinstance(said, Drop):
            return said
        if any(len(answer) > 1 for answer in found[1:]):
            return SEVERAL
        chosen, rejected = (_turn(answer[0]) for answer in found[1:])
        if chosen is None or rejected is None:
            return TAGGED
        return [{"conversations": said, "chosen": chosen, "rejected": rejected, **_tools(row)}]

    columns: dict[str, Column] = dict.fromkeys(("conversations", "chosen", "rejected"), "object")
    return Plan(make, {**columns, "tools": "text"}, tools=True)


def kto(options: Options, rows: Rows) -> Plan:
    reads = {**options, "tools": True}

    def make(row: Row) -> Made:
        judged = trl.judged_answers(row, reads)
        if isinstance(judged, Drop):
            return judged
        lines: list[Record] = []
        for found, good in judged:
            said = turns([*found[0], *found[1]])
            if isinstance(said, Drop):
                return said
            lines.append({"conversations": said, "kto_tag": good, **_tools(row)})
        return lines

    return Plan(
        make,
        {"conversations": "object", "kto_tag": "bool", "tools": "text"},
        keep=trl.without_conflicts(make, rows, ("conversations", "tools"), "kto_tag"),
        classes=lambda record: "true" if record["kto_tag"] else "false",
        notes=(trl.WEIGHTS,),
        tools=True,
    )


def _info(plan: Plan, _options: Options, files: Mapping[Split, str]) -> dict[str, str]:
    """Of each file by its split. No `tags`: with some of them and no `system_tag`, a system's text is an error."""
    columns = {"messages": "conversations"}
    columns |= {key: key for key in plan.columns if key != "conversations"}
    ranking = {"ranking": True} if "chosen" in plan.columns else {}
    told = {
        f"genba_{split}": {"file_name": name, "formatting": "sharegpt", **ranking, "columns": columns}
        for split, name in files.items()
    }
    return {"dataset_info.json": msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"}


FORMATS = (
    Format(
        key="llama-factory-sft",
        title=_("LLaMA-Factory supervised fine-tuning"),
        words=_("Conversations that end with an answer worth imitating, with dataset_info.json."),
        takes=EVERY,
        encoding="jsonl",
        plan=sft,
        options=(trl.WINNERS, trl.CONTEXT),
        how_to_load=LOAD,
        extras=_info,
    ),
    Format(
        key="llama-factory-preference",
        title=_("LLaMA-Factory preference"),
        words=_("Two answers to one conversation, with dataset_info.json."),
        takes=COMPARED,
        encoding="jsonl",
        plan=preference,
        options=(trl.CONTEXT,),
        how_to_load=LOAD,
        extras=_info,
    ),
    Format(
        key="llama-factory-kto",
        title=_("LLaMA-Factory KTO"),
        words=_("Single answers, each desirable or not, with dataset_info.json."),
        takes=EVERY,
        encoding="jsonl",
        plan=kto,
        options=(trl.BOTH_BAD, trl.CONTEXT),
        how_to_load=LOAD,
        twice=lambda _options: True,
        extras=_info,
    ),
)
