"""Telling people something once, and the deliveries that follow from it."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.crypto import get_random_string
from django.utils.translation import pgettext

from annotator.models import Project, User
from annotator.services import jobs
from feedback.channels import registry as channels
from feedback.channels.message import Message
from feedback.models import Channel, Delivery, DeliveryState, Notice
from feedback.notices import kinds, registry

JOB = "notice"  # the kind of job that delivers


@transaction.atomic
def send(
    kind: str,
    *,
    project: Project,
    day: date,
    to: Iterable[User],
    about: str = "",
    context: dict[str, Any] | None = None,
) -> list[Notice]:
    """Tell it to those of `to` who do not know it yet: told once by (kind, day, about, person).

    `context` is what the kind's text says: small, no payload. Answers the new notices; what goes
    out for them is asked of a worker in the same transaction.
    """
    known = registry.get(kind)
    told = Notice.objects.filter(project=project, kind=kind, day=day, about=about)
    first = known.again or not told.exists()
    made = []
    for person in to:
        notice, new = Notice.objects.get_or_create(
            project=project,
            kind=kind,
            day=day,
            about=about,
            person=person,
            defaults={"context": context or {}},
        )
        if new:
            notice.person = person
            made.append(notice)
    if made:
        for channel in Channel.objects.filter(project=project, tells__contains=[kind]):
            _deliver(channel, made, shared=first)
    return made


def send_test(channel: Channel, *, to: User, day: date) -> Delivery | None:
    """By this channel alone, whatever it tells. None when this version does not know its kind."""
    about = f"test:{channel.pk}:{get_random_string(12)}"
    with transaction.atomic():
        notice = Notice.objects.create(
            project=channel.project, kind=kinds.TEST, day=day, about=about, person=to
        )
        made = _deliver(channel, [notice], shared=True)
    return made[0] if made else None


def resend(delivery: Delivery) -> bool:
    """A failed one is due again, with new tries. False for one that has not failed."""
    with transaction.atomic():
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if row.state != DeliveryState.FAILED:
            return False
        row.state, row.answer, row.next_try_at = DeliveryState.DUE, "", None
        row.save(update_fields=["state", "answer", "next_try_at"])
        ask(row, delivery.notice.project_id)
    return True


def ask(delivery: Delivery, project: int) -> None:
    """A job that delivers it: one for each time that somebody wants it sent."""
    jobs.ask(
        kind=JOB,
        key=f"{delivery.pk}:{delivery.attempts}",
        project=project,
        arguments={"delivery": str(delivery.pk)},
    )


def _deliver(channel: Channel, made: list[Notice], *, shared: bool) -> list[Delivery]:
    kind = channels.find(channel.kind)
    if kind is None:
        return []
    names = [notice.person.shown_name for notice in made]
    if kind.personal:
        wanted = [
            Delivery(notice=notice, channel=channel, people=[name])
            for notice, name in zip(made, names, strict=True)
        ]
    else:
        wanted = [Delivery(notice=made[0], channel=channel, people=names)] if shared else []
    rows = Delivery.objects.bulk_create(wanted)
    for row in rows:
        ask(row, channel.project_id)
    return rows


def message_of(delivery: Delivery) -> Message:
    """As it is read: in the person's language where it goes to one person, else in the channel's.

    The delivery comes with its notice, the notice's project and person, and its channel.
    """
    notice = delivery.notice
    channel = channels.find(delivery.channel.kind)
    personal = channel is not None and channel.personal
    known = registry.get(notice.kind)
    facts = registry.Facts(notice.project, notice.day, list(delivery.people), notice.context)
    language = notice.person.language if personal else delivery.channel.language
    with translation.override(language or settings.LANGUAGE_CODE):
        return Message(
            id=message_id(delivery.pk),
            type=known.type,
            at=notice.created_at,
            subject=known.subject(facts),
            text=known.text(facts),
            url=settings.PUBLIC_URL + known.path(facts),
            opens=pgettext("a link to what a message tells", "Open"),
            address=notice.person.email if personal else "",
            data={
                "project": notice.project.slug,
                "day": notice.day.isoformat(),
                "people": list(delivery.people),
                **notice.context,
            },
        )


def message_id(delivery: UUID) -> str:
    return f"msg_{delivery.hex}"
