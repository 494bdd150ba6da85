"""A project's ways out: made, changed, removed."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from annotator.models import Project, User
from feedback.channels import registry, webhook
from feedback.models import Channel


class OneIsEnough(Exception):
    """There is a channel of this kind already, and two would tell everything twice."""


def add(
    *, project: Project, kind: str, url: str, tells: Sequence[str], by: User, language: str = ""
) -> tuple[Channel, str]:
    """The channel, and the secret that its receiver checks signatures with: show it now."""
    try:
        with transaction.atomic():
            made = Channel.objects.create(
                project=project,
                kind=kind,
                url=url,
                language=language,
                tells=list(tells),
                created_by=by,
                nonce=_nonce(),
            )
    except IntegrityError as error:
        raise OneIsEnough from error
    return made, secret_of(made)


def renew(channel: Channel) -> str:
    """Another secret; signatures by the older one end now."""
    channel.nonce = _nonce()
    channel.save(update_fields=["nonce"])
    return secret_of(channel)


def secret_of(channel: Channel) -> str:
    """Empty for kinds that sign nothing."""
    kind = registry.find(channel.kind)
    return webhook.secret_of(channel) if kind and kind.signed else ""


def _nonce() -> str:
    return get_random_string(22)
