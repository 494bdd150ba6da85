"""What is told to people, by which way, and how that went."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotator.models import Project, User


class Channel(models.Model):
    """A way out of the application: e-mail, a chat, a webhook. `kind` is a name in channels.registry.

    `url` may hold a secret of the other side's: it is never shown whole, nor logged. `nonce` is what
    the signing secret is derived from. `language` is of what many read together, empty the instance's;
    what goes to one person is in theirs.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=20)
    url = models.CharField(max_length=1000, blank=True)
    nonce = models.CharField(max_length=32)
    language = models.CharField(max_length=10, blank=True, db_default="")
    tells = ArrayField(models.CharField(max_length=30))  # names of kinds of notices
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(kind="email"), name="one_email_channel"),
        ]


class Notice(models.Model):
    """One thing told to one person once. `kind` is a name in notices.registry.

    `about` tells two of a kind on one day apart; `context` holds what the text says: numbers, names
    and dates of the day, never a payload.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=30)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    day = models.DateField()
    about = models.CharField(max_length=60, blank=True)
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "day", "about", "person"], name="told_once"),
        ]


class DeliveryState(models.TextChoices):
    DUE = "due", _("on its way")
    SENT = "sent", _("delivered")
    FAILED = "failed", _("failed")


class Delivery(models.Model):
    """A notice on its way through one channel. Its id goes with it, so that twice is seen as once.

    `people`: whom a message to a shared channel is about. `answer`: a status or a short reason,
    never an address.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    people = ArrayField(models.CharField(max_length=310), default=list)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=200, blank=True)
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-created_at", "pk"]
        indexes = [models.Index(fields=["channel", "-created_at"], name="deliveries_newest_first")]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivered_once"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="known_delivery_state"),
        ]
