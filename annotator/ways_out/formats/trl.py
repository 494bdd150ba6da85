"""TRL: conversational rows for its trainers (TRL 1.16).

The explicit prompt is always written: DPO wants it, the reward trainer joins it to the answers, and of
implicit prompts that differ by a character TRL makes an empty one without a word.
"""

from typing import Any

from annotator.datasets.content import Row
from annotator.ways_out import messages, sides
from annotator.ways_out.conflicts import Conflicts
from annotator.ways_out.model import (
    COMPARED,
    EVERY,
    FEW_VOTES,
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

CONTEXT = Option("context", _("Put the context before the prompt, as a system message"), False)
PLAIN = Option("plain", _("Plain texts instead of messages"), False)
WINNERS = Option("winners", _("Take the winners of A/B pairs too"), False)
BOTH_BAD = Option("both_bad", _("Take both answers of a pair as bad where both were"), False)
MARGIN = Option(
    "margin",
    _("How far ahead the better answer is, by its votes"),
    "log_odds",
    {
        "log_odds": _("log odds, in units of reward"),
        "share": _("share of votes, from 0 to 1"),
        "none": _("no margin"),
    },
)
VOTED = Option("voted", _("Leave rows out that have too few votes for a margin"), False)
LOAD = (
    '```python\nfrom datasets import load_dataset\n\nrows = load_dataset("json", data_files="{file}", '
    'split="train")\n```'
)
MARGINS = {"log_odds": sides.log_odds_margin, "share": sides.share_margin}
ENOUGH_VOTES = 2  # for either side: with fewer, a margin says nothing


def one_text(prompt: messages.Messages) -> str:
    """One message is its text; several have their roles before them."""
    if len(prompt) == 1:
        return prompt[0]["content"]
    return "\n\n".join(f"{message['role']}: {message['content']}" for message in prompt)


def asked_and(row: Row, payloads: tuple[Any, ...], context: bool) -> list[messages.Messages] | Drop:
    """The prompt, then each payload as an answer."""
    prompt = messages.asked(row, context=context)
    if isinstance(prompt, Drop):
        return prompt
    found = [prompt]
    for payload in payloads:
        answer = messages.answer(payload)
        if isinstance(answer, Drop):
            return answer
        found.append(answer)
    return found


def right_answer(row: Row, options: Options) -> list[messages.Messages] | Drop:
    payload = sides.right(row, winners=options["winners"])
    return payload if isinstance(payload, Drop) else asked_and(row, (payload,), options["context"])


def better_answer(row: Row, options: Options) -> list[messages.Messages] | Drop:
    ordered = sides.better(row)
    return ordered if isinstance(ordered, Drop) else asked_and(row, ordered, options["context"])


def judged_answers(row: Row, options: Options) -> list[tuple[list[messages.Messages], bool]] | Drop:
    judged = sides.judged(row, both_bad=options["both_bad"])
    if isinstance(judged, Drop):
        return judged
    made: list[tuple[list[messages.Messages], bool]] = []
    for payload, good in judged:
        found = asked_and(row, (payload,), options["context"])
        if isinstance(found, Drop):
            return found
        made.append((found, good))
    return made


def _completed(prompt: messages.Messages, answer: messages.Messages, plain: bool) -> Record:
    """A plain completion brings its own leading space: it is joined to the prompt as it is."""
    if plain:
        return {"prompt": one_text(prompt), "completion": f" {answer[0]['content']}"}
    return {"prompt": prompt, "completion": answer}


def sft(options: Options, _rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        found = right_answer(row, options)
        return found if isinstance(found, Drop) else [{"messages": [*found[0], *found[1]]}]

    return Plan(make, {"messages": "messages"})


def prompt_completion(options: Options, _rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        found = right_answer(row, options)
        return found if isinstance(found, Drop) else [_completed(found[0], found[1], options["plain"])]

    column: Column = "text" if options["plain"] else "messages"
    return Plan(make, {"prompt": column, "completion": column})


def prompts(options: Options, _rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        found = messages.asked(row, context=options["context"])
        return found if isinstance(found, Drop) else [{"prompt": found}]

    return Plan(make, {"prompt": "messages"})


def preference(options: Options, rows: Rows) -> Plan:
    plain, voted = options["plain"], options.get("voted", False)
    margin, said = margins(options, rows)

    def make(row: Row) -> Made:
        if voted and not enough_votes(row):
            return FEW_VOTES
        found = better_answer(row, options)
        if isinstance(found, Drop):
            return found
        record: Record = {"prompt": found[0], "chosen": found[1], "rejected": found[2]}
        if plain:
            record = {"prompt": one_text(found[0])}
            record |= {"chosen": f" {found[1][0]['content']}", "rejected": f" {found[2][0]['content']}"}
        if margin is not None:
            record["margin"] = margin(*sides.decided(row))
        return [record]

    column: Column = "text" if plain else "messages"
    columns: dict[str, Column] = {"prompt": column, "chosen": column, "rejected": column}
    return Plan(make, {**columns, "margin": "number"} if margin is not None else columns, notes=said)


def enough_votes(row: Row) -> bool:
    return row.kind == "preference" and sides.decided(row)[1] >= ENOUGH_VOTES


def margins(options: Options, rows: Rows) -> tuple[Any, tuple[str, ...]]:
    """The formula and what to say of it; no formula unless every row that is written has the votes.

    A trainer looks at the first row of a batch only, so that it is all rows or none.
    """
    wanted = options.get("margin", "none")
    if wanted == "none":
        return None, ()
    short = 0
    for row in () if options.get("voted") else rows():
        if row.kind in PREFERENCE.takes and not isinstance(better_answer(row, options), Drop):
            short += not enough_votes(row)
    if short:
        return None, (f"No margin: {short} rows have fewer than {ENOUGH_VOTES} votes for either side.",)
    formula = {"log_odds": "ln((k+0.5)/(m-k+0.5))", "share": "2k/m-1"}[wanted]
    return MARGINS[wanted], (f"margin = {formula}, with k of m votes for the chosen answer.",)


def kto(options: Options, rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        judged = judged_answers(row, options)
        if isinstance(judged, Drop):
            return judged
        plain = options["plain"]
        return [{**_completed(found[0], found[1], plain), "label": good} for found, good in judged]

    column: Column = "text" if options["plain"] else "messages"
    return Plan(
        make,
        {"prompt": column, "completion": column, "label": "bool"},
        keep=without_conflicts(make, rows, ("prompt", "completion"), "label"),
        classes=lambda record: "true" if record["label"] else "false",
        notes=(WEIGHTS,),
    )


WEIGHTS = "Weigh the two sides by the counts of true and false under “classes”."


def without_conflicts(make: Any, rows: Rows, keys: tuple[str, ...], label: str) -> Any:
    """`keep` of a plan: reads all rows once."""
    conflicts = Conflicts(keys, label)
    for row in rows():
        made = make(row) if row.kind in KTO.takes else OTHER_KIND
        if not isinstance(made, Drop):
            for record in made:
                conflicts.see(record)
    return conflicts.clean


SFT = Format(
    key="trl-sft",
    title=_("TRL supervised fine-tuning"),
    words=_("Conversations that end with an answer worth imitating."),
    takes=EVERY,
    encoding="jsonl",
    plan=sft,
    options=(WINNERS, CONTEXT),
    how_to_load=LOAD,
)
PROMPT_COMPLETION = Format(
    key="trl-prompt-completion",
    title=_("TRL prompt and completion"),
    words=_("The same, split before the answer: training is on the answer only."),
    takes=EVERY,
    encoding="jsonl",
    plan=prompt_completion,
    options=(WINNERS, CONTEXT, PLAIN),
    how_to_load=LOAD,
)
PREFERENCE = Format(
    key="trl-preference",
    title=_("TRL preference (DPO)"),
    words=_("Two answers to one prompt, the better one and the other."),
    takes=COMPARED,
    encoding="jsonl",
    plan=preference,
    options=(CONTEXT, PLAIN),
    how_to_load=LOAD,
)
REWARD = Format(
    key="trl-reward",
    title=_("TRL reward model"),
    words=_("The same with a margin from the votes, where every pair has enough of them."),
    takes=COMPARED,
    encoding="jsonl",
    plan=preference,
    options=(MARGIN, VOTED, CONTEXT, PLAIN),
    how_to_load=LOAD,
    twice=lambda options: options["margin"] != "none" and not options["voted"],
)
KTO = Format(
    key="trl-kto",
    title=_("TRL KTO (unpaired preference)"),
    words=_("Single answers, each desirable or not."),
    takes=EVERY,
    encoding="jsonl",
    plan=kto,
    options=(BOTH_BAD, CONTEXT, PLAIN),
    how_to_load=LOAD,
    twice=lambda _options: True,
)
PROMPTS = Format(
    key="trl-prompts",
    title=_("TRL prompts only"),
    words=_("What was asked, without answers (GRPO, RLOO)."),
    takes=EVERY,
    encoding="jsonl",
    plan=prompts,
    options=(CONTEXT,),
    how_to_load=LOAD,
)
FORMATS = (SFT, PROMPT_COMPLETION, PREFERENCE, REWARD, KTO, PROMPTS)
