"""promptfoo: tests of logged answers, or of a new prompt and model over logged inputs.

promptfoo renders texts in `vars` as templates and follows `file://` and `package:` in them: one of those that
an end user wrote could read the environment or run a file. Inside an object it does neither. So every logged
text lies in `vars.item`, and no other place holds one: not the description, the metadata or an assertion.
"""

from collections.abc import Mapping

from annotator.datasets.content import Row, Split
from annotator.ways_out import messages
from annotator.ways_out.model import (
    EMPTY,
    JUDGED,
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

PROMPT = Option(
    "prompt",
    _("What is tested"),
    "answer",
    {
        "answer": _("the logged answer, replayed: a test of assertions and judges"),
        "question": _("what your provider answers to the logged input"),
    },
)
EQUALS = Option("equals", _("Assert that the answer equals the right one, where one is known"), False)
_EQUALS = {"type": "equals", "value": "{{item.reference}}"}


def tests(options: Options, _rows: Rows) -> Plan:
    """`options["asserts"]`, which the caller may add: assertions as promptfoo has them, one list for all tests.
    Their values are templates, so that they hold no logged text."""
    asserts = list(options.get("asserts", ()))

    def make(row: Row) -> Made:
        question, answer = messages.as_text(row.input), messages.as_text(row.output)
        reference = right(row, winners=False)
        if reference is REPEATED:
            return REPEATED
        known = "" if isinstance(reference, Drop) else messages.as_text(reference)
        if not question.strip() or (options["prompt"] == "answer" and not answer.strip()):
            return EMPTY
        item: Record = {"question": question, "context": messages.context_text(row.context)}
        item |= {"answer": answer, "reference": known}
        wanted = [*asserts, *([_EQUALS] if options["equals"] and known.strip() else [])]
        label = "" if row.good is None else "good" if row.good else "bad"
        return [
            {
                "description": f"row {row.key}",
                "vars": {"item": item},
                "assert": wanted,
                "metadata": {"row": row.key, "label": label, "kind": row.kind},
            }
        ]

    return Plan(make, {"description": "text", "vars": "object", "assert": "object", "metadata": "object"})


def _config(_plan: Plan, options: Options, files: Mapping[Split, str]) -> dict[str, str]:
    replayed = options["prompt"] == "answer"
    prompt = "{{item.answer}}" if replayed else "{{item.question}}"
    names = "".join(f"  - file://{name}\n" for name in files.values())
    provider = "  - echo\n" if replayed else "  - openai:chat:your-model  # what answers\n"
    return {"promptfooconfig.yaml": f"prompts:\n  - '{prompt}'\nproviders:\n{provider}tests:\n{names}"}


FORMATS = (
    Format(
        key="promptfoo",
        title=_("promptfoo tests"),
        words=_("Logged cases with their labels, and assertions, for promptfoo."),
        takes=JUDGED,
        encoding="jsonl",
        plan=tests,
        options=(PROMPT, EQUALS),
        how_to_load="```sh\nnpx promptfoo eval -c promptfooconfig.yaml\n```\n\nLogged texts lie inside the object "
        "`item`, where promptfoo takes them as they are. Never move one to a var of its own: it would be run as a "
        "template.",
        trains=False,
        extras=_config,
    ),
)
