"""What is to be labelled: questions, queues, items and their places."""

import secrets
import uuid

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotator import mirrors
from annotator.models.fields import PayloadField
from annotator.models.people import User
from annotator.models.projects import Project


class RaterKind(models.TextChoices):
    HUMAN = "human", _("Human")
    LLM = "llm", _("LLM")
    MODEL = "model", _("Model")
    RULE = "rule", _("Rule")
    END_USER = "end_user", _("End user")


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


class QueueKind(models.TextChoices):
    """Of a queue, and of the questions that can be asked in it."""

    BINARY = "binary", _("Yes or no")
    PAIRWISE = "pairwise", _("A or B")


class Question(models.Model):
    """A yes/no or an A/B question of a project. Its words live in its versions."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=60)
    kind = models.CharField(
        max_length=10, choices=QueueKind.choices, default=QueueKind.BINARY, db_default="binary"
    )
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


class ItemOrder(models.TextChoices):
    GIVEN = "given", _("As they came")
    RANDOM = "random", _("At random")
    UNCERTAIN = "uncertain", _("Most uncertain first")


def new_seed() -> int:
    return secrets.randbelow(2**31)


class Queue(models.Model):
    """What is to be labelled, by which chain of questions, by how many people each.

    Shares are of 1. What chance decides follows from `seed`, so that it can be told again: see
    `annotator.chance`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="queues")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=QueueKind.choices, default=QueueKind.BINARY)
    overlap = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=30, blank=True)  # what made it, e.g. "vibecheck"
    questions = models.ManyToManyField(
        Question, through="QueueQuestion", through_fields=("queue", "question"), related_name="queues"
    )
    by_pass = models.BooleanField(
        default=False, db_default=False
    )  # each question over all items, then the next
    order = models.CharField(
        max_length=10, choices=ItemOrder.choices, default=ItemOrder.GIVEN, db_default="given"
    )
    seed = models.PositiveIntegerField(default=new_seed, db_default=0)
    random_share = models.FloatField(default=0.2, db_default=0.2)  # of items that no classifier may put first
    gold_rate = models.FloatField(default=0, db_default=0)  # gold items per answered item
    mirror_share = models.FloatField(default=0, db_default=0)  # of pairs that are shown again, sides swapped
    hidden_share = models.FloatField(default=0.2, db_default=0.2)  # of pre-labels that are not shown
    marks = models.BooleanField(default=False, db_default=False)  # whether spans of the output can be marked
    restricted = models.BooleanField(
        default=False, db_default=False
    )  # only `people` may label, else every labeler
    people = models.ManyToManyField(User, through="QueuePerson", related_name="+")
    # The queue whose disagreements are decided here.
    adjudicates = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, related_name="adjudication"
    )
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at"], name="queues_newest_first")]
        constraints = [
            models.CheckConstraint(condition=Q(overlap__gte=1) & Q(overlap__lte=10), name="overlap_1_to_10"),
            models.CheckConstraint(condition=Q(kind__in=QueueKind.values), name="known_queue_kind"),
            models.CheckConstraint(condition=Q(order__in=ItemOrder.values), name="known_item_order"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{share}__gte": 0}) & Q(**{f"{share}__lte": 1}), name=f"{share}_is_one"
                )
                for share in ("random_share", "gold_rate", "mirror_share", "hidden_share")
            ),
        ]

    @property
    def tests_people(self) -> bool:
        """Whether raters get gold items or mirrored pairs, which they should not tell from the others."""
        return self.gold_rate > 0 or self.mirror_share > 0


class QueuePerson(models.Model):
    """Who may label in a restricted queue."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "user"], name="person_once_per_queue")]


class QueueQuestion(models.Model):
    """A question's place in a queue's chain.

    With `after` it is asked only where that earlier question got `after_answer`. The answer
    `stops_on` ends the chain: nothing that comes later is asked.
    """

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="chain")
    question = models.ForeignKey(Question, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField(default=0)
    after = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    after_answer = models.CharField(max_length=10, blank=True, default="", db_default="")
    stops_on = models.CharField(max_length=10, blank=True, default="", db_default="")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "question"], name="question_once_per_queue"),
            models.CheckConstraint(
                condition=Q(after=None, after_answer="") | (~Q(after=None) & ~Q(after_answer="")),
                name="after_has_an_answer",
            ),
        ]


class Item(models.Model):
    """One thing to label: a copy of its texts, where from, why, and how likely it was drawn.

    A pair has `left` and `right` instead of `output`; which of them is shown as A is chance's.
    """

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    external_id = models.CharField(max_length=256)
    input = PayloadField(null=True)
    output = PayloadField(null=True)
    left = PayloadField(null=True)
    right = PayloadField(null=True)
    left_variant = models.CharField(
        max_length=200, blank=True, default="", db_default=""
    )  # what made it: a model, a prompt version
    right_variant = models.CharField(max_length=200, blank=True, default="", db_default="")
    context = PayloadField(null=True)
    error = models.TextField(blank=True)
    metadata = PayloadField(null=True)
    origin = models.CharField(max_length=30, blank=True)  # e.g. "interaction", "upload"
    reason = models.CharField(max_length=200, blank=True)  # why it is here, in words
    stratum = models.CharField(max_length=200, blank=True)
    inclusion_probability = models.FloatField(null=True)  # (0, 1]; null: not drawn by chance
    gold = models.JSONField(null=True)  # {question key: the right answer}, if that is known
    findings = models.JSONField(null=True)  # what speaks against showing it: see annotator.pairs
    held = models.BooleanField(
        default=False, db_default=False
    )  # it has no places until somebody looked at its findings
    # In the same queue: this pair is shown again, sides swapped. In another one: it is adjudicated.
    copy_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, related_name="copies", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["queue", "position", "id"], name="items_in_order"),
            models.Index(fields=["copy_of"], condition=~Q(copy_of=None), name="items_by_original"),
            models.Index(fields=["queue"], condition=Q(gold__isnull=False), name="items_with_gold"),
            models.Index(fields=["queue"], condition=Q(held=True), name="items_held"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["queue", "external_id"], name="item_once_per_queue"),
            models.CheckConstraint(
                condition=Q(inclusion_probability=None)
                | (Q(inclusion_probability__gt=0) & Q(inclusion_probability__lte=1)),
                name="inclusion_probability_is_one",
            ),
        ]

    def name_for_raters(self, queue: Queue) -> str:
        """The name that whoever is asked may read. `queue`: the item's own, which saves fetching it."""
        return mirrors.name_for_raters(
            self.external_id,
            item=self.pk,
            copy_of=self.copy_of_id,
            seed=queue.seed,
            adjudicates=queue.adjudicates_id is not None,
        )


class Place(models.Model):
    """One of an item's `overlap` answers to give: at most one owner at a time.

    `owner` is who holds (while `lease_until` lies ahead) or filled it (`done_at` set). An `extra`
    place stands outside of the overlap: of a gold item or a mirrored pair, for its owner alone.
    """

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="places", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="places", db_index=False)
    position = models.PositiveIntegerField()  # the item's, or where its order put it: the claim walks it
    n = models.PositiveSmallIntegerField()
    extra = models.BooleanField(default=False, db_default=False)
    reason = models.CharField(max_length=200, blank=True, default="", db_default="")  # why it comes now
    owner = models.ForeignKey(Rater, on_delete=models.SET_NULL, null=True, db_index=False)
    lease_id = models.UUIDField(null=True)  # the Lease in force
    lease_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=64, blank=True)  # which of the owner's tabs or clients
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Also for the queue alone. An index on nothing else would be read whole and sorted for a
            # claim, while the statistics are those of a small table and the queue has just been filled.
            models.Index(fields=["queue", "position", "n"], name="places_in_order"),
            models.Index(fields=["queue", "position", "n"], condition=Q(done_at=None), name="places_to_fill"),
            models.Index(
                fields=["queue", "owner", "position"],
                condition=Q(done_at=None) & ~Q(owner=None),
                name="places_in_hand",
            ),
            models.Index(
                fields=["queue", "owner", "position"],
                condition=~Q(done_at=None) & Q(extra=False),
                name="places_done",
            ),
            models.Index(fields=["queue", "owner"], condition=Q(extra=True), name="places_extra"),
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
    # What the queue's set-up said when the item was shown, for the set-up may change before the answer.
    hidden_share = models.FloatField(null=True)  # of pre-labels
    random_share = models.FloatField(null=True)  # of an order by uncertainty; null: another order


class Answer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")
    TIE = "tie", _("Tie")
    BOTH_BAD = "both_bad", _("Both bad")
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
    wait_ms = models.PositiveIntegerField(null=True)  # of the machine, before that: until it was shown
    swapped = models.BooleanField(null=True)  # a pair: whether the right side was shown as A
    prelabel_shown = models.BooleanField(null=True)  # null: there was no pre-label
    chosen = models.BooleanField(default=False, db_default=False)  # a classifier put the item in front
    marks = models.JSONField(null=True)  # [{"part", "start", "end", "kind"}]: see annotator.marks
    by = models.ForeignKey(  # who took it back for the rater, by asking again
        User, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )
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
            # Rows lie by time, but for those of files: a few pages of index are enough.
            BrinIndex(fields=["created_at"], name="labels_by_time", autosummarize=True, pages_per_range=32),
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


class Prelabel(models.Model):
    """What a model or a rule would answer: a suggestion, no label."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="prelabels", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, db_index=False)
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, db_index=False)
    answer = models.CharField(max_length=10, choices=Answer.choices)
    confidence = models.FloatField(null=True)  # 0 to 1
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "question"], name="one_prelabel_per_question")]


class DefectKind(models.Model):
    """What a mark on a text says is wrong there; the project's own list."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="defect_kinds")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)  # marks with it stay; nobody gets it offered

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="one_defect_kind_per_key")]
