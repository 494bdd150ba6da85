"""What `datasets` and TRL see of the exports in a folder."""

import json
import sys
from pathlib import Path
from typing import Any

import trl as trl_package
from datasets import Features, Json, List, Value, get_dataset_config_names, load_dataset  # noqa: F401 - for the types
from datasets.exceptions import DatasetGenerationError
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from trl.data_utils import (
    extract_prompt,
    is_conversational,
    maybe_apply_chat_template,
    unpair_preference_dataset,
)

folder = Path(sys.argv[1])
saw: dict = {"json": {}, "parquet": {}}


def lines(path: Path) -> Any:
    return load_dataset("json", data_files=str(path), split="train")


for path in sorted(folder.glob("*/train.jsonl")):
    saw["json"][path.parent.name] = lines(path).to_list()
table = load_dataset(
    "csv", data_files=str(folder / "classification-csv/train.csv"), split="train", keep_default_na=False
)
saw["csv"] = table.to_list()
saw["classes"] = (
    lines(folder / "classification-jsonl/train.jsonl").class_encode_column("label").features["label"].names
)

hub = str(folder / "hf-folder")
saw["configs"] = get_dataset_config_names(hub)
saw["default"] = load_dataset(hub, split="test").to_list()
for config in saw["configs"]:
    found = load_dataset(hub, config)
    saw["parquet"][config] = {split: rows.to_list() for split, rows in found.items()}

# TRL, with a template and no network
words = {"[UNK]": 0, "<eos>": 1}
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="[UNK]")),
    unk_token="[UNK]",
    eos_token="<eos>",
)
tokenizer.chat_template = (
    "{% for m in messages %}<|{{m['role']}}|>{{m['content']}}<eos>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
trl = sorted(folder.glob("trl-*/train.jsonl"))
saw["conversational"] = {path.parent.name: is_conversational(lines(path)[0]) for path in trl}
saw["applied"] = {
    path.parent.name: [maybe_apply_chat_template(row, tokenizer) for row in lines(path)] for path in trl
}
pairs = lines(folder / "trl-preference/train.jsonl")
saw["unpaired"] = unpair_preference_dataset(pairs).to_list()
implicit = [
    {"chosen": [*row["prompt"], *row["chosen"]], "rejected": [*row["prompt"], *row["rejected"]]}
    for row in pairs
]
saw["extracted"] = [extract_prompt(row) for row in implicit]
saw["dates"] = [str(row["completion"][0]["content"]) for row in lines(Path(sys.argv[2]))]

# Calls of tools: types as the manifest says, TRL's own templates of two models, which go through arguments.
talks, late = Path(sys.argv[3]), Path(sys.argv[4])
saw["talks"], saw["templates"], saw["late"] = {}, {}, {}


def typed(path: Path) -> Any:
    told = json.loads((path.parent / "manifest.json").read_text(encoding="utf-8"))["notes"][0]
    types = eval(told.split("features=")[1].split(")`.")[0])  # noqa: S307 - our own words, as a reader would copy them
    return load_dataset("json", data_files=str(path), split="train", features=types)


for path in sorted(talks.glob("trl-*/train.jsonl")):
    found = typed(path)
    saw["talks"][path.parent.name] = found.to_list()
    saw["templates"][path.parent.name] = applied = {}
    for name in ("qwen2_5", "llama3_1"):
        template = (Path(trl_package.__file__).parent / f"chat_templates/{name}.jinja").read_text(
            encoding="utf-8"
        )
        applied[name] = [
            str(
                maybe_apply_chat_template(
                    row, tokenizer, tools=json.loads(row["tools"]), chat_template=template
                )
            )
            for row in found
        ]
try:
    lines(late / "trl-prompt-completion/train.jsonl")
except DatasetGenerationError:
    saw["late"]["guessed"] = None
saw["late"]["typed"] = typed(late / "trl-prompt-completion/train.jsonl").to_list()[-1]
saw["late"]["axolotl"] = lines(late / "axolotl-sft/train.jsonl").to_list()[-1]
saw["talks"]["axolotl-sft"] = lines(talks / "axolotl-sft/train.jsonl").to_list()
for config in get_dataset_config_names(str(talks / "hf-folder")):
    saw["talks"][f"hf-{config}"] = load_dataset(str(talks / "hf-folder"), config, split="train").to_list()
print()
print(json.dumps(saw))
