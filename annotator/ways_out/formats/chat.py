"""Chat and preference JSON lines, shaped as OpenAI's API has them: Azure, Together, Fireworks and others.

Ten lines at least. The outputs of a preference are exactly one message of the assistant. `tools` is a key of
the lines where there were any.
"""

from annotator.datasets.content import Row
from annotator.ways_out import tools
from annotator.ways_out.formats import trl
from annotator.ways_out.model import (
    COMPARED,
    EVERY,
    SEVERAL,
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

LAST_ONLY = Option("last_only", _("Train on the last answer only: earlier ones weigh 0"), False)
LOAD = "Upload `{file}` as a file of chat conversations. Services ask for ten lines at least."


def chat(options: Options, _rows: Rows) -> Plan:
    weigh, reads = options["last_only"], {**options, "tools": True}

    def make(row: Row) -> Made:
        found = trl.right_answer(row, reads)
        if isinstance(found, Drop):
            return found
        whole = tools.nameless([*found[0], *found[1]])
        said = [_weighed(one, one is whole[-1]) for one in whole] if weigh else whole
        return [{"messages": said, **_offered(row)}]

    return Plan(make, {"messages": "object"}, tools=True)


def preference(options: Options, _rows: Rows) -> Plan:
    reads = {**options, "tools": True}

    def make(row: Row) -> Made:
        found = trl.better_answer(row, reads)
        if isinstance(found, Drop):
            return found
        if any(len(answer) > 1 for answer in found[1:]):
            return SEVERAL
        asked, *answers = map(tools.nameless, found)
        return [
            {
                "input": {"messages": asked, **_offered(row)},
                "preferred_output": answers[0],
                "non_preferred_output": answers[1],
            }
        ]

    columns: dict[str, Column] = dict.fromkeys(
        ("input", "preferred_output", "non_preferred_output"), "object"
    )
    return Plan(make, columns, tools=True)


def _offered(row: Row) -> Record:
    """What services take beside the messages, where there were tools."""
    known, _others = tools.offered(row.input)
    return {"tools": known, **tools.one_at_a_time(row.input)} if known else {}


def _weighed(message: tools.Message, last: bool) -> tools.Message:
    return {**message, "weight": int(last)} if message["role"] == "assistant" else {**message}


FORMATS = (
    Format(
        key="chat-jsonl",
        title=_("Chat JSON lines"),
        words=_("Conversations, as the services that fine-tune take them."),
        takes=EVERY,
        encoding="jsonl",
        plan=chat,
        options=(trl.WINNERS, trl.CONTEXT, LAST_ONLY),
        how_to_load=LOAD,
        least=10,
    ),
    Format(
        key="preference-jsonl",
        title=_("Preference JSON lines"),
        words=_("A preferred output and another one, as the services that fine-tune take them."),
        takes=COMPARED,
        encoding="jsonl",
        plan=preference,
        options=(trl.CONTEXT,),
        how_to_load=LOAD,
        least=10,
    ),
)
