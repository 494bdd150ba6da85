"""What maps to what: ties, both bad, conflicts, edits, margins, conversations, marks. Worked examples."""

import json

import pytest

from annotator.datasets.content import Mark
from annotator.ways_out import folder, messages, options
from annotator.ways_out.dates import Dates
from annotator.ways_out.formats.classification import risky
from annotator.ways_out.formats.hallucination import sentences, words
from annotator.ways_out.model import EMPTY, NOT_TEXT, PROMPT_ORDER, TOOL_CALLS
from annotator.ways_out.registry import get
from annotator.ways_out.sides import log_odds_margin, share_margin
from tests.annotator.ways_out.ground import ABOUT, demonstration, pair, rated, row, sent, told

Q = {"role": "user", "content": "What is the refund window?"}
A = {"role": "assistant", "content": "30 days from delivery."}
WRONG = {"role": "assistant", "content": "We never refund."}


def dropped(key: str, *rows, **given) -> dict[str, int]:
    """Beside one row that has a line of its own, whatever the format."""
    plain = demonstration("right", "wrong", input="another")
    return dict(told(get(key), [plain, *rows], **given)[1].dropped)


# --- what people said --------------------------------------------------------------------------


def test_answers_that_were_desirable_are_imitated_and_others_never():
    rows = [rated(True), rated(False, "We never refund."), rated(None, "?")]

    found, written = told(get("trl-sft"), rows)

    assert found == [{"messages": [Q, A]}]
    assert written.dropped == {"not_desirable": 1, "no_desirable": 1}


def test_single_answers_have_both_labels():
    found, written = told(get("trl-kto"), [rated(True), rated(False, "We never refund.")])

    assert found == [
        {"prompt": [Q], "completion": [A], "label": True},
        {"prompt": [Q], "completion": [WRONG], "label": False},
    ]
    assert written.classes == {"true": 1, "false": 1}


def test_of_what_a_rated_row_says_already_a_demonstration_says_only_the_rest():
    expected = demonstration("30 days from delivery.", "We never refund.", told=("rejected",))
    accepted = demonstration("30 days from delivery.", told=("output",))

    found, written = told(get("trl-kto"), [rated(False, "We never refund."), expected, accepted])

    assert found == [
        {"prompt": [Q], "completion": [WRONG], "label": False},
        {"prompt": [Q], "completion": [A], "label": True},
    ]
    assert written.dropped == {"repeated": 1}
    assert dropped("trl-sft", expected, accepted) == {"repeated": 1}
    twice = [rated(True), demonstration("30 days from delivery.")]
    assert sent(get("few-shot-json"), twice)[1].dropped == {"repeated": 1}
    assert dropped("promptfoo", rated(True), accepted) == {"repeated": 1}


@pytest.mark.parametrize("winner", ["left", "right"])
def test_the_winner_of_a_pair_is_chosen(winner):
    left, right = (A, WRONG) if winner == "left" else (WRONG, A)
    found, _ = told(get("trl-preference"), [pair(winner, left=left["content"], right=right["content"])])

    assert found == [{"prompt": [Q], "chosen": [A], "rejected": [WRONG]}]


@pytest.mark.parametrize(
    "key", ["trl-preference", "trl-reward", "st-triplets", "llama-factory-preference", "axolotl-reward"]
)
def test_ties_both_bad_and_equal_answers_have_no_form(key):
    assert dropped(key, pair("tie"), pair("both_bad"), pair(left="same", right=" same\n"), pair("")) == {
        "tie": 1,
        "both_bad": 1,
        "identical": 1,
        "no_label": 1,
    }


def test_pairs_go_to_other_uses_only_when_asked():
    assert dropped("trl-sft", pair()) == {"not_asked_for": 1}
    assert dropped("trl-kto", pair(), pair("both_bad"), pair("tie")) == {
        "only_better": 1,
        "both_bad": 1,
        "tie": 1,
    }

    assert told(get("trl-sft"), [pair()], winners=True)[0] == [{"messages": [Q, A]}]
    bad, _ = told(
        get("trl-kto"),
        [pair("both_bad"), pair(), pair("both_bad", input="b", left="x", right="x ")],
        both_bad=True,
    )
    assert [(line["completion"][0]["content"], line["label"]) for line in bad] == [
        ("30 days from delivery.", False),
        ("We never refund.", False),
        ("x", False),
    ]


def test_an_edit_says_two_things_and_an_outer_space_says_nothing():
    edited = demonstration("30 days from delivery.", "We never refund.")
    spaced = demonstration("Yes.", " Yes.\n", input="b")

    assert [(line["completion"][0], line["label"]) for line in told(get("trl-kto"), [edited, spaced])[0]] == [
        (WRONG, False),
        (A, True),
        ({"role": "assistant", "content": "Yes."}, True),
    ]
    assert told(get("trl-preference"), [edited])[0] == [{"prompt": [Q], "chosen": [A], "rejected": [WRONG]}]
    assert dropped("trl-preference", spaced, demonstration("x")) == {"identical": 1, "no_other": 1}


@pytest.mark.parametrize("key", ["trl-kto", "llama-factory-kto", "axolotl-kto"])
def test_what_has_both_labels_is_left_out_wherever_it_stands(key):
    """Ada calls an answer good, Ben's edit replaces it."""
    rows = [
        rated(True),
        rated(True, input="b"),
        demonstration("14 days.", "30 days from delivery."),
        rated(False, input="B"),
    ]

    found, written = told(get(key), rows)

    label = "kto_tag" if key.startswith("llama") else "label"
    assert [line[label] for line in found] == [True, True, False]
    assert written.dropped == {"conflict": 1}
    assert written.left_out == {"conflict": 1}
    assert (written.items, written.written, written.lines) == (4, 3, 3)


# --- margins -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("won", "votes", "margin"),
    [(4, 5, 1.098612), (2, 2, 1.609438), (3, 3, 1.945910), (1, 2, 0.0), (1, 4, 0.0)],
)
def test_the_log_odds_of_the_votes(won, votes, margin):
    assert log_odds_margin(won, votes) == pytest.approx(margin, abs=1e-6)


@pytest.mark.parametrize(("won", "votes", "margin"), [(4, 5, 0.6), (2, 2, 1.0), (1, 2, 0.0), (1, 4, 0.0)])
def test_the_share_of_the_votes(won, votes, margin):
    assert share_margin(won, votes) == pytest.approx(margin)


def test_margins_are_on_every_line_or_on_none():
    voted = [pair("left", votes={"left": 4, "right": 1, "tie": 3}), pair("right", votes={"right": 2})]
    alone = pair("left", votes={"left": 1, "tie": 5})

    found, _ = told(get("trl-reward"), [*voted, pair("tie", votes={"tie": 1})])
    assert [round(line["margin"], 6) for line in found] == [1.098612, 1.609438]
    assert all("margin" not in line for line in told(get("trl-reward"), [*voted, alone])[0])
    found, written = told(
        get("trl-reward"), [*voted, alone, demonstration("a", "b")], voted=True, margin="share"
    )
    assert [line["margin"] for line in found] == pytest.approx([0.6, 1.0])
    assert written.dropped == {"too_few_votes": 2}
    assert "margin" not in told(get("trl-reward"), voted, margin="none")[0][0]


def test_the_plan_says_why_there_is_no_margin():
    rows = [pair(votes={"left": 1})]
    [note] = (
        get("trl-reward")
        .plan({"margin": "log_odds", "voted": False, "context": False, "plain": False}, lambda: rows)
        .notes
    )
    assert note == "No margin: 1 rows have fewer than 2 votes for either side."


# --- conversations -----------------------------------------------------------------------------

SYSTEM = {"role": "system", "content": "Be brief."}


def test_prompts_are_conversations_whatever_was_logged():
    assert messages.prompt("Hi") == [{"role": "user", "content": "Hi"}]
    assert messages.prompt(
        [{"role": "developer", "content": "Be brief."}, {"role": "Human", "content": "Hi"}]
    ) == [
        SYSTEM,
        {"role": "user", "content": "Hi"},
    ]
    parts = [{"type": "text", "text": "one"}, {"type": "input_text", "text": "two"}]
    assert messages.prompt({"messages": [{"role": "user", "content": parts, "name": "ada"}]}) == [
        {"role": "user", "content": "one\ntwo"}
    ]
    assert messages.prompt({"system": "Be brief.", "messages": [Q], "max_tokens": 9}) == [SYSTEM, Q]
    assert messages.prompt({"amount": 3, "city": "Süd"}) == [
        {"role": "user", "content": '{"amount":3,"city":"Süd"}'}
    ]


@pytest.mark.parametrize(
    ("logged", "why"),
    [
        ("  \n", EMPTY),
        (None, EMPTY),
        ([], EMPTY),
        ({}, EMPTY),
        ({"messages": []}, EMPTY),
        ([Q, A], PROMPT_ORDER),
        ([Q, SYSTEM, Q], PROMPT_ORDER),
        ([SYSTEM], PROMPT_ORDER),
        ([Q, {"role": "user", "content": " "}], EMPTY),
        ([Q, {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}, Q], TOOL_CALLS),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}], NOT_TEXT),
        ([{"role": "narrator", "content": "Once"}], NOT_TEXT),
    ],
)
def test_prompts_that_no_trainer_takes_are_named(logged, why):
    assert messages.prompt(logged) == why


@pytest.mark.parametrize(
    ("logged", "why"),
    [
        ("", EMPTY),
        (None, EMPTY),
        ([A, A], NOT_TEXT),
        ([Q], NOT_TEXT),
        ([A, {"role": "tool", "content": "42"}, A], TOOL_CALLS),
        ({"role": "assistant", "content": "", "function_call": {"name": "f"}}, TOOL_CALLS),
    ],
)
def test_answers_are_one_message_of_text(logged, why):
    assert messages.answer(logged) == why


def test_an_answer_may_be_a_message_or_data():
    assert messages.answer([A]) == messages.answer(A) == messages.answer(A["content"]) == [A]
    assert messages.answer({"refund": True}) == [{"role": "assistant", "content": '{"refund":true}'}]


def test_the_context_goes_before_the_prompt_when_asked():
    given = rated(True, input=[SYSTEM, Q], context=["Doc one.", {"text": "Doc two.", "id": 7}])

    assert told(get("trl-sft"), [given])[0] == [{"messages": [SYSTEM, Q, A]}]
    assert told(get("trl-sft"), [given], context=True)[0][0]["messages"][0] == {
        "role": "system",
        "content": "Be brief.\n\nDoc one.\n\nDoc two.",
    }
    assert told(get("trl-sft"), [rated(True, context="Doc.")], context=True)[0][0]["messages"] == [
        {"role": "system", "content": "Doc."},
        Q,
        A,
    ]


@pytest.mark.parametrize(
    ("logged", "text"),
    [
        (None, ""),
        ([], ""),
        ({}, ""),
        ("One.", "One."),
        ([{"page_content": "One.", "score": 0.5}, "Two."], "One.\n\nTwo."),
        ({"documents": ["One.", {"title": "no text"}]}, 'One.\n\n{"title":"no text"}'),
        ([Q, A], "user: What is the refund window?\n\nassistant: 30 days from delivery."),
    ],
)
def test_the_context_is_its_documents(logged, text):
    assert messages.context_text(logged) == text


def test_plain_completions_bring_their_space():
    assert told(get("trl-prompt-completion"), [rated(True)], plain=True)[0] == [
        {"prompt": "What is the refund window?", "completion": " 30 days from delivery."}
    ]
    found, _ = told(get("trl-kto"), [rated(False, input=[SYSTEM, Q])], plain=True)
    assert found[0]["prompt"] == "system: Be brief.\n\nuser: What is the refund window?"
    [line] = told(get("trl-preference"), [pair()], plain=True)[0]
    assert line["chosen"] == " 30 days from delivery."


def test_llama_factory_wants_turns():
    talk = [SYSTEM, Q, A, {"role": "user", "content": "Sure?"}]

    [line] = told(get("llama-factory-sft"), [rated(True, "Yes.", input=talk)])[0]

    assert [(turn["from"], turn["value"]) for turn in line["conversations"]] == [
        ("system", "Be brief."),
        ("human", "What is the refund window?"),
        ("gpt", "30 days from delivery."),
        ("human", "Sure?"),
        ("gpt", "Yes."),
    ]
    for key in ("llama-factory-sft", "llama-factory-preference", "llama-factory-kto"):
        assert dropped(key, demonstration("x", "y", input=[Q, Q])) == {"not_alternating": 1}


def test_axolotls_plain_strategies_take_one_question():
    rows = [demonstration("a", "b", input=[SYSTEM, Q])]
    assert told(get("axolotl-reward"), rows)[0] == [
        {"system": "Be brief.", "input": "What is the refund window?", "chosen": "a", "rejected": "b"}
    ]
    for key in ("axolotl-reward", "axolotl-kto"):
        assert dropped(key, demonstration("x", "y", input=[Q, A, Q])) == {"not_single": 1}


def test_earlier_answers_of_a_chat_weigh_nothing_when_asked():
    rows = [rated(True, "Yes.", input=[Q, A, {"role": "user", "content": f"Sure? {n}"}]) for n in range(10)]

    found, _ = told(get("chat-jsonl"), rows, last_only=True)

    assert [message.get("weight") for message in found[0]["messages"]] == [None, 0, None, 1]
    tools = [demonstration("x", "y", input=[Q, {"role": "tool", "content": "42"}])]
    assert told(get("chat-jsonl"), [*rows, *tools])[1].dropped == {"tool_shape": 1}


# --- classes, targets, marks -------------------------------------------------------------------


def test_the_class_is_the_value_else_the_first_answer():
    rows = [
        demonstration("card", input="card not working", value="card_not_working"),
        rated(False, "text", answers={"resolved": "no", "polite": "yes"}),
        rated(None, "x", answers={}, question=""),
    ]

    found, written = told(get("classification-jsonl"), rows)

    assert found == [
        {"text": "card not working", "label": "card_not_working"},
        {"text": "text", "label": "no"},
    ]
    assert written.dropped == {"no_label": 1}
    assert told(get("classification-jsonl"), rows, text="both")[0][1] == {
        "text": "What is the refund window?",
        "text_pair": "text",
        "label": "no",
    }
    assert risky(["yes", "NA", "007", "none", "class_1"]) == ["007", "NA", "none"]


def test_a_failure_mode_is_the_class_of_the_output_that_fails():
    rude = rated(None, "We never refund, go away.", question="", answers={}, value="Rude")

    (line,), _written = told(get("classification-jsonl"), [rude])
    assert line == {"text": "We never refund, go away.", "label": "Rude"}

    data, _written = sent(get("few-shot-json"), [rude])
    assert json.loads(data) == [{"input": "We never refund, go away.", "output": "Rude"}]


def test_the_target_of_a_choice_is_its_letter():
    found, _ = told(get("inspect-choices"), [rated(True), rated(False)])

    assert [line["target"] for line in found] == ["A", "B"]
    assert found[0]["input"].startswith(
        "Is this answer good?\n\nInput:\nWhat is the refund window?\n\nAnswer:\n30 days"
    )


def test_promptfoo_knows_the_right_answer_where_there_is_one():
    rows = [rated(False), demonstration("14 days.", "30 days.")]
    form = get("promptfoo")

    found, _ = told(form, rows, equals=True)

    assert [line["vars"]["item"]["reference"] for line in found] == ["", "14 days."]
    assert [line["assert"] for line in found] == [[], [{"type": "equals", "value": "{{item.reference}}"}]]
    own = {"type": "icontains", "value": "days"}
    plan = form.plan({"prompt": "answer", "equals": False, "asserts": [own]}, lambda: rows)
    assert plan.make(rows[0])[0]["assert"] == [own]


def test_sentences_end_where_the_rule_says():
    text = 'It costs 3.50. "Really?" Yes… (No!) e.g. this\nNew line. \n\n다음。「네！」끝'
    assert [text[a:b] for a, b in sentences(text)] == [
        "It costs 3.50.",
        '"Really?"',
        "Yes…",
        "(No!)",
        "e.g.",
        "this",
        "New line.",
        "다음。",
        "「네！」",
        "끝",
    ]
    assert sentences(" \n ") == []
    assert ["a 🐈's_x"[a:b] for a, b in words("a 🐈's_x")] == ["a", "🐈", "'", "s_x"]


def marked(text: str, *spans: tuple[int, int, str], **fields):
    marks = tuple(Mark(part="output", start=a, end=b, kind=kind) for a, b, kind in spans)
    return rated(False, text, marks=marks, **fields)


def test_marks_become_labels_of_words():
    text = "Free 🐈 today. We ship in one day."
    rows = [marked(text, (5, 12, "invented"), (17, 21, "style")), rated(True, "All fine.")]

    found, written = told(get("hallucination-tokens"), rows, names="kinds")

    assert list(zip(found[0]["tokens"], found[0]["labels"], strict=True)) == [
        ("Free", "O"),
        ("🐈", "B-invented"),
        ("today", "I-invented"),
        (".", "O"),
        ("We", "O"),
        ("ship", "B-style"),
        ("in", "O"),
        ("one", "O"),
        ("day", "O"),
        (".", "O"),
    ]
    assert set(found[1]["labels"]) == {"O"}
    assert written.classes == {"marked": 1, "clean": 1}


def test_marks_become_labels_of_sentences():
    text = "We ship in one day. Refunds are free. Bye."
    rows = [marked(text, (11, 25, "invented"), (39, 40, "style"))]

    assert [line["label"] for line in told(get("hallucination-sentences"), rows)[0]] == ["hallucinated"] * 3
    assert [
        line["label"]
        for line in told(get("hallucination-sentences"), rows, names="kinds", kinds="invented")[0]
    ] == [
        "invented",
        "invented",
        "supported",
    ]


def test_an_answer_without_marks_is_clean_only_if_people_called_it_good():
    rows = [
        rated(True),
        rated(False),
        rated(None),
        marked("short", (0, 9, "invented")),
        row("rated", output=["no", "text"], good=True),
    ]
    assert told(get("hallucination-tokens"), rows)[1].dropped == {"no_marks": 2, "marks_elsewhere": 2}


# --- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["2026-11-01", "2026-11-01T10:00:00Z", "2026-11-01 10:00", "2026-11-01T10:00:00.5+09:00"]
)
def test_fields_that_are_all_dates_are_found(text):
    dates = Dates()
    for record in (
        {"a": text, "m": [{"c": "x"}, {"c": text}], "n": [{"c": text}]},
        {"a": text, "m": [], "n": [{"c": text}]},
    ):
        dates.see(record)
    assert dates.fields() == ["a", "n.c"]
    dates.see({"a": f"{text}.", "m": [], "n": [{"c": "x"}]})
    assert dates.fields() == []
    assert not dates.left


def test_a_prompt_is_in_the_file_once_however_often_it_was_judged():
    rows = [rated(True), rated(False), pair(), demonstration(), rated(True, input="Another one?")]

    found, written = told(get("trl-prompts"), rows)

    assert found == [{"prompt": [Q]}, {"prompt": [{"role": "user", "content": "Another one?"}]}]
    assert written.dropped == {"asked_again": 3}


def test_a_file_of_several_tasks_says_so_and_one_of_one_does_not(tmp_path):
    """Yes to one question and yes to another are one class in a file that does not say what was asked."""

    def notes(key: str, *rows) -> list[str]:
        where = tmp_path / f"{key}-{len(list(tmp_path.iterdir()))}"
        where.mkdir()
        form = get(key)
        return folder.write(form, {"train": lambda: rows}, where, options.read(form, {}), ABOUT)["notes"]

    value = demonstration("card", input="card not working", value="card_not_working")
    polite = rated(True, "Yes, please.", question="polite", answers={"polite": "yes"})
    [said] = notes("classification-jsonl", rated(True), polite, value)
    assert said.startswith("Lines are of different tasks (polite, resolved; others hold a value")
    assert notes("classification-jsonl", rated(True), rated(False)) == []
    assert notes("promptfoo", rated(True), polite) == []
