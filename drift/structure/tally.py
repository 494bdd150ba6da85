"""What a day's rows come to, feature by feature: counts, sums and histograms, by hour and by what the rows
came with. Bounded in size however many rows there are; plain JSON, so that half a day can be put away and
gone on with. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log
from typing import Any

from drift.structure.feature import NO, OTHER, YES, Feature, Scale, Shape
from drift.structure.rows import Row

IDS = 3  # rows kept as examples, of each category and of each bar of a histogram
CATEGORIES = 60  # further ones are “other”
ENDLESS = 2_000  # categories of a feature without an end that are counted at a time,
RARE = 0.002  # those that are kept of them when the day is done: of so many of its rows,
KEPT = 40  # and so many,
FEW = 3  # rows: a shape of JSON that fewer have may hold somebody's name
DETAIL_FROM = 10  # and from which occurrence on it is noted when it came and with what
VALUES = 12  # prompt versions, models, variants, features told apart; the rest together
ALL = ""  # in an hour or beside a value: all rows, whatever their category
PER_DOUBLING = 4  # bars of a histogram on the scale of logarithms


@dataclass
class Counts:
    """Of a share or a category. `hours`: rows by hour since 1970 and category; `came`: by dimension, value
    and category. Under ALL stand the rows of any category."""

    n: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    hours: dict[str, dict[str, int]] = field(default_factory=dict)
    came: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)

    def add(self, row: Row, value: str, feature: Feature) -> None:
        if not feature.endless and value not in self.counts and len(self.counts) >= CATEGORIES:
            value = OTHER
        self.n += 1
        seen = self.counts[value] = self.counts.get(value, 0) + 1
        noted = (ALL,) if feature.endless and seen < DETAIL_FROM else (ALL, value)
        cells = [self.hours.setdefault(str(row.hour), {})]
        cells += [_cell(self.came, name, came, {}) for name, came in row.came_with.items()]
        for cell in cells:
            for one in noted:
                cell[one] = cell.get(one, 0) + 1
        if seen <= IDS:
            self.ids.setdefault(value, []).append(row.id)
        if feature.endless and len(self.counts) > ENDLESS:
            self._forget(2)  # as lossy counting does (Manku and Motwani 2002)

    def _forget(self, least: int) -> None:
        gone = {value for value, count in self.counts.items() if count < least}
        self.counts = {value: count for value, count in self.counts.items() if value not in gone}
        self.ids = {value: ids for value, ids in self.ids.items() if value not in gone}

    def _merge(self, rare: set[str]) -> None:
        """They become OTHER."""
        cells = [*self.hours.values(), *(c for values in self.came.values() for c in values.values())]
        for cell in (self.counts, *cells):
            gone = sum(cell.pop(value, 0) for value in rare)
            if gone:
                cell[OTHER] = cell.get(OTHER, 0) + gone
        self.ids = {value: ids for value, ids in self.ids.items() if value not in rare}

    def close(self, feature: Feature) -> None:
        """The day is done: of categories without an end only the common ones stay, and of those with names from
        the log those that are no one's own."""
        if feature.free:
            self._merge({value for value, count in self.counts.items() if count < FEW and value != OTHER})
        if not feature.endless:
            return
        ranked = sorted(self.counts.values(), reverse=True)
        self._forget(max(3, int(RARE * self.n), ranked[KEPT] + 1 if len(ranked) > KEPT else 0))
        for cell in (*self.hours.values(), *(c for values in self.came.values() for c in values.values())):
            for value in [one for one in cell if one != ALL and one not in self.counts]:
                del cell[value]


Sum = list[float]  # how many, sum, sum of squares, on the feature's scale


@dataclass
class Sums:
    """Of an amount. `histogram`: rows by the number of a bar, see `bar_of`; `ids`: some of each bar."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    hours: dict[str, Sum] = field(default_factory=dict)
    came: dict[str, dict[str, Sum]] = field(default_factory=dict)
    histogram: dict[str, int] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)

    def add(self, row: Row, value: float, feature: Feature) -> None:
        scaled = feature.to_scale(value)
        self.n += 1
        self.total += scaled
        self.squares += scaled * scaled
        cells = [self.hours.setdefault(str(row.hour), [0, 0.0, 0.0])]
        cells += [_cell(self.came, name, came, [0, 0.0, 0.0]) for name, came in row.came_with.items()]
        for cell in cells:
            cell[0] += 1
            cell[1] += scaled
            cell[2] += scaled * scaled
        bar = str(bar_of(scaled, feature.scale))
        seen = self.histogram[bar] = self.histogram.get(bar, 0) + 1
        if seen <= IDS:
            self.ids.setdefault(bar, []).append(row.id)

    def close(self, feature: Feature) -> None:
        """Nothing of it grows with the day."""


def _cell(came: dict[str, dict[str, Any]], name: str, value: str, empty: Any) -> Any:
    values = came.setdefault(name, {})
    return values.setdefault(value if value in values or len(values) < VALUES else OTHER, empty)


def bar_of(scaled: float, scale: Scale) -> int:
    """Which bar: four to a doubling, or a hundredth each."""
    return int(bar_at(scaled)) if scale == Scale.LOG else min(int(scaled * 100), 100)


def bar_at(scaled: float) -> float:
    """On the scale of logarithms, with how far into the bar."""
    return scaled / log(2) * PER_DOUBLING


def bar_from(bar: int, scale: Scale) -> float:
    """Where the bar begins, on the scale."""
    return bar * log(2) / PER_DOUBLING if scale == Scale.LOG else bar / 100


@dataclass
class Tally:
    """A day, or the part of it that was read. `hours`: rows by hour since 1970."""

    rows: int = 0
    hours: dict[str, int] = field(default_factory=dict)
    came: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)  # dimension, value, hour: rows
    of: dict[str, Counts | Sums] = field(default_factory=dict)

    def add(self, row: Row, features: Iterable[Feature]) -> None:
        self.rows += 1
        hour = str(row.hour)
        self.hours[hour] = self.hours.get(hour, 0) + 1
        for name, came in row.came_with.items():
            cell = _cell(self.came, name, came, {})
            cell[hour] = cell.get(hour, 0) + 1
        for feature in features:
            value = feature.measure(row)
            if value is None:
                continue
            found = self.of.get(feature.key)
            if found is None:
                found = self.of[feature.key] = Sums() if feature.shape == Shape.AMOUNT else Counts()
            if isinstance(found, Sums):
                found.add(row, float(value), feature)
            elif feature.shape == Shape.SHARE:
                found.add(row, YES if value else NO, feature)
            else:
                found.add(row, str(value), feature)

    def close(self, features: Mapping[str, Feature]) -> None:
        """After the last row."""
        for key, found in self.of.items():
            found.close(features[key])

    def as_json(self) -> dict[str, Any]:
        of = {key: {"amount": isinstance(found, Sums), **vars(found)} for key, found in self.of.items()}
        return {"rows": self.rows, "hours": self.hours, "came": self.came, "of": of}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Tally":
        tally = cls(kept["rows"], kept["hours"], kept["came"])
        for key, found in kept["of"].items():
            values = {name: value for name, value in found.items() if name != "amount"}
            tally.of[key] = Sums(**values) if found["amount"] else Counts(**values)
        return tally

    def within(self, hours: frozenset[int]) -> "Tally":
        """Only what came in these hours of the day (UTC). Histograms are of whole days: none is left."""
        small = Tally(
            sum(n for hour, n in self.hours.items() if int(hour) % 24 in hours), self.hours, self.came
        )
        for key, found in self.of.items():
            if isinstance(found, Sums):
                sums = [cell for hour, cell in found.hours.items() if int(hour) % 24 in hours]
                n, total, squares = (sum(cell[at] for cell in sums) for at in range(3))
                small.of[key] = Sums(int(n), total, squares, found.hours, found.came, {}, found.ids)
            else:
                counts: dict[str, int] = {}
                for hour, cell in found.hours.items():
                    if int(hour) % 24 in hours:
                        for value, count in cell.items():
                            counts[value] = counts.get(value, 0) + count
                small.of[key] = Counts(counts.pop(ALL, 0), counts, found.hours, found.came, found.ids)
        return small
