"""Laying the texts over two weeks: how many a day, at which hours, and which."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from feedback import days
from feedback.demo import words
from feedback.demo.texts import Text

SPAN = 13  # days before today
WEEKDAY = {words.CHAT: 32, words.EMAIL: 17, words.CALL: 13, words.NEWS: 7}
WEEKEND_SHARE = 0.5
HOURS = (1, 1, 1, 1, 1, 1, 2, 4, 8, 11, 12, 11, 8, 10, 11, 10, 9, 7, 5, 4, 4, 3, 2, 1)
USUAL = 0.1  # share of texts that are not supported by their source
BROKEN = {words.EMAIL: (0.75, range(3, 6))}  # and while a bad prompt version was live, so many days ago


@dataclass(frozen=True)
class Logged:
    """A text as the product would have logged it."""

    text: Text
    at: datetime
    prompt_version: str
    environment: str = "production"


class Pool:
    """Texts of one feature, taken once each: good ones and bad ones."""

    def __init__(self, texts: Iterable[Text], chance: random.Random) -> None:
        self._left: dict[str, list[Text]] = {"yes": [], "no": []}
        for text in texts:
            self._left[text.answer].append(text)
        for pile in self._left.values():
            chance.shuffle(pile)

    def take(self, answer: str) -> Text | None:
        """One with that answer, else one with the other, else none is left."""
        pile = self._left[answer] or self._left["no" if answer == "yes" else "yes"]
        return pile.pop() if pile else None


def lay_out(
    texts: Iterable[Text], *, zone: ZoneInfo, now: datetime, chance: random.Random
) -> Iterator[Logged]:
    """The log of the last two weeks up to `now`."""
    pools: dict[str, list[Text]] = {}
    for text in texts:
        pools.setdefault(text.feature, []).append(text)
    taken = {feature: Pool(pools.get(feature, []), chance) for feature in WEEKDAY}
    today = days.day_of(now, zone)
    for ago in range(SPAN, -1, -1):
        for feature, pool in taken.items():
            for at in times(today - days.DAY * ago, WEEKDAY[feature], zone, chance):
                share, broken = BROKEN.get(feature, (USUAL, range(0)))
                bad = chance.random() < (share if ago in broken else USUAL)
                drawn = pool.take("no" if bad else "yes")
                if drawn is not None and at <= now:
                    yield _logged(drawn, at, ago)


def times(day: date, weekday: int, zone: ZoneInfo, chance: random.Random) -> list[datetime]:
    """About `weekday` moments of that day, fewer on a weekend."""
    count = weekday * (WEEKEND_SHARE if day.weekday() >= 5 else 1) + chance.uniform(-2, 2)
    hours = chance.choices(range(24), weights=HOURS, k=max(1, round(count)))
    return sorted(
        days.moment(day, hour, zone) + timedelta(milliseconds=chance.randrange(3_600_000)) for hour in hours
    )


def _logged(text: Text, at: datetime, ago: int) -> Logged:
    versions = {
        words.EMAIL: "email-6" if ago > 5 else "email-7" if ago > 2 else "email-8",
        words.CALL: "call-3",
        words.CHAT: "chat-2",
    }
    logged = Logged(text, at, versions.get(text.feature, ""))
    if text.feature == words.NEWS:  # nobody can judge these without the articles
        return replace(logged, environment="development")
    return replace(logged, environment="shadow") if text.model == "gpt2" else logged
