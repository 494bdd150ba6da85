"""What a group is called: its keywords, and the text nearest to its middle. Read from the log, which may have lost it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from drift import keywords, texts
from drift.models import DriftPlan, Space
from drift.services import inputs, plans

if TYPE_CHECKING:
    from drift.scan.groups import Group
    from drift.services.windows import Window

TITLE, KEYWORD = 240, 100  # characters that tables keep
MOST = 4_000  # characters of a text that are read for words


@dataclass(frozen=True)
class Name:
    title: str = ""
    keywords: list[str] = field(default_factory=list)
    nearest: UUID | None = None


def names(plan: DriftPlan, window: "Window", groups: Sequence["Group"]) -> list[Name]:
    """One a group. A shrunk one is named by what it was before."""
    if not groups:
        return []
    said = texts_of(plan, [*window.before_interactions, *window.today_interactions])
    sides = {
        shrunk: (rows, keywords.terms_of(said.get(row, "")[:MOST] for row in other))
        for shrunk, rows, other in (
            (False, window.today_interactions, window.before_interactions),
            (True, window.before_interactions, window.today_interactions),
        )
    }
    return [_name(group, *sides[group.own is group.baseline], said) for group in groups]


def _name(group: "Group", rows: list[UUID], elsewhere: keywords.Terms, said: dict[UUID, str]) -> Name:
    """`rows`: of the window that the group is named by; `elsewhere`: what is said in the other one."""
    own = [rows[row] for row in group.own]
    mine = keywords.terms_of(said.get(row, "")[:MOST] for row in own)
    told = keywords.keywords(mine, mine + elsewhere)
    return Name(
        title=next((said[row] for row in own if said.get(row)), "")[:TITLE],
        keywords=[word[:KEYWORD] for word in told],
        nearest=own[0] if own else None,
    )


def texts_of(plan: DriftPlan, rows: Sequence[UUID], space: Space | None = None) -> dict[UUID, str]:
    """What the log still has of them, as it was embedded in that space, or in the one that is in use."""
    space = space or plan.space
    rule = texts.rule_of(space.rule) if space else plans.rule_of(plan)
    return inputs.texts_of(plan.project_id, rows, rule)
