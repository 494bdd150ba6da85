"""Suggestions by rules that a person wrote."""

import pytest

from feedback.suggesters import registry, rule
from feedback.suggesters.registry import Reason
from tests import pace
from tests.feedback.suggesting import BOARDS, GARDEN, KNIVES, case, free_text, task

RULES = f"""
# What cuts
contains "knife" or "blade" -> {KNIVES}
word "board" and contains "oak" -> {BOARDS}
starts with "re:" → {GARDEN}
"""


def ruled(rules: str, **more):
    return task(settings={"rules": rules}, **more)


def suggested(rules: str, input: str):
    return registry.suggest("rule", case(ruled(rules), input))


def told(rules: str) -> list[str]:
    return [str(fault) for fault in registry.get("rule").faults(ruled(rules))]


def test_the_first_rule_that_matches_says_the_value():
    found = suggested(RULES, "An oak board with a KNIFE")
    assert (found.value, found.confidence, found.alternatives, found.cost) == (KNIVES, None, (), 0)
    assert suggested(RULES, "a board of oak").value == BOARDS
    assert suggested(RULES, "  RE: your mail").value == GARDEN


def test_where_none_matches_nothing_is_suggested():
    found = suggested(RULES, "a cupboard of pine")
    assert (found.value, found.reason, found.why) == (None, Reason.UNKNOWN, "no_rule")


@pytest.mark.parametrize(
    ("test", "yes", "no"),
    [
        ('contains "tea"', ["tea", "a TEAM"], ["te a", ""]),
        ('word "tea"', ["tea", "a tea.", "steam, tea"], ["steam", "teapot", "tea5"]),
        ('starts with "tea"', ["Teapot", " tea"], ["a tea"]),
        ('ends with "tea"', ["green tea\n"], ["tea pot"]),
        ('is "green tea"', ["Green Tea", " green tea "], ["green tea pot"]),
        ('contains "a \\"b\\" c"', ['x a "b" c'], ["a b c"]),
        ('contains "straße"', ["STRASSE"], ["strase"]),
        ('contains "칼"', ["부엌칼"], ["부엌"]),
        ('contains "{{7*7}}"', ["so {{7*7}}"], ["49"]),
        ('contains ".*"', ["a .* b"], ["anything"]),
        ('STARTS  WITH "a" AND contains "b" or "c"', ["ac", "ab"], ["a", "bc"]),
    ],
)
def test_what_a_test_means(test, yes, no):
    rules = f"{test} -> {GARDEN}"
    assert told(rules) == []
    assert [suggested(rules, text).value for text in yes] == [GARDEN] * len(yes)
    assert [suggested(rules, text).value for text in no] == [None] * len(no)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("knife -> Garden", "line 2: is no rule"),
        ('contains "a" Garden', "line 2: is no rule"),
        ('contains "a" ->', "line 2: is no rule"),
        ('contains "a" and -> Garden', "line 2: is no rule"),
        ('contains "a" or -> Garden', "line 2: is no rule"),
        ('contains "a -> Garden', "line 2: is no rule"),
        ("-> Garden", "line 2: is no rule"),
        ('contains "" -> Garden', "line 2: has a text of more than 200 characters, or an empty one"),
        (f'contains "{"x" * 201}" -> Garden', "line 2: has a text of more than 200 characters"),
        ("/(a+)+$/ -> Garden", "line 2: has a pattern between slashes"),
        ('contains "a" -> Home > Kitchen', "line 2: “Home > Kitchen” is no value of this task"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(line, fault):
    rules = f'contains "a" -> {GARDEN}\n{line}\n'
    assert [text[: len(fault)] for text in told(rules)] == [fault]


def test_no_rules_and_too_many_are_told():
    assert told("# nothing yet\n") == ["There is no rule yet."]
    assert told(f'contains "a" -> {GARDEN}\n' * 1_001) == ["There are more than 1000 rules."]


def test_a_value_may_be_written_with_any_space():
    assert suggested('contains "a" -> Home  >  Kitchen > Knives ', "a").value == KNIVES


def test_a_rule_for_a_value_that_is_gone_suggests_nothing():
    found = suggested('contains "a" -> Gone', "a")
    assert (found.value, found.why) == (None, "outside")


def test_another_wording_is_another_version():
    suggester = registry.get("rule")
    one, same, other = (suggester.version(ruled(rules)) for rules in (RULES, RULES, RULES + "#"))
    assert one == same != other
    assert one.startswith("rules ")


def test_free_text_can_be_ruled_too():
    some = case(free_text(settings={"rules": 'contains "a" -> A fixed title'}), "a")
    assert registry.suggest("rule", some).value == "A fixed title"


def test_texts_and_rules_that_were_made_to_be_slow_are_not():
    rules = "\n".join(f'word "{"a" * 199}b" or "{"a" * n}" -> {GARDEN}' for n in range(150, 200))
    rule.read(rules)
    with pace.at_most(3):
        assert suggested(rules, "a" * 250_000).value is None


def test_the_deadline_holds_between_rules():
    rules = f'contains "b" -> {GARDEN}\n' * 1_000
    assert registry.get("rule").suggest(case(ruled(rules), "a", seconds=-1)).reason == Reason.LATE
