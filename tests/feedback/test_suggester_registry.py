"""Whatever a suggester says: nothing that is not allowed comes out, and the host always has an answer."""

import logging
import subprocess
import sys
from types import SimpleNamespace

import pytest

from annotator.config.paths import ROOT
from feedback.suggesters import registry
from feedback.suggesters.registry import Kind, Needs, Nothing, Outcome, Proposal, Reason, Scored
from tests.feedback.suggesting import BOARDS, GARDEN, KNIVES, case, free_text, task


class Says:
    """A suggester that says one thing, whatever it is asked."""

    def __init__(self, said) -> None:
        self.said = said

    def version(self, task):
        return "7"

    def faults(self, task):
        return []

    def needs(self, task):
        return Needs()

    def suggest(self, case):
        if isinstance(self.said, Exception):
            raise self.said
        return self.said


@pytest.fixture
def ask(monkeypatch):
    """`ask(said, case)`: what comes out when a suggester says that."""

    def asked(said, one) -> Outcome:
        module = SimpleNamespace(SUGGESTER=Says(said))
        monkeypatch.setattr(registry, "KINDS", {"says": Kind("says", "Says", "says")})
        monkeypatch.setitem(sys.modules, "says", module)
        return registry.suggest("says", one)

    return asked


def test_a_value_with_its_alternatives_comes_out(ask):
    others = (Scored(GARDEN, 0.1), Scored(BOARDS, 0.2))
    found = ask(Proposal(KNIVES, 0.7, others, version="8", cost=5), case(task()))
    assert found == Outcome(
        "says", "8", KNIVES, 0.7, alternatives=(Scored(BOARDS, 0.2), Scored(GARDEN, 0.1)), cost=5
    )


@pytest.mark.parametrize("value", ["X", "", "Home", "home > kitchen > knives", KNIVES + " ", "Garden\n"])
def test_a_value_outside_the_taxonomy_never_comes_out(ask, value):
    found = ask(Proposal(value, 0.9, (Scored(GARDEN, 0.1),), cost=5), case(task()))
    assert (found.value, found.reason, found.why, found.cost) == (None, Reason.UNKNOWN, "outside", 5)
    assert found.alternatives == ()


def test_nor_does_one_outside_of_the_candidates(ask):
    some = case(task(), candidates=(GARDEN, "Nowhere"))
    assert ask(Proposal(KNIVES, 0.9), some).value is None
    assert ask(Proposal("Nowhere", 0.9), some).value is None  # nor one that only the host knows
    assert ask(Proposal(GARDEN, 0.9), some).value == GARDEN


def test_candidates_are_all_there_is_where_the_task_has_no_taxonomy(ask):
    some = case(free_text(), candidates=("red", "blue"))
    assert ask(Proposal("red", 0.9), some).value == "red"
    assert ask(Proposal("green", 0.9), some).why == "outside"


def test_where_nothing_may_be_chosen_nobody_is_asked(ask):
    found = ask(ZeroDivisionError(), case(task(), candidates=("Nowhere",)))
    assert (found.reason, found.why) == (Reason.UNKNOWN, "no_choice")


def test_alternatives_are_allowed_values_once_at_most_five_likeliest_first(ask):
    many = task(choices=tuple(registry.Choice(f"v{n}") for n in range(9)))
    said = [Scored("v0", 0.9), Scored("X", 0.9), Scored("v1", 0.1), Scored("v1", 0.8)]
    said += [Scored(f"v{n}", n / 10) for n in range(2, 9)]
    found = ask(Proposal("v0", 0.5, tuple(said)), case(many))
    assert [one.value for one in found.alternatives] == ["v8", "v7", "v6", "v5", "v4"]


@pytest.mark.parametrize(
    ("said", "told"),
    [(1.7, 1.0), (-0.2, 0.0), (float("nan"), None), (float("inf"), None), (None, None), (1, 1.0)],
)
def test_confidence_is_a_number_from_0_to_1_or_none(ask, said, told):
    found = ask(Proposal(KNIVES, said, (Scored(GARDEN, said),)), case(task()))
    assert found.confidence == told
    assert found.alternatives[0].confidence == told


def test_an_error_is_a_failure_and_its_text_is_told_to_nobody(ask, caplog):
    with caplog.at_level(logging.DEBUG):
        found = ask(ValueError("canary input"), case(task(), "canary input"))
    assert found == Outcome("says", "7", reason=Reason.FAILED, why="error")
    assert "says: ValueError in test_suggester_registry.py:" in caplog.text
    assert "canary" not in caplog.text


def test_a_reason_is_handed_on(ask):
    found = ask(Nothing(Reason.OVER_BUDGET, "over_budget", cost=3), case(task()))
    assert found == Outcome("says", "7", reason=Reason.OVER_BUDGET, why="over_budget", cost=3)


def test_too_late_is_not_asked(ask):
    found = ask(ZeroDivisionError(), case(task(), seconds=-1))
    assert found == Outcome("says", "7", reason=Reason.LATE, why="no_time")


PLAIN = {
    "A bread knife": "",
    "Two\nlines\tand tabs": "",
    "{{7*7}} {0.__class__} %(x)s <b>bold</b>": "",
    "See https://shop.example/a": "",  # the input holds it
    "": "empty",
    " \n": "empty",
    "x" * 51: "too_long",
    "a\x1b[31m": "not_plain",
    "a\0": "not_plain",
    "a\ud800": "not_plain",
    "See https://evil.example/a": "address",
    "WWW.evil.example": "address",
    "see javascript://evil": "address",
}


@pytest.mark.parametrize("text", PLAIN)
def test_free_text_is_plain_and_names_no_address_of_its_own(ask, text):
    some = case(free_text(most_characters=50), "From https://shop.example/a, please.")
    found = ask(Proposal(text, 0.5), some)
    assert (found.value, found.why) == ((text, "") if not PLAIN[text] else (None, PLAIN[text]))


def test_an_unknown_kind_is_a_mistake_of_the_caller():
    with pytest.raises(registry.UnknownKind):
        registry.suggest("oracle", case(task()))


@pytest.mark.parametrize("name", registry.KINDS)
def test_each_kind_is_there_and_says_what_it_needs(name):
    found = registry.get(name)
    assert found.version(task())
    assert isinstance(found.needs(task()), Needs)
    assert registry.KINDS[name].title


def test_listing_the_kinds_loads_none_of_them():
    look = (
        "import sys, feedback.suggesters.registry;"
        "print(sorted(m for m in sys.modules if m.startswith('feedback.suggesters.')"
        " or m in ('django.db', 'anthropic', 'numpy')))"
    )
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['feedback.suggesters.checks', 'feedback.suggesters.registry']"


def test_the_provider_s_library_is_loaded_by_the_first_question_only():
    """So a page may use what is beside the client: the budget, the models, the kinds and their faults."""
    look = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'annotator.config.settings';"
        "django.setup(); import annotator.llm.client, annotator.llm.budget, feedback.suggesters.llm;"
        "print(sorted({'anthropic', 'httpx2', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_texts_are_in_no_repr():
    one = case(task(), "canary")
    assert "canary" not in repr(one)
