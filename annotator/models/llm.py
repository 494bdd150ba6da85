"""What a project spends on a language model. Money is in nanodollars (see `llm.prices`)."""

from django.db import models
from django.db.models import Q

from annotator.models.projects import Project


class LlmBudget(models.Model):
    """What a project may spend a day, where it is not the instance's default."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, primary_key=True, related_name="llm_budget"
    )
    nanodollars = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(nanodollars__gte=0), name="llm_budget_is_no_debt"),
        ]


class LlmDay(models.Model):
    """One project's calls on one day of its own time zone.

    `held` is put aside for calls that are out. A call whose process was killed stays in it: nobody
    knows whether it was charged.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="llm_days", db_index=False)
    day = models.DateField()
    held = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    cache_read_tokens = models.BigIntegerField(default=0)
    cache_write_tokens = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "day"], name="one_llm_day_per_project"),
            models.CheckConstraint(condition=Q(held__gte=0, spent__gte=0), name="llm_spending_adds_up"),
        ]


class LlmOutcome(models.Model):
    """How many of a day's calls ended so: “answered”, or the kind of a failure."""

    day = models.ForeignKey(LlmDay, on_delete=models.CASCADE, related_name="outcomes", db_index=False)
    outcome = models.CharField(max_length=30)
    calls = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "outcome"], name="llm_outcome_counted_once")]
