"""What was unusually long, costly or slow for its day.

Of each measure that was logged: the highest fiftieth of the day, if it is more than twice the median.
A day on which nothing is unusual has none.
"""

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.models import Interaction
from feedback.sampling import Stratum
from feedback.sources.registry import Source

MEASURES = ("output_tokens", "cost_usd", "latency_ms")
SHARE, TIMES = 0.98, 2  # above this quantile, and more than so many medians


def members(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    unusual = Q(pk__in=[])
    for measure, edge in _edges(rows).items():
        unusual |= Q(**{f"{measure}__gte": edge[0], f"{measure}__gt": TIMES * edge[1]})
    return rows.filter(unusual)


def _edges(rows: QuerySet[Interaction]) -> dict[str, tuple[float, float]]:
    """(quantile, median) of each measure that the day has, by one pass of the database."""
    inner, given = rows.order_by().values(*MEASURES).query.sql_with_params()
    asked = ", ".join(
        f"percentile_disc(ARRAY[{SHARE}, 0.5]) WITHIN GROUP (ORDER BY {one})" for one in MEASURES
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked} FROM ({inner}) day", given)  # noqa: S608 - made of constants
        (found,) = cursor.fetchall()
    return {
        measure: (edges[0], edges[1])
        for measure, edges in zip(MEASURES, found, strict=True)
        if edges is not None and edges[0] is not None
    }


def words(n: int) -> str:
    return ngettext(
        "%(n)s that was unusually long, costly or slow", "%(n)s that were unusually long, costly or slow", n
    ) % {"n": n}


def why(stratum: Stratum) -> str:
    return _("unusually long, costly or slow: %(drawn)s of %(population)s such") % vars(stratum)


SOURCE = Source(
    "outliers",
    title=gettext_lazy("Long, costly or slow"),
    explains=gettext_lazy(
        "By output tokens, cost and time: the highest fiftieth of the day, if more than twice the median."
    ),
    words=words,
    why=why,
    members=members,
    order=40,
)
