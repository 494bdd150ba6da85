"""Suggestions by rules that a person wrote: the first that matches says the value.

    contains "knife" or "blade" -> Home > Kitchen > Knives
    starts with "RE:" and word "refund" -> Refunds

One rule a line; `#` begins a remark. Case does not matter. There are no patterns between slashes:
Python's can take for ever on a text that was made for it, and nothing here can stop them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from annotator.reading.errors import gettext_noop
from feedback.suggesters.registry import Case, Needs, Nothing, Proposal, Reason, Task
from feedback.taxonomy.faults import Fault
from feedback.taxonomy.lines import path_of
from feedback.taxonomy.tree import SEPARATOR

MOST_RULES = 1_000
MOST_TEXT = 200  # characters between quotation marks

NOT_A_RULE = gettext_noop('is no rule. Write it like this: contains "knife" -> Home > Kitchen > Knives')
NO_PATTERNS = gettext_noop(
    "has a pattern between slashes. These are not read, because some take for ever:"
    " use contains, word, starts with, ends with or is"
)
NOT_A_VALUE = gettext_noop("“%(value)s” is no value of this task")
LONG_TEXT = gettext_noop("has a text of more than %(limit)s characters, or an empty one")
TOO_MANY = gettext_noop("There are more than %(limit)s rules.")
NONE = gettext_noop("There is no rule yet.")


@lru_cache(maxsize=4096)
def _alone(wanted: str) -> re.Pattern[str]:
    """The text where no letter or digit stands next to it. Escaped: nothing in it is a pattern."""
    return re.compile(rf"(?<![^\W_]){re.escape(wanted)}(?![^\W_])")


TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda text, wanted: wanted in text,
    "word": lambda text, wanted: _alone(wanted).search(text) is not None,
    "starts with": lambda text, wanted: text.startswith(wanted),
    "ends with": lambda text, wanted: text.endswith(wanted),
    "is": lambda text, wanted: text == wanted,
}
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_TEST = re.compile(
    rf"(contains|word|starts\s+with|ends\s+with|is)\s*{_QUOTED}((?:\s*or\s*{_QUOTED})*)", re.IGNORECASE
)
_OR = re.compile(_QUOTED)
_AND = re.compile(r"\s*and\s+", re.IGNORECASE)
_ARROW = re.compile(r"\s*(?:->|→)\s*")


@dataclass(frozen=True)
class Test:
    """One of `texts`, which are casefolded, passes."""

    how: str
    texts: tuple[str, ...]

    def passes(self, text: str) -> bool:
        return any(TESTS[self.how](text, wanted) for wanted in self.texts)


@dataclass(frozen=True)
class Rule:
    line: int
    tests: tuple[Test, ...]  # all of them
    value: str

    def matches(self, text: str) -> bool:
        return all(test.passes(text) for test in self.tests)


@lru_cache(maxsize=64)
def read(text: str) -> tuple[tuple[Rule, ...], tuple[Fault, ...]]:
    """The rules in their order, and what is wrong with the other lines."""
    rules: list[Rule] = []
    faults: list[Fault] = []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _rule(n, line.strip())
        if isinstance(found, Rule):
            rules.append(found)
        else:
            faults.append(found)
    if len(rules) > MOST_RULES:
        faults.append(Fault("", TOO_MANY, {"limit": MOST_RULES}))
    if not rules and not faults:
        faults.append(Fault("", NONE))
    return tuple(rules), tuple(faults)


def _rule(n: int, line: str) -> Rule | Fault:
    if line.startswith("/"):
        return Fault(f"line {n}", NO_PATTERNS)
    tests: list[Test] = []
    at = 0
    while found := _TEST.match(line, at):
        how = " ".join(found[1].lower().split())
        texts = tuple(_plain(text) for text in _OR.findall(line[found.end(1) : found.end()]))
        if not all(0 < len(text) <= MOST_TEXT for text in texts):
            return Fault(f"line {n}", LONG_TEXT, {"limit": MOST_TEXT})
        tests.append(Test(how, texts))
        at = found.end()
        joined = _AND.match(line, at)
        if joined is None:
            break
        at = joined.end()
    else:
        return Fault(f"line {n}", NOT_A_RULE)  # no test at all, or none behind an “and”
    arrow = _ARROW.match(line, at)
    value = SEPARATOR.join(path_of(line[arrow.end() :])) if arrow else ""
    if not value:
        return Fault(f"line {n}", NOT_A_RULE)
    return Rule(n, tuple(tests), value)


def _plain(quoted: str) -> str:
    """A backslash stands before a quotation mark or another backslash."""
    return re.sub(r"\\(.)", r"\1", quoted).casefold()


class RuleSuggester:
    """Settings: `rules`, the text."""

    def version(self, task: Task) -> str:
        return f"rules {sha256(_text(task).encode()).hexdigest()[:8]}"

    def faults(self, task: Task) -> Sequence[Fault]:
        rules, faults = read(_text(task))
        outside = [
            Fault(f"line {rule.line}", NOT_A_VALUE, {"value": rule.value})
            for rule in rules
            if task.ids is not None and rule.value not in task.ids
        ]
        return [*faults, *outside]

    def needs(self, task: Task) -> Needs:
        return Needs()

    def suggest(self, case: Case) -> Proposal | Nothing:
        """No confidence: how often a rule is right is what the verdicts tell."""
        rules, _ = read(_text(case.task))
        text = case.input.strip().casefold()
        for rule in rules[:MOST_RULES]:
            if rule.matches(text):
                return Proposal(rule.value, None)
            if case.deadline.passed:
                return Nothing(Reason.LATE, "late")
        return Nothing(Reason.UNKNOWN, "no_rule")


def _text(task: Task) -> str:
    rules = task.settings.get("rules", "")
    return rules if isinstance(rules, str) else ""


SUGGESTER = RuleSuggester()
