"""A whole export: data, provenance, manifest, README, and what each consumer wants beside them."""

import hashlib
import json
from pathlib import Path

import pytest
import yaml
from pyarrow import parquet

from annotator.ways_out import folder, lines, options, provenance
from annotator.ways_out.model import Refused, TooFew, Written, WrongSplit
from annotator.ways_out.registry import formats, get
from tests.annotator.ways_out.ground import ABOUT, HOSTILE, demonstration, pair, rated, world

TRAIN, TEST = world([*HOSTILE, "plain"]), world(["x", "y"], "test")


def export(form, where: Path, *, about=ABOUT, secret=b"", progress=lambda _rows: None, given=None, **sources):
    where.mkdir(parents=True, exist_ok=True)
    rows: dict = {split: (lambda found=found: found) for split, found in sources.items()}
    return folder.write(
        form, rows, where, options.read(form, given or {}), about, secret=secret, progress=progress
    )


def both_splits(form) -> dict:
    return {"train": TRAIN, "test": TEST} if "test" in form.splits else {"train": TRAIN}


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.key)
def test_manifest_and_provenance_fit_the_files(form, tmp_path):
    told = export(form, tmp_path, **both_splits(form))

    counts = told["counts"]
    assert json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8")) == told
    assert counts["items"] == counts["written"] + sum(counts["dropped"].values())
    assert counts["lines"] == sum(file["rows"] for file in told["files"])
    assert not told["classes"] or sum(told["classes"].values()) == counts["lines"]
    for file in told["files"]:
        data = (tmp_path / file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    beside = [
        json.loads(line)
        for path in tmp_path.glob("provenance.*.jsonl")
        for line in path.open(encoding="utf-8")
    ]
    assert len(beside) == counts["lines"]
    assert {line["split"] for line in beside} == {file["split"] for file in told["files"]}
    read_me = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "# Refund answers\n" in read_me
    assert "{file}" not in read_me


@pytest.mark.parametrize("form", [form for form in formats() if form.streams], ids=lambda form: form.key)
def test_a_download_has_the_bytes_of_the_folders_file(form, tmp_path):
    export(form, tmp_path, train=TRAIN, secret=b"s" * 16)

    def plan():
        return form.plan(options.read(form, {}), lambda: TRAIN)

    data = b"".join(lines.stream(form, plan(), lambda: TRAIN, "train", Written()))
    assert data == (tmp_path / f"train{form.extension}").read_bytes()
    names = provenance.Pseudonyms(b"s" * 16)
    beside = b"".join(provenance.stream(form, plan(), lambda: TRAIN, "train", names))
    assert beside == (tmp_path / "provenance.train.jsonl").read_bytes()


def test_provenance_says_where_each_line_is_from_and_raters_have_new_names_each_time(tmp_path):
    rows = [
        rated(
            True,
            raters=(11, 12),
            labels=(1, 2),
            external_id="call-a",
            answers={"resolved": "yes", "polite": "yes"},
        ),
        pair("tie", external_id="call-b"),
        demonstration("new", "old", raters=(11,), labels=(3,), external_id="call-c", input="c"),
    ]
    form = get("trl-kto")

    export(form, tmp_path / "one", train=rows)
    export(form, tmp_path / "two", train=rows)

    one, two = (
        [json.loads(line) for line in (tmp_path / n / "provenance.train.jsonl").open()]
        for n in ("one", "two")
    )
    assert [(line["line"], line["external_id"], line["labels"]) for line in one] == [
        (1, "call-a", [1, 2]),
        (2, "call-c", [3]),
        (3, "call-c", [3]),
    ]
    assert one[0]["answers"] == {"resolved": "yes", "polite": "yes"}
    assert one[0]["raters"][0] == one[1]["raters"][0] != one[0]["raters"][1]
    assert not {*one[0]["raters"]} & {*two[0]["raters"], "11", "12"}
    same = "train.jsonl"
    assert (tmp_path / "one" / same).read_bytes() == (tmp_path / "two" / same).read_bytes()


def test_a_split_that_gives_nothing_is_left_out_and_said(tmp_path):
    told = export(get("trl-sft"), tmp_path, train=TRAIN, test=[rated(False, split="test")])

    assert [file["path"] for file in told["files"]] == ["train.jsonl"]
    assert told["warnings"] == ["No test.jsonl: none of its 1 rows gave a line."]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "README.md",
        "manifest.json",
        "provenance.train.jsonl",
        "train.jsonl",
    ]


@pytest.mark.parametrize("key", ["trl-sft", "hf-folder"])
def test_an_export_of_nothing_is_refused(key, tmp_path):
    with pytest.raises(TooFew):
        export(get(key), tmp_path, train=[pair("tie", left=" ", right=" ")])
    with pytest.raises(Refused, match="Choose a split"):
        export(get(key), tmp_path)


def test_a_test_file_alone_may_go_out_but_never_as_examples(tmp_path):
    assert export(get("trl-sft"), tmp_path / "a", test=TEST)["files"][0]["split"] == "test"
    with pytest.raises(WrongSplit, match="test split never go out as Few-shot"):
        export(get("few-shot-json"), tmp_path / "b", train=TRAIN, test=TEST)
    with pytest.raises(TooFew):
        export(get("trl-sft"), tmp_path / "c", test=[rated(False, split="test")])


@pytest.mark.parametrize(
    ("key", "splits", "said"),
    [
        ("trl-sft", {"train": TRAIN, "test": TEST}, True),
        ("trl-sft", {"train": TRAIN}, False),
        ("inspect", {"train": TRAIN, "test": TEST}, False),  # nothing is trained with it
    ],
)
def test_the_readme_says_what_never_to_train_on(key, splits, said, tmp_path):
    export(get(key), tmp_path, **splits)

    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert ("What is of test was held out: measure with it, never train on it." in text) is said


def test_progress_is_heard_and_may_stop_it(tmp_path):
    rows = [rated(True, input=f"q{n}") for n in range(2_500)]
    heard = []
    export(get("trl-sft"), tmp_path / "a", train=rows, progress=heard.append)
    assert heard == [1_000, 2_000, 2_500]

    class Stopped(Exception):
        pass

    def stop(_rows):
        raise Stopped

    with pytest.raises(Stopped):
        export(get("trl-sft"), tmp_path / "b", train=rows, progress=stop)


def test_the_manifest_warns_of_what_readers_get_wrong(tmp_path):
    dated = [rated(True, f"2026-11-0{n}", input=f"Which day? {n}") for n in range(1, 10)]
    told = export(get("trl-prompt-completion"), tmp_path / "a", train=dated)
    assert len(told["warnings"]) == 1
    assert told["warnings"][0].startswith("train.jsonl: Every value of completion.content looks like a date")
    assert told["warnings"][0] in (tmp_path / "a" / "README.md").read_text(encoding="utf-8")

    named = [demonstration("x", input="a text", value=name) for name in ("NA", "007", "card")]
    told = export(get("classification-csv"), tmp_path / "b", train=named)
    assert "'007', 'NA'." in told["warnings"][0]


def test_names_of_people_break_neither_readme_nor_card(tmp_path):
    from dataclasses import replace

    about = replace(ABOUT, name='"}\n---\n# x: [| \u2028 {{ 7*7 }} 🐈', license="cc-by-4.0\nconfigs: []")
    export(get("hf-folder"), tmp_path, train=TRAIN, test=TEST, about=about)

    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    front = yaml.safe_load(text.split("---\n")[1])
    assert front["pretty_name"] == '"} --- # x: [| {{ 7*7 }} 🐈'
    assert front["license"] == "cc-by-4.0 configs: []"
    assert [config["config_name"] for config in front["configs"]] == [
        "sft",
        "preference",
        "kto",
        "classification",
    ]
    assert front["configs"][0]["data_files"] == [
        {"split": "test", "path": "data/sft/test-*.parquet"},
        {"split": "train", "path": "data/sft/train-*.parquet"},
    ]


# --- what consumers want beside ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sft", "preference", "kto"])
def test_llama_factory_is_told_of_each_file(kind, tmp_path):
    export(get(f"llama-factory-{kind}"), tmp_path, train=TRAIN, test=TEST)

    told = json.loads((tmp_path / "dataset_info.json").read_text(encoding="utf-8"))

    assert list(told) == ["genba_train", "genba_test"]
    entry = told["genba_test"]
    assert entry["file_name"] == "test.jsonl"
    assert entry["formatting"] == "sharegpt"
    assert entry.get("ranking", False) is (kind == "preference")
    line = json.loads((tmp_path / "test.jsonl").open(encoding="utf-8").readline())
    assert list(entry["columns"].values()) == list(line)
    assert "tags" not in entry


@pytest.mark.parametrize(
    ("key", "heads", "reads"),
    [
        ("axolotl-sft", {"chat_template": "tokenizer_default"}, {"type": "chat_template"}),
        (
            "axolotl-dpo",
            {"rl": "dpo", "chat_template": "tokenizer_default"},
            {"type": "chat_template.default", "field_messages": "prompt"},
        ),
        ("axolotl-kto", {"rl": "kto"}, {"type": "chatml.prompt_pairs"}),
        (
            "axolotl-reward",
            {"reward_model": True, "chat_template": "tokenizer_default"},
            {"type": "bradley_terry.chat_template", "drop_system_message": True},
        ),
    ],
)
def test_axolotls_snippet_reads_the_files(key, heads, reads, tmp_path):
    export(get(key), tmp_path, train=TRAIN, test=TEST)

    told = yaml.safe_load((tmp_path / "axolotl.yaml").read_text(encoding="utf-8"))

    file = {"ds_type": "json", "split": "train", **reads}
    assert told == {
        **heads,
        "datasets": [{"path": "train.jsonl", **file}],
        "test_datasets": [{"path": "test.jsonl", **file}],
    }


def test_axolotl_keeps_the_systems_texts_where_there_are_some(tmp_path):
    talk = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}]
    export(get("axolotl-reward"), tmp_path, train=[*TRAIN, pair(input=talk)])

    [reads] = yaml.safe_load((tmp_path / "axolotl.yaml").read_text(encoding="utf-8"))["datasets"]
    assert "drop_system_message" not in reads


@pytest.mark.parametrize(
    ("prompt", "shown", "provider"),
    [("answer", "{{item.answer}}", "echo"), ("question", "{{item.question}}", "openai:chat:your-model")],
)
def test_promptfoos_configuration_replays_answers_or_asks_again(prompt, shown, provider, tmp_path):
    export(get("promptfoo"), tmp_path, train=TRAIN, test=TEST, given={"prompt": prompt})

    assert yaml.safe_load((tmp_path / "promptfooconfig.yaml").read_text(encoding="utf-8")) == {
        "prompts": [shown],
        "providers": [provider],
        "tests": ["file://train.jsonl", "file://test.jsonl"],
    }


def test_parquet_has_the_lines_of_the_json_in_shards(tmp_path):
    rows = [rated(True, text, input=f"q{n}") for n, text in enumerate(HOSTILE * 40)]
    told = export(get("hf-folder"), tmp_path / "hf", train=rows, given={"shard_rows": 1_000})
    export(get("trl-sft"), tmp_path / "json", train=rows)

    shards = sorted((tmp_path / "hf/data/sft").iterdir())
    assert [path.name for path in shards] == ["train-00000-of-00002.parquet", "train-00001-of-00002.parquet"]
    read = [row for path in shards for row in parquet.read_table(path).to_pylist()]
    assert read == [
        json.loads(line) for line in (tmp_path / "json/train.jsonl").open(encoding="utf-8", newline="\n")
    ]
    assert parquet.ParquetFile(shards[0]).metadata.row_group(0).column(0).compression == "ZSTD"
    assert list(told["configs"]) == ["sft", "kto", "classification"]
    assert told["configs"]["kto"]["classes"] == {"true": len(rows)}
    assert not (tmp_path / "hf/data/preference").exists()
