"""What a task may learn from: the suggestions of which it is known what was right, or wrong."""

from django.db.models import QuerySet

from feedback.models import Suggestion


def examples_of(task: int) -> QuerySet[Suggestion]:
    """None that is held out. Whoever learns and whoever asks whether somebody has learned since see the same."""
    return Suggestion.objects.filter(task=task, held_out=False, learned_at__isnull=False)
