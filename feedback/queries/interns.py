"""The intern test over time: what failed outputs would have needed, and so what to do next."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from annotator.models import Project
from feedback import days
from feedback.models import Intern, InternAnswer

WEEKS = 6

NEXT: dict[str, Promise] = {
    Intern.YES: _("The input was enough: change the prompt, with this as an example."),
    Intern.KNOWLEDGE: _("Give the model what it lacks: retrieval, a document, an example in the prompt."),
    Intern.HARD: _("Make the task smaller: split it, or use a stronger model for this part."),
    Intern.LONG: _("Let it work in steps, with tools or more time; or ask for less at a time."),
}


@dataclass(frozen=True)
class Row:
    """One answer: how often it was given in each week, the oldest first; in all; what to do next."""

    answer: str
    name: Promise | str
    weeks: list[int]
    next_step: Promise

    @property
    def total(self) -> int:
        return sum(self.weeks)


@dataclass(frozen=True)
class Interns:
    """`weeks`: their Mondays."""

    weeks: list[date]
    rows: list[Row]

    @property
    def total(self) -> int:
        return sum(row.total for row in self.rows)


def interns(project: Project) -> Interns:
    """The last weeks, the most frequent answer first. One query."""
    zone = ZoneInfo(project.time_zone)
    monday = days.monday_of(days.day_of(timezone.now(), zone))
    weeks = [monday - timedelta(weeks=n) for n in reversed(range(WEEKS))]
    rows = InternAnswer.objects.filter(item__queue__project=project, current=True)
    rows = rows.annotate(week=TruncWeek("created_at", tzinfo=zone))
    counted = rows.values_list("answer", "week").annotate(n=Count("pk")).order_by()
    found = {(answer, week.date()): n for answer, week, n in counted}
    made = [
        Row(answer, name, [found.get((answer, week), 0) for week in weeks], NEXT[answer])
        for answer, name in Intern.choices
    ]
    return Interns(weeks, sorted(made, key=lambda row: -row.total))
