"""TRL: conversational rows for its trainers (TRL 1.16).

The explicit prompt is always written: DPO wants it, the reward trainer joins it to the answers, and of
implicit prompts that differ by a character TRL makes an empty one without a word.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import msgspec

from annotator.datasets.content import Row
from annotator.ways_out import messages, sides, tools
from annotator.ways_out.conflicts import Conflicts
from annotator.ways_out.model import (
    ASKED_AGAIN,
    COMPARED,
    EVERY,
    FEW_VOTES,
    OTHER_KIND,
    TOOL_CALLS,
    TOOLS_OFF,
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
TOOLS = Option(
    "tools",
    _("Take conversations with calls of tools too; every line then has a key “tools”"),
    False,
)
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
        return str(prompt[0]["content"])
    return "\n\n".join(f"{message['role']}: {message['content']}" for message in prompt)


def asked_and(row: Row, payloads: tuple[Any, ...], options: Options) -> list[messages.Messages] | Drop:
    """The prompt, then each payload as an answer. With calls of tools if the options take them."""
    calls = takes_calls(options)
    prompt = messages.asked(row, context=options["context"], calls=calls)
    if isinstance(prompt, Drop):
        return _told_to(prompt, options)
    found = [prompt]
    before = tools.how_many(prompt) if calls and tools.any_in(prompt) else 0
    for payload in payloads:
        answer = messages.answer(payload, calls=calls, before=before)
        if isinstance(answer, Drop):
            return _told_to(answer, options)
        found.append(answer)
    return found


def takes_calls(options: Options) -> bool:
    """Plain texts have no calls."""
    return bool(options.get("tools")) and not options.get("plain")


def _told_to(why: Drop, options: Options) -> Drop:
    return TOOLS_OFF if why is TOOL_CALLS and "tools" in options and not options.get("plain") else why


def right_answer(row: Row, options: Options) -> list[messages.Messages] | Drop:
    payload = sides.right(row, winners=options["winners"])
    return payload if isinstance(payload, Drop) else asked_and(row, (payload,), options)


def better_answer(row: Row, options: Options) -> list[messages.Messages] | Drop:
    ordered = sides.better(row)
    return ordered if isinstance(ordered, Drop) else asked_and(row, ordered, options)


def judged_answers(row: Row, options: Options) -> list[tuple[list[messages.Messages], bool]] | Drop:
    judged = sides.judged(row, both_bad=options["both_bad"])
    if isinstance(judged, Drop):
        return judged
    made: list[tuple[list[messages.Messages], bool]] = []
    for payload, good in judged:
        found = asked_and(row, (payload,), options)
        if isinstance(found, Drop):
            return found
        made.append((found, good))
    return made


def _completed(prompt: messages.Messages, answer: messages.Messages, plain: bool) -> Record:
    """A plain completion brings its own leading space: it is joined to the prompt as it is."""
    if plain:
        return {"prompt": one_text(prompt), "completion": f" {answer[0]['content']}"}
    return {"prompt": prompt, "completion": answer}


@dataclass(frozen=True)
class Tools:
    """What the option adds to a plan: calls with their arguments as objects, and the tools there were as JSON
    text, since `datasets` would make one type of all their schemas.

    `none` is the text where there were none: TRL reads `null` as no tools, while some templates have words for
    an empty list.
    """

    on: bool
    none: str = "null"

    def said(self, row: Row, records: list[Record]) -> list[Record]:
        if not self.on:
            return records
        known, _others = tools.offered(row.input)
        text = msgspec.json.encode(known).decode() if known else self.none
        return [{**{key: _objects(value) for key, value in one.items()}, "tools": text} for one in records]

    def plan(self, plan: Plan) -> Plan:
        if not self.on:
            return plan
        columns: dict[str, Column] = {
            name: "chat" if column == "messages" else column for name, column in plan.columns.items()
        }
        columns["tools"] = "text"
        return replace(plan, columns=columns, reading=_read_as(columns), first=_has_calls, tools=True)


_TYPES = {
    "chat": "List(Json())",
    "text": 'Value("string")',
    "bool": 'Value("bool")',
    "number": 'Value("float64")',
}


def _read_as(columns: Mapping[str, Column]) -> str:
    """`datasets` guesses types from the first ten megabytes and fails at a call that comes later."""
    types = ", ".join(f'"{name}": {_TYPES[column]}' for name, column in columns.items())
    return (
        "Say the types of the columns when you load the lines: `from datasets import Features, Json, List, Value` "
        f"and `load_dataset(…, features=Features({{{types}}}))`. `datasets` would guess them from the first lines, and "
        "break off where later ones differ."
    )


def _objects(value: Any) -> Any:
    return tools.as_objects(value) if isinstance(value, list) else value


def _has_calls(row: Row) -> bool:
    """Such rows come first: a reader that guesses from the first lines sees that messages differ."""
    payloads = (row.input, row.output, row.rejected, row.left, row.right)
    return any(messages.has_calls(payload) for payload in payloads)


def sft(options: Options, _rows: Rows, none: str = "null") -> Plan:
    more = Tools(takes_calls(options), none)

    def make(row: Row) -> Made:
        found = right_answer(row, options)
        return found if isinstance(found, Drop) else more.said(row, [{"messages": [*found[0], *found[1]]}])

    return more.plan(Plan(make, {"messages": "messages"}))


def prompt_completion(options: Options, _rows: Rows) -> Plan:
    more = Tools(takes_calls(options))

    def make(row: Row) -> Made:
        found = right_answer(row, options)
        if isinstance(found, Drop):
            return found
        return more.said(row, [_completed(found[0], found[1], options["plain"])])

    column: Column = "text" if options["plain"] else "messages"
    return more.plan(Plan(make, {"prompt": column, "completion": column}))


def prompts(options: Options, _rows: Rows) -> Plan:
    """Each prompt once: one input was rated, compared and answered, and each of that is a row."""
    more = Tools(takes_calls(options))
    known: set[bytes] = set()

    def make(row: Row) -> Made:
        found = asked_and(row, (), options)
        if isinstance(found, Drop):
            return found
        made = more.said(row, [{"prompt": found[0]}])
        name = blake2b(msgspec.json.encode(made), digest_size=12).digest()
        if name in known:
            return ASKED_AGAIN
        known.add(name)
        return made

    return more.plan(Plan(make, {"prompt": "messages"}))


def preference(options: Options, rows: Rows) -> Plan:
    plain, voted = options["plain"], options.get("voted", False)
    margin, said = margins(options, rows)
    more = Tools(takes_calls(options))

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
        return more.said(row, [record])

    column: Column = "text" if plain else "messages"
    columns: dict[str, Column] = {"prompt": column, "chosen": column, "rejected": column}
    if margin is not None:
        columns["margin"] = "number"
    return more.plan(Plan(make, columns, notes=said))


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
    more = Tools(takes_calls(options))

    def make(row: Row) -> Made:
        judged = judged_answers(row, options)
        if isinstance(judged, Drop):
            return judged
        plain = options["plain"]
        return more.said(
            row, [{**_completed(found[0], found[1], plain), "label": good} for found, good in judged]
        )

    column: Column = "text" if options["plain"] else "messages"
    keys = ("prompt", "completion", *(["tools"] if more.on else []))
    plan = Plan(
        make,
        {"prompt": column, "completion": column, "label": "bool"},
        keep=without_conflicts(make, rows, keys, "label"),
        classes=lambda record: "true" if record["label"] else "false",
        notes=(WEIGHTS,),
    )
    return more.plan(plan)


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
    options=(WINNERS, CONTEXT, TOOLS),
    how_to_load=LOAD,
    twice=takes_calls,
)
PROMPT_COMPLETION = Format(
    key="trl-prompt-completion",
    title=_("TRL prompt and completion"),
    words=_("The same, split before the answer: training is on the answer only."),
    takes=EVERY,
    encoding="jsonl",
    plan=prompt_completion,
    options=(WINNERS, CONTEXT, PLAIN, TOOLS),
    how_to_load=LOAD,
    twice=takes_calls,
)
PREFERENCE = Format(
    key="trl-preference",
    title=_("TRL preference (DPO)"),
    words=_("Two answers to one prompt, the better one and the other."),
    takes=COMPARED,
    encoding="jsonl",
    plan=preference,
    options=(CONTEXT, PLAIN, TOOLS),
    how_to_load=LOAD,
    twice=takes_calls,
)
REWARD = Format(
    key="trl-reward",
    title=_("TRL reward model"),
    words=_("The same with a margin from the votes, where every pair has enough of them."),
    takes=COMPARED,
    encoding="jsonl",
    plan=preference,
    options=(MARGIN, VOTED, CONTEXT, PLAIN, TOOLS),
    how_to_load=LOAD,
    twice=lambda options: (options["margin"] != "none" and not options["voted"]) or takes_calls(options),
)
KTO = Format(
    key="trl-kto",
    title=_("TRL KTO (unpaired preference)"),
    words=_("Single answers, each desirable or not."),
    takes=EVERY,
    encoding="jsonl",
    plan=kto,
    options=(BOTH_BAD, CONTEXT, PLAIN, TOOLS),
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
    options=(CONTEXT, TOOLS),
    how_to_load=LOAD,
    twice=takes_calls,
)
FORMATS = (SFT, PROMPT_COMPLETION, PREFERENCE, REWARD, KTO, PROMPTS)
