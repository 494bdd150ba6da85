"""How far one person is in a queue."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Place, Queue, User

MOST = 10_000  # counting further would cost a page more than the number is worth


@dataclass(frozen=True)
class Mine:
    """Items this person has answered and can still answer. `more`: counting stopped at MOST."""

    answered: int
    left: int

    @property
    def total(self) -> int:
        return self.answered + self.left

    @property
    def more(self) -> bool:
        return self.left > MOST or self.answered > MOST


def progress_for(queue: Queue, user: User) -> Mine:
    """Two queries, each over at most MOST items."""
    done = Place.objects.filter(queue=queue, owner__user=user, done_at__isnull=False)
    by_me = done.filter(item=OuterRef("item"))
    left = Place.objects.filter(queue=queue, done_at=None).exclude(Exists(by_me))
    return Mine(answered=_count(done), left=_count(left))


def _count(places: QuerySet[Place]) -> int:
    return places.order_by("position").values("position").distinct()[: MOST + 1].count()
