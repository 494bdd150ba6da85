"""A month of a product's traffic, day by day, with what is planted in it. Pure.

The product's users ask about some 60 intents of CLINC150 and banking77 (data/NOTICE). Shares wobble from day to day by
chance (Dirichlet: a topic of 1.7 % by about a fifth of itself), weekends have half the traffic, and each input is
said in its own way: the words around it are drawn anew each time.
"""

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from drift.demo import words
from feedback import days

DATA = Path(__file__).parent / "data"
DAYS = 35
FIRST = 2  # the weekday of the first: a Wednesday
WEEKDAY, WEEKEND = 1_000, 550  # inputs
WOBBLE = 1_500  # concentration: a share p varies by sqrt((1 - p) / (p * WOBBLE)) of itself
HOURS = (1, 1, 1, 1, 1, 1, 2, 4, 8, 11, 12, 11, 8, 10, 11, 10, 9, 7, 5, 4, 4, 3, 2, 1)
USERS = 500

NEW, DOUBLED, GONE = "vaccines", "rewards_balance", "card_arrival"
NEW_FROM, NEW_SHARE = 20, 0.03
DOUBLED_FROM, GONE_FROM, LARGE = 23, 24, 0.03  # the share of both before
KOREAN_FROM, KOREAN_SHARE = 27, 0.05
LONG_FROM, LONG_HOUR, LONG_VERSION = 29, 14, "help-12"
HALF, NONE, TEN, FLOOD = 16, 17, 31, 34
FLOODED = 3_000


@dataclass(frozen=True)
class Said:
    """One interaction: of day 1 to DAYS, at so many milliseconds of it."""

    day: int
    at_ms: int
    input: str
    output: str
    user: str
    prompt_version: str
    topic: str


@dataclass(frozen=True)
class Planted:
    """What a person should be told of, from that day on. `words`: some of them are in a group's texts."""

    name: str
    day: int
    told_by: str  # "new", "grown", "shrunk" or a structural feature's key
    topic: str = ""


PLANTED = (
    Planted("a new topic, 3 %", NEW_FROM, "new", NEW),
    Planted("a topic doubles, 3 % to 6 %", DOUBLED_FROM, "grown", DOUBLED),
    Planted("a topic vanishes, 3 %", GONE_FROM, "shrunk", GONE),
    Planted("Korean arrives, 5 %", KOREAN_FROM, "new", "korean"),
    Planted("outputs longer, with a prompt version", LONG_FROM, "output.characters"),
)
BAD_DAYS = {
    HALF: "an outage from noon on",
    NONE: "no traffic",
    TEN: "ten inputs",
    FLOOD: f"one user sends one text {FLOODED:,} times",
}


def planted_on(day: int) -> list[str]:
    found = [one.name for one in PLANTED if one.day == day]
    return found + ([BAD_DAYS[day]] if day in BAD_DAYS else [])


@dataclass
class Month:
    seed: int = 1
    scale: float = 1.0  # of the traffic, for a quick look

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.texts = _texts()
        self.usual = sorted(set(self.texts) - {NEW})
        self.weights = {topic: self.chance.uniform(0.6, 1.4) for topic in self.usual}

    def days(self) -> Iterator[tuple[int, list[Said]]]:
        """All DAYS in order."""
        for day in range(1, DAYS + 1):
            yield day, self.day(day)

    def day(self, day: int, weekday: int | None = None) -> list[Said]:
        """The same for the same seed, whatever else was asked. `weekday`: where it shall have another one."""
        self.chance = random.Random(f"{self.seed}:{day}")
        of_week = (FIRST + day - 1) % 7 if weekday is None else weekday
        return sorted(self._day(day, of_week), key=lambda one: one.at_ms)

    def _day(self, day: int, weekday: int) -> Iterator[Said]:
        size = WEEKEND if weekday >= 5 else WEEKDAY
        n = {NONE: 0, TEN: 10}.get(day, round(self.scale * size * self.chance.uniform(0.95, 1.05)))
        topics = self._topics(day)
        for topic in self.chance.choices([*topics], weights=[*topics.values()], k=n):
            said = self._said(day, topic)
            if not (day == HALF and said.at_ms >= 12 * 3_600_000):
                yield said
        if day == FLOOD:
            text = self._input(self.usual[0])
            for n_th in range(round(self.scale * FLOODED)):
                at = 9 * 3_600_000 + n_th * 500
                yield Said(day, at, text, self._output(day, at), "loop", _version(day, at), "flood")

    def _topics(self, day: int) -> dict[str, float]:
        """Shares of the day: those of the month that wobble, and what is planted."""
        fixed = {DOUBLED: LARGE * (2 if day >= DOUBLED_FROM else 1), GONE: 0 if day >= GONE_FROM else LARGE}
        fixed |= {NEW: NEW_SHARE if day >= NEW_FROM else 0}
        fixed |= {"korean": KOREAN_SHARE if day >= KOREAN_FROM else 0}
        rest = {topic: weight for topic, weight in self.weights.items() if topic not in fixed}
        whole = sum(rest.values())
        left = 1 - sum(fixed.values())
        shares = fixed | {topic: left * weight / whole for topic, weight in rest.items()}
        drawn = {
            topic: self.chance.gammavariate(WOBBLE * share, 1) for topic, share in shares.items() if share
        }
        total = sum(drawn.values())
        return {topic: value / total for topic, value in drawn.items()}

    def _said(self, day: int, topic: str) -> Said:
        hour = self.chance.choices(range(24), weights=HOURS)[0]
        at = hour * 3_600_000 + self.chance.randrange(3_600_000)
        user = f"user-{self.chance.randrange(USERS)}"
        return Said(day, at, self._input(topic), self._output(day, at), user, _version(day, at), topic)

    def _input(self, topic: str) -> str:
        text = self.chance.choice(words.KOREAN if topic == "korean" else self.texts[topic])
        if topic == "korean":
            return text
        lot = self.chance.randrange(100) - words.PLAIN
        if lot < 0:
            return text
        before = self.chance.choice(words.OPENINGS)
        after = self.chance.choice(words.CLOSINGS)
        if lot < words.OPENED:
            return f"{before} {text}"
        return f"{text} {after}" if lot < words.OPENED + words.CLOSED else f"{before} {text} {after}"

    def _output(self, day: int, at_ms: int) -> str:
        said = self.chance.sample(words.ANSWERS, self.chance.choice((2, 3, 3, 4, 5)))
        if _version(day, at_ms) == LONG_VERSION:
            said += self.chance.sample(words.LONGER, self.chance.choice((0, 1, 1, 2)))
        return " ".join(said)


def _version(day: int, at_ms: int) -> str:
    late = (day, at_ms) >= (LONG_FROM, LONG_HOUR * 3_600_000)
    return LONG_VERSION if late else "help-11"


def _texts() -> dict[str, list[str]]:
    """By topic."""
    found: dict[str, list[str]] = {}
    with gzip.open(DATA / "questions.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            found.setdefault(row["topic"], []).append(row["text"].lower())
    return found


def record(day: date, n: int, said: Said, *, zone: ZoneInfo, feature: str) -> dict[str, object]:
    """As a product in that time zone would send it."""
    at = days.moment(day, 0, zone) + timedelta(milliseconds=said.at_ms)
    return {
        "id": f"{day}-{n}",
        "occurred_at": at.isoformat(timespec="milliseconds"),
        "feature": feature,
        "input": said.input,
        "output": said.output,
        "model": "a-model",
        "prompt_version": said.prompt_version,
        "user": said.user,
        "session": f"{day}-{said.user}-{said.at_ms // 3_600_000}",
    }
