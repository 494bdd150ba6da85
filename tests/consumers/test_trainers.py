"""LLaMA-Factory's converter and Axolotl's strategies make of our rows what we mean, text by text.

Both drop or bend what does not fit without an error, so that each row is looked at.
"""

import pytest

from tests.consumers.conftest import lines_of, read_by


@pytest.fixture(scope="module")
def saw(exports, talks, tmp_path_factory):
    return read_by("read_trainers", exports, talks, home=tmp_path_factory.mktemp("home"))


def train(exports, key: str) -> list[dict]:
    return lines_of(exports / key / "train.jsonl")


def shown(messages: list[dict]) -> str:
    return "".join(f"<|{message['role']}|>{message['content']}<eos>" for message in messages)


def talk(line: dict, last: str) -> str:
    system = [{"role": "system", "content": line["system"]}] if line["system"] else []
    return shown(
        [*system, {"role": "user", "content": line["input"]}, {"role": "assistant", "content": last}]
    )


def test_llama_factory_imitates_the_answer(saw, exports):
    for line, read in zip(train(exports, "llama-factory-sft"), saw["factory"]["sft"], strict=True):
        assert read["_prompt"] == [{"role": "user", "content": line["conversations"][0]["value"]}]
        assert read["_response"] == [{"role": "assistant", "content": line["conversations"][1]["value"]}]


def test_llama_factory_has_the_better_answer_first(saw, exports):
    for line, read in zip(
        train(exports, "llama-factory-preference"), saw["factory"]["preference"], strict=True
    ):
        assert [turn["content"] for turn in read["_prompt"]] == [
            turn["value"] for turn in line["conversations"]
        ]
        assert [turn["content"] for turn in read["_response"]] == [
            line["chosen"]["value"],
            line["rejected"]["value"],
        ]


def test_llama_factory_knows_a_good_answer_from_a_bad_one(saw, exports):
    """It puts an empty text in the place of the other one."""
    for line, read in zip(train(exports, "llama-factory-kto"), saw["factory"]["kto"], strict=True):
        good, bad = (turn["content"] for turn in read["_response"])
        text = line["conversations"][-1]["value"]
        assert (good, bad) == ((text, "") if line["kto_tag"] else ("", text))
    assert saw["complaints"] == []


def test_axolotl_trains_on_the_answer_alone(saw, exports):
    for line, read in zip(train(exports, "axolotl-sft"), saw["axolotl"]["axolotl-sft"], strict=True):
        assert read == {
            "input_ids": shown(line["messages"]),
            "labels": f"{line['messages'][-1]['content']}<eos>",
        }


def test_axolotl_has_prompt_and_answers_apart(saw, exports):
    for line, read in zip(train(exports, "axolotl-dpo"), saw["axolotl"]["axolotl-dpo"], strict=True):
        assert read["prompt"] == f"{shown(line['prompt'])}<|assistant|>"
        assert read["chosen"] == f"{line['chosen'][0]['content']}<eos>"
        assert read["rejected"] == f"{line['rejected'][0]['content']}<eos>"


def test_axolotl_knows_the_label(saw, exports):
    for line, read in zip(train(exports, "axolotl-kto"), saw["axolotl"]["axolotl-kto"], strict=True):
        assert read["prompt"].endswith(
            f"<|im_start|>user\n{line['prompt']}<|im_end|>\n<|im_start|>assistant\n"
        )
        assert read["completion"] == f"{line['completion']}<|im_end|>"
        assert read["label"] is line["label"]


def test_axolotl_compares_two_whole_conversations(saw, exports):
    for line, read in zip(train(exports, "axolotl-reward"), saw["axolotl"]["axolotl-reward"], strict=True):
        assert read == {side: talk(line, line[side]) for side in ("chosen", "rejected")}


def test_llama_factory_reads_calls_and_what_tools_answered(saw, talks):
    for kind in ("sft", "preference", "kto"):
        lines = train(talks, f"llama-factory-{kind}")
        assert sum("function_call" in str(line) for line in lines) >= 8
        for line, read in zip(lines, saw["calls"][kind], strict=True):
            spoken = [turn for turn in line["conversations"] if turn["from"] != "system"]
            said = [turn["content"] for turn in (*read["_prompt"], *read["_response"]) if turn["content"]]
            assert said == [
                turn["value"] for turn in (*spoken, *(line[k] for k in ("chosen", "rejected") if k in line))
            ]
            assert read["_tools"] == line["tools"]
            assert bool(read["tools_shown"]) == bool(line["tools"])
            roles = {
                "human": "user",
                "observation": "observation",
                "function_call": "function",
                "gpt": "assistant",
            }
            assert [turn["role"] for turn in read["_prompt"]] == [
                roles[turn["from"]] for turn in spoken[: len(read["_prompt"])]
            ]


def test_llama_factory_shows_a_call_as_its_model_does(saw):
    shown = [
        turn["shown"]
        for read in saw["calls"]["sft"]
        for turn in (*read["_prompt"], *read["_response"])
        if "shown" in turn
    ]

    assert '<tool_call>\n{"name": "order", "arguments": {"number": 17}}\n</tool_call>' in shown
    assert (
        'Let me look, 0.<tool_call>\n{"name": "refund", "arguments": {"sum": {"eur": 5}}}\n</tool_call>'
        in shown
    )


def test_axolotl_trains_on_calls_and_shows_tools(saw, talks):
    for line, read in zip(train(talks, "axolotl-sft"), saw["axolotl"]["talks"], strict=True):
        assert ("Looks up an order." in read["input_ids"]) == ("Looks up an order." in line["tools"])
        last = line["messages"][-1]
        if "tool_calls" in last:
            function = last["tool_calls"][0]["function"]
            assert f"{last['content']}[{function['name']}" in read["labels"]
        if len(line["messages"]) > 3:
            assert "<|assistant|>[order number=17]<eos><|tool|>sent" in read["input_ids"]
