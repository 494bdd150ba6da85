"""The texts of the demo and what people answered about them. Sources and licences: data/NOTICE."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feedback.demo import words

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Text:
    """One output of a model. `answer`: whether people found it supported by its source."""

    id: str
    feature: str
    input: Any
    output: str
    answer: str  # yes or no
    source: str
    context: Any = None
    model: str = ""
    note: str = ""
    modes: tuple[str, ...] = ()  # how it fails, in names of failure modes


@dataclass(frozen=True)
class Rated:
    """One summary that several people judged: {rater's number: yes or no}."""

    text: Text
    ratings: dict[int, str]


@dataclass(frozen=True)
class Pair:
    """Two models' answers to one prompt. `votes`: {rater: a, b (left, right) or tie}."""

    id: str
    prompt: str
    left: str
    right: str
    left_model: str
    right_model: str
    votes: dict[str, str]


def summaries() -> Iterator[Text]:
    """Summaries of e-mails and calls."""
    documents: dict[str, dict[str, str]] = {}
    for row in _read("summedits.jsonl.gz"):
        if "doc" in row:
            documents[row["doc_id"]] = row
            continue
        document = documents[row["doc_id"]]
        yield Text(
            id=f"summedits-{row['id']}",
            feature=words.EMAIL if document["domain"] == "sales_email" else words.CALL,
            input=document["doc"].strip(),
            output=row["summary"],
            answer=row["label"],
            source="SummEdits",
            note=words.note_of(row["edit_types"]),
            modes=words.modes_of(row["edit_types"]),
        )


def chats() -> Iterator[Text]:
    """Answers in a conversation, each with the knowledge it was to rest on."""
    for row in _read("begin_wow.jsonl.gz"):
        yield Text(
            id=row["id"],
            feature=words.CHAT,
            input=[{"role": "user", "content": row["message"]}],
            output=row["response"],
            answer="yes" if row["label"] == "Fully attributable" else "no",
            modes=() if row["label"] == "Fully attributable" else (words.BESIDE_THE_SOURCE,),
            source="BEGIN (Wizard of Wikipedia)",
            context=[{"title": "Wikipedia", "text": row["knowledge"]}],
            model=row["model"],
        )


def news() -> Iterator[Rated]:
    """One-sentence summaries of articles that are not part of the source."""
    for row in _read("xsum.jsonl.gz"):
        ratings = {int(one["annotator"].removeprefix("wid_")): one["label"] for one in row["ratings"]}
        answers = list(ratings.values())
        text = Text(
            id=f"xsum-{row['id']}",
            feature=words.NEWS,
            input=words.article(row["bbcid"]),
            output=row["summary"],
            answer=max(("yes", "no"), key=answers.count),
            source="XSum hallucination annotations",
            model=row["system"],
        )
        yield Rated(text, ratings)


def pairs() -> Iterator[Pair]:
    """Answers of two models to one prompt, each pair compared by three people."""
    for row in _read("llmfao.jsonl.gz"):
        yield Pair(
            id=row["id"],
            prompt=row["prompt"],
            left=row["answer_a"],
            right=row["answer_b"],
            left_model=row["model_a"],
            right_model=row["model_b"],
            votes={vote["annotator"]: vote["winner"] for vote in row["votes"]},
        )


@dataclass(frozen=True)
class Intent:
    """A customer's question, what was suggested as its intent, and which people said it is."""

    id: str
    text: str
    intent: str
    value: str
    confidence: float
    alternatives: list[tuple[str, float]]


def intents() -> list[Intent]:
    """In the order in which they were asked: each was suggested from those before."""
    return [Intent(**row) for row in _read("intents.jsonl.gz")]


def _read(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
