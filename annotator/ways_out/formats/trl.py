"""TRL: conversational rows for its trainers (TRL 1.16; Axolotl reads most of them too).

The explicit prompt is always written: DPO wants it, the reward trainer joins it to the answers, and of
implicit prompts that differ by a character TRL makes an empty one without a word.
"""

from annotator.datasets.content import Row
from annotator.ways_out import messages, sides
from annotator.ways_out.conflicts import Conflicts
from annotator.ways_out.model import (
    OTHER_KIND,
    Column,
    Drop,
    Format,
    Made,
    Option,
    Options,
    Plan,
    Record,
    Rows,
)
from annotator.ways_out.words import gettext_noop as _

CONTEXT = Option(
    "context",
    _("Write what the model was given (its context) before the prompt, as the system's words"),
    False,
)
PLAIN = Option("plain", _("Plain texts in the place of messages"), False)
WINNERS = Option("winners", _("Take the winners of A/B pairs too"), False)
BOTH_BAD = Option("both_bad", _("Write both answers of a pair that was “both bad” as undesirable"), False)
MARGIN = Option(
    "margin",
    _("How far the chosen answer should be ahead, from the votes"),
    "log_odds",
    {
        "log_odds": _("Log odds of the votes, in units of reward"),
        "share": _("Share of the votes, from 0 to 1"),
        "none": _("No margin"),
    },
)
LOAD = '```python\nfrom datasets import load_dataset\nrows = load_dataset("json", data_files="{file}", split="train")\n```'


def plain_prompt(prompt: messages.Messages) -> str:
    """One message is its text; several have their roles before them."""
    if len(prompt) == 1:
        return prompt[0]["content"]
    return "\n\n".join(f"{message['role']}: {message['content']}" for message in prompt)


def _asked_and_answered(
    row: Row, payload: object, context: bool
) -> tuple[messages.Messages, messages.Messages] | Drop:
    prompt = messages.asked(row, context=context)
    if isinstance(prompt, Drop):
        return prompt
    answer = messages.answer(payload)
    return answer if isinstance(answer, Drop) else (prompt, answer)


def _completion(prompt: messages.Messages, answer: messages.Messages, plain: bool) -> Record:
    """A plain completion brings its own leading space: it is joined to the prompt as it is."""
    if plain:
        return {"prompt": plain_prompt(prompt), "completion": f" {answer[0]['content']}"}
    return {"prompt": prompt, "completion": answer}


def sft(options: Options, _rows: Rows) -> Plan:
    winners, context = options["winners"], options["context"]

    def make(row: Row) -> Made:
        payload = sides.right(row, winners=winners)
        if isinstance(payload, Drop):
            return payload
        found = _asked_and_answered(row, payload, context)
        return found if isinstance(found, Drop) else [{"messages": [*found[0], *found[1]]}]

    return Plan(make, {"messages": "messages"})


def prompt_completion(options: Options, _rows: Rows) -> Plan:
    winners, context, plain = options["winners"], options["context"], options["plain"]

    def make(row: Row) -> Made:
        payload = sides.right(row, winners=winners)
        if isinstance(payload, Drop):
            return payload
        found = _asked_and_answered(row, payload, context)
        return found if isinstance(found, Drop) else [_completion(*found, plain)]

    column: Column = "text" if plain else "messages"
    return Plan(make, {"prompt": column, "completion": column})


def kto(options: Options, rows: Rows) -> Plan:
    both_bad, context, plain = options["both_bad"], options["context"], options["plain"]
    conflicts = Conflicts(("prompt", "completion"), "label")

    def make(row: Row) -> Made:
        judged = sides.judged(row, both_bad=both_bad)
        if isinstance(judged, Drop):
            return judged
        made: list[Record] = []
        for payload, good in judged:
            found = _asked_and_answered(row, payload, context)
            if isinstance(found, Drop):
                return found
            made.append({**_completion(*found, plain), "label": good})
        return made

    for row in rows():
        made = make(row) if row.kind in KTO.takes else OTHER_KIND
        if not isinstance(made, Drop):
            for record in made:
                conflicts.see(record)
    column: Column = "text" if plain else "messages"
    return Plan(
        make,
        {"prompt": column, "completion": column, "label": "bool"},
        keep=conflicts.clean,
        classes=lambda record: "true" if record["label"] else "false",
        notes=(
            "Weigh the two sides by the counts of true and false: TRL's desirable_weight and undesirable_weight.",
        ),
    )


SFT = Format(
    key="trl-sft",
    title=_("TRL supervised fine-tuning"),
    words=_("Conversations that end with an answer worth imitating."),
    takes=frozenset({"rated", "preference", "demonstration"}),
    encoding="jsonl",
    plan=sft,
    options=(WINNERS, CONTEXT),
    how_to_load=LOAD,
)
KTO = Format(
    key="trl-kto",
    title=_("TRL KTO (unpaired preference)"),
    words=_("Single answers, each desirable or not."),
    takes=frozenset({"rated", "preference", "demonstration"}),
    encoding="jsonl",
    plan=kto,
    options=(BOTH_BAD, CONTEXT, PLAIN),
    how_to_load=LOAD,
    twice=lambda _options: True,
)
FORMATS = (SFT, KTO)
