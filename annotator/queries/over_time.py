"""What was done in a project over time: labels, agreement, datasets. Each costs a query or two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from annotator.consensus.job import REPORT
from annotator.models import DatasetExport, DatasetVersion, Project, Report
from annotator.stats.intervals import Estimate, wilson

MOST_QUEUES = 500  # the newest results

# Which of the days, by their edges: neither the reader's clock nor a day of 23 hours is in the way. What
# follows another answer changes it, and is no further label; what follows a skip is the first.
LABELS = """
    SELECT width_bucket(l.created_at, %(edges)s::timestamptz[]), count(*)
    FROM annotator_label l JOIN annotator_rater r ON r.id = l.rater_id
    WHERE r.project_id = %(project)s AND r.kind = 'human' AND l.answer NOT IN ('skip', 'undo')
      AND NOT EXISTS (SELECT FROM annotator_label b WHERE b.id = l.supersedes_id AND b.answer <> 'skip')
      AND l.created_at >= %(first)s AND l.created_at < %(last)s
    GROUP BY 1"""


def labels_between(project: Project, edges: Sequence[datetime]) -> list[int]:
    """How many answers people gave from each of these moments to the next; skips are none, a changed answer
    counts when it was first given. One query, which reads what was written in that time."""
    facts: dict[str, Any] = {
        "edges": list(edges),
        "project": project.pk,
        "first": edges[0],
        "last": edges[-1],
    }
    counts = [0] * (len(edges) - 1)
    with connection.cursor() as cursor:
        cursor.execute(LABELS, facts)
        for bucket, n in cursor.fetchall():
            counts[bucket - 1] = n
    return counts


@dataclass(frozen=True)
class Agreed:
    """Of what several people answered in these queues, how much all of them answered alike."""

    agreed: int
    several: int
    newest: Report | None

    @property
    def share(self) -> Estimate:
        return wilson(self.agreed, self.several)


def agreed_between(project: Project, edges: Sequence[datetime]) -> list[Agreed]:
    """By the newest stored consensus of each queue, which counts in the time in which it was computed: soon
    after its newest label. One query."""
    rows = Report.objects.filter(
        queue__project=project,
        kind=REPORT,
        queue__overlap__gt=1,
        computed_at__gte=edges[0],
        computed_at__lt=edges[-1],
    ).select_related("queue")
    found = list(rows.order_by("-computed_at")[:MOST_QUEUES])
    return [
        _agreed([one for one in found if begin <= one.computed_at < end]) for begin, end in pairwise(edges)
    ]


def _agreed(reports: Sequence[Report]) -> Agreed:
    told = [one for report in reports for one in report.result["questions"].values()]
    agreed = sum(one["sources"].get("agreed", 0) for one in told)
    return Agreed(agreed, agreed + sum(one["disputed"] for one in told), reports[0] if reports else None)


@dataclass(frozen=True)
class Datasets:
    """Versions that were made and files that were exported since `begins`, and from `began` until then."""

    made: int
    made_before: int
    exported: int
    exported_before: int
    newest: DatasetExport | None


def datasets_since(project: Project, began: datetime, begins: datetime) -> Datasets:
    """Three queries. A version that is downloaded without a job leaves no file, and is not counted."""
    versions = DatasetVersion.objects.filter(dataset__project=project, made_at__gte=began)
    files = DatasetExport.objects.filter(version__dataset__project=project).exclude(sha256="")
    lately = files.filter(created_at__gte=began)
    made = versions.aggregate(now=Count("pk", filter=Q(made_at__gte=begins)), all=Count("pk"))
    exported = lately.aggregate(now=Count("pk", filter=Q(created_at__gte=begins)), all=Count("pk"))
    newest = files.select_related("version__dataset").order_by("-created_at").first()
    return Datasets(
        made["now"], made["all"] - made["now"], exported["now"], exported["all"] - exported["now"], newest
    )
