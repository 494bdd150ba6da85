"""Chat and preference JSON lines, shaped as OpenAI's API has them: Azure, Together, Fireworks and others.

Ten lines at least. Tools have no form here; outputs are exactly one message of the assistant.
"""

from annotator.datasets.content import Row
from annotator.ways_out import messages
from annotator.ways_out.formats import trl
from annotator.ways_out.model import (
    COMPARED,
    EVERY,
    TOOL_CALLS,
    Drop,
    Format,
    Made,
    Option,
    Options,
    Plan,
    Rows,
)
from annotator.ways_out.words import gettext_noop as _

LAST_ONLY = Option("last_only", _("Train on the last answer only: earlier ones weigh 0"), False)
LOAD = "Upload `{file}` as a file of chat conversations. Services ask for ten lines at least."


def chat(options: Options, _rows: Rows) -> Plan:
    weigh = options["last_only"]

    def make(row: Row) -> Made:
        found = trl.right_answer(row, options)
        if isinstance(found, Drop):
            return found
        if _tools(found[0]):
            return TOOL_CALLS
        whole = [*found[0], *found[1]]
        return [{"messages": [_weighed(one, one is whole[-1]) for one in whole] if weigh else whole}]

    return Plan(make, {"messages": "object" if weigh else "messages"})


def preference(options: Options, _rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        found = trl.better_answer(row, options)
        if isinstance(found, Drop):
            return found
        if _tools(found[0]):
            return TOOL_CALLS
        return [
            {"input": {"messages": found[0]}, "preferred_output": found[1], "non_preferred_output": found[2]}
        ]

    return Plan(make, {"input": "object", "preferred_output": "messages", "non_preferred_output": "messages"})


def _tools(prompt: messages.Messages) -> bool:
    return any(message["role"] == "tool" for message in prompt)


def _weighed(message: messages.Message, last: bool) -> dict[str, str | int]:
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
