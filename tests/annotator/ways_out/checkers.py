"""What each consumer takes, held against the lines themselves: an own reading, knowing nothing of the writers.

A checker gets the lines of one file and returns what is wrong, in words. Where consumers fail in silence (an
empty row, a field that vanishes) it is strict.
"""

from collections.abc import Callable
from itertools import pairwise
from math import isfinite

Lines = list[dict]
Checker = Callable[[Lines], list[str]]
ROLES = ("system", "user", "assistant", "tool")


def keys(line: dict, *names: str) -> list[str]:
    return [] if list(line) == list(names) else [f"keys {list(line)}, not {list(names)}"]


def text(value: object, *, blank: bool = False) -> list[str]:
    if not isinstance(value, str):
        return [f"{type(value).__name__}, not text"]
    return [] if blank or value.strip() else ["a blank text"]


def messages(value: object, last: tuple[str, ...], weights: bool = False) -> list[str]:
    """Role and content and nothing more, the system first, an end as it should be."""
    if not isinstance(value, list) or not value:
        return ["no list of messages"]
    wrong = []
    for at, message in enumerate(value):
        more = ("weight",) if weights and message.get("role") == "assistant" else ()
        wrong += keys(message, "role", "content", *more) + text(
            message.get("content"), blank=at < len(value) - 1
        )
        if message.get("role") not in ROLES or (message["role"] == "system" and at):
            wrong.append(f"role {message.get('role')} at {at}")
        if more and (type(message["weight"]) is not int or message["weight"] not in (0, 1)):
            wrong.append(f"weight {message['weight']!r}")
    return wrong if value[-1].get("role") in last else [*wrong, f"ends with {value[-1].get('role')}"]


def prompt(value: object) -> list[str]:
    return messages(value, ("user", "tool"))


def answer(value: list) -> list[str]:
    wrong = messages(value, ("assistant",))
    return wrong if wrong or len(value) == 1 else ["more than one message"]


def boolean(value: object) -> list[str]:
    return [] if isinstance(value, bool) else [f"{value!r} is no boolean"]


def number(value: object, low: float, high: float) -> list[str]:
    fine = isinstance(value, float) and isfinite(value) and low <= value <= high
    return [] if fine else [f"{value!r} is no float from {low} to {high}"]


def each(check: Callable[[dict], list[str]]) -> Checker:
    return lambda lines: [f"line {n}: {fault}" for n, line in enumerate(lines, 1) for fault in check(line)]


def both(*checkers: Checker) -> Checker:
    return lambda lines: [fault for checker in checkers for fault in checker(lines)]


def at_least(least: int) -> Checker:
    return lambda lines: [] if len(lines) >= least else [f"{len(lines)} lines, not {least}"]


def same_keys(lines: Lines) -> list[str]:
    return [f"keys differ: {list(a)}, {list(b)}" for a, b in pairwise(lines) if list(a) != list(b)]


def no_conflicts(names: tuple[str, ...], label: str) -> Checker:
    def check(lines: Lines) -> list[str]:
        said: dict[str, bool] = {}
        return [
            f"both labels: {line}"
            for line in lines
            if said.setdefault(repr([line[name] for name in names]), line[label]) is not line[label]
        ]

    return check


def different(line: dict) -> list[str]:
    return ["the two answers are the same"] if line["chosen"] == line["rejected"] else []


def _preference(line: dict) -> list[str]:
    more = ("margin",) if "margin" in line else ()
    wrong = keys(line, "prompt", "chosen", "rejected", *more)
    wrong += prompt(line["prompt"]) + answer(line["chosen"]) + answer(line["rejected"]) + different(line)
    return wrong + (number(line["margin"], 0, 50) if more else [])


def _chat_preference(line: dict) -> list[str]:
    wrong = keys(line, "input", "preferred_output", "non_preferred_output") + keys(line["input"], "messages")
    return (
        wrong
        + prompt(line["input"]["messages"])
        + answer(line["preferred_output"])
        + answer(line["non_preferred_output"])
    )


def _turns(value: object, answered: bool) -> list[str]:
    """LLaMA-Factory: human and gpt in turns after a system's text; even if answered, else odd."""
    if not isinstance(value, list):
        return ["no list of turns"]
    wrong = [
        fault for turn in value for fault in keys(turn, "from", "value") + text(turn.get("value"), blank=True)
    ]
    spoken = value[1:] if value and value[0].get("from") == "system" else value
    wrong += [
        f"{turn.get('from')} at {n}"
        for n, turn in enumerate(spoken)
        if turn.get("from") != ("human", "gpt")[n % 2]
    ]
    return wrong if len(spoken) % 2 == (0 if answered else 1) else [*wrong, f"{len(spoken)} turns"]


def _factory_preference(line: dict) -> list[str]:
    wrong = keys(line, "conversations", "chosen", "rejected", "tools") + _turns(line["conversations"], False)
    for side in ("chosen", "rejected"):
        one = line[side]
        if not isinstance(one, dict):
            wrong.append(f"{side} is no object: the user's turn would be trained on")
        else:
            wrong += (
                keys(one, "from", "value") + text(one["value"]) + ([] if one["from"] == "gpt" else ["no gpt"])
            )
    return wrong + different(line)


def _promptfoo(line: dict) -> list[str]:
    """No logged text but inside `vars.item`: everywhere else promptfoo runs it as a template."""
    wrong = keys(line, "description", "vars", "assert", "metadata") + keys(line["vars"], "item")
    item = line["vars"]["item"]
    wrong += keys(item, "question", "context", "answer", "reference")
    wrong += [fault for value in item.values() for fault in text(value, blank=True)]
    wrong += keys(line["metadata"], "row", "label", "kind")
    if line["description"] != f"row {line['metadata']['row']}" or line["metadata"]["label"] not in (
        "good",
        "bad",
        "",
    ):
        wrong.append("a text that is not ours outside the item")
    known = ({"type": "equals", "value": "{{item.reference}}"},)
    return wrong + [f"assertion {one}" for one in line["assert"] if one not in known]


def _inspect(line: dict) -> list[str]:
    wrong = (
        keys(line, "id", "input", "target", "metadata")
        + text(line["id"])
        + prompt(line["input"])
        + text(line["target"])
    )
    return wrong + keys(line["metadata"], "question", "label", "n_labels")


def _inspect_choices(line: dict) -> list[str]:
    wrong = (
        keys(line, "id", "input", "choices", "target", "metadata") + text(line["id"]) + text(line["input"])
    )
    wrong += [] if line["choices"] == ["yes", "no"] else [f"choices {line['choices']}"]
    fits = (
        line["target"] in ("A", "B")
        and line["choices"]["AB".index(line["target"])] == line["metadata"]["label"]
    )
    return wrong if fits else [*wrong, f"target {line['target']} of {line['metadata']['label']}"]


def _ids_once(lines: Lines) -> list[str]:
    ids = [line["id"] for line in lines]
    return [f"id {one} again" for one in {one for one in ids if ids.count(one) > 1}]


def _tokens(line: dict) -> list[str]:
    wrong = keys(line, "context", "question", "tokens", "labels")
    if len(line["tokens"]) != len(line["labels"]) or not line["tokens"]:
        wrong.append("a label for each word is wanted")
    wrong += [fault for token in line["tokens"] for fault in text(token)]
    before = "O"
    for label in line["labels"]:
        if label != "O" and label[:2] not in ("B-", "I-"):
            wrong.append(f"label {label}")
        if label.startswith("I-") and before[2:] != label[2:]:
            wrong.append(f"{label} after {before}")
        before = label
    return wrong


def _sentence(line: dict) -> list[str]:
    wrong = (
        keys(line, "context", "question", "sentence", "label") + text(line["sentence"]) + text(line["label"])
    )
    return wrong if line["sentence"] == line["sentence"].strip() else [*wrong, "white space around"]


def _labelled(names: tuple[str, ...], label: str) -> Checker:
    def check(line: dict) -> list[str]:
        wrong = keys(line, *names, label)
        for name in names:
            wrong += text(line[name], blank=name == "system")
        return wrong + boolean(line[label])

    return each(check)


def _texts(*names: str) -> Checker:
    return each(
        lambda line: keys(line, *names) + [f for n in names for f in text(line[n], blank=n == "system")]
    )


_CONVERSATION = each(lambda line: keys(line, "messages") + messages(line["messages"], ("assistant",)))
_KTO = each(
    lambda line: (
        keys(line, "prompt", "completion", "label")
        + prompt(line["prompt"])
        + answer(line["completion"])
        + boolean(line["label"])
    )
)

CHECKERS: dict[str, Checker] = {
    "trl-sft": _CONVERSATION,
    "trl-prompt-completion": each(
        lambda line: keys(line, "prompt", "completion") + prompt(line["prompt"]) + answer(line["completion"])
    ),
    "trl-preference": both(same_keys, each(_preference)),
    "trl-reward": both(same_keys, each(_preference)),
    "trl-kto": both(_KTO, no_conflicts(("prompt", "completion"), "label")),
    "trl-prompts": each(lambda line: keys(line, "prompt") + prompt(line["prompt"])),
    "chat-jsonl": both(
        at_least(10),
        each(
            lambda line: (
                keys(line, "messages")
                + messages(line["messages"], ("assistant",), weights="weight" in line["messages"][-1])
            )
        ),
    ),
    "preference-jsonl": both(at_least(10), each(_chat_preference)),
    "classification-jsonl": _texts("text", "label"),
    "llama-factory-sft": each(
        lambda line: keys(line, "conversations", "tools") + _turns(line["conversations"], True)
    ),
    "llama-factory-preference": each(_factory_preference),
    "llama-factory-kto": both(
        each(
            lambda line: (
                keys(line, "conversations", "kto_tag", "tools")
                + _turns(line["conversations"], True)
                + boolean(line["kto_tag"])
            )
        ),
        no_conflicts(("conversations",), "kto_tag"),
    ),
    "axolotl-sft": _CONVERSATION,
    "axolotl-dpo": both(same_keys, each(_preference)),
    "axolotl-kto": both(
        _labelled(("system", "prompt", "completion"), "label"),
        no_conflicts(("system", "prompt", "completion"), "label"),
    ),
    "axolotl-reward": both(_texts("system", "input", "chosen", "rejected"), each(different)),
    "promptfoo": each(_promptfoo),
    "inspect": both(each(_inspect), _ids_once),
    "inspect-choices": both(each(_inspect_choices), _ids_once),
    "hallucination-tokens": each(_tokens),
    "hallucination-sentences": each(_sentence),
    "st-pairs": _texts("anchor", "positive"),
    "st-triplets": _texts("anchor", "positive", "negative"),
    "st-scores": each(
        lambda line: (
            keys(line, "sentence1", "sentence2", "score")
            + text(line["sentence1"])
            + text(line["sentence2"])
            + number(line["score"], 0, 1)
        )
    ),
}
