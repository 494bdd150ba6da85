"""The demo's help desk: a project with 17 days of questions, so that Drift has something to tell.

It is a project of its own: in the demo's, its questions would push the texts that people judged out of the checks.
The days are those of `drift.demo.month` up to the second on which something new is asked. Nothing is embedded here:
the schedule asks for it, in the background.
"""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from annotator.models import Project, User
from annotator.reading.records import Limits
from annotator.services import people
from drift.demo.month import HALF, NEW_FROM, NONE, Month, record
from drift.services import plans
from feedback import days
from feedback.ingest.record import read
from feedback.models import Interaction
from feedback.services import interactions

SLUG, NAME, FEATURE = "demo-help", "Demo: a help desk", "help"
SOURCE = "questions: CLINC150 and banking77; answers made up"
DAYS = 17
SCALE = 0.4  # of the month's traffic: about 400 questions on a working day


@transaction.atomic
def make_help_desk(owner: User, time_zone: str, now: datetime) -> None:
    """Once; its last day is yesterday."""
    if Project.objects.filter(slug=SLUG).exists():
        return
    project = people.make_project(slug=SLUG, name=NAME, time_zone=time_zone, owner=owner)
    zone, limits, month, records = ZoneInfo(time_zone), Limits(), Month(scale=SCALE), []
    yesterday = days.day_of(now, zone) - days.DAY
    whole = [number for number in range(1, NEW_FROM + 2) if number not in (HALF, NONE)][-DAYS:]
    for back, number in enumerate(reversed(whole)):
        day = yesterday - days.DAY * back
        for n, one in enumerate(month.day(number, day.weekday())):
            sent = record(day, n, one, zone=zone, feature=FEATURE) | {"metadata": {"source": SOURCE}}
            records.append(read(n, json.dumps(sent, ensure_ascii=False).encode(), limits))
    interactions.store(project, records)
    Interaction.objects.filter(project=project).update(received_at=F("occurred_at"))
    plans.ensure_plan(project, now=now)
