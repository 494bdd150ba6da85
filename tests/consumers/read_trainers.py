"""What LLaMA-Factory's converter and Axolotl's strategies make of the exports in a folder.

Both packages are installed without what they want, dozens of packages that nothing here needs. So their own modules
are read alone: packages whose `__init__` would load the rest stand in empty, and so do loggers.
"""

import importlib
import json
import logging
import sys
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import yaml
from datasets import load_dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast


def bare(name: str, **holds: Any) -> None:
    """A package without its `__init__`, so that a module inside can be imported."""
    module = ModuleType(name)
    top = name.split(".")[0]
    module.__path__ = [str(distribution(top).locate_file(name.replace(".", "/")))]
    vars(module).update(holds)
    sys.modules[name] = module


class Quiet:
    """A logger that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def warning_rank0(self, words: str) -> None:
        self.said.append(words)


folder = Path(sys.argv[1])
saw: dict = {"factory": {}, "axolotl": {}}


def lines(key: str) -> list[dict]:
    with (folder / key / "train.jsonl").open(encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


TAGS = ("<tool_call>", "</tool_call>")
quiet = Quiet()
bare("llamafactory")
bare("llamafactory.data")
bare("llamafactory.extras", logging=SimpleNamespace(get_logger=lambda _name: quiet))
sys.modules["llamafactory.extras.constants"] = SimpleNamespace(DATA_CONFIG="dataset_info.json")  # type: ignore[assignment]
sys.modules["llamafactory.extras.misc"] = SimpleNamespace(use_modelscope=bool, use_openmind=bool)  # type: ignore[assignment]
converter = importlib.import_module("llamafactory.data.converter")
parser = importlib.import_module("llamafactory.data.parser")
for kind in ("sft", "preference", "kto"):
    key = f"llama-factory-{kind}"
    [attributes] = parser.get_dataset_list(["genba_train"], str(folder / key))
    convert = converter.SharegptDatasetConverter(attributes, SimpleNamespace(media_dir=""))
    saw["factory"][kind] = [convert(line) for line in lines(key)]
saw["complaints"] = quiet.said

# Calls of tools, as its converter and then the formatters of a model's template have them.
talks = Path(sys.argv[2])
formatter = importlib.import_module("llamafactory.data.formatter")
as_call = formatter.FunctionFormatter(slots=["{{content}}"], tool_format="qwen")
as_tools = formatter.ToolFormatter(tool_format="qwen")
saw["calls"] = {}
for kind in ("sft", "preference", "kto"):
    key = f"llama-factory-{kind}"
    [attributes] = parser.get_dataset_list(["genba_train"], str(talks / key))
    convert = converter.SharegptDatasetConverter(attributes, SimpleNamespace(media_dir=""))
    found = [
        convert(line)
        for line in load_dataset("json", data_files=str(talks / key / "train.jsonl"), split="train")
    ]
    for one in found:
        for turn in (*one["_prompt"], *one["_response"]):
            if turn["role"] == "function":
                [turn["shown"]] = as_call.apply(
                    content=turn["content"], thought_words=("<think>", "</think>"), tool_call_words=TAGS
                )
        one["tools_shown"] = as_tools.apply(content=one["_tools"]) if one["_tools"] else []
    saw["calls"][kind] = found

for name in ("axolotl", "axolotl.utils", "axolotl.utils.schemas", "axolotl.prompt_strategies"):
    bare(name)
for name in ("bradley_terry", "dpo", "kto"):
    bare(f"axolotl.prompt_strategies.{name}")
bare_modules: dict[str, Any] = {
    "axolotl.utils.logging": SimpleNamespace(get_logger=logging.getLogger),
    "axolotl.utils.dict": SimpleNamespace(remove_none_values=lambda value: value),
    "colorama": SimpleNamespace(Fore=SimpleNamespace(CYAN="", RESET="")),
}
sys.modules.update(bare_modules)

# A token for each byte, so that what was tokenized can be read again.
letters = sorted(pre_tokenizers.ByteLevel.alphabet())
bytewise = Tokenizer(models.BPE(vocab={letter: n for n, letter in enumerate([*letters, "<eos>"])}, merges=[]))
bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
bytewise.decoder = decoders.ByteLevel()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=bytewise, eos_token="<eos>")
# "message": Axolotl looks for that name to see which keys of messages a template has.
tokenizer.chat_template = (
    "{% if tools %}{{tools | tojson}}{% endif %}"
    "{% for message in messages %}<|{{message.role}}|>{{message.content}}"
    "{% if message.tool_calls %}{% for call in message.tool_calls %}[{{call.function.name}}"
    "{% for name, value in call.function.arguments | items %} {{name}}={{value}}{% endfor %}]{% endfor %}{% endif %}"
    "<eos>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


class Settings(dict):
    """Axolotl's: a key that was not set is None."""

    def __getattr__(self, name: str) -> Any:
        return self.get(name)


def read(tokens: list[int]) -> str:
    return tokenizer.decode([token for token in tokens if token >= 0], clean_up_tokenization_spaces=False)


def settings_of(key: str) -> tuple[Settings, dict]:
    told = yaml.safe_load((folder / key / "axolotl.yaml").read_text(encoding="utf-8"))
    return Settings({"sequence_len": 1_000_000, **told}), told["datasets"][0]


for key in ("axolotl-kto", "axolotl-dpo"):
    told, reads = settings_of(key)
    strategy, function = reads["type"].split(".")
    module = importlib.import_module(f"axolotl.prompt_strategies.{told['rl']}.{strategy}")
    made = getattr(module, function)(told)
    transform = made[0] if isinstance(made, tuple) else made
    more = {"tokenizer": tokenizer} if told["rl"] == "dpo" else {}
    saw["axolotl"][key] = [transform(line, **more) for line in lines(key)]

told, reads = settings_of("axolotl-sft")
module = importlib.import_module(f"axolotl.prompt_strategies.{reads['type']}")
sft = module.load(tokenizer, told, ds_cfg=reads)
saw["axolotl"]["axolotl-sft"] = [
    {name: read(found[name]) for name in ("input_ids", "labels")}
    for found in (sft.tokenize_prompt(line) for line in lines("axolotl-sft"))
]
saw["axolotl"]["talks"] = [
    {name: read(found[name]) for name in ("input_ids", "labels")}
    for found in (
        sft.tokenize_prompt(line)
        for line in load_dataset("json", data_files=str(talks / "axolotl-sft/train.jsonl"), split="train")
    )
]
told, reads = settings_of("axolotl-reward")
module = importlib.import_module("axolotl.prompt_strategies." + reads["type"])
reward = module.load(tokenizer, told, ds_cfg=reads)
saw["axolotl"]["axolotl-reward"] = [
    {side: read(found[f"{side}_ids"]) for side in ("chosen", "rejected")}
    for found in (reward.tokenize_prompt(line) for line in lines("axolotl-reward"))
]
print()
print(json.dumps(saw))
