"""All routes of the application, as the URL resolver knows them, and the rows of routes.csv."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.world import ROLES

TABLE = Path(__file__).with_name("routes.csv")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True)
class Row:
    route: str
    method: str
    expected: dict[str, str]  # by role
    send: str  # the name of a body in test_routes.BODIES
    note: str

    def __str__(self) -> str:
        return f"{self.method} /{self.route}"


def rows() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        found = list(
            csv.DictReader((line for line in file if not line.startswith("#")), skipinitialspace=True)
        )
    return [_row({name: (cell or "").strip() for name, cell in line.items() if name}) for line in found]


def _row(cells: dict[str, str]) -> Row:
    expected = {role: cells[role] if cells[role] != "=" else cells["nobody"] for role in ROLES}
    return Row(cells["route"], cells["method"], expected, cells["send"], cells["note"])


def all_routes() -> list[str]:
    """Every pattern, such as `p/<slug:slug>/keys/`."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here)
        else:
            yield here


def path_of(route: str, ids: dict[str, Any]) -> str:
    """The route's address with `ids` in place of its parameters."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(ids[found[1]]), route)


def parameters(route: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", route)
