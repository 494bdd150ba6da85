"""A project's failure modes: what was seen of each, when, where, and what is stale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotator.models import Answer, Item, Label, Project, RaterKind
from feedback.models import FailureMode, FailureModeVersion, Sighting
from feedback.queries.merged import family_of, roots_of

LATELY = timedelta(days=14)
ITEMS = 25  # a page
MOST_VERSIONS = 20

# Of the mergers' roots: an item on which two merged modes were seen, or two people saw one, is one item.
# Stale: seen under another wording than the root's newest.
COUNTS = """
    SELECT r.root, count(DISTINCT s.item_id),
           count(DISTINCT s.item_id) FILTER (WHERE s.occurred_at >= %(since)s),
           min(s.occurred_at), max(s.occurred_at),
           count(DISTINCT s.item_id)
               - count(DISTINCT s.item_id) FILTER (WHERE s.version_id = ANY(%(newest)s))
    FROM unnest(%(modes)s::bigint[], %(roots)s::bigint[]) AS r(mode, root)
    JOIN feedback_sighting s ON s.mode_id = r.mode AND s.current AND s.present
    GROUP BY r.root"""


@dataclass(frozen=True)
class Seen:
    """A mode with what was seen of it and of those merged into it. Counts are of items."""

    mode: FailureMode
    items: int = 0
    lately: int = 0
    first: datetime | None = None
    last: datetime | None = None
    stale: int = 0

    @property
    def came_back(self) -> bool:
        """Seen again in what was answered after it was fixed."""
        return bool(self.mode.fixed_at and self.last and self.last > self.mode.fixed_at)

    @property
    def state(self) -> str:
        """open, fixed, back (fixed and seen again), retired or merged."""
        if self.mode.merged_into_id:
            return "merged"
        if self.mode.retired_at:
            return "retired"
        if self.mode.fixed_at:
            return "back" if self.came_back else "fixed"
        return "open"


def in_sight() -> Q:
    """Of modes: all but those whose naming was taken back before anybody else said them."""
    return Q(unconfirmed=False) | Q(Exists(Sighting.objects.filter(mode=OuterRef("pk"), current=True)))


def seen_modes(project: Project) -> list[Seen]:
    """All of a project's modes that were not merged into others: what was seen most lately first. Four queries."""
    modes = FailureMode.objects.filter(in_sight(), project=project, merged_into=None)
    found = _seen(project, list(modes))
    return sorted(found, key=lambda one: (one.state == "retired", -one.lately, -one.items, one.mode.pk))


def seen_mode(mode: FailureMode) -> Seen:
    return _seen(mode.project, [mode])[0]


def _seen(project: Project, modes: Sequence[FailureMode]) -> list[Seen]:
    roots = roots_of(project)
    wanted = {mode.pk for mode in modes}
    pairs = [(one, root) for one, root in roots.items() if root in wanted]
    newest = FailureModeVersion.objects.filter(mode__in=wanted).order_by("mode", "-number").distinct("mode")
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTS,
            {
                "since": timezone.now() - LATELY,
                "newest": list(newest.values_list("pk", flat=True)),
                "modes": [one for one, _root in pairs],
                "roots": [root for _one, root in pairs],
            },
        )
        counts = {root: numbers for root, *numbers in cursor.fetchall()}
    return [Seen(mode, *counts.get(mode.pk, ())) for mode in modes]


def offered(project: Project) -> QuerySet[FailureMode]:
    """What can be named while looking, the most seen of the last weeks first."""
    lately = Count(
        "sightings",
        filter=Q(
            sightings__current=True,
            sightings__present=True,
            sightings__occurred_at__gte=timezone.now() - LATELY,
        ),
    )
    modes = FailureMode.objects.filter(in_sight(), project=project, merged_into=None, retired_at=None)
    return modes.annotate(lately=lately).order_by("-lately", "-pk")


def unmerged(project: Project) -> QuerySet[FailureMode]:
    """By name, the retired ones too."""
    return FailureMode.objects.filter(in_sight(), project=project, merged_into=None).order_by("name", "pk")


def sightings_of(mode: FailureMode) -> QuerySet[Sighting]:
    """What stands, of the mode and of those merged into it, whoever saw it."""
    return Sighting.objects.filter(mode__in=family_of(mode.project, mode.pk), current=True, present=True)


def counts() -> Q:
    """Of sightings, whether a rate counts them: a person saw it whose answer counts, as `estimates` counts
    answers. What was seen beside a surplus answer is left out while another answer fills the item's place,
    unless it is a second look, which took an earlier one's place."""
    told = Label.objects.filter(
        item=OuterRef("item"),
        superseded_by=None,
        answer__in=(Answer.YES, Answer.NO),
        rater__kind=RaterKind.HUMAN,
    )
    beyond = told.filter(rater=OuterRef("rater"), surplus=True)
    looked_again = Sighting.objects.filter(item=OuterRef("item"), ended_by=OuterRef("pk"))
    left_out = Q(Exists(beyond)) & Q(Exists(told.filter(surplus=False))) & ~Q(Exists(looked_again))
    return Q(rater__kind=RaterKind.HUMAN) & ~left_out


def counted(mode: FailureMode) -> set[int]:
    """The items that are hits in its rates."""
    return set(sightings_of(mode).filter(counts()).values_list("item", flat=True))


def items_of(mode: FailureMode) -> QuerySet[Item]:
    """The items that show it, the newest first."""
    return Item.objects.filter(pk__in=sightings_of(mode).values("item")).order_by("-pk")


def modes_on(items: Sequence[int]) -> dict[int, list[FailureMode]]:
    """What people saw in each of these items, by its root. Two queries."""
    rows = Sighting.objects.filter(item__in=items, current=True, present=True).select_related("mode__project")
    found: dict[int, dict[int, FailureMode]] = {}
    merged = [row for row in rows if row.mode.merged_into_id]
    roots = roots_of(merged[0].mode.project) if merged else {}
    names = FailureMode.objects.in_bulk([roots[row.mode_id] for row in merged]) if merged else {}
    for row in rows:
        mode = names[roots[row.mode_id]] if row.mode.merged_into_id else row.mode
        found.setdefault(row.item_id, {})[mode.pk] = mode
    return {item: list(modes.values()) for item, modes in found.items()}


@dataclass(frozen=True)
class InVersion:
    """How often a prompt or model version showed it, among the sightings of a mode."""

    prompt_version: str
    model: str
    items: int
    first: datetime
    last: datetime


BY_VERSION = """
    SELECT coalesce(i.metadata->>'prompt_version', ''), coalesce(i.metadata->>'model', ''),
           count(DISTINCT s.item_id), min(s.occurred_at), max(s.occurred_at)
    FROM feedback_sighting s JOIN annotator_item i ON i.id = s.item_id
    WHERE s.mode_id = ANY(%(modes)s) AND s.current AND s.present AND json_typeof(i.metadata) = 'object'
    GROUP BY 1, 2 ORDER BY max(s.occurred_at) DESC LIMIT %(most)s"""


def by_version(mode: FailureMode) -> list[InVersion]:
    """In which versions of the product it was seen, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(BY_VERSION, {"modes": family_of(mode.project, mode.pk), "most": MOST_VERSIONS})
        rows = [InVersion(*row) for row in cursor.fetchall()]
    return [row for row in rows if row.prompt_version or row.model]


def newest_in(mode: FailureMode) -> tuple[datetime, set[str]] | None:
    """When it was seen last, by the product's time, and in which prompt and model version, as far as that is
    known; None: it stands nowhere."""
    row = sightings_of(mode).select_related("item").order_by("-occurred_at", "-pk").first()
    if row is None:
        return None
    told = row.item.metadata if isinstance(row.item.metadata, dict) else {}
    versions = (told.get("prompt_version"), told.get("model"))
    return row.occurred_at, {one for one in versions if isinstance(one, str) and one}


def stale_items(mode: FailureMode) -> QuerySet[Item]:
    """Items of which the mode, or one merged into it, was told under another wording than the one in
    force, and not since."""
    newest = mode.versions.order_by("-number").values("pk")[:1]
    told = Sighting.objects.filter(mode__in=family_of(mode.project, mode.pk), current=True)
    fresh = told.filter(version__in=newest).values("item")
    return Item.objects.filter(pk__in=told.exclude(version__in=newest).values("item")).exclude(pk__in=fresh)
