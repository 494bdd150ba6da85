"""What suggestions give to datasets: values that somebody accepted or chose, and inputs that nobody may learn from."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from annotator.datasets.content import Provenance, Row, Split
from annotator.datasets.gather import Left
from annotator.datasets.registry import Reading, Source
from annotator.datasets.votes import within
from annotator.models import RaterKind
from feedback.models import Suggestion, Verdict
from feedback.queries.examples import TELLS
from feedback.services.verdict_labels import ORIGIN, item_name

CHUNK = 500
AT_ONCE = 10_000

# The labels of end users that verdicts became, by their item's external id.
LABELS = """
    SELECT i.external_id, i.id, l.id, l.rater_id, v.number
    FROM annotator_item i JOIN annotator_label l ON l.item_id = i.id
    JOIN annotator_rater r ON r.id = l.rater_id
    JOIN annotator_questionversion v ON v.id = l.question_version_id
    WHERE i.queue_id = %s AND i.external_id = ANY(%s) AND r.kind = 'end_user' AND l.answer = 'yes'
      AND NOT EXISTS (SELECT FROM annotator_label s WHERE s.supersedes_id = l.id)"""


class Stored(NamedTuple):
    """A verdict as a label in its task's queue."""

    item: int
    label: int
    rater: int
    version: int


def rows(reading: Reading) -> Iterator[Row | Left]:
    """One for each suggestion of which it is known what was right. One person's word: `min_votes`,
    `agreement` and questions do not apply, `consensus` leaves all out."""
    wanted = reading.filters
    if RaterKind.END_USER not in wanted.rater_kinds:
        return
    ordered = (
        _chosen(reading)
        .select_related("task", "version__taxonomy")
        .defer("version__taxonomy__values")
        .order_by("pk")
    )
    if not reading.texts:
        ordered = ordered.defer("text")
    last = None
    while page := list((ordered if last is None else ordered.filter(pk__gt=last))[:CHUNK]):
        last = page[-1].pk
        labels = _labels(reading, page)
        for one in page:
            yield _row(one, labels.get(item_name(one, one.final_value)), reading)


def _chosen(reading: Reading) -> QuerySet[Suggestion]:
    wanted, stored = reading.filters, Suggestion.objects.using(reading.using.alias)
    found = stored.filter(task__project=reading.project).exclude(final_value="")
    if wanted.features:
        found = found.filter(task__key__in=wanted.features)
    if wanted.queues:
        found = found.filter(task__queue__in=[UUID(queue) for queue in wanted.queues])
    return found


def news(reading: Reading, since: datetime) -> bool:
    """By the index of what suggesters learn from: held-out inputs are no news."""
    if RaterKind.END_USER not in reading.filters.rater_kinds:
        return False
    return _chosen(reading).filter(held_out=False, learned_at__gt=since).exists()


def _row(one: Suggestion, stored: Stored | None, reading: Reading) -> Row | Left:
    wanted = reading.filters
    at = (one.verdict_at or one.created_at).astimezone(UTC)
    if wanted.consensus or wanted.min_votes > 1:
        return Left("one_answer")
    if not within(at.date(), wanted):
        return Left("other_day")
    why, rejected = _judged(one)
    return Row(
        key=f"suggestions:{one.pk}",
        kind="demonstration",
        input=one.text if reading.texts else None,
        output=one.final_value,
        rejected=rejected,
        value=one.final_value,
        why=why,
        metadata={
            "feature": one.task.key,
            "suggester": one.suggester,
            "version": one.version.name,
            "confidence": one.confidence,
            "labelled_at": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        },
        provenance=_provenance(one, stored),
    )


def _judged(one: Suggestion) -> tuple[str, str | None]:
    """Why its final value is right, and what it took the place of. Outer white space is no edit."""
    if not one.value or one.hidden:
        return "corrected", None
    if one.value.strip() == one.final_value.strip():
        return "accepted", None
    return ("corrected" if one.verdict == Verdict.REJECTED else "edited"), one.value


def _provenance(one: Suggestion, stored: Stored | None) -> Provenance:
    return Provenance(
        item=stored.item if stored else 0,
        external_id=item_name(one, one.final_value),
        queue=str(one.task.queue_id or ""),
        origin=ORIGIN,
        reason=one.get_verdict_display(),
        question_version=stored.version if stored else 0,
        labels=(stored.label,) if stored else (),
        raters=(stored.rater,) if stored else (),
        rater_kinds=(RaterKind.END_USER.value,),
        consensus="single",
    )


def _labels(reading: Reading, page: Sequence[Suggestion]) -> dict[str, Stored]:
    queues: dict[UUID, list[str]] = {}
    for one in page:
        if one.task.queue_id is not None:
            queues.setdefault(one.task.queue_id, []).append(item_name(one, one.final_value))
    found = {}
    with reading.using.cursor() as cursor:
        for queue, names in queues.items():
            cursor.execute(LABELS, [queue, names])
            found.update({name: Stored(*facts) for name, *facts in cursor.fetchall()})
    return found


def claims(reading: Reading) -> Iterator[tuple[UUID, Split]]:
    """Inputs that suggesters hold out are held out of every training file, too; and what they show as examples,
    or learned from, tests nothing. See `feedback.queries.examples`."""
    found = Suggestion.objects.using(reading.using.alias).filter(task__project=reading.project)
    claimed = found.filter(Q(held_out=True) | Q(learned_at__isnull=False) & TELLS)
    for name, held in claimed.values_list("text_hash", "held_out").iterator(AT_ONCE):
        yield name, "test" if held else "train"


SOURCE = Source(
    "suggestions",
    _("Verdicts on suggestions"),
    _("What end users accepted or chose instead: an input with the value that is right."),
    "demonstration",
    rows,
    news=news,
)
