"""Inspect reads our samples; OpenAI's types take our messages."""

import pytest

from tests.consumers.conftest import lines_of, read_by


@pytest.fixture(scope="module")
def saw(exports, tmp_path_factory):
    return read_by("read_inspect", exports, home=tmp_path_factory.mktemp("home"))


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
