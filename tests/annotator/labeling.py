"""A program or a page at work on a queue, as tests drive it."""

from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models.functions import Now
from django.test import Client

from annotator.models import Place, Queue
from tests import make


class Worker:
    """Claims and submits over the API under one name and one holder."""

    def __init__(self, queue: Queue, client: Client, headers: dict | None = None, holder: str = "") -> None:
        self.queue, self.client, self.headers, self.holder = queue, client, headers or {}, holder

    def post(self, path: str, body):
        return self.client.post(
            f"/api/v1/{path}", body, content_type="application/json", headers=self.headers
        )

    def claim(self, size: int = 1, **more):
        answer = self.post(f"queues/{self.queue.pk}/claim", {"size": size, "holder": self.holder, **more})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def items(self, size: int = 1, **more) -> list[dict]:
        return self.claim(size, **more)["items"]

    def submit(self, *labels: dict):
        """The answer to these labels; what they do not say is a plain yes."""
        return self.post("labels", {"labels": [label(**given) for given in labels], "holder": self.holder})

    def answer(self, item: dict, answer: str = "yes", **more) -> dict:
        """The one result."""
        return self.submit({"lease": item["lease"], "answer": answer, **more}).json()["results"][0]

    def release(self, **body):
        return self.post(f"queues/{self.queue.pk}/release", body)

    def renew(self, leases: list[str]):
        return self.post(f"queues/{self.queue.pk}/renew", {"leases": leases})


def label(**given) -> dict:
    return {"question": "good", "answer": "yes", "idempotency_key": str(uuid4()), **given}


def person(queue: Queue, browser: Client, holder: str = "tab") -> Worker:
    """A signed-in person in one tab. `browser` as from `as_(person)`."""
    return Worker(queue, browser, holder=holder)


def program(queue: Queue, name: str = "", holder: str = "", **headers: str) -> Worker:
    """A program with a key of its own."""
    named = {"X-Genba-Rater": name} if name else {}
    token = make.api_key(queue.project)
    return Worker(queue, Client(), {**make.bearer(token), **named, **headers}, holder)


def lapse(queue: Queue, **which) -> int:
    """Let leases run out. Locks in the order that everybody keeps, as time itself locks nothing."""
    held = Place.objects.filter(queue=queue, done_at=None, lease_until__isnull=False, **which)
    with transaction.atomic():
        locked = list(held.order_by("item", "n").select_for_update(of=["self"]).values_list("pk", flat=True))
        return Place.objects.filter(pk__in=locked).update(lease_until=Now() - timedelta(seconds=1))
