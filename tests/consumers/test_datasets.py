"""`datasets` and TRL read what we write, text by text."""

import json

import pytest

from annotator.ways_out import folder, options
from annotator.ways_out.registry import get
from tests.annotator.ways_out.ground import ABOUT, HOSTILE, rated
from tests.consumers.conftest import lines_of, read_by

JSON_LINES = ("axolotl", "chat", "classification", "hallucination", "llama", "preference", "st", "trl")


@pytest.fixture(scope="module")
def dates(tmp_path_factory):
    """An export in which every answer is a date."""
    where = tmp_path_factory.mktemp("dates")
    rows = [rated(True, f"2026-11-0{n}", input=f"Which day is it? {n}") for n in range(1, 10)]
    form = get("trl-prompt-completion")
    folder.write(form, {"train": lambda: rows}, where, options.read(form, {}), ABOUT)
    return where


@pytest.fixture(scope="module")
def saw(exports, dates, talks, late, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return read_by("read_datasets", exports, dates / "train.jsonl", talks, late, home=home)


def test_json_lines_come_back_as_they_were_written(saw, exports):
    assert len(saw["json"]) > 20
    for key, rows in saw["json"].items():
        if key.startswith(JSON_LINES):
            assert rows == lines_of(exports / key / "train.jsonl"), key


def test_csv_comes_back_when_it_is_read_as_the_readme_says(saw):
    written = [row["text"] for row in saw["csv"]]
    assert [text for text in HOSTILE if text not in written] == []
    assert "keep_default_na=False" in get("classification-csv").how_to_load


def test_class_names_are_ours(saw):
    assert saw["classes"] == ["no", "refund", "yes"]


def test_each_config_of_the_folder_has_the_rows_of_its_format(saw, exports):
    assert saw["configs"] == ["sft", "preference", "kto", "classification"]
    formats = {
        "sft": "trl-sft",
        "preference": "trl-reward",
        "kto": "trl-kto",
        "classification": "classification-jsonl",
    }
    for config, key in formats.items():
        for split in ("train", "test"):
            assert saw["parquet"][config][split] == lines_of(exports / key / f"{split}.jsonl"), (
                config,
                split,
            )
    assert saw["default"] == saw["parquet"]["sft"]["test"]


def test_trl_takes_each_of_its_files_for_conversations(saw):
    assert saw["conversational"] == {
        f"trl-{key}": True
        for key in (
            "kto",
            "preference",
            "prompt-completion",
            "prompts",
            "reward",
            "sft",
        )
    }


def test_trl_applies_a_template_to_every_row(saw, exports):
    for key in ("trl-kto", "trl-prompt-completion"):
        for line, applied in zip(lines_of(exports / key / "train.jsonl"), saw["applied"][key], strict=True):
            shown = "".join(f"<|{m['role']}|>{m['content']}<eos>" for m in line["prompt"])
            assert applied["prompt"] == f"{shown}<|assistant|>"
            assert applied["completion"] == f"{line['completion'][0]['content']}<eos>"
            assert applied.get("label") == line.get("label")


def test_trl_unpairs_preferences_and_finds_the_same_prompt(saw, exports):
    pairs = lines_of(exports / "trl-preference/train.jsonl")

    assert len(saw["unpaired"]) == 2 * len(pairs)
    assert {line["label"] for line in saw["unpaired"]} == {True, False}
    assert saw["extracted"] == pairs


def test_a_field_of_dates_is_read_as_times_as_the_manifest_warns(saw, dates):
    """Should `datasets` leave dates alone one day, the warning can go."""
    told = json.loads((dates / "manifest.json").read_text(encoding="utf-8"))
    assert "completion.content looks like a date" in told["warnings"][0]
    assert saw["dates"][0] != "2026-11-01"


def test_calls_of_tools_come_back_as_they_were_written(saw, talks):
    """With the types that the manifest says; Axolotl reads without any, so that rows with calls are first."""
    assert len(saw["talks"]) == 6 + 1 + 4
    for key, rows in saw["talks"].items():
        if not key.startswith("hf-"):
            assert rows == lines_of(talks / key / "train.jsonl"), key
    formats = {"sft": "trl-sft", "preference": "trl-reward", "kto": "trl-kto"}
    for config, key in formats.items():
        found = lines_of(talks / key / "train.jsonl")
        assert sorted(map(str, saw["talks"][f"hf-{config}"])) == sorted(map(str, found)), config


def test_types_that_are_guessed_break_off_at_a_late_call_and_those_of_the_manifest_do_not(saw, late):
    """Axolotl cannot be told types: there rows with calls come first. Should `datasets` read on one day with
    types that it guessed, both can go."""
    assert saw["late"]["guessed"] is None
    assert saw["late"]["typed"] == lines_of(late / "trl-prompt-completion/train.jsonl")[-1]
    assert saw["late"]["axolotl"] == lines_of(late / "axolotl-sft/train.jsonl")[-1]


def test_templates_of_models_show_calls_answers_and_tools(saw, talks):
    """Both go through the arguments: as a text they would be quoted twice, or fail."""
    for key, applied in saw["templates"].items():
        for name, shown in applied.items():
            assert len(shown) > 12, (key, name)
            for line, text in zip(lines_of(talks / key / "train.jsonl"), shown, strict=True):
                written = json.dumps(line, ensure_ascii=False)
                if '"name": "order", "arguments"' in written:
                    assert '"number": 17' in text
                    assert "Monday" in text
                assert ("Looks up an order." in text) == ("Looks up an order." in line["tools"])
                assert ('"eur": 5' in text) == ('"eur": 5' in written)
