"""What is computed of a queue's labels: kept, because computing it takes a while."""

from django.db import models
from django.db.models.functions import Now

from annotator.models.jobs import Job
from annotator.models.queues import Answer, Item, Question, Queue


class Report(models.Model):
    """The newest result of one computation over a queue, such as its agreement."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=30)
    result = models.JSONField()
    last_label = models.BigIntegerField(default=0)  # the newest label that it knows of
    computed_at = models.DateTimeField(db_default=Now())
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "kind"], name="one_report_per_kind")]


class ConsensusSource(models.TextChoices):
    ADJUDICATED = "adjudicated"
    AGREED = "agreed"
    ALONE = "alone"  # one person answered
    MAJORITY = "majority"
    NONE = "none"


class Consensus(models.Model):
    """One item's answer to one question, from all who gave theirs."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="consensus")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="consensus", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, db_index=False)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)  # empty: undecided
    source = models.CharField(max_length=12, choices=ConsensusSource.choices)
    n = models.PositiveSmallIntegerField()  # answers it rests on
    share = models.FloatField()  # of them that say the most frequent answer
    second_opinion = models.CharField(max_length=10, choices=Answer.choices, blank=True)  # Dawid-Skene
    confidence = models.FloatField(null=True)  # of the second opinion, 0 to 1
    computed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "question"], name="one_consensus_per_question")
        ]


class ItemVector(models.Model):
    """An item's embedding: what the order by uncertainty is learned from."""

    item = models.OneToOneField(Item, on_delete=models.CASCADE, primary_key=True, related_name="vector")
    model = models.CharField(max_length=200)
    vector = models.BinaryField()  # float32, little-endian
