"""LLaMA-Factory's converter and Axolotl's strategies make of our rows what we mean, text by text.

Both drop or bend what does not fit without an error, so that each row is looked at.
"""

import pytest

from tests.consumers.conftest import lines_of, read_by


@pytest.fixture(scope="module")
def saw(exports, tmp_path_factory):
    return read_by("read_trainers", exports, home=tmp_path_factory.mktemp("home"))


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
