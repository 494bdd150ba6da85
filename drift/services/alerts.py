"""From a judgement to at most one alert of its day. Asked again, nothing is told twice."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from pgvector.django import CosineDistance

from annotator.models import Project, Role, User
from drift import alert_words, notices
from drift.alert_rules import Candidate, State, Thing, recognised
from drift.models import (
    Alert,
    AlertEvent,
    AlertGroup,
    AlertState,
    DriftCheck,
    Happened,
    SeenAgain,
    WeekCheck,
)
from drift.queries.alerts import owners_of
from drift.queries.taught import expected_groups, with_most
from drift.services.found import Found, found, found_in_week, thing_of
from feedback.models import VibePlan
from feedback.queries.shifts import rota_of
from feedback.services import notices as telling

MOST_KNOWN = 1_000  # groups of earlier alerts that one of today is held against, the newest
ABOUT = 5  # groups that a notice speaks of


def tell(check: DriftCheck) -> Alert | None:
    """At the end of a judgement. The alert that it opened; None when it is no alarm, or all is known.

    What an open or an expected alert tells already is noted there. What a fixed one told opens a new one,
    which says so.
    """
    return _tell(check.project_id, check.day, found(check)) if check.alarm else None


def tell_week(check: WeekCheck) -> Alert | None:
    """As `tell`, of a week: its last day's alert."""
    return _tell(check.project_id, check.day, found_in_week(check)) if check.alarm else None


@transaction.atomic
def _tell(of: int, day: date, things: Iterable[Found]) -> Alert | None:
    # Of two judgements that end at once the second sees what the first has told.
    project = Project.objects.select_for_update(no_key=True).get(pk=of)
    everything = list(things)
    news = [one for one in everything if _is_news(project, day, one)]
    own = Alert.objects.filter(project=project, day=day).first()
    if not news and (own is not None or everything):
        return None
    alert = own or Alert.objects.create(project=project, day=day, owner=on_shift(project, logged=day))
    _write(alert, news)
    if own is not None:
        _open_again(own)
        return None
    AlertEvent.objects.create(alert=alert, what=Happened.OPENED, to=alert.owner)
    _notify(alert)
    return alert


def _open_again(alert: Alert) -> None:
    """A day that was judged again tells something that nobody has said anything of."""
    if alert.state != AlertState.OPEN:
        alert.state, alert.closed_on = AlertState.OPEN, None
        alert.save(update_fields=["state", "closed_on"])
        AlertEvent.objects.create(alert=alert, what=Happened.REOPENED)


def _write(alert: Alert, news: Sequence[Found]) -> None:
    for rank, one in enumerate(news, alert.groups.count() + 1):
        one.group.alert, one.group.rank = alert, rank
        one.group.save()


def on_shift(project: Project, *, logged: date) -> User | None:
    """Whoever looks at what was logged on that day."""
    plan = VibePlan.objects.filter(project=project, enabled=True).first()
    if plan is None:
        return None
    plan.project = project
    return rota_of(plan, logged, logged + timedelta(days=1)).person_for(logged)


def _is_news(project: Project, day: date, one: Found) -> bool:
    """Whether nobody was told yet. Notes with the alert that tells of it that it was seen again."""
    groups = _alike(project, one)
    if recognised(one.thing, _candidates(_told_on(groups, day), State.OPEN)):
        return False
    # Days may be judged out of their order, after an outage: a later alert that is open tells of it, too.
    earlier = groups.filter(Q(alert__day__lt=day) | Q(alert__state=AlertState.OPEN))
    expected = set(expected_groups(project, day).values_list("pk", flat=True))
    candidates = [
        candidate
        for candidate in _candidates(earlier)
        if candidate.state != State.EXPECTED or candidate.key in expected
    ]
    known = recognised(one.thing, candidates)
    if known is None:
        return True
    if known.state == State.FIXED:
        one.group.before_id = known.key
        return True
    _seen_again(known, day, one)
    return False


def _alike(project: Project, one: Found) -> "QuerySet[AlertGroup]":
    """Groups of the same sort, with how far each is from this one where both have a place."""
    groups = AlertGroup.objects.filter(alert__project=project).select_related("alert")
    if one.thing.kind == "structure":
        group = one.group
        return groups.filter(feature=group.feature, side=group.side, view=group.view)
    groups = groups.exclude(kind="structure")
    if one.group.centroid is None or one.group.space_id is None:
        return groups.filter(centroid=None)
    near = groups.filter(space=one.group.space_id, centroid__isnull=False)
    return near.annotate(far=CosineDistance("centroid", one.group.centroid))


def _told_on(groups: "QuerySet[AlertGroup]", day: date) -> "QuerySet[AlertGroup]":
    """What the day was told of already: by its own alert, or as seen again."""
    again = SeenAgain.objects.filter(group=OuterRef("pk"), day=day)
    return groups.filter(Q(alert__day=day) | Exists(again))


def _candidates(groups: "QuerySet[AlertGroup]", state: State | None = None) -> list[Candidate]:
    return [
        Candidate(
            one.pk,
            state or State(one.alert.state),
            _went(one),
            1 - one.far if hasattr(one, "far") else None,
        )
        for one in with_most(groups).defer("centroid", "rows", "facts").order_by("-pk")[:MOST_KNOWN]
    ]


def _went(one: Any) -> Thing:
    """A group, with `with_most`, as far as it had gone when its alert was closed: a person calls expected what was there by then."""
    first = thing_of(one)
    most: float | None = one.least_now if (one.now or 0) < (one.then or 0) else one.most_now
    nows = [now for now in (one.now, most) if now is not None]
    shares = [share for share in (one.share, one.most_share) if share is not None]
    return replace(
        first,
        share=max(shares, default=None),
        now=max(nows, key=lambda now: abs(now - (one.then or 0)), default=None),
    )


def _seen_again(known: Candidate, day: date, one: Found) -> None:
    group = AlertGroup.objects.select_related("alert").get(pk=known.key)
    _row, new = SeenAgain.objects.get_or_create(
        group=group,
        day=day,
        defaults={"rows": one.group.rows, "share": one.group.share, "now": one.group.now},
    )
    if new and not AlertEvent.objects.filter(alert=group.alert, what=Happened.SEEN, day=day).exists():
        AlertEvent.objects.create(alert=group.alert, what=Happened.SEEN, day=day)


def told_of(alert: Alert) -> list[User]:
    """Whom an alert is told: its owner, who is whoever was on shift; with none who labels here still, the project's owners."""
    labels = owners_of(alert.project)
    return list(labels.filter(pk=alert.owner_id or 0)) or list(
        labels.filter(memberships__project=alert.project, memberships__role=Role.OWNER).order_by("pk")
    )


def _notify(alert: Alert) -> None:
    """Channels tell it to those who read them."""
    told = list(alert.groups.select_related("before__alert"))
    telling.send(
        notices.ALERT,
        project=alert.project,
        day=alert.day,
        to=told_of(alert),
        context={
            "alert": alert.pk,
            "groups": [alert_words.told(one, alert.project.time_zone) for one in told[:ABOUT]],
            "more": max(0, len(told) - ABOUT),
        },
    )
