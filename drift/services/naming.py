"""What a group is called: its keywords, and the text nearest to its middle. Read from the log, which may have lost it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from drift import keywords, texts
from drift.models import DriftPlan, Space
from drift.services import inputs, plans, reference_inputs

if TYPE_CHECKING:
    from drift.scan.groups import Group
    from drift.services.beside_reference import Beside
    from drift.services.windows import Window

TITLE, KEYWORD = 240, 100  # characters that tables keep
MOST = 4_000  # characters of a text that are read for words


@dataclass(frozen=True)
class Name:
    title: str = ""
    keywords: list[str] = field(default_factory=list)
    nearest: UUID | None = None


def names(
    plan: DriftPlan, window: "Window", groups: Sequence["Group"], beside: "Beside | None" = None
) -> list[Name]:
    """One a group. A shrunk one is named by what it was before, or by what the reference has."""
    if not groups:
        return []
    now, before = window.today_interactions, window.before_interactions
    said = texts_of(plan, [*([] if beside else before), *now])
    here = [said.get(row, "") for row in now]
    there = _in_reference(plan, beside) if beside else [said.get(row, "") for row in before]
    sides = {
        False: (here, now, keywords.terms_of(text[:MOST] for text in there)),
        True: (there, [] if beside else before, keywords.terms_of(text[:MOST] for text in here)),
    }
    return [_name(group, *sides[group.own is group.baseline]) for group in groups]


def _in_reference(plan: DriftPlan, beside: "Beside") -> list[str]:
    """The texts of its rows, as they were embedded; empty where they are gone."""
    said = reference_inputs.texts_at(beside.reference, beside.positions, plans.rule_of(plan))
    return [said.get(position, "") for position in beside.positions]


def _name(group: "Group", said: list[str], rows: list[UUID], elsewhere: keywords.Terms) -> Name:
    """`said`, `rows`: of the window that the group is named by, no rows where that is a reference; `elsewhere`: what
    is said in the other one."""
    own = [int(row) for row in group.own]
    mine = keywords.terms_of(said[row][:MOST] for row in own)
    told = keywords.keywords(mine, mine + elsewhere)
    return Name(
        title=next((said[row] for row in own if said[row]), "")[:TITLE],
        keywords=[word[:KEYWORD] for word in told],
        nearest=rows[own[0]] if own and rows else None,
    )


def texts_of(plan: DriftPlan, rows: Sequence[UUID], space: Space | None = None) -> dict[UUID, str]:
    """What the log still has of them, as it was embedded in that space, or in the one that is in use."""
    space = space or plan.space
    rule = texts.rule_of(space.rule) if space else plans.rule_of(plan)
    return inputs.texts_of(plan.project_id, rows, rule)
