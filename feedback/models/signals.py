"""What end users did about an interaction, and what a project makes of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotator.models import Project, Queue
from annotator.models.fields import PayloadField


class Polarity(models.TextChoices):
    """What a signal says about the output, as far as it says anything."""

    STRONG_POSITIVE = "strong_positive", _("Strong positive")
    POSITIVE = "positive", _("Positive")
    NEUTRAL = "neutral", _("Neutral")
    NEGATIVE = "negative", _("Negative")
    STRONG_NEGATIVE = "strong_negative", _("Strong negative")


class Signal(models.Model):
    """One event, as it was sent, with its polarity beside it. Append-only.

    It names its interaction as the sender does: it may come before that, or without it ever
    coming. What follows from all signals of one interaction does not depend on the order in which
    they came: see `feedback.verdicts`.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="signals", db_index=False)
    interaction = models.CharField(max_length=256)  # its external id
    event_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=20)  # a name in feedback.signals.kinds
    polarity = models.CharField(max_length=16, choices=Polarity.choices)
    value = PayloadField(null=True)  # what the kind carries, as it was sent
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    by_token = models.BooleanField(default=False)  # from an end user's browser
    settled = models.BooleanField(default=False)  # what follows from it is done

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"], name="signals_newest_first"),
            models.Index(fields=["project", "id"], condition=Q(settled=False), name="signals_to_settle"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "interaction", "event_id"], name="signal_once"),
            models.CheckConstraint(condition=Q(polarity__in=Polarity.values), name="known_polarity"),
        ]


class SignalMeaning(models.Model):
    """A project's own polarity for a kind of signal."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="signal_meanings")
    kind = models.CharField(max_length=20)
    polarity = models.CharField(max_length=16, choices=Polarity.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], name="one_meaning_per_kind"),
            models.CheckConstraint(condition=Q(polarity__in=Polarity.values), name="known_meaning"),
        ]


class ReviewRule(models.Model):
    """Which outputs come into a queue by themselves, because end users did not like them."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="review_rule")
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, related_name="+")
    negatives = models.BooleanField(default=False)  # also what is negative, not strongly
    a_day = models.PositiveIntegerField(default=50)  # at most

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(a_day__gte=1), name="some_a_day")]


class WidgetOrigin(models.Model):
    """A site whose pages may send signals: scheme, host and port, exactly as a browser names it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="widget_origins")
    origin = models.CharField(max_length=300)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["origin"]
        constraints = [models.UniqueConstraint(fields=["project", "origin"], name="origin_once")]
        indexes = [models.Index(fields=["origin"], name="origins_by_name")]
