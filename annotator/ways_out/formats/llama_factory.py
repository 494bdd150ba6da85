"""LLaMA-Factory, `formatting: sharegpt`, with the `dataset_info.json` that names the files.

What does not fit becomes an empty row there, with a line in its log at most. So turns alternate here, the
answers of a preference are objects, and the tag of KTO is a JSON boolean.
"""

from collections.abc import Mapping

import msgspec

from annotator.datasets.content import Row, Split
from annotator.ways_out import messages
from annotator.ways_out.formats import trl
from annotator.ways_out.model import COMPARED, EVERY, NOT_ALTERNATING, Drop, Format, Made, Options, Plan, Rows
from annotator.ways_out.words import gettext_noop as _

_FROM = {"system": "system", "user": "human", "assistant": "gpt"}
Turn = dict[str, str]
LOAD = (
    "Put this folder's path into `dataset_dir` and a name from `dataset_info.json` into `dataset` "
    "(such as `genba_train`)."
)


def turns(whole: messages.Messages) -> list[Turn] | Drop:
    """human, gpt, human, … after a system's text, if any."""
    spoken = whole[1:] if whole[0]["role"] == "system" else whole
    for at, message in enumerate(spoken):
        if message["role"] != ("assistant" if at % 2 else "user"):
            return NOT_ALTERNATING
    return [_turn(message) for message in whole]


def _turn(message: messages.Message) -> Turn:
    return {"from": _FROM[message["role"]], "value": message["content"]}


def sft(options: Options, _rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        found = trl.right_answer(row, options)
        if isinstance(found, Drop):
            return found
        said = turns([*found[0], *found[1]])
        return said if isinstance(said, Drop) else [{"conversations": said}]

    return Plan(make, {"conversations": "object"})


def preference(options: Options, _rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        found = trl.better_answer(row, options)
        if isinstance(found, Drop):
            return found
        said = turns(found[0])
        if isinstance(said, Drop):
            return said
        return [{"conversations": said, "chosen": _turn(found[1][0]), "rejected": _turn(found[2][0])}]

    return Plan(make, {"conversations": "object", "chosen": "object", "rejected": "object"})


def kto(options: Options, rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        judged = trl.judged_answers(row, options)
        if isinstance(judged, Drop):
            return judged
        said = [(turns([*found[0], *found[1]]), good) for found, good in judged]
        if isinstance(first := said[0][0], Drop):  # the prompt's turns are the same in each
            return first
        return [{"conversations": whole, "kto_tag": good} for whole, good in said]

    return Plan(
        make,
        {"conversations": "object", "kto_tag": "bool"},
        keep=trl.without_conflicts(make, rows, ("conversations",), "kto_tag"),
        classes=lambda record: "true" if record["kto_tag"] else "false",
        notes=(trl.WEIGHTS,),
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
