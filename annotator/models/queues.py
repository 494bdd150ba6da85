"""What is to be labelled: questions, queues, items and their places."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotator.models.fields import PayloadField
from annotator.models.people import User
from annotator.models.projects import Project


class RaterKind(models.TextChoices):
    HUMAN = "human", _("Human")
    LLM = "llm", _("LLM")
    MODEL = "model", _("Model")
    RULE = "rule", _("Rule")


class Rater(models.Model):
    """Who gives labels in a project: a person, or a program under a name."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="raters")
    kind = models.CharField(max_length=10, choices=RaterKind.choices)
    name = models.CharField(max_length=150)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="raters")

    class Meta:
        constraints = [
            # A signed-in person's rater is found by user, so that a program that calls itself
            # human under the same name is somebody else.
            models.UniqueConstraint(
                fields=["project", "kind", "name"],
                condition=Q(user=None),
                name="one_rater_per_name",
            ),
            models.UniqueConstraint(
                fields=["project", "user"], condition=~Q(user=None), name="one_rater_per_person"
            ),
            models.CheckConstraint(condition=Q(kind__in=RaterKind.values), name="known_rater_kind"),
        ]


class Question(models.Model):
    """A yes/no (or, later, A/B) question of a project. Its words live in its versions."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="one_question_per_key")]


class QuestionVersion(models.Model):
    """One wording. Never changed after a label pinned it; the highest number is in force."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=300)
    guideline = models.TextField(blank=True)  # Markdown
    desirable = models.CharField(max_length=10, blank=True)  # yes, no, or empty for neither
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["question_id", "number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="one_version_per_number")]


class QueueKind(models.TextChoices):
    BINARY = "binary", _("Yes or no")


class Queue(models.Model):
    """What is to be labelled, by which chain of questions, by how many people each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="queues")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=QueueKind.choices, default=QueueKind.BINARY)
    overlap = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=30, blank=True)  # what made it, e.g. "vibecheck"
    questions = models.ManyToManyField(Question, through="QueueQuestion", related_name="queues")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at"], name="queues_newest_first")]
        constraints = [
            models.CheckConstraint(condition=Q(overlap__gte=1) & Q(overlap__lte=10), name="overlap_1_to_10")
        ]


class QueueQuestion(models.Model):
    """A question's place in a queue's chain."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="chain")
    question = models.ForeignKey(Question, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["queue", "question"], name="question_once_per_queue")]


class Item(models.Model):
    """One thing to label: a copy of its texts, where from, why, and how likely it was drawn."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    external_id = models.CharField(max_length=256)
    input = PayloadField(null=True)
    output = PayloadField(null=True)
    context = PayloadField(null=True)
    error = models.TextField(blank=True)
    metadata = PayloadField(null=True)
    origin = models.CharField(max_length=30, blank=True)  # e.g. "interaction", "upload"
    reason = models.CharField(max_length=200, blank=True)  # why it is here, in words
    stratum = models.CharField(max_length=200, blank=True)
    inclusion_probability = models.FloatField(null=True)  # (0, 1]; null: not drawn by chance
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "external_id"], name="item_once_per_queue"),
            models.CheckConstraint(
                condition=Q(inclusion_probability=None)
                | (Q(inclusion_probability__gt=0) & Q(inclusion_probability__lte=1)),
                name="inclusion_probability_is_one",
            ),
        ]


class Place(models.Model):
    """One of an item's `overlap` answers to give: at most one owner at a time.

    `owner` is who holds (while `lease_until` lies ahead) or filled it (`done_at` set).
    """

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="places")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="places", db_index=False)
    position = models.PositiveIntegerField()  # the item's, copied: the claim's index needs it
    n = models.PositiveSmallIntegerField()
    owner = models.ForeignKey(Rater, on_delete=models.SET_NULL, null=True, db_index=False)
    lease_id = models.UUIDField(null=True)  # the Lease in force
    lease_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=64, blank=True)  # which of the owner's tabs or clients
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["queue", "position", "n"],
                condition=Q(done_at=None),
                name="places_to_fill",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item", "n"], name="place_once_per_item"),
            models.UniqueConstraint(
                fields=["item", "owner"], condition=~Q(owner=None), name="one_place_per_rater"
            ),
        ]


class Lease(models.Model):
    """The ledger of what was handed to whom. A late answer is known by it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="leases")
    rater = models.ForeignKey(Rater, on_delete=models.CASCADE, db_index=False)
    leased_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True)


class Answer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    SKIP = "skip", _("Skipped")
    UNDO = "undo", _("Taken back")


class Label(models.Model):
    """One answer by one rater to one question version on one item. Append-only.

    A later row `supersedes` an earlier one; each row can be superseded once, so of two
    edits of the same state the database refuses the second.
    """

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="labels", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="labels", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, db_index=False)
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, db_index=False)
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="labels", db_index=False)
    lease = models.ForeignKey(Lease, on_delete=models.SET_NULL, null=True, db_index=False)
    answer = models.CharField(max_length=10, choices=Answer.choices)
    note = models.TextField(blank=True)
    flagged = models.BooleanField(default=False)
    ms = models.PositiveIntegerField(null=True)  # from shown to answered
    idempotency_key = models.CharField(max_length=64)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )
    surplus = models.BooleanField(default=False)  # stored and used, but fills no place
    imported = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["queue", "id"], name="labels_by_queue"),
            models.Index(fields=["item", "question", "rater", "-id"], name="labels_newest_first"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["rater", "idempotency_key"], name="label_sent_once"),
            # With the one-to-one `supersedes` this makes each history a single chain of rows.
            models.UniqueConstraint(
                fields=["item", "question", "rater"],
                condition=Q(supersedes=None),
                name="one_history_per_rater",
            ),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="known_answer"),
            models.CheckConstraint(condition=~Q(supersedes=F("id")), name="not_its_own_successor"),
        ]
