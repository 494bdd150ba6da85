"""Axolotl: rows and the part of its YAML that reads them.

Its SFT and DPO strategies read TRL's rows as they are. KTO has plain texts only, and the reward model one turn;
both look for `system`, which is there on every line for that. Of an empty one the reward model's strategy
makes a turn all the same (0.19), so that the YAML has it dropped where no row has another.
"""

from collections.abc import Mapping
from dataclasses import replace

from annotator.datasets.content import Row, Split
from annotator.ways_out import messages
from annotator.ways_out.formats import trl
from annotator.ways_out.model import COMPARED, EVERY, NOT_SINGLE, Drop, Format, Made, Options, Plan, Rows
from annotator.ways_out.words import gettext_noop as _

LOAD = "Copy `axolotl.yaml` into your configuration; the paths in it are relative to where you start Axolotl."


def _single(prompt: messages.Messages) -> tuple[str, str] | Drop:
    """(system's text or nothing, the one question)."""
    if len(prompt) == 1 and prompt[0]["role"] == "user":
        return "", prompt[0]["content"]
    if len(prompt) == 2 and [message["role"] for message in prompt] == ["system", "user"]:
        return prompt[0]["content"], prompt[1]["content"]
    return NOT_SINGLE


def sft(options: Options, rows: Rows) -> Plan:
    """TRL's rows; Axolotl reads no tools as an empty list only, and loads lines without being told their types."""
    return replace(trl.sft(options, rows, none="[]"), reading="")


def reward(options: Options, _rows: Rows) -> Plan:
    seen: set[str] = set()

    def make(row: Row) -> Made:
        found = trl.better_answer(row, options)
        if isinstance(found, Drop):
            return found
        asked = _single(found[0])
        if isinstance(asked, Drop):
            return asked
        if asked[0]:
            seen.add(SYSTEM)
        record = dict(zip(("system", "input"), asked, strict=True))
        return [{**record, "chosen": found[1][0]["content"], "rejected": found[2][0]["content"]}]

    return Plan(
        make,
        {"system": "text", "input": "text", "chosen": "text", "rejected": "text"},
        notes=("If some rows have a system text, Axolotl puts an empty one before the others.",),
        seen=seen,
    )


def kto(options: Options, rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        judged = trl.judged_answers(row, options)
        if isinstance(judged, Drop):
            return judged
        asked = _single(judged[0][0][0])
        if isinstance(asked, Drop):
            return asked
        record = dict(zip(("system", "prompt"), asked, strict=True))
        return [{**record, "completion": found[1][0]["content"], "label": good} for found, good in judged]

    return Plan(
        make,
        {"system": "text", "prompt": "text", "completion": "text", "label": "bool"},
        keep=trl.without_conflicts(make, rows, ("system", "prompt", "completion"), "label"),
        classes=lambda record: "true" if record["label"] else "false",
        notes=(trl.WEIGHTS,),
    )


SYSTEM, NO_SYSTEM = "system", ", drop_system_message: true"
_SNIPPETS = {
    "sft": ("chat_template: tokenizer_default\n", "type: chat_template"),
    "dpo": (
        "rl: dpo\nchat_template: tokenizer_default\n",
        "type: chat_template.default, field_messages: prompt",
    ),
    "kto": ("rl: kto\n", "type: chatml.prompt_pairs"),
    "reward": (
        "reward_model: true\nchat_template: tokenizer_default\n",
        "type: bradley_terry.chat_template",
    ),
}


def _snippet(kind: str, files: Mapping[Split, str], more: str = "") -> dict[str, str]:
    """Held-out files go under `test_datasets`."""
    before, reads = _SNIPPETS[kind]
    reads += more
    text = before
    for heading, splits in (("datasets", ("train",)), ("test_datasets", ("dev", "test"))):
        found = [name for split, name in files.items() if split in splits]
        if found:
            lines = [f"  - {{path: {name}, ds_type: json, split: train, {reads}}}\n" for name in found]
            text += f"{heading}:\n{''.join(lines)}"
    return {"axolotl.yaml": text}


FORMATS = (
    Format(
        key="axolotl-sft",
        title=_("Axolotl supervised fine-tuning"),
        words=_("Conversations that end with an answer worth imitating, with the YAML that reads them."),
        takes=EVERY,
        encoding="jsonl",
        plan=sft,
        options=(trl.WINNERS, trl.CONTEXT, trl.TOOLS),
        how_to_load=LOAD,
        twice=trl.takes_calls,
        extras=lambda _plan, _options, files: _snippet("sft", files),
    ),
    Format(
        key="axolotl-dpo",
        title=_("Axolotl preference (DPO)"),
        words=_("Two answers to one conversation, with the YAML that reads them."),
        takes=COMPARED,
        encoding="jsonl",
        plan=lambda options, rows: trl.preference({**options, "plain": False}, rows),
        options=(trl.CONTEXT,),
        how_to_load=LOAD,
        extras=lambda _plan, _options, files: _snippet("dpo", files),
    ),
    Format(
        key="axolotl-kto",
        title=_("Axolotl KTO"),
        words=_("Single answers to one question, each desirable or not, with the YAML that reads them."),
        takes=EVERY,
        encoding="jsonl",
        plan=kto,
        options=(trl.BOTH_BAD, trl.CONTEXT),
        how_to_load=LOAD,
        twice=lambda _options: True,
        extras=lambda _plan, _options, files: _snippet("kto", files),
    ),
    Format(
        key="axolotl-reward",
        title=_("Axolotl reward model"),
        words=_("Two answers to one question, with the YAML that reads them."),
        takes=COMPARED,
        encoding="jsonl",
        plan=reward,
        options=(trl.CONTEXT,),
        how_to_load=LOAD,
        extras=lambda plan, _options, files: _snippet(
            "reward", files, "" if SYSTEM in plan.seen else NO_SYSTEM
        ),
    ),
)
