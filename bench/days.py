"""Days of traffic made of public texts, with and without a structural change, for bench_structure.

A world is a product: 150 topics (the intents of CLINC150), each with its shape of answers (LLMFAO; half of them
wrapped as a JSON object) and its speed. A day is drawn from it:

  null       the same shares of topics every day
  wobble20, wobble44   shares of topics vary from day to day (Dirichlet), that of an average one by about 20 % or
             44 % of itself, as in drift-bench's od2000 and od400; and so does the share of one of two models
  rough      as those, by 140 %: half of a day may be one topic
  weekly     on Saturday and Sunday other topics and longer questions (banking77) make up half of it
"""

import gzip
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from drift.structure.feature import Feature, Side
from drift.structure.judge import Day
from drift.structure.registry import FEATURES
from drift.structure.rows import Row, Text
from drift.structure.tally import Tally

FOLDER = Path("bench/data")
FIRST = date(2026, 10, 5)  # a Monday
LETTERS = "abcdefghijklmnopqrstuvwxyz"
KOREAN = (
    "환불은 어떻게 받을 수 있나요?", "카드를 잃어버렸어요. 어떻게 해야 하나요?", "계좌 잔액을 알려 주세요",
    "내일 서울 날씨가 어때요", "비밀번호를 바꾸고 싶습니다", "배송이 언제 도착하나요?", "주문을 취소해 주세요",
)  # fmt: skip
REFUSALS = (
    "I'm sorry, but I can't help with that request.",
    "I cannot assist with that.",
    "As an AI language model, I can't do that.",
)
TEMPLATE = "Answer briefly, in the tone of our brand, and name your sources. Question: "


@dataclass(frozen=True)
class Call:
    """One interaction before it has an hour."""

    asked: str
    answered: Any
    latency: float
    cost: float


@cache
def read(name: str) -> list[dict[str, Any]]:
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def mistyped(text: str, rng: random.Random, share: float) -> str:
    """Each word of four letters or more with that chance: two letters swapped, one lost, doubled or another."""

    def one(word: str) -> str:
        if len(word) < 4 or rng.random() >= share:
            return word
        at, way = rng.randrange(len(word) - 1), rng.randrange(4)
        middle = (
            word[at + 1] + word[at],
            word[at + 1],
            word[at] * 2 + word[at + 1],
            rng.choice(LETTERS) + word[at + 1],
        )
        return word[:at] + middle[way] + word[at + 2 :]

    return " ".join(one(word) for word in text.split(" "))


CHANGES = {
    "outputs 40 % longer": lambda c, rng: replace(c, answered=_longer(c.answered)),
    "5 % refusals": lambda c, rng: replace(c, answered=rng.choice(REFUSALS)) if rng.random() < 0.05 else c,
    "JSON objects to lists": lambda c, rng: replace(c, answered=_as_list(c.answered)),
    "5 % Korean": lambda c, rng: replace(c, asked=rng.choice(KOREAN)) if rng.random() < 0.05 else c,
    "5 % of words mistyped": lambda c, rng: replace(c, asked=mistyped(c.asked, rng, 0.05)),
    "template on 10 %": lambda c, rng: replace(c, asked=TEMPLATE + c.asked) if rng.random() < 0.1 else c,
}


def _longer(answer: str) -> str:
    if answer.startswith('{"answer"'):
        value = json.loads(answer)
        return json.dumps({**value, "answer": _longer(value["answer"])}, ensure_ascii=False)
    more = int(len(answer) * 0.4)
    return answer + " " + answer[:more]


def _as_list(answer: str) -> str:
    return f"[{answer}]" if answer.startswith('{"answer"') else answer


class World:
    """Rows are measured once: a day of it is a draw of measured rows."""

    def __init__(self, seed: int, wobble: str = "null") -> None:
        self.rng = random.Random(seed)
        self.chance = np.random.default_rng(seed)
        self.wobble = wobble
        topics: dict[str, list[str]] = {}
        for row in read("intents_clinc150"):
            topics.setdefault(row["intent"], []).append(row["text"])
        self.topics = [topics[name] for name in sorted(topics)]
        self.weekend = [row["text"] for row in read("intents_banking77")]
        answers: dict[str, list[str]] = {}
        for row in read("answers_llmfao"):
            if row["answer"].strip():
                answers.setdefault(row["prompt"], []).append(row["answer"][:1200])
        self.answers = [answers[name] for name in sorted(answers)]
        self.share = self.chance.dirichlet(np.full(len(self.topics), 4.0))
        self.of_topic = [self.rng.choice(self.answers) for _ in self.topics]
        self.measured: dict[str, dict[str, Any]] = {}
        self.features: Mapping[str, Feature] = {
            key: replace(one, measure=partial(self._looked_up, key)) for key, one in FEATURES.items()
        }

    def day(self, at: int, n: int, change: str = "") -> Day:
        day, tally = FIRST + timedelta(days=at), Tally()
        concentration = {"wobble20": 3000, "wobble44": 620, "rough": 60}.get(self.wobble)
        share, model = self.share, 0.5
        if concentration:
            share = self.chance.dirichlet(self.share * concentration + 1e-9)
            spread = {"wobble20": 80, "wobble44": 16, "rough": 4}[self.wobble]
            model = self.chance.beta(spread, spread)
        weekend = 0.5 if self.wobble == "weekly" and day.weekday() >= 5 else 0.0
        for count, topic in enumerate(self.chance.choice(len(share), n, p=share)):
            which = "w" if self.rng.random() < weekend else "t"
            texts = self.weekend if which == "w" else self.topics[topic]
            text = self.rng.randrange(len(texts))
            version = "1" if self.rng.random() < model else "2"
            key = f"{which}.{topic}.{text}.{version}.{self.rng.randrange(3)}" + (
                f".{change}" if change else ""
            )
            if key not in self.measured:
                self._measure(key, texts[text], int(topic), version, change)
            hour = int(self.chance.choice(24))
            # What rows came with plays no part in the test, and would take half the time.
            row = Row(f"{key}#{count}", at * 86_400 + hour * 3_600.0, Text(""), None, None)
            tally.add(row, self.features.values())
        tally.close(self.features)
        return Day(day, tally)

    def _looked_up(self, feature: str, row: Row) -> Any:
        return self.measured[row.id.split("#")[0]][feature]

    def _measure(self, key: str, asked: str, topic: int, version: str, change: str) -> None:
        rng = random.Random(key)
        answer = rng.choice(self.of_topic[topic])
        if version == "2":
            answer = answer[: int(len(answer) * 0.8) + 1]
        if topic % 2:
            answer = json.dumps({"answer": answer, "score": len(answer) % 100 / 100}, ensure_ascii=False)
        call = Call(asked, answer, rng.lognormvariate(6.5 + 0.3 * (topic % 5), 0.5), len(answer) * 1e-6)
        if change:
            call = CHANGES[change](call, rng)
        self.measured[key] = {
            **measured(Side.INPUT, call.asked, ""),
            **measured(Side.OUTPUT, "", call.answered),
            "call.latency": call.latency,
            "call.cost": call.cost * 1e6,
        }


@cache
def measured(side: Side, asked: str, answered: str) -> dict[str, Any]:
    row = Row("", 0, Text(asked), [{"role": "user", "content": asked}], answered, finish_reason="stop")
    return {key: one.measure(row) for key, one in FEATURES.items() if one.side == side}
