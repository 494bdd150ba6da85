"""Files made of labels."""

import uuid

from django.db import models

from annotator.models.jobs import Job
from annotator.models.people import User
from annotator.models.queues import Queue


class Export(models.Model):
    """One file of a queue's labels with its manifest, made by a job. Stored under its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="exports")
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    rows = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)  # set when the file is whole
    manifest = models.JSONField(null=True)
