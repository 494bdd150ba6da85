"""Judging a day: what users ask, against what they asked on the days before. Once, whoever asks.

Only the ml worker judges: numpy is imported where it is needed.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from time import process_time
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.models import Project, User
from drift import baseline, budget
from drift.baseline import Chosen, Past, Pinned, Rolling
from drift.models import BaselineKind, DriftCheck, DriftGroup, DriftPlan, EmbeddedDay, Space, Verdict
from drift.queries import taught
from drift.services import alerts, left_open, naming, plans, structure
from feedback import days
from feedback.queries.shifts import zone_of

if TYPE_CHECKING:
    from drift.scan.judge import Judgement
    from drift.scan.refused import Refused
    from drift.services.beside_reference import Beside
    from drift.services.windows import Window

ROWS = 1000  # of the day
SAMPLE = 0  # which of the possible draws


class TooEarly(ValueError):
    """The day is not over; the text is for people."""


class NotReady(StrEnum):
    """Beside `scan.refused.Reason`: why the topics of a day were not judged."""

    NOT_EMBEDDED = "not_embedded"  # no vectors: the model or its worker was missing
    NO_TRAFFIC = "no_traffic"  # no production input came
    NO_TEXT = "no_text"  # inputs came, all of them without text
    # with a reference as the baseline:
    FEW_REFERENCE_ROWS = "few_reference_rows"
    REFERENCE_NOT_EMBEDDED = "reference_not_embedded"  # not in this space yet
    PART_OF_A_DAY = "part_of_a_day"  # hours are missing, and a reference has none that could be left out
    FEW_DAYS_BEFORE = "few_days_before"  # from which could be told how much topics vary


@dataclass
class Found:
    """What is stored of a day. `reason`, `facts`: of topics that were not judged."""

    reason: str = ""
    facts: dict[str, int] = field(default_factory=dict)
    judgement: "Judgement | None" = None
    window: "Window | None" = None
    names: list[naming.Name] = field(default_factory=list)
    chosen: Chosen | None = None
    beside: "Beside | None" = None
    frozen: dict[str, Any] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)


def judge(
    *, project: Project, day: date, now: datetime, by: User | None = None, again: str = ""
) -> DriftCheck:
    """The judgement of that day, made now if it was not. Raises TooEarly while the day lasts.

    `again`: when the one was made that is to be made anew, because a person asks for it or inputs have come
    since. That one is replaced; asked twice it is once.

    What is written is written in one transaction: killed before it, nothing was.
    """
    known = DriftCheck.objects.filter(project=project, day=day).first()
    if known and not _is_due(known, again):
        return known
    if not days.known(day) or not days.is_over(day, zone_of(project), now):
        raise TooEarly(
            _("%(day)s is not over yet in %(zone)s: it can be judged the day after.")
            % {"day": day.isoformat(), "zone": project.time_zone}
        )
    if again:
        structure.forget_judgement(project, day)
    plan = plan_of(project)
    clock = process_time()
    made = structure.ensure_structure(project, day)
    structure_p = made.p
    spent = round(process_time() - clock, 3)
    found = _topics(plan, day, budget.part_level(1 if structure_p is None else 2), made.hours)
    found.timings["structure"] = spent
    return _write(plan, day, found, structure_p, by=by, again=again)


def plan_of(project: Project) -> DriftPlan:
    """The project's, or one as it would be; not saved."""
    return plans.plan_of(project) or DriftPlan(project=project, starts_on=days.EARLIEST)


def again_of(check: DriftCheck) -> str:
    """For asking to have this one made anew."""
    return check.judged_at.isoformat()


def _is_due(known: DriftCheck, again: str) -> bool:
    return bool(again) and again_of(known) == again


# --- finding ---------------------------------------------------------------------------------------


def _topics(plan: DriftPlan, day: date, level: float, hours: frozenset[int] | None) -> Found:
    """`level`: what the topics' own p must be at most for an alarm, at which their groups are shown. `hours`: that
    are compared (`Window`)."""
    from drift.scan.refused import Refused  # noqa: PLC0415 - here and below: numpy, for the ml worker alone
    from drift.services import beside_reference, windows  # noqa: PLC0415

    space = plan.space
    embedded = _embedded(space, day)
    if space is None or embedded is None:
        return Found(reason=NotReady.NOT_EMBEDDED)
    if not embedded.population:
        return Found(reason=NotReady.NO_TRAFFIC)
    if embedded.empty >= embedded.sampled:
        return Found(reason=NotReady.NO_TEXT, facts={"found": embedded.sampled})
    clock = process_time()
    past = _past(plan, space, day)
    today = next((one for one in past if one.day == day), Past(day, 0))
    found = Found(chosen=_chosen(plan, today, past))
    assert found.chosen is not None  # noqa: S101 - for the type checker
    window = windows.read(space, day, found.chosen, seed_of(plan, day), rows=ROWS, hours=hours)
    found.chosen = replace(found.chosen, rows=window.rows_of(found.chosen))
    found.timings["read"] = round(process_time() - clock, 3)
    clock = process_time()
    if plan.reference is not None:
        try:
            found.beside = beside_reference.beside(plan, window, seed_of(plan, day))
        except beside_reference.NotBeside as no:
            found.reason, found.facts = no.reason, no.facts
            return found
    answer = _scan(plan, window, day, found.chosen, level, found.beside)
    found.timings["topics"] = round(process_time() - clock, 3)
    if isinstance(answer, Refused):
        found.reason, found.facts = _why(answer, embedded, found.beside)
        return found
    found.judgement, found.window = answer, window
    clock = process_time()
    found.names = naming.names(plan, window, answer.groups, found.beside)
    found.timings["names"] = round(process_time() - clock, 3)
    clock = process_time()
    found.frozen = _frozen(plan, space, window, day, past)
    found.timings["frozen"] = round(process_time() - clock, 3)
    return found


def _scan(
    plan: DriftPlan,
    window: "Window",
    day: date,
    chosen: Chosen,
    level: float,
    beside: "Beside | None" = None,
) -> "Judgement | Refused":
    import numpy as np  # noqa: PLC0415

    from drift.scan.judge import judge as judged  # noqa: PLC0415
    from drift.scan.known import Known  # noqa: PLC0415
    from drift.scan.refused import FEWEST_DAYS  # noqa: PLC0415

    assert plan.space is not None  # noqa: S101 - for the type checker
    own: dict[str, Any] = {"fewest_days": chosen.fewest_days or FEWEST_DAYS}
    before, numbers, more = beside.baseline() if beside else (window.before, window.days, own)
    return judged(
        before,
        numbers,
        window.today,
        seed=seed_of(plan, day),
        level=level,
        known=[
            Known(np.array(one.centroid, dtype=np.float32), one.reach, one.most)
            for one in taught.taught(plan.project, plan.space, day)
        ],
        **more,
    )


def _frozen(plan: DriftPlan, space: Space, window: "Window", day: date, past: list[Past]) -> dict[str, Any]:
    """The same rows against days that do not slide; nothing when there are none yet, or the baseline is pinned."""
    from drift.scan.refused import Refused  # noqa: PLC0415
    from drift.services import windows  # noqa: PLC0415

    old = baseline.frozen(day, past) if plan.kind_in_force == BaselineKind.ROLLING else None
    if old is None:
        return {}
    other = windows.against(space, window, day, old, seed_of(plan, day))
    answer = _scan(plan, other, day, old, budget.LEVEL)
    if isinstance(answer, Refused):
        return {}
    return {"p": answer.p, "first": min(old.rows).isoformat(), "last": max(old.rows).isoformat()}


def _why(answer: "Refused", embedded: EmbeddedDay, beside: "Beside | None") -> tuple[str, dict[str, int]]:
    few = beside is not None and answer.reason == "few_baseline_rows"
    return NotReady.FEW_REFERENCE_ROWS if few else answer.reason, {
        "found": answer.found,
        "needed": answer.needed,
        "sampled": embedded.sampled,
        "empty": embedded.empty,
        "over": embedded.repeats.get("over", 0),
        "limit": embedded.repeats.get("limit", 0),
    }


def _embedded(space: Space | None, day: date) -> EmbeddedDay | None:
    return EmbeddedDay.objects.filter(space=space, day=day, finished_at__isnull=False).first()


def _past(plan: DriftPlan, space: Space, day: date) -> list[Past]:
    """All days with vectors, the day itself too."""
    from drift.services import windows  # noqa: PLC0415

    left_out = taught.days_left_out(plan.project)
    return [Past(one, rows, one in left_out) for one, rows in windows.rows_by_day(space)]


def _chosen(plan: DriftPlan, today: Past, past: list[Past]) -> Chosen:
    """The baseline's days; beside a reference those that say how much topics vary."""
    if plan.reference is not None:
        return baseline.beside_reference(today, past, plan.baseline_days)
    return baseline.choose(kind_of(plan), today, past)


def kind_of(plan: DriftPlan) -> Rolling | Pinned:
    if plan.baseline_kind == BaselineKind.PINNED and plan.pinned_first and plan.pinned_last:
        return Pinned(plan.pinned_first, plan.pinned_last)
    return Rolling(plan.baseline_days)


def seed_of(plan: DriftPlan, day: date) -> int:
    from drift.scan.judge import seed_of as seed  # noqa: PLC0415

    return seed(plan.project.pk, day.isoformat(), SAMPLE)


# --- writing ---------------------------------------------------------------------------------------


@transaction.atomic
def _write(
    plan: DriftPlan, day: date, found: Found, structure_p: float | None, *, by: User | None, again: str
) -> DriftCheck:
    project = Project.objects.select_for_update(no_key=True).get(pk=plan.project.pk)  # the second one waits
    known = DriftCheck.objects.filter(project=project, day=day).first()
    if known and not _is_due(known, again):
        return known
    if known:
        known.delete()
    judgement, window = found.judgement, found.window
    p = budget.of_day([judgement.p if judgement else None, structure_p])
    check = DriftCheck.objects.create(
        project=project,
        day=day,
        space=plan.space,
        verdict=Verdict.REFUSED if p is None else Verdict.JUDGED,
        reason=found.reason,
        facts=found.facts,
        p=p,
        topics_p=judgement.p if judgement else None,
        structure_p=structure_p,
        level=budget.LEVEL,
        alarm=budget.alarms(p),
        stat=judgement.stat if judgement else None,
        rho=judgement.rho if judgement else None,
        seed=seed_of(plan, day),
        permutations=judgement.permutations if judgement else 0,
        baseline=_baseline_json(plan, found),
        day_vectors=window.today_ids.tolist() if window else [],
        baseline_vectors=window.before_ids.tolist() if window else [],
        reference_vectors=found.beside.ids.tolist() if window and found.beside else None,
        timings=found.timings,
        asked_by=by,
    )
    if check.alarm and judgement and window:
        _write_groups(check, judgement, window, found)
    alerts.tell(check)
    left_open.tell(check)
    check.refresh_from_db()
    return check


def _write_groups(check: DriftCheck, judgement: "Judgement", window: "Window", found: Found) -> None:
    """Rows of a baseline are in the log, or in the reference."""
    before, positions = window.before_interactions, found.beside.positions if found.beside else None
    DriftGroup.objects.bulk_create(
        DriftGroup(
            check_of_day=check,
            rank=rank,
            kind=group.kind.value,
            p=group.p,
            value=group.value,
            day_rows=[window.today_interactions[row] for row in group.day],
            baseline_rows=[before[row] for row in group.baseline] if positions is None else [],
            reference_rows=None if positions is None else [positions[row] for row in group.baseline],
            nearest=name.nearest,
            title=name.title,
            keywords=name.keywords,
            centroid=None if group.centroid is None else group.centroid.tolist(),
        )
        for rank, (group, name) in enumerate(zip(judgement.groups, found.names, strict=True), 1)
    )


def _baseline_json(plan: DriftPlan, found: Found) -> dict[str, Any]:
    """Which days, how many rows of each, and how they were chosen."""
    if found.chosen is None:
        return {}
    judgement = found.judgement
    return {
        "kind": plan.kind_in_force,
        "reference": found.beside.told if found.beside else None,
        "days": {day.isoformat(): rows for day, rows in found.chosen.rows.items()},
        "notes": list(found.chosen.notes),
        "left_out": [day.isoformat() for day in found.chosen.left_out],
        "aside": judgement.aside if judgement else 0,
        "frozen": found.frozen,
    }
