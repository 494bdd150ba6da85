"""Shadow and production answers of one day to the same input of the same feature."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Q

from annotator.models import Place, Project
from feedback import days
from feedback.ingest.ids import ids_between
from feedback.models import VibeCheck
from feedback.queries.shifts import zone_of

ROWS = 5_000  # a round trip
# The newest answer of an input on each side: an input that was asked a thousand times is one pair.
SIDE = """
    SELECT DISTINCT ON (input_hash, feature) input_hash, feature, id FROM feedback_interaction
    WHERE project_id = %(project)s AND id >= %(low)s AND id < %(high)s AND environment = '{environment}'
    AND input_hash IS NOT NULL AND output IS NOT NULL AND error = ''
    ORDER BY input_hash, feature, id DESC"""
PAIRS = f"""
    SELECT p.id, s.id FROM ({SIDE.format(environment="shadow")}) s
    JOIN ({SIDE.format(environment="production")}) p USING (input_hash, feature)"""  # noqa: S608 - constants only


def pairs_of(project: Project, day: date) -> Iterator[bytes]:
    """Two ids each, production's then shadow's, by a cursor on the server: inside a transaction."""
    low, high = ids_between(*days.bounds(day, zone_of(project)))
    with connection.chunked_cursor() as cursor:
        cursor.execute(PAIRS, {"project": project.pk, "low": low, "high": high})
        while rows := cursor.fetchmany(ROWS):
            yield from (production.bytes + shadow.bytes for production, shadow in rows)


@dataclass(frozen=True)
class Compared:
    """How many pairs of a check are compared, of how many that may be shown."""

    done: int
    all: int

    @property
    def left(self) -> int:
        return self.all - self.done


def compared(check: VibeCheck) -> Compared | None:
    """One query; none for a check without pairs."""
    if check.pairs_id is None:
        return None
    places = Place.objects.filter(queue=check.pairs_id)
    found = places.aggregate(all=Count("pk"), done=Count("pk", filter=Q(done_at__isnull=False)))
    return Compared(found["done"], found["all"])
