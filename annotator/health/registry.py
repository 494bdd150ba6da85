"""The checks, in the order in which they are shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotator.health.facts import Facts


class State(StrEnum):
    OK = "ok"
    INFO = "info"  # good to know, nothing to do
    WARNING = "warning"  # will be trouble
    ERROR = "error"  # something does not work now


@dataclass(frozen=True)
class Finding:
    """`text` says what is so, `advice` what to do; both are read by people, without secrets.

    `detail` (paths, versions) is for `doctor` only, never for the web.
    """

    state: State
    text: str
    advice: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Check:
    """`vital`: without it this process can serve nobody."""

    name: str
    run: "Callable[[Facts], Sequence[Finding]]"
    needs_database: bool = False
    vital: bool = False


_checks: dict[str, Check] = {}


def register(*checks: Check) -> None:
    for check in checks:
        if _checks.get(check.name, check) != check:
            raise ValueError(f"two checks are called {check.name}")
        _checks[check.name] = check


def registered() -> list[Check]:
    return list(_checks.values())
