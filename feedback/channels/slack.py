"""An incoming webhook as Slack has them; Mattermost, Rocket.Chat and others take the same."""

import json

from django.utils.translation import gettext_lazy

from feedback.channels import outgoing
from feedback.channels.message import Message
from feedback.channels.registry import ChannelKind
from feedback.models import Channel

ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}  # nothing else is special in its text


def body_of(message: Message) -> bytes:
    subject, text, opens = (
        part.translate(ESCAPES) for part in (message.subject, message.text, message.opens)
    )
    return json.dumps({"text": f"*{subject}*\n{text}\n<{message.url}|{opens}>"}).encode()


def deliver(channel: Channel, message: Message) -> str:
    return outgoing.post(channel.url, body_of(message), {"Content-Type": "application/json"})


KIND = ChannelKind("slack", gettext_lazy("Chat (Slack-compatible webhook)"), deliver, has_url=True)
