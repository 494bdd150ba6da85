"""A view of a feature by hour, and beside what its rows came with. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from drift.structure.judge import View
from drift.structure.tally import ALL, Counts, Sums


@dataclass(frozen=True)
class Cell:
    """`n` rows with their share, or their average on the feature's scale."""

    n: int
    value: float


def by_hour(found: Counts | Sums, view: str) -> dict[int, Cell] | None:
    """By hours since 1970. None: of tails no hours are kept."""
    if isinstance(found, Sums):
        if view != View.MIDDLE:
            return None
        return {int(hour): Cell(int(n), total / n) for hour, (n, total, _squares) in found.hours.items()}
    return {int(hour): _share(cell, view) for hour, cell in found.hours.items()}


def by_value(found: Counts | Sums, view: str, dimension: str) -> dict[str, Cell] | None:
    """By prompt version, or model, variant, feature."""
    if isinstance(found, Sums):
        if view != View.MIDDLE:
            return None
        sums = found.came.get(dimension, {})
        return {value: Cell(int(n), total / n) for value, (n, total, _squares) in sums.items()}
    return {value: _share(cell, view) for value, cell in found.came.get(dimension, {}).items()}


def pooled(cells: Iterable[Cell]) -> Cell:
    kept = [cell for cell in cells if cell.n]
    n = sum(cell.n for cell in kept)
    return Cell(n, sum(cell.n * cell.value for cell in kept) / n if n else 0.0)


def together(days: Iterable[Mapping[str, Cell]]) -> dict[str, Cell]:
    """The cells of several days by value."""
    lists: dict[str, list[Cell]] = {}
    for day in days:
        for value, cell in day.items():
            lists.setdefault(value, []).append(cell)
    return {value: pooled(cells) for value, cells in lists.items()}


def _share(cell: Mapping[str, int], view: str) -> Cell:
    return Cell(cell[ALL], cell.get(view, 0) / cell[ALL])
