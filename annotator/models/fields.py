"""Column types of our own."""

import json
from typing import Any

from django.db import models
from psycopg.types.json import Json


class PayloadField(models.JSONField):
    """JSON kept as it was sent: PostgreSQL's `json`, not `jsonb`.

    `jsonb` reorders keys, rewrites numbers and costs CPU to build; payloads are shown
    and exported, never searched by key, so the exact text is worth more.
    """

    def db_type(self, connection: Any) -> str:
        return "json"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        # psycopg decodes `json` columns itself (Django switches that off for `jsonb` only).
        return json.loads(value) if isinstance(value, (bytes, bytearray)) else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return None if value is None else Json(value)
