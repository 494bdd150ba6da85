"""What `datasets` and TRL see of the exports in a folder."""

import json
import sys
from pathlib import Path
from typing import Any

from datasets import get_dataset_config_names, load_dataset
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
print()
print(json.dumps(saw))
