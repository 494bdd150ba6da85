"""What Inspect sees of the exports in a folder, and OpenAI's own types of the messages in chat files."""

import json
import sys
from pathlib import Path

from inspect_ai.dataset import json_dataset
from openai.types.chat import (
    ChatCompletionAssistantMessageParam,
    ChatCompletionFunctionToolParam,
    ChatCompletionMessageParam,
    ChatCompletionSystemMessageParam,
    ChatCompletionToolMessageParam,
    ChatCompletionUserMessageParam,
)
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
talks = Path(sys.argv[2])
saw["talks"] = [
    [message.model_dump(exclude_none=True, exclude={"id", "source", "metadata"}) for message in sample.input]
    for sample in json_dataset(str(talks / "inspect/train.jsonl"))
    if not isinstance(sample.input, str)
]
tools = TypeAdapter(list[ChatCompletionFunctionToolParam])


def strict(line: dict, *answers: str) -> bool:
    """Messages and tools are of OpenAI's types, and no key is one that the types do not have."""
    talk = line.get("input", line)
    found = [*talk["messages"], *(one for key in answers for one in line[key])]
    tools.validate_python(talk.get("tools", []))
    return taken(found) and all(set(one) <= KEYS[one["role"]] for one in found)


KEYS = {
    "system": set(ChatCompletionSystemMessageParam.__annotations__),
    "user": set(ChatCompletionUserMessageParam.__annotations__),
    "assistant": set(ChatCompletionAssistantMessageParam.__annotations__),
    "tool": set(ChatCompletionToolMessageParam.__annotations__),
}
folder = talks
saw["talks_chat"] = [strict(line) for line in lines("chat-jsonl")]
saw["talks_preference"] = [
    strict(line, "preferred_output") and strict(line, "non_preferred_output")
    for line in lines("preference-jsonl")
]
saw["robot"] = taken([{"role": "robot", "content": "beep"}])
print()
print(json.dumps(saw))
