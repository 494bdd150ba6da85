"""What a task may learn from: the suggestions of which it is known what was right, or wrong."""

from django.db.models import Q, QuerySet

from feedback.models import Suggestion, Verdict

JUDGED = (Verdict.EDITED, Verdict.REJECTED)
TELLS = ~Q(final_value="") | Q(verdict__in=JUDGED)


def tells(row: Suggestion) -> bool:
    """As TELLS: whether its verdict says what is right, or wrong. One that was ignored says nothing."""
    return bool(row.final_value) or row.verdict in JUDGED


def examples_of(task: int) -> QuerySet[Suggestion]:
    """None that is held out. Whoever learns and whoever asks whether somebody has learned since see the same."""
    return Suggestion.objects.filter(task=task, held_out=False, learned_at__isnull=False)
