"""Making the demo project: once, in one transaction."""

import json
import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F

from annotator.models import Item, Project, Queue, RaterKind, Role, User
from annotator.reading.records import Limits
from annotator.services import people
from annotator.services.labeling import ImportedLabel, import_labels
from annotator.services.queues import NewItem, add_items, make_queue, set_question
from annotator.services.raters import named_rater, rater_of
from feedback import days
from feedback.demo import calendar, rotation, texts, words
from feedback.demo.comparisons import make_comparisons
from feedback.demo.flywheel import make_flywheel
from feedback.demo.intents import make_intents
from feedback.demo.shop import make_shop
from feedback.ingest.record import Record, read
from feedback.models import FailureMode, Interaction, VibeCheck, VibePlan
from feedback.services import interactions, modes, plans, sightings, vibecheck

SLUG = "demo"
RATERS = (("demo-dana", "Dana"), ("demo-minho", "Minho"))
CHECKED = range(2, 12)  # so many days ago, looked at; yesterday's waits
HALF_DONE = 8  # days ago, when somebody was called away
LOOK = timedelta(seconds=28)  # between two imported answers
XSUM_ITEMS = 120


@transaction.atomic
def make_demo(*, owner: User, time_zone: str, now: datetime) -> Project:
    """The project with its log, its past checks, and one that waits for `owner`."""
    project = people.make_project(slug=SLUG, name=words.PROJECT, time_zone=time_zone, owner=owner)
    raters = [_rater(project, *names) for names in RATERS]
    chance = random.Random("genba")
    news = list(texts.news())
    chance.shuffle(news)
    logged = list(
        calendar.lay_out(
            [*texts.summaries(), *texts.chats(), *(one.text for one in news[XSUM_ITEMS:])],
            zone=ZoneInfo(time_zone),
            now=now,
            chance=chance,
        )
    )
    interactions.store(project, [*_records(logged), *_failed(now)])
    _received_at_once(project)
    plan = _plan(project, [owner, *raters], now)
    _failure_modes(project, owner)
    _past_checks(plan, raters, logged, now)
    vibecheck.draw(project=project, day=_day(project, now, ago=1), now=now)
    plans.mark_asked(plan, _day(project, now, ago=0))
    rotation.plan_ahead(plan, owner, *raters, now=now)
    _xsum(project, news[:XSUM_ITEMS], owner, now)
    make_comparisons(project, owner, now - timedelta(days=calendar.SPAN))
    make_shop(project, owner)
    make_intents(project, owner, now)
    make_flywheel(project, owner)
    plans.change_sample(plan, base="spread", parts=[["negative", 2], ["assertions", 2]], shadow_pairs=0)
    transaction.on_commit(_tell_the_planner)
    return project


def _tell_the_planner() -> None:
    """PostgreSQL may have looked at the tables while all this was not committed, and thinks them empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _rater(project: Project, username: str, name: str) -> User:
    """A stand-in for the people who labelled the data: an account that nobody can sign in to."""
    user, new = User.objects.get_or_create(
        username=username, defaults={"first_name": name, "last_name": "(demo)"}
    )
    if new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    people.add_member(project=project, user=user, role=Role.ANNOTATOR)
    return user


def _day(project: Project, now: datetime, *, ago: int) -> date:
    return days.day_of(now, ZoneInfo(project.time_zone)) - days.DAY * ago


def _records(logged: Iterable[calendar.Logged]) -> list[Record]:
    sent = (
        {
            "id": one.text.id,
            "occurred_at": one.at.isoformat(timespec="milliseconds"),
            "feature": one.text.feature,
            "input": one.text.input,
            "output": one.text.output,
            "context": one.text.context,
            "model": one.text.model,
            "prompt_version": one.prompt_version,
            "environment": one.environment,
            "metadata": {"source": one.text.source},
        }
        for one in logged
    )
    return [_record(n, one) for n, one in enumerate(sent)]


def _record(index: int, sent: dict[str, object]) -> Record:
    return read(index, json.dumps(sent, ensure_ascii=False).encode(), Limits())


def _received_at_once(project: Project) -> None:
    """As they would have been: none of them arrived after the draw of its day."""
    Interaction.objects.filter(project=project).update(received_at=F("occurred_at"))


def _failed(now: datetime) -> list[Record]:
    """Two records of today without an output, to show how its absence looks. They say so."""
    return [
        _record(
            n,
            {
                "id": f"demo-no-output-{n}",
                "occurred_at": (now - timedelta(minutes=7 * n + 3)).isoformat(timespec="milliseconds"),
                "feature": words.CHAT,
                "input": [{"role": "user", "content": "What happens here when the model does not answer?"}],
                "output": None,
                "prompt_version": "chat-2",
                "error": error,
                "metadata": {"source": "made up for this demo"},
            },
        )
        for n, error in enumerate(("timeout", "the model answered with nothing"))
    ]


def _plan(project: Project, order: list[User], now: datetime) -> VibePlan:
    version = set_question(
        project=project, key="supported", text=words.QUESTION, guideline=words.GUIDELINE, desirable="yes"
    )
    plan = VibePlan.objects.create(
        project=project, question=version.question, starts_on=_day(project, now, ago=calendar.SPAN)
    )
    for person in order:
        plans.join_rotation(plan, person)
    plans.begin_with(plan, order[0].pk, _day(project, now, ago=0))
    plans.skip_missed(plan, now=now)
    return plan


def _past_checks(plan: VibePlan, raters: list[User], logged: list[calendar.Logged], now: datetime) -> None:
    known = {one.text.id: one.text for one in logged}
    for ago in reversed(CHECKED):
        check = vibecheck.draw(project=plan.project, day=_day(plan.project, now, ago=ago), now=now)
        if check.queue is not None:
            _looked_at(plan, check, check.queue, raters[ago % len(raters)], known, ago)


def _looked_at(
    plan: VibePlan, check: VibeCheck, queue: Queue, person: User, known: dict[str, texts.Text], ago: int
) -> None:
    """As if `person` had looked the morning after: the answers are those of the data set's people."""
    morning = days.moment(check.day + days.DAY, plan.hour, ZoneInfo(plan.project.time_zone))
    rater = rater_of(plan.project, person)
    items = list(queue.items.order_by("position"))
    seen = items[:13] if ago == HALF_DONE else items
    begun = morning + timedelta(minutes=35)
    answers = [known[item.external_id] for item in seen]
    key = plan.question.key
    import_labels(
        queue,
        [
            ImportedLabel(
                text.id,
                key,
                text.answer,
                rater,
                begun + LOOK * n,
                note=text.note if text.answer == "no" else "",
            )
            for n, text in enumerate(answers)
        ],
    )
    _name_failures(plan.project, person, items=seen, known=known)
    done = begun + LOOK * (len(seen) + 2)
    emails = [text.answer for text in answers if text.feature == words.EMAIL]
    note = words.hand_over(ago, bad=emails.count("no"), n=len(emails))
    Queue.objects.filter(pk=queue.pk).update(created_at=morning, closed_at=done)
    VibeCheck.objects.filter(pk=check.pk).update(
        person=person,
        drawn_at=morning,
        note=words.UNFINISHED if ago == HALF_DONE else note,
        finished_at=done,
        finished_by=person,
    )


def _failure_modes(project: Project, owner: User) -> None:
    """What the people of the data sets found, under names."""
    for name, (description, severity) in words.MODES.items():
        modes.make(project, modes.Words(name, description), severity=severity, by=owner)


def _name_failures(
    project: Project, person: User, *, items: list[Item], known: dict[str, texts.Text]
) -> None:
    ids = dict(FailureMode.objects.filter(project=project).values_list("name", "pk"))
    rater = rater_of(project, person)
    for item in items:
        text = known[item.external_id]
        if text.answer == "no":
            sightings.set_modes(item, rater, [ids[name] for name in text.modes])


def _xsum(project: Project, rated: list[texts.Rated], owner: User, now: datetime) -> None:
    """A queue with three answers an item, as its people gave them."""
    version = set_question(
        project=project,
        key="factual",
        text=words.XSUM_QUESTION,
        guideline=words.XSUM_GUIDELINE,
        desirable="yes",
    )
    queue = make_queue(
        project=project,
        name=words.XSUM_QUEUE,
        questions=[version.question],
        overlap=3,
        origin="upload",
        by=owner,
    )
    add_items(queue, [_as_item(one.text) for one in rated])
    raters = [named_rater(project, f"XSum rater {n + 1}", kind=RaterKind.HUMAN) for n in range(3)]
    at = now - timedelta(days=calendar.SPAN)
    import_labels(
        queue,
        [
            ImportedLabel(one.text.id, "factual", answer, raters[n], at + LOOK * k)
            for k, one in enumerate(rated)
            for n, answer in one.ratings.items()
        ],
    )
    Queue.objects.filter(pk=queue.pk).update(created_at=at)


def _as_item(text: texts.Text) -> NewItem:
    return NewItem(
        external_id=text.id,
        input=text.input,
        output=text.output,
        metadata={"model": text.model, "source": text.source},
        origin="upload",
        reason=words.XSUM_REASON,
    )
