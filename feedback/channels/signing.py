"""Signatures of webhooks as Standard Webhooks 1.0 has them. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"


def shown(secret: bytes) -> str:
    """As the receiver's library takes it."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers. One signature for each secret that may be the receiver's; `timestamp` in seconds."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_sign(one, message_id, timestamp, body) for one in secrets),
    }


def _sign(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
