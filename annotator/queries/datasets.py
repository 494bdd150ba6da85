"""Datasets for people to look at: lists, rows a page at a time, where a row is from, how many there would be."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from django.db import OperationalError, connection, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from psycopg.errors import QueryCanceled

from annotator.datasets import narrowings, registry
from annotator.datasets.content import Row
from annotator.datasets.filters import Filters, read
from annotator.datasets.gather import Left
from annotator.datasets.registry import Reading
from annotator.datasets.words import hash_before, text_hash
from annotator.models import (
    Dataset,
    DatasetExport,
    DatasetRow,
    DatasetVersion,
    Item,
    Label,
    PlacedInput,
    Project,
)

PAGE = 50
LOOKING = 0.6  # seconds that a preview may look


def datasets_of(project: Project, *, after: Dataset | None = None) -> QuerySet[Dataset]:
    """Newest first, each with its newest version that is made (`newest`, `newest_rows`, `newest_at`); those
    older than `after`."""
    made = DatasetVersion.objects.filter(dataset=OuterRef("pk"), made_at__isnull=False).order_by("-number")
    rows = Dataset.objects.filter(project=project)
    if after is not None:
        earlier = Q(created_at__lt=after.created_at) | Q(created_at=after.created_at, pk__lt=after.pk)
        rows = rows.filter(earlier)
    return rows.annotate(
        newest=Subquery(made.values("number")[:1]),
        newest_rows=Subquery(made.values("rows")[:1]),
        newest_at=Subquery(made.values("made_at")[:1]),
        made=Count("versions"),
    ).order_by("-created_at", "-pk")


def has_labels(project: Project) -> bool:
    return Label.objects.filter(queue__project=project).exists()


def versions_of(dataset: Dataset) -> list[DatasetVersion]:
    """Newest first, with their jobs."""
    return list(dataset.versions.select_related("job", "created_by").order_by("-number"))


def exports_of(version: DatasetVersion) -> list[DatasetExport]:
    return list(version.exports.select_related("job", "created_by").order_by("-created_at")[:20])


def tested(project: Project, texts: Iterable[str]) -> set[str]:
    """Which of these inputs are in the test split of the project's datasets."""
    names = {text: {text_hash(text), hash_before(text)} for text in texts}
    asked = list(set().union(*names.values()))
    placed = PlacedInput.objects.filter(project=project, text_hash__in=asked, split="test")
    found = set(placed.values_list("text_hash", flat=True))
    return {text for text, its in names.items() if its & found}


@dataclass(frozen=True)
class Listed:
    """A row as the list shows it. `input` and `made`: beginnings of its texts, as JSON."""

    row: DatasetRow
    input: str
    made: Sequence[str]


PIECES = """
    SELECT id, left(content::json ->> 'input', %(most)s), content::json ->> 'kind',
           left(content::json ->> 'output', %(most)s), left(content::json ->> 'left', %(most)s),
           left(content::json ->> 'right', %(most)s)
    FROM annotator_datasetrow WHERE id = ANY(%(ids)s)"""


def rows_page(
    version: DatasetVersion, *, split: str = "", label: str = "", after: int = 0
) -> tuple[list[Listed], int | None]:
    """The rows after a position, and the position after which the next page begins."""
    rows = DatasetRow.objects.filter(version=version, position__gt=after).order_by("position")
    if split:
        rows = rows.filter(split=split)
    if label:
        rows = rows.filter(label=label)
    found = list(rows.defer("content")[: PAGE + 1])
    shown = found[:PAGE]
    return listed(shown), shown[-1].position if len(found) > PAGE else None


def listed(rows: Sequence[DatasetRow]) -> list[Listed]:
    """With the beginnings of their texts, by one query."""
    texts: dict[int, tuple[str, list[str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(PIECES, {"most": 400, "ids": [row.pk for row in rows]})
        for pk, asked, _kind, *made in cursor.fetchall():
            texts[pk] = (asked or "", [text for text in made if text])
    return [Listed(row, *texts.get(row.pk, ("", []))) for row in rows]


def by_id(ids: Iterable[int]) -> dict[int, Listed]:
    rows = list(DatasetRow.objects.filter(pk__in=list(ids)).defer("content"))
    return {one.row.pk: one for one in listed(rows)}


@dataclass(frozen=True)
class Lineage:
    """`item` is None when it is gone; labels that are gone are left out."""

    labels: Sequence[Label]
    item: Item | None
    versions: Sequence[tuple[int, str, str]]  # number, split and label of the row there, newest first


def lineage_of(row: DatasetRow, labels: Sequence[int], item: int) -> Lineage:
    """Three queries. What was said since the version was made is not in it."""
    rows = Label.objects.filter(pk__in=labels).select_related("rater__user", "question", "question_version")
    held = DatasetRow.objects.filter(
        key=row.key, version__dataset=row.version.dataset_id, version__made_at__isnull=False
    ).order_by("-version__number")
    return Lineage(
        labels=list(rows.order_by("pk")),
        item=Item.objects.select_related("queue")
        .only("id", "external_id", "queue__id", "queue__name")
        .filter(pk=item)
        .first(),
        versions=list(held.values_list("version__number", "split", "label")),
    )


@dataclass
class Preview:
    """How many rows the filters would give, before duplicates are looked for. `whole`: all was looked at."""

    kinds: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    whole: bool = True

    @property
    def rows(self) -> int:
        return sum(self.kinds.values())


def preview(project: Project, filters: Filters, *, looking: float = LOOKING) -> Preview:
    """Exactly what a version would read, without texts, until time is up: also in the middle of a statement."""
    found, until = Preview(), monotonic() + looking
    try:
        with transaction.atomic():
            for one in _until(until, Reading(project, filters, connection, texts=False)):
                if isinstance(one, Left):
                    found.left[one.reason] += 1
                else:
                    found.kinds[one.kind] += 1
            _patience("DEFAULT")
    except TimeIsUp:
        found.whole = False
    except OperationalError as why:
        if not isinstance(why.__cause__, QueryCanceled):
            raise
        found.whole = False
    return found


class TimeIsUp(Exception):
    """What was read so far is all there is time for."""


def _until(until: float, reading: Reading) -> Iterator[Row | Left]:
    """What `make.read` gives. Raises TimeIsUp, or PostgreSQL ends the statement."""
    for source in registry.taken(reading.filters):
        _rest(until)
        for n, one in enumerate(narrowings.narrowed(reading, source.rows(reading)), 1):
            yield one
            if n % 100 == 0:
                _rest(until)


def _rest(until: float) -> None:
    left = until - monotonic()
    if left <= 0:
        raise TimeIsUp
    _patience(f"{max(1, round(1000 * left))}")


def _patience(milliseconds: str) -> None:
    """Of each statement in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout TO {milliseconds}")


def features_of(project: Project, most: int = 200) -> list[str]:
    """Features of the newest items of the project's queues."""
    with connection.cursor() as cursor:
        cursor.execute(FEATURES, [project.pk, most])
        return [name for (name,) in cursor.fetchall()]


FEATURES = """
    SELECT DISTINCT feature FROM (
        SELECT coalesce(i.metadata ->> 'feature', i.metadata -> 'left' ->> 'feature') AS feature
        FROM annotator_item i JOIN annotator_queue q ON q.id = i.queue_id
        WHERE q.project_id = %s ORDER BY i.id DESC LIMIT 5000) newest
    WHERE feature <> '' ORDER BY feature LIMIT %s"""


NEWS = """
    SELECT EXISTS (
        SELECT FROM unnest(%s::uuid[]) q(id)
        CROSS JOIN LATERAL (SELECT created_at FROM annotator_label WHERE queue_id = q.id ORDER BY id DESC LIMIT 1) l
        WHERE l.created_at > %s)"""


def has_news(version: DatasetVersion) -> bool:
    """Whether somebody labelled since it was read, in the queues that its rows are from, or told one of its
    sources something that is no label. False for one that is not made."""
    if version.made_at is None:
        return False
    read_at = (version.counts or {}).get("read_at")  # versions of before do not tell
    since = datetime.fromisoformat(read_at) if read_at else version.made_at
    with connection.cursor() as cursor:
        cursor.execute(NEWS, [version.queues, since])
        if cursor.fetchone()[0]:
            return True
    reading = Reading(version.dataset.project, read(version.filters), connection, texts=False)
    return any(one.news(reading, since) for one in registry.taken(reading.filters) if one.news is not None)
