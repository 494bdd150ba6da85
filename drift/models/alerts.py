"""Alerts: what an alarm said, what people did about it, and when it was seen again."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pgvector.django import HalfVectorField

from annotator.models import Project, Queue, User
from drift.models.checks import GroupKind
from drift.models.spaces import Space


class AlertState(models.TextChoices):
    OPEN = "open", pgettext_lazy("an alert", "Open")
    EXPECTED = "expected", pgettext_lazy("an alert", "Expected")
    FIXED = "fixed", _("Fixed")


class Alert(models.Model):
    """The alarm of one day, until somebody says what came of it. `drift.alert_rules` says what may follow what.

    `owner`: who is asked to look. `closed_on`: the day, in the project's time zone, on which it became
    expected or fixed.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="alerts")
    day = models.DateField()
    state = models.CharField(max_length=8, choices=AlertState.choices, default=AlertState.OPEN)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    closed_on = models.DateField(null=True)

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["project", "day"], name="one_alert_a_day"),
            models.CheckConstraint(condition=Q(state__in=AlertState.values), name="known_alert_state"),
            models.CheckConstraint(
                condition=Q(state="open", closed_on=None) | (~Q(state="open") & ~Q(closed_on=None)),
                name="closed_on_a_day",
            ),
        ]


KINDS = (*GroupKind.choices, ("structure", _("How texts and calls are")))


class AlertGroup(models.Model):
    """One thing that an alert is about: inputs that are alike, or a structural feature that changed.

    It is a copy of what the check found: a day that is judged again leaves it as it was. `share` and
    `then_share`: of the day's and of the baseline's inputs that were compared (`n`, `then_n`). `rows`: ids of
    the interactions, the day's; of a shrunk group the baseline's. `days`: 7 where a week was compared, which the
    alert's day ends; what is said of the day's inputs is of the week's then. `reach`: the cosine to the centroid that
    nine of ten rows have. `chance`: with which an input of the day was among those compared.
    Of a feature: `side`, `feature`, `view`, `then` and `now` in its own unit, and in `facts` what its sentence
    needs (see StructuralChange).
    `before`: the group of a fixed alert that came back here.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="groups")
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=9, choices=KINDS)
    days = models.PositiveSmallIntegerField(default=1, db_default=1)
    p = models.FloatField()
    rows = ArrayField(models.UUIDField(), default=list)
    n = models.PositiveIntegerField(default=0)
    share = models.FloatField(null=True)
    then_rows = models.PositiveIntegerField(default=0)
    then_n = models.PositiveIntegerField(default=0)
    then_share = models.FloatField(null=True)
    chance = models.FloatField(null=True)
    title = models.CharField(max_length=240, blank=True)
    nearest = models.UUIDField(null=True)  # whose beginning the title is
    keywords = ArrayField(models.CharField(max_length=100), default=list)
    space = models.ForeignKey(Space, on_delete=models.SET_NULL, null=True, related_name="alert_groups")
    centroid = HalfVectorField(null=True)
    reach = models.FloatField(null=True)
    side = models.CharField(max_length=6, blank=True)
    feature = models.CharField(max_length=40, blank=True)
    view = models.CharField(max_length=100, blank=True)
    facts = models.JSONField(default=dict)
    then = models.FloatField(null=True)
    now = models.FloatField(null=True)
    before = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["alert", "rank"], name="one_alert_group_a_rank"),
            models.CheckConstraint(
                condition=(Q(kind="structure") & ~Q(feature="")) | (~Q(kind="structure") & Q(feature="")),
                name="a_feature_or_inputs",
            ),
            models.CheckConstraint(
                condition=Q(chance=None) | Q(chance__gt=0, chance__lte=1), name="chance_of_a_group"
            ),
        ]


class SeenAgain(models.Model):
    """Another day on which the same thing was found: nothing new is told of it.

    `rows`: that day's. `share` of its inputs, or `now` of the feature.
    """

    group = models.ForeignKey(AlertGroup, on_delete=models.CASCADE, related_name="seen")
    day = models.DateField()
    rows = ArrayField(models.UUIDField(), default=list)
    share = models.FloatField(null=True)
    now = models.FloatField(null=True)

    class Meta:
        ordering = ["day"]
        indexes = [models.Index(fields=["day"], name="seen_again_by_day")]
        constraints = [models.UniqueConstraint(fields=["group", "day"], name="seen_once_a_day")]


class Happened(models.TextChoices):
    OPENED = "opened", _("Opened")
    SEEN = "seen", _("Seen again")
    EXPECTED = "expected", _("Called expected")
    FIXED = "fixed", _("Called fixed")
    REOPENED = "reopened", _("Opened again")
    GIVEN = "given", _("Given to somebody")
    NOTED = "noted", _("Noted")
    QUEUED = "queued", _("Made a queue")


class AlertEvent(models.Model):
    """What was done with an alert, by whom; nobody: Genba itself. Append-only.

    `to`: whom it was given to. `day`: on which it was seen again.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    what = models.CharField(max_length=8, choices=Happened.choices)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    note = models.TextField(blank=True)
    to = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    day = models.DateField(null=True)
    group = models.ForeignKey(AlertGroup, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(what__in=Happened.values), name="known_alert_event"),
            models.CheckConstraint(condition=~Q(what="noted") | ~Q(note=""), name="noted_with_words"),
        ]
