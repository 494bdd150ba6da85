"""Files of items on their way into a queue."""

import uuid

from django.db import models
from django.db.models.functions import Now

from annotator.models.jobs import Job
from annotator.models.people import User
from annotator.models.queues import Queue


class ItemImport(models.Model):
    """One uploaded file of items. The file lies under its id until the job has read it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="imports")
    name = models.CharField(max_length=255)  # as the person's machine calls it; shown, never a path
    size = models.PositiveBigIntegerField()  # bytes
    shape = models.JSONField()
    mapping = models.JSONField(default=dict)  # field: column
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, related_name="item_import")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-created_at"]
