"""What the shop's server asks Genba: a suggestion, a place in the log, a token. It goes on without."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

PATIENCE = 1.0  # seconds that a customer may wait


@dataclass(frozen=True)
class Genba:
    """`url`: where it is, as browsers reach it too. `key`: with the scopes ingest and suggest."""

    url: str
    key: str
    task: str = "category"

    def suggestion(self, text: str) -> dict[str, Any] | None:
        """The API's answer as it is; None when there is none in time."""
        return self._post("suggestions", {"task": self.task, "input": text})

    def log(self, interaction: str, question: str, answer: str) -> str | None:
        """Log one answer of ours under that id; the token for feedback on it, None without Genba."""
        now = datetime.now(UTC).isoformat()
        record = {
            "id": interaction,
            "occurred_at": now,
            "input": question,
            "output": answer,
            "feature": "ask-oak",
        }
        if self._post("interactions", {**record, "model": "oak-1"}) is None:
            return None
        given = self._post("feedback/tokens", {"interaction": interaction, "occurred_at": now})
        return str(given["token"]) if given else None

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        address = f"{self.url.rstrip('/')}/api/v1/{path}"
        request = Request(address, json.dumps(body).encode(), headers)  # noqa: S310 - an address of ours
        try:
            with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                found: dict[str, Any] = json.load(answer)
                return found
        except (URLError, OSError, ValueError):
            return None
