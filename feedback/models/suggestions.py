"""Suggesting: what is to be suggested, with which values, and what became of each suggestion."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotator.models import Project, Queue, User
from annotator.models.fields import PayloadField


class Suggests(models.TextChoices):
    TAXONOMY = "taxonomy", _("One of a list of values")
    TEXT = "text", _("Free text")


class SuggestionTask(models.Model):
    """Something that a project's product suggests to its users. What a suggestion says rests on
    its versions; what stands here may be changed at any time without making an earlier one stale.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="suggestion_tasks")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    suggests = models.CharField(max_length=10, choices=Suggests.choices, default=Suggests.TAXONOMY)
    hidden_share = models.FloatField(default=0.05)  # of suggestions that nobody sees, to measure against
    budget_ms = models.PositiveIntegerField(default=800)  # after which the host goes on without
    ignored_after_minutes = models.PositiveIntegerField(default=60)  # a shown one that nobody answered
    review_rejected = models.BooleanField(default=True)  # put before people
    review_edited_below = models.FloatField(null=True, default=0.5)  # confidence; null: none
    # Its verdicts as labels, where people review some of them. Made with the first.
    queue = models.OneToOneField(Queue, on_delete=models.SET_NULL, null=True, related_name="suggestion_task")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="one_task_per_key"),
            models.CheckConstraint(
                condition=Q(hidden_share__gte=0) & Q(hidden_share__lte=1), name="hidden_share_of_1"
            ),
        ]


class Taxonomy(models.Model):
    """The values of a task at one time; never changed. `values`: see `feedback.taxonomy`."""

    task = models.ForeignKey(SuggestionTask, on_delete=models.CASCADE, related_name="taxonomies")
    number = models.PositiveIntegerField()
    values = PayloadField()
    count = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="one_taxonomy_per_number")]


class TaskVersion(models.Model):
    """All that decides what a task suggests; never changed. The highest number is in force."""

    task = models.ForeignKey(SuggestionTask, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    instruction = models.TextField(blank=True)
    taxonomy = models.ForeignKey(Taxonomy, on_delete=models.PROTECT, null=True)
    suggester = models.CharField(max_length=20)  # a name in feedback.suggesters.registry
    settings = models.JSONField(default=dict)  # the suggester's own, with its few-shot policy
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="one_task_version_per_number")]

    @property
    def name(self) -> str:
        """As answers and pages show it: the version of the set-up, and that of the taxonomy."""
        return f"{self.number}.{self.taxonomy.number}" if self.taxonomy else str(self.number)


class Verdict(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    EDITED = "edited", _("Edited")
    REJECTED = "rejected", _("Rejected")
    IGNORED = "ignored", _("Ignored")


class Suggestion(models.Model):
    """One proposal for one input. Its id is the external id of the interaction that is logged with it.

    `value` is empty when nothing was proposed, with the `reason`; of a hidden one it stands here,
    and nobody saw it. `verdict` follows from its signals alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(SuggestionTask, on_delete=models.CASCADE, related_name="suggestions")
    version = models.ForeignKey(TaskVersion, on_delete=models.CASCADE, db_index=False)
    text = models.TextField()  # of the input, as the suggester read it
    text_hash = models.UUIDField()
    held_out = models.BooleanField(default=False)  # never an example for anybody: for evaluation
    candidates = ArrayField(models.TextField(), null=True)
    value = models.TextField(blank=True)  # empty: nothing was proposed
    confidence = models.FloatField(null=True)  # 0 to 1
    alternatives = models.JSONField(default=list)  # [[value, confidence]]
    suggester = models.CharField(max_length=20, blank=True)
    model = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=20, blank=True)  # why there is none
    hidden = models.BooleanField(default=False)
    took_ms = models.FloatField(null=True)  # to make it
    cost_usd = models.FloatField(default=0)
    end_user = models.CharField(max_length=256, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    shown_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    verdict_at = models.DateTimeField(null=True)
    final_value = models.TextField(blank=True)
    answer_ms = models.FloatField(null=True)  # from its being seen to the verdict
    edit_distance = models.PositiveIntegerField(null=True)
    labelled = models.BooleanField(default=True)  # its verdict is in the queue as labels
    learned_at = models.DateTimeField(null=True)  # when final_value last became known or changed

    class Meta:
        indexes = [
            models.Index(fields=["task", "-created_at"], name="suggestions_newest_first"),
            models.Index(
                fields=["task", "learned_at"],
                condition=Q(held_out=False) & ~Q(learned_at=None),
                name="suggestions_to_learn_from",
            ),
            models.Index(fields=["task"], condition=Q(labelled=False), name="suggestions_to_label"),
            models.Index(fields=["task", "-created_at"], condition=Q(hidden=True), name="suggestions_hidden"),
            models.Index(
                fields=["shown_at"],
                condition=Q(verdict="") & ~Q(shown_at=None),
                name="suggestions_unanswered",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="") | Q(verdict__in=Verdict.values), name="known_verdict"
            ),
            models.CheckConstraint(
                condition=Q(verdict_at=None) | ~Q(verdict=""), name="a_verdict_has_a_time"
            ),
        ]


class SuggestionVector(models.Model):
    """The embedding of a suggestion's text: what is learned from. Apart, because it is larger than all
    the rest, which is what pages read."""

    suggestion = models.OneToOneField(
        Suggestion, on_delete=models.CASCADE, primary_key=True, related_name="vector"
    )
    model = models.CharField(max_length=200)
    vector = models.BinaryField()  # float32, little-endian


class CachedSuggestion(models.Model):
    """What a suggester said to the same question before. A new version asks anew, and so does a
    suggester that `learns` and did so since: `learned_at` is its newest example's time, if it had one."""

    version = models.ForeignKey(TaskVersion, on_delete=models.CASCADE, db_index=False)
    content_hash = models.UUIDField()  # of text and candidates
    answer = models.JSONField()
    learns = models.BooleanField(default=False)
    learned_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "content_hash"], name="one_cached_answer"),
        ]


class Regeneration(models.Model):
    """An answer that was asked for again: which of the two was kept."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="regenerations")
    old = models.CharField(max_length=256)  # external ids of the interactions
    new = models.CharField(max_length=256)
    kept = models.CharField(max_length=3, choices=[("old", _("Old")), ("new", _("New"))])
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "old", "new"], name="regeneration_once"),
            models.CheckConstraint(condition=~Q(old=F("new")), name="not_its_own_regeneration"),
        ]
