"""Which mode a merged one counts as."""

from django.db import DEFAULT_DB_ALIAS

from annotator.models import Project
from feedback.models import FailureMode


def roots_of(project: Project, using: str = DEFAULT_DB_ALIAS) -> dict[int, int]:
    """By mode: the one at the end of its mergers, itself when it was not merged. One query."""
    into = dict(FailureMode.objects.using(using).filter(project=project).values_list("pk", "merged_into"))
    return {mode: _root(mode, into) for mode in into}


def family_of(project: Project, mode: int) -> list[int]:
    """The mode with all that were merged into it."""
    return [one for one, root in roots_of(project).items() if root == mode]


def _root(mode: int, into: dict[int, int | None]) -> int:
    seen = {mode}
    while (next_one := into.get(mode)) is not None and next_one not in seen:
        mode = next_one
        seen.add(mode)
    return mode
