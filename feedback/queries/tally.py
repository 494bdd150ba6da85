"""A task's suggestions, counted in one reading of their table: what the rates of its page rest on.

An acceptance counts at once; that nobody answered only after the time that the task waits. Among
suggestions that were shown within that time those that look accepted are too many: they are young.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Now, TruncDate
from django.utils import timezone

from feedback.models import SuggestionTask, Verdict

MINUTE = timedelta(minutes=1)
PATIENCE = ExpressionWrapper(F("task__ignored_after_minutes") * MINUTE, output_field=DurationField())
YOUNG = ExpressionWrapper(Q(shown_at__gt=Now() - PATIENCE), output_field=BooleanField())


@dataclass(frozen=True)
class Tally:
    """`n` suggestions of one day in the project's time zone, of one version and verdict.

    `chosen` of them left their person with a value, `same` with the one that was proposed.
    """

    day: date
    version: int
    suggester: str
    verdict: str
    hidden: bool
    young: bool
    n: int
    chosen: int
    same: int

    @property
    def judged(self) -> bool:
        """By people who saw them."""
        return not self.hidden and self.verdict != ""

    @property
    def verified(self) -> int:
        """Of how many it is known whether they were right: as `verdicts.verified` finds them."""
        if self.hidden or self.verdict not in {Verdict.REJECTED, Verdict.IGNORED}:
            return self.chosen
        return self.n if self.verdict == Verdict.REJECTED else 0


def tallied(task: SuggestionTask) -> list[Tally]:
    """Of all that proposed a value."""
    chosen = ~Q(final_value="")
    since = timezone.now() - task.ignored_after_minutes * MINUTE
    rows = task.suggestions.exclude(value="").annotate(
        day=TruncDate("created_at", tzinfo=ZoneInfo(task.project.time_zone)),
        young=ExpressionWrapper(Q(shown_at__gt=since), output_field=BooleanField()),
    )
    found = rows.values_list("day", "version", "suggester", "verdict", "hidden", "young").annotate(
        n=Count("pk"),
        chosen=Count("pk", filter=chosen),
        same=Count("pk", filter=chosen & Q(final_value=F("value"))),
    )
    return [
        Tally(day, version, suggester, verdict, hidden, bool(young), n, left_with, same)
        for day, version, suggester, verdict, hidden, young, n, left_with, same in found
    ]


def grown(counted: Iterable[Tally]) -> list[Tally]:
    """Those judged ones that may be compared, because all had their time."""
    return [one for one in counted if one.judged and not one.young]


def known(counted: Sequence[Tally]) -> list[Tally]:
    """For a total: the same, or all where there is no other yet. Nobody waits an hour for a first number."""
    return grown(counted) or [one for one in counted if one.judged]
