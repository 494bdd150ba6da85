"""Projects, who belongs to them, and the keys that programs use."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from annotator.models.people import User


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ANNOTATOR = "annotator", _("Annotator")
    VIEWER = "viewer", _("Viewer")


class Scope(models.TextChoices):
    INGEST = "ingest", _("Ingest")
    LABEL = "label", _("Label")
    EXPORT = "export", _("Export")
    QUEUES = "queues", _("Make and fill queues")
    SUGGEST = "suggest", _("Ask for suggestions")
    CHECK = "check", _("Check outputs")


class Project(models.Model):
    """One LLM product being looked at."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="UTC")
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", related_name="projects")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    made_account = models.BooleanField(default=False)  # this invitation made the person's account
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_role_per_person"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="known_role"),
        ]


class Invitation(models.Model):
    """Somebody with an account is asked to join; they are no member until they say yes."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role.choices)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="asked_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="known_role_offered"),
        ]


class ApiKey(models.Model):
    """A program's way in to one project. The key itself is shown once and never stored."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)  # readable, finds the row
    secret_hash = models.CharField(max_length=64)  # SHA-256 of the whole key, hexadecimal
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True)  # to the minute: see services.keys
    revoked_at = models.DateTimeField(null=True)
