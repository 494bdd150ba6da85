"""What is like a group of an open alert, by the vectors that are there when the check is drawn.

Vectors are of the day's sample and were made by the ml worker; PostgreSQL compares them. An input without a
vector belongs to nothing here, and has its chance in the base alone.
"""

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pgvector.django import CosineDistance

from drift.models import AlertState, InputVector
from feedback.models import Interaction
from feedback.sampling import Stratum
from feedback.sources.registry import Source

KINDS = ("new", "grown")  # the shrunk are not there to be looked at, the scattered are like nothing


def members(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """As near to the centroid as nine of ten of the group's rows were."""
    group = "day__space__alert_groups"
    near = (
        InputVector.objects.filter(
            **{
                "interaction": OuterRef("pk"),
                "day__space__project": OuterRef("project"),
                f"{group}__kind__in": KINDS,
                f"{group}__alert__state": AlertState.OPEN,
                f"{group}__reach__isnull": False,
            }
        )
        .annotate(far=CosineDistance(F("vector"), F(f"{group}__centroid")))
        .filter(far__lte=1 - F(f"{group}__reach"))
    )
    return rows.filter(Exists(near))


def words(n: int) -> str:
    return ngettext("%(n)s like what a drift alert tells of", "%(n)s like what drift alerts tell of", n) % {
        "n": n
    }


def why(stratum: Stratum) -> str:
    return _("in a group of an open drift alert: %(drawn)s of %(population)s such") % vars(stratum)


SOURCE = Source(
    "drift-alerts",
    title=gettext_lazy("In a group of an open alert"),
    explains=gettext_lazy(
        "Drift found such inputs on an earlier day, and nobody has said yet what came of it. Of those that were embedded when the check is drawn."
    ),
    words=words,
    why=why,
    members=members,
    order=45,
)
