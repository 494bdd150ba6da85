"""A signed webhook as Standard Webhooks has them.

The secret is derived from SECRET_KEY and the channel's `nonce`, so that no copy of the database
signs anything. While an old SECRET_KEY is believed there is a signature by each.
"""

import json
import time

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from feedback.channels import outgoing, signing
from feedback.channels.message import Message
from feedback.channels.registry import ChannelKind
from feedback.models import Channel

SALT = "genba.webhook"


def secret_of(channel: Channel) -> str:
    """`whsec_…`: what the receiver checks signatures with."""
    return signing.shown(_secrets(channel)[0])


def body_of(message: Message) -> bytes:
    content = {
        "type": message.type,
        "timestamp": message.at.isoformat(),
        "data": {**message.data, "subject": message.subject, "text": message.text, "url": message.url},
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def deliver(channel: Channel, message: Message) -> str:
    body = body_of(message)
    signed = signing.headers(_secrets(channel), message.id, int(time.time()), body)
    return outgoing.post(channel.url, body, {"Content-Type": "application/json", **signed})


def _secrets(channel: Channel) -> list[bytes]:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    value = f"{channel.pk}:{channel.nonce}"
    return [salted_hmac(SALT, value, secret=key, algorithm="sha256").digest() for key in keys]


KIND = ChannelKind("webhook", gettext_lazy("Webhook (signed)"), deliver, has_url=True, signed=True)
