"""Outputs that break off: a limit of tokens cut them.

Told by the text alone, so only where it is plain: a code block that never ends, an opened
bracket or a comma at the end, a last word that no sentence ends with, or a last line of whole
sentences and then part of one. Lists, verses, code and tables end as they like. The rules for
words are those of English.

Seen on the public pairs of tests/annotator/test_pair_checks.py's docstring: of 41 answers found
in 1,038, 38 are plainly cut and 3 may only lack their full stop.
"""

import re

DANGLING = re.compile(
    r"\b(?:the|an|and|or|but|nor|because|of|with|from|into|than|my|your|their|our|its|whose|"
    r"is|are|was|were|very|between|without|during|within|through|while|whereas|although|unless|until)$"
)
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
SENTENCE_END = re.compile(r"[.!?][\"')\]”’*_]* +(?=[A-Z\"“*_])")
NOT_PROSE = re.compile(r"^\s*(?:[|>#]|\S+:\s|<)|[{}|<>\\=]|https?://\S*$")
MARKER = re.compile(r"^\s*(?:[-*+•]|(?:\d{1,3}|[A-Za-z])[.)])\s")
SMILEY = re.compile(r"[:;=]['-]?[(\[]$")
TAG = re.compile(r"[#@]\w+$")
ENDED = re.compile(
    r"(?:</s>|<\|(?:endoftext|im_end|end|eot_id)\|>)$"
)  # the model itself said that this is the end
SHORTEST = 80  # characters: what is shorter was hardly cut
SHORTEST_UNENDED = 400  # and people who chat leave out the last full stop
WORDS = 3


def cut_off(text: str) -> tuple[int, int] | None:
    """Where the text breaks off."""
    text = text.rstrip()
    if ENDED.search(text):
        return None
    if _open_fence(text):
        return max(0, len(text) - 40), len(text)
    if len(text) < SHORTEST:
        return None
    start = text.rfind("\n") + 1
    last = text[start:]
    if _breaks_off(last) or (len(text) >= SHORTEST_UNENDED and _unended(last)):
        return max(start, len(text) - 40), len(text)
    return None


def _open_fence(text: str) -> bool:
    opened, end = "", 0
    for found in FENCE.finditer(text):
        sign = found[1]
        if not opened:
            opened = sign
        elif sign[0] == opened[0] and len(sign) >= len(opened):
            opened = ""
        end = found.end()
    return bool(opened) and end < len(text)  # else it closes what was never opened


def _breaks_off(line: str) -> bool:
    """The last word or sign wants another one."""
    if NOT_PROSE.search(line) or len(line.split()) < WORDS:
        return False
    return DANGLING.search(line) is not None or (line[-1] in ",([“" and not SMILEY.search(line))


def _unended(line: str) -> bool:
    """Whole sentences, and then one without its end."""
    if NOT_PROSE.search(line) or TAG.search(line) or MARKER.match(line) or not re.search(r"[a-z]$", line):
        return False
    ends = [found.end() for found in SENTENCE_END.finditer(line)]
    return bool(ends) and len(line[ends[-1] :].split()) >= WORDS
