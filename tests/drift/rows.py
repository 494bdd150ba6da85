"""Rows of a product that answers questions, and days of them, for tests of what they are like."""

import random
from datetime import date, timedelta

from drift.structure.judge import Day
from drift.structure.registry import FEATURES
from drift.structure.rows import Row, Text
from drift.structure.tally import Tally

MONDAY = date(2026, 11, 2)
WORDS = [
    "where",
    "can",
    "the",
    "small",
    "red",
    "order",
    "that",
    "you",
    "sent",
    "last",
    "week",
    "be",
    "found",
    "and",
    "why",
    "does",
    "it",
    "take",
    "this",
    "long",
]


def row(
    asked="where is my order", answered="It is on its way.", *, key="r", at=0.0, sent=None, **more
) -> Row:
    sent = [{"role": "user", "content": asked}] if sent is None else sent
    return Row(key, at, Text(asked), sent, answered, **more)


def measured(key, **more):
    """What the feature says of such a row."""
    return FEATURES[key].measure(row(**more))


def seconds(day: date, hour: float = 0) -> float:
    return (day - date(1970, 1, 1)).days * 86_400 + hour * 3_600


def day(at: int, n: int = 400, *, make=None, hours=24, features=FEATURES, seed=0) -> Day:
    """The day `at` days after MONDAY. `make(rng, k)`: what of a row is not as usual."""
    rng, when, tally = random.Random(1000 * seed + at), MONDAY + timedelta(days=at), Tally()
    for k in range(n):
        second = seconds(when, hours * k / n)
        usual = {
            "asked": " ".join(rng.choice(WORDS) for _ in range(rng.randint(5, 14))) + "?",
            "answered": " ".join(rng.choice(WORDS) for _ in range(rng.randint(20, 60))).capitalize() + ".",
            "latency_ms": rng.lognormvariate(6, 0.5),
            "came_with": {"prompt_version": "11", "model": "m"},
        }
        made = make(rng, k) if make else {}
        tally.add(row(key=f"{at}-{k}", at=second, **{**usual, **made}), features.values())
    tally.close(features)
    return Day(when, tally)
