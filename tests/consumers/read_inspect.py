"""What Inspect sees of the exports in a folder, and OpenAI's own types of the messages in chat files."""

import json
import sys
from pathlib import Path

from inspect_ai.dataset import json_dataset
from openai.types.chat import ChatCompletionMessageParam
from pydantic import TypeAdapter, ValidationError

folder = Path(sys.argv[1])
saw: dict = {}
for key in ("inspect", "inspect-choices"):
    saw[key] = [
        {
            "id": sample.id,
            "input": sample.input
            if isinstance(sample.input, str)
            else [{"role": message.role, "content": message.content} for message in sample.input],
            "choices": sample.choices,
            "target": sample.target,
            "metadata": sample.metadata,
        }
        for sample in json_dataset(str(folder / key / "train.jsonl"))
    ]

messages = TypeAdapter(list[ChatCompletionMessageParam])


def taken(value: list) -> bool:
    try:
        messages.validate_python(value)
    except ValidationError:
        return False
    return True


def lines(key: str) -> list[dict]:
    with (folder / key / "train.jsonl").open(encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


saw["chat"] = [taken(line["messages"]) for line in lines("chat-jsonl")]
saw["preference"] = [
    taken([*line["input"]["messages"], *line["preferred_output"]])
    and taken([*line["input"]["messages"], *line["non_preferred_output"]])
    for line in lines("preference-jsonl")
]
saw["robot"] = taken([{"role": "robot", "content": "beep"}])
print()
print(json.dumps(saw))
