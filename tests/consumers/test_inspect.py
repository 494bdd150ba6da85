"""Inspect reads our samples; OpenAI's types take our messages."""

import pytest

from tests.consumers.conftest import lines_of, read_by


@pytest.fixture(scope="module")
def saw(exports, talks, tmp_path_factory):
    return read_by("read_inspect", exports, talks, home=tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("key", ["inspect", "inspect-choices"])
def test_samples_come_back_as_they_were_written(key, saw, exports):
    lines = lines_of(exports / key / "train.jsonl")

    assert len(saw[key]) == len(lines) > 30
    for sample, line in zip(saw[key], lines, strict=True):
        assert sample == {"choices": None, **line}


def test_the_types_take_every_message_and_would_refuse_another_role(saw, exports):
    assert saw["chat"] == [True] * len(lines_of(exports / "chat-jsonl/train.jsonl"))
    assert saw["preference"] == [True] * len(lines_of(exports / "preference-jsonl/train.jsonl"))
    assert saw["robot"] is False


def test_inspect_reads_calls_and_their_answers(saw, talks):
    lines = lines_of(talks / "inspect/train.jsonl")

    assert len(saw["talks"]) == len(lines) == 10
    assert sum("tool_calls" in str(line) for line in lines) == 8
    for read, line in zip(saw["talks"], lines, strict=True):
        assert read == line["input"]


def test_the_types_take_calls_and_tools(saw, talks):
    chat, preference = (lines_of(talks / f"{key}-jsonl/train.jsonl") for key in ("chat", "preference"))

    assert sum("tools" in line for line in chat) == 5
    assert saw["talks_chat"] == [True] * len(chat)
    assert saw["talks_preference"] == [True] * len(preference)
