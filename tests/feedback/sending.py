"""Sending records to the log, as a program would."""

import json
from typing import Any

from django.test import Client

from tests import make

URL = "/api/v1/interactions"
TIME = "2026-11-20T09:30:00Z"


def record(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"call-{number}",
        "occurred_at": TIME,
        "input": f"Question {number}",
        "output": f"Answer {number}",
        **more,
    }


class Sender:
    """A program with a key."""

    def __init__(self, token: str) -> None:
        self.client, self.headers = Client(raise_request_exception=True), make.bearer(token)

    def __call__(self, body: Any, *, type: str = "application/json", **headers: str):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.client.generic("POST", URL, data, content_type=type, headers={**self.headers, **headers})

    def lines(self, *lines: Any, **headers: str):
        data = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        return self(data, type="application/x-ndjson", **headers)
