"""A month of traffic as a person would live through it: what is told on each morning, and what was planted.

    python -m bench.month [--seed 1] [--scale 1.0] [--no-expect] [--stay]

Each day of `drift.demo.month` is logged, embedded, judged and told by the jobs that the clock asks for on an
instance, one after the other in this process; on Mondays topics are fitted anew, and the week is judged. Then somebody looks: what is told and true they call expected, so that
the next morning tells what is new (`--no-expect`: nobody looks). At the end: on which day each plant was told, and how
many alarms were false. `--stay` leaves PostgreSQL and a web server running, to look at the pages, until a key is
pressed.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from bench import ground
from drift.demo.month import DAYS, FIRST, KOREAN_FROM, LONG_FROM, PLANTED, Month, Said, planted_on, record

if TYPE_CHECKING:
    from annotator.models import Project, User
    from drift.models import DriftCheck, StructuralChange, WeekCheck

SLUG, PASSWORD = "month", "look-around"
DAY = timedelta(days=1)
SUNDAY = 6
HALF = 0.5  # of a group's rows must be of a plant for the group to be its finding


@dataclass
class Morning:
    """What a person reads of a day. `true`: plants that it tells of; `false`: groups and features that are none."""

    day: int
    n: int
    check: "DriftCheck"
    groups: list[str] = field(default_factory=list)
    week: "WeekCheck | None" = None
    structure: list[str] = field(default_factory=list)
    true: set[str] = field(default_factory=set)
    false: list[str] = field(default_factory=list)


def main() -> None:
    asked = _arguments()
    ground.postgres()
    ground.redis()
    project, owner = _project()
    topics: dict[UUID, str] = {}
    mornings: list[Morning] = []
    first = _first_day()
    begun, cpu = time.monotonic(), time.process_time()
    _head()
    for number, said in Month(seed=asked.seed, scale=asked.scale).days():
        day = first + DAY * (number - 1)
        topics |= _logged(project, day, said)
        _night(project, day)
        morning = _told(project, number, day, len(said), topics)
        mornings.append(morning)
        _line(morning, day)
        if not asked.no_expect:
            _look(project, owner, morning)
    _sums(mornings)
    print(
        f"\n{time.process_time() - cpu:.0f} CPU seconds in this process, {time.monotonic() - begun:.0f} by the clock"
    )
    if asked.stay:
        from annotator.config import static_files

        static_files.gather()
        ground.web_server()
        print(f"http://127.0.0.1:{ground.PORT}/p/{SLUG}/drift/ as {owner.username}, password “{PASSWORD}”")
        input("Enter ends it. ")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="of the traffic")
    parser.add_argument("--no-expect", action="store_true", help="nobody looks at the alerts")
    parser.add_argument("--stay", action="store_true", help="serve the pages at the end")
    return parser.parse_args()


def _project() -> "tuple[Project, User]":
    from annotator.models import User
    from annotator.services import people
    from drift.services import plans

    owner = User.objects.create_user("mina", password=PASSWORD)
    project = people.make_project(slug=SLUG, name="A month", time_zone="UTC", owner=owner)
    plans.ensure_plan(project, now=datetime.now(UTC))
    return project, owner


def _first_day() -> date:
    """So that all of the month is over, and its first day has the weekday that it shall have."""
    last = datetime.now(UTC).date() - DAY
    first = last - DAY * (DAYS - 1)
    return first - DAY * ((first.weekday() - FIRST) % 7)


def _logged(project: "Project", day: date, said: Sequence[Said]) -> dict[UUID, str]:
    """The day in the log, as if it had come when it happened; what each was about, by id."""
    from django.db.models import F

    from annotator.reading.records import Limits
    from feedback.ingest.record import read
    from feedback.models import Interaction
    from feedback.services import interactions

    sent = [record(day, n, one, zone=ZoneInfo("UTC"), feature="assistant") for n, one in enumerate(said)]
    limits = Limits()
    interactions.store(
        project, [read(n, json.dumps(one, ensure_ascii=False).encode(), limits) for n, one in enumerate(sent)]
    )
    rows = Interaction.objects.filter(project=project, external_id__startswith=f"{day}-")
    rows.update(received_at=F("occurred_at"))
    about = {f"{day}-{n}": one.topic for n, one in enumerate(said)}
    return {key: about[name] for key, name in rows.values_list("pk", "external_id")}


def _night(project: "Project", day: date) -> None:
    """The day's jobs, until none is left that is due."""
    from annotator.jobs import leases, runner
    from annotator.models import Job, JobState
    from annotator.services import jobs

    jobs.ask(
        kind="drift.embed",
        key=f"{project.pk}:{day.isoformat()}",
        project=project,
        arguments={"day": day.isoformat()},
    )
    while job := leases.claim_next("ml") or leases.claim_next("default"):
        runner.run_claimed(job)
    if day.weekday() == SUNDAY:
        jobs.ask(kind="drift.topics", key=f"{project.pk} {day}", project=project)
        while job := leases.claim_next("ml"):
            runner.run_claimed(job)
    for failed in Job.objects.filter(project=project).exclude(state__in=(JobState.DONE, JobState.CANCELLED)):
        print(f"     {failed.kind} {failed.arguments}: {failed.state} {failed.error}")


def _told(project: "Project", number: int, day: date, n: int, topics: dict[UUID, str]) -> Morning:
    from drift.models import AlertGroup, DriftCheck, StructuralChange, WeekCheck

    check = DriftCheck.objects.get(project=project, day=day)
    morning = Morning(number, n, check)
    for group in check.groups.all():
        rows = group.baseline_rows if group.kind == "shrunk" else group.day_rows
        _group(morning, group.kind, rows, f"“{group.title[:60]}” [{', '.join(group.keywords)}]", topics)
    for change in StructuralChange.objects.filter(project=project, day=day, alarm=True):
        _change(morning, change)
    morning.week = WeekCheck.objects.filter(project=project, day=day).first()
    for one in AlertGroup.objects.filter(alert__project=project, alert__day=day, days__gt=1):
        _group(morning, one.kind, one.rows, f"“{one.title[:60]}” [{', '.join(one.keywords)}] week:", topics)
    return morning


def _group(morning: Morning, kind: str, rows: Sequence[UUID], told: str, topics: dict[UUID, str]) -> None:
    about = Counter(topics.get(row, "?") for row in rows).most_common(1)
    topic, most = about[0] if about else ("?", 0)
    words = f"{kind}: {told} {len(rows)} rows, {most} of {topic}"
    morning.groups.append(words)
    found = [
        one.name
        for one in PLANTED
        if one.topic == topic
        and one.day <= morning.day
        and most >= HALF * len(rows)
        and _fits(one.told_by, kind)
    ]
    if found:
        morning.true.update(found)
    else:
        morning.false.append(words)


def _fits(planted: str, kind: str) -> bool:
    """A group of something new may be told as grown when the baseline had its like, and the other way round."""
    return (planted == "shrunk") == (kind == "shrunk")


def _change(morning: Morning, change: "StructuralChange") -> None:
    words = f"{change.side} {change.feature}: {_value(change.then)} → {_value(change.now)} (p {change.adjusted_p:.2g})"
    morning.structure.append(words)
    if change.side != "input" and morning.day >= LONG_FROM:
        morning.true.update(one.name for one in PLANTED if one.told_by.startswith("output"))
    elif change.side == "input" and morning.day >= KOREAN_FROM:
        morning.true.update(one.name for one in PLANTED if one.topic == "korean")
    else:
        morning.false.append(words)


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _look(project: "Project", owner: "User", morning: Morning) -> None:
    """Somebody calls what the morning told of expected, where all of it is true."""
    from drift.alert_rules import Do
    from drift.models import Alert
    from drift.services import alert_changes

    if morning.false:
        return
    for alert in Alert.objects.filter(project=project, day=morning.check.day, state="open"):
        alert_changes.change(alert, Do.EXPECT, by=owner)


def _head() -> None:
    print(f"{'day':>3} {'date':10} {'inputs':>6} {'p':>8} {'topics':>8} {'structure':>9}  told")


def _line(morning: Morning, day: date) -> None:
    check = morning.check
    state = "ALARM" if check.alarm else check.reason or ("mark" if (check.p or 1) <= 0.05 else "–")
    p, topics, structure = (
        f"{one:.4f}" if one is not None else "–" for one in (check.p, check.topics_p, check.structure_p)
    )
    print(
        f"{morning.day:>3} {day:%a %d %b} {morning.n:>6} {p:>8} {topics:>8} {structure:>9}  {state}",
        flush=True,
    )
    if morning.week is not None:
        week = morning.week
        print(
            f"         week: p {'–' if week.p is None else f'{week.p:.4f}'}  {'ALARM' if week.alarm else week.reason or '–'}"
        )
    for label, lines in (
        ("planted", planted_on(morning.day)),
        ("group", morning.groups),
        ("texts", morning.structure),
    ):
        for line in lines:
            print(f"      {label:>8}: {line}")


def _sums(mornings: Iterable[Morning]) -> None:
    """Only alarms count: what is shown without one reaches nobody."""
    alarms = [one for one in mornings if one.check.alarm or (one.week and one.week.alarm)]
    print("\nPlanted, and the first day on which an alarm told of it")
    for plant in PLANTED:
        first = next((one.day for one in alarms if plant.name in one.true), None)
        print(f"  {plant.name:42} day {plant.day:>2}: {f'day {first}' if first else 'never'}")
    false = [one for one in alarms if not one.true]
    mixed = [one for one in alarms if one.true and one.false]
    print(f"{len(alarms)} alarms; {len(false)} told of nothing that was planted", end="")
    print(f" (days {', '.join(str(one.day) for one in false)})" if false else "")
    print(f"{len(mixed)} told of something planted and of something else, too")


if __name__ == "__main__":
    main()
