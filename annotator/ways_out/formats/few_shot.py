"""Examples to put into a prompt. Never a row of a held-out split: what is measured must not be shown."""

from collections import Counter

from annotator.datasets.content import Row
from annotator.ways_out import messages
from annotator.ways_out.model import (
    DELIMITER,
    EMPTY,
    JUDGED,
    OVER_MOST,
    REPEATED,
    Drop,
    Format,
    Made,
    Option,
    Options,
    Plan,
    Record,
    Rows,
)
from annotator.ways_out.sides import right
from annotator.ways_out.words import gettext_noop as _

MOST = Option("most", _("Examples at most"), 20, least=1, most=1000)
EACH = Option("most_per_class", _("Of each class at most (0: no limit)"), 0, least=0, most=1000)
TAGS = ("<example>", "</example>", "<input>", "</input>", "<output>", "</output>")


def pair(row: Row) -> tuple[str, str] | Drop:
    """(what came in, what should go out): a class where one is known, else the right answer."""
    if row.value:  # of a rated row the output's class, as a failure mode is
        given = row.output if row.kind == "rated" else row.input
        found = (messages.as_text(given), row.value)
    else:
        payload = right(row, winners=False)
        if isinstance(payload, Drop):
            return payload
        found = (messages.as_text(row.input), messages.as_text(payload))
    return found if found[0].strip() and found[1].strip() else EMPTY


def examples(options: Options, *, text: bool) -> Plan:
    taken: Counter[str] = Counter()
    shown: set[tuple[str, str]] = set()  # as many as there are examples

    def make(row: Row) -> Made:
        found = pair(row)
        if isinstance(found, Drop):
            return found
        if text and any(tag in side for tag in TAGS for side in found):
            return DELIMITER
        full = options["most_per_class"] and row.value and taken[row.value] >= options["most_per_class"]
        if full or taken.total() >= options["most"]:
            return OVER_MOST
        if found in shown:
            return REPEATED
        shown.add(found)
        taken[row.value] += 1
        return [_as_text(*found) if text else {"input": found[0], "output": found[1]}]

    return Plan(make, {"text": "text"} if text else {"input": "text", "output": "text"})


def _as_text(given: str, right: str) -> Record:
    return {"text": f"<example>\n<input>\n{given}\n</input>\n<output>\n{right}\n</output>\n</example>"}


def _plan_text(options: Options, _rows: Rows) -> Plan:
    return examples(options, text=True)


def _plan_json(options: Options, _rows: Rows) -> Plan:
    return examples(options, text=False)


FORMATS = (
    Format(
        key="few-shot-text",
        title=_("Few-shot examples, text"),
        words=_("Examples between tags, to paste into a prompt. Held-out rows are never among them."),
        takes=JUDGED,
        encoding="text",
        plan=_plan_text,
        options=(MOST, EACH),
        how_to_load="Paste `{file}` into the prompt.",
        splits=frozenset({"train"}),
    ),
    Format(
        key="few-shot-json",
        title=_("Few-shot examples, JSON"),
        words=_("A list of inputs and outputs. Held-out rows are never among them."),
        takes=JUDGED,
        encoding="json",
        plan=_plan_json,
        options=(MOST, EACH),
        how_to_load='```python\nimport json\n\nexamples = json.load(open("{file}", encoding="utf-8"))\n```',
        splits=frozenset({"train"}),
    ),
)
