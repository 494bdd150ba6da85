"""What speaks against showing a pair to a judge.

It is a first look by rules, to be decided by a person: a pair with findings is held, never lost.
"""

from typing import Any, TypedDict

from annotator.pairs.failures import failure
from annotator.pairs.identity import leak
from annotator.pairs.truncation import cut_off
from annotator.pairs.words import line, words_of

KINDS = ("identity_leak", "error", "truncated", "empty", "same")


class Finding(TypedDict):
    """`side` is left, right or output; `text` the words that were found, on one line."""

    side: str
    kind: str
    text: str


def of_pair(left: Any, right: Any) -> list[Finding]:
    """The findings of both sides; of two that say the same also that."""
    found = [*of_payload("left", left), *of_payload("right", right)]
    words = " ".join(words_of(left).split())
    if words and words == " ".join(words_of(right).split()):
        found.append({"side": "left", "kind": "same", "text": words[:200]})
    return found


def of_payload(side: str, payload: Any) -> list[Finding]:
    """At most one finding of each kind. What is empty or an error is nothing else besides."""
    text = words_of(payload)
    if not text.strip():
        return [{"side": side, "kind": "empty", "text": ""}]
    if span := failure(payload, text):
        return [{"side": side, "kind": "error", "text": line(text, *span)}]
    spans = {"identity_leak": leak(text)}
    if isinstance(payload, (str, list)):
        spans["truncated"] = cut_off(text)
    return [{"side": side, "kind": kind, "text": line(text, *at)} for kind, at in spans.items() if at]
