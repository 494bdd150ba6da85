"""The job that makes labels, pairs and items for review out of what end users did."""

import json
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotator.jobs import runner
from annotator.models import Item, JobState, Label, QuestionVersion, Queue
from annotator.services import jobs
from annotator.services.questions import set_question
from feedback.jobs import signals as job
from feedback.models import Regeneration, ReviewRule, Signal
from feedback.services import regenerations
from tests import make
from tests.feedback.judged import learn, logged, signal, standing, suggestion, task, unsettled

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=10)


@pytest.fixture
def colour(project):
    return task(project)


def queue_of(task) -> Queue:
    task.refresh_from_db()
    return task.queue


class TestVerdicts:
    def test_accepted_is_a_yes(self, project, colour):
        row = suggestion(colour)
        signal(project, row.pk, "accepted", value="red")
        learn(project)

        assert standing(queue_of(colour)) == {("a rose", "red"): "yes"}
        label = Label.objects.get()
        assert (label.rater.kind, label.rater.name, label.imported, label.surplus) == (
            "end_user",
            "End users",
            True,
            True,
        )

    def test_edited_is_a_no_and_a_yes(self, project, colour):
        row = suggestion(colour)
        signal(project, row.pk, "edited", value="pink")
        learn(project)

        assert standing(queue_of(colour)) == {("a rose", "red"): "no", ("a rose", "pink"): "yes"}

    def test_rejected_is_a_no(self, project, colour):
        signal(project, suggestion(colour).pk, "rejected")
        learn(project)

        assert standing(queue_of(colour)) == {("a rose", "red"): "no"}

    def test_ignored_says_nothing_about_a_value(self, project, colour):
        signal(project, suggestion(colour).pk, "ignored", value="pink")
        learn(project)

        assert Label.objects.count() == 0

    def test_what_nobody_saw_is_judged_by_nobody(self, project, colour):
        signal(project, suggestion(colour, hidden=True).pk, "edited", value="pink")
        learn(project)

        assert Label.objects.count() == 0

    def test_changes_of_mind_follow_each_other(self, project, colour):
        row = suggestion(colour)
        for n, (kind, value) in enumerate([("edited", "pink"), ("edited", "blue"), ("accepted", "red")]):
            signal(project, row.pk, kind, timezone.now() + n * SOON - timedelta(minutes=5), value=value)
            learn(project)

        assert standing(queue_of(colour)) == {("a rose", "red"): "yes"}
        answers = Label.objects.order_by("pk").values_list("item__output", "answer")
        assert list(answers) == [
            ("red", "no"), ("pink", "yes"), ("blue", "yes"), ("pink", "undo"), ("red", "yes"), ("blue", "undo")
        ] or set(answers) == {("red", "no"), ("pink", "yes"), ("blue", "yes"), ("pink", "undo"), ("red", "yes"), ("blue", "undo")}  # fmt: skip

    def test_again_changes_nothing(self, project, colour):
        row = suggestion(colour)
        signal(project, row.pk, "accepted", value="red")
        learn(project)
        row.refresh_from_db()
        row.labelled = False
        row.save(update_fields=["labelled"])
        learn(project)

        assert Label.objects.count() == Item.objects.count() == 1

    def test_people_are_asked_about_what_the_rule_names(self, project, colour, annotator):
        unsure = suggestion(colour, "a tulip", confidence=0.3)
        for row, kind, more in (
            (suggestion(colour, "a rose"), "accepted", {"value": "red"}),
            (suggestion(colour, "a lily", confidence=0.9), "edited", {"value": "white"}),
            (unsure, "edited", {"value": "white"}),
            (suggestion(colour, "a poppy"), "rejected", {}),
        ):
            signal(project, row.pk, kind, **more)
        learn(project)

        places = queue_of(colour).places.filter(done_at=None).select_related("item")
        assert sorted((one.item.input, one.item.output) for one in places) == [
            ("a poppy", "red"),
            ("a tulip", "red"),
        ]
        key = make.api_key(project, scopes=["label"])
        claim = Client().post(
            f"/api/v1/queues/{colour.queue_id}/claim",
            '{"size": 9}',
            "application/json",
            headers=make.bearer(key),
        )
        assert len(claim.json()["items"]) == 2

    def test_exports_can_ask_for_them(self, project, colour, as_, owner):
        signal(project, suggestion(colour).pk, "edited", value="pink")
        learn(project)
        path = f"/api/v1/queues/{queue_of(colour).pk}/export.jsonl"
        sent = b"".join(as_(owner).get(f"{path}?rater_kind=end_user").streaming_content)
        rows = [json.loads(line) for line in sent.splitlines()]

        assert {(row["output"], row["answer"]) for row in rows} == {("red", "no"), ("pink", "yes")}
        assert b"".join(as_(owner).get(f"{path}?rater_kind=human").streaming_content) == b""

    def test_a_verdict_that_comes_before_its_suggestion_waits_for_it(self, project, colour):
        made = uuid4()
        signal(project, made, "edited", value="pink")
        learn(project)
        row = suggestion(colour, id=made)
        logged(project, str(made))
        learn(project)

        row.refresh_from_db()
        assert (row.verdict, row.final_value, unsettled(project)) == ("edited", "pink", 0)
        assert standing(queue_of(colour)) == {("a rose", "red"): "no", ("a rose", "pink"): "yes"}

    def test_hundreds_take_few_queries_each(self, project, colour, django_assert_max_num_queries):
        rows = [suggestion(colour, f"flower {n}") for n in range(120)]
        for row in rows:
            signal(project, row.pk, "accepted", value="red")
        with django_assert_max_num_queries(90):
            learn(project)

        assert Label.objects.count() == 120


class TestUnanswered:
    def test_shown_and_left_alone_is_ignored(self, project, colour):
        row = suggestion(colour)
        signal(project, row.pk, "shown", timezone.now() - timedelta(minutes=61))
        other = suggestion(colour)
        signal(project, other.pk, "shown", timezone.now() - timedelta(minutes=59))
        learn(project)

        for one in (row, other):
            one.refresh_from_db()
        assert (row.verdict, other.verdict) == ("ignored", "")

    def test_whoever_answered_in_time_and_was_late_with_it_is_heard(self, project, colour):
        row, then = suggestion(colour), timezone.now() - timedelta(hours=3)
        signal(project, row.pk, "shown", then)
        learn(project)
        signal(project, row.pk, "accepted", then + SOON, value="red")
        learn(project)

        row.refresh_from_db()
        assert row.verdict == "accepted"
        assert standing(queue_of(colour)) == {("a rose", "red"): "yes"}

    def test_once(self, project, colour):
        row = suggestion(colour)
        signal(project, row.pk, "shown", timezone.now() - timedelta(hours=3))
        learn(project)
        learn(project)

        assert Signal.objects.filter(kind="ignored").count() == 1


class TestRegenerations:
    THEN = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def pair(self, project) -> Queue:
        logged(project, "old", "Meh")
        logged(project, "new", "Better")
        signal(project, "old", "regenerated", self.THEN, new="new", dwell_ms=5000)
        learn(project)
        return Queue.objects.get(origin="regeneration")

    def test_the_new_one_is_kept_unless_somebody_goes_back(self, project):
        queue = self.pair(project)
        item = Item.objects.get(queue=queue)

        assert (item.left, item.right) == ("Meh", "Better")
        assert Label.objects.get().answer == "right"
        signal(project, "old", "copied", self.THEN + SOON)
        learn(project)
        assert list(Label.objects.order_by("pk").values_list("answer", flat=True)) == ["right", "left"]
        signal(project, "new", "copied", self.THEN + 2 * SOON)
        learn(project)
        assert Label.objects.order_by("pk").last().answer == "right"
        assert Regeneration.objects.get().kept == "new"

    def test_what_was_used_before_asking_again_says_nothing(self, project):
        signal(project, "old", "copied", self.THEN - SOON)
        self.pair(project)

        assert Regeneration.objects.get().kept == "new"

    def test_answers_that_are_logged_later_are_waited_for(self, project):
        signal(project, "old", "regenerated", timezone.now() - SOON, new="new")
        learn(project)
        assert not Queue.objects.exists()
        assert unsettled(project) == 1
        logged(project, "old", "Meh")
        logged(project, "new", "Better")
        learn(project)

        assert Label.objects.get().answer == "right"
        assert unsettled(project) == 0

    def test_a_new_answer_that_is_logged_last_is_waited_for(self, project):
        logged(project, "old", "Meh")
        signal(project, "old", "regenerated", timezone.now() - SOON, new="new")
        learn(project)
        assert unsettled(project) == 1
        logged(project, "new", "Better")
        learn(project)

        assert Label.objects.get().answer == "right"
        assert unsettled(project) == 0

    def test_a_question_of_somebody_is_left_alone(self, project, colour):
        for key in ("preferred", "right-colour"):
            set_question(project=project, key=key, text="Is it kind?")
        signal(project, suggestion(colour).pk, "accepted", value="red")
        self.pair(project)

        assert Label.objects.count() == 2
        assert QuestionVersion.objects.filter(text="Is it kind?", number=1).count() == 2
        assert not QuestionVersion.objects.exclude(number=1).exists()

    def test_in_its_own_place_is_none(self, project):
        signal(project, "old", "regenerated", new="old")
        learn(project)

        assert not Regeneration.objects.exists()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_of_two_jobs_at_once_the_one_that_knows_more_has_the_last_word(project, monkeypatch):
    then, others = timezone.now() - timedelta(hours=1), []
    for name in ("old", "new"):
        logged(project, name)
    signal(project, "old", "regenerated", then, new="new")
    learn(project)
    signal(project, "old", "left", then)
    read = regenerations.events_of

    def went_back() -> None:
        signal(project, "old", "copied", then + SOON)
        learn(project)
        connection.close()

    def meanwhile(*args, **kinds):
        found = read(*args, **kinds)
        if not others:
            others.append(threading.Thread(target=went_back))
            others[0].start()
            while (
                others[0].is_alive() and not somebody_waits()
            ):  # for this job, which has read and not written
                others[0].join(0.01)
        return found

    monkeypatch.setattr(regenerations, "events_of", meanwhile)
    learn(project)
    others[0].join()

    assert Regeneration.objects.get().kept == "old"
    assert Label.objects.order_by("pk").last().answer == "left"


class TestReview:
    @pytest.fixture
    def rule(self, project):
        return ReviewRule.objects.create(project=project, queue=make.queue(project, items=0), a_day=2)

    def test_strong_negatives_come_before_people(self, project, rule):
        for n in range(3):
            logged(project, f"call-{n}")
        signal(project, "call-0", "regenerated", dwell_ms=9000)
        signal(project, "call-1", "thumbs_down")
        signal(project, "call-2", "thumbs_up")
        learn(project)

        item = Item.objects.get()
        assert (item.external_id, item.origin) == ("call-0", "interaction")
        assert item.reason == "end user: regenerated (Strong negative)"
        assert rule.queue.places.count() == 1

    def test_and_negatives_where_the_rule_says_so_up_to_so_many_a_day(self, project, rule):
        rule.negatives = True
        rule.save()
        for n in range(4):
            logged(project, f"call-{n}")
            signal(project, f"call-{n}", "thumbs_down")
        learn(project)
        assert Item.objects.count() == 2
        logged(project, "call-9")
        signal(project, "call-9", "thumbs_down")
        with time_machine.travel(timezone.now() + timedelta(days=2)):
            learn(project)

        assert Item.objects.count() == 3

    def test_what_is_there_already_takes_no_room(self, project, rule):
        for name in ("known", "new"):
            logged(project, name)
        signal(project, "known", "regenerated", dwell_ms=9000)
        learn(project)
        for name in ("known", "new"):
            signal(project, name, "regenerated", dwell_ms=9000)
        learn(project)

        assert {one.external_id for one in Item.objects.all()} == {"known", "new"}

    def test_a_closed_queue_gets_nothing(self, project, rule):
        rule.queue.closed_at = timezone.now()
        rule.queue.save()
        logged(project, "call-0")
        signal(project, "call-0", "regenerated", dwell_ms=9000)
        learn(project)

        assert not Item.objects.exists()


class TestTheSchedule:
    def test_asks_for_projects_with_something_to_do(self, project, colour, stranger):
        now = timezone.now().replace(minute=30)
        assert list(job.slots(now)) == []
        signal(project, "call-1", "thumbs_up")
        [slot] = job.slots(timezone.now())

        assert (slot.project_id, slot.kind) == (project.pk, job.NAME)

    def test_what_waits_holds_up_nothing_new(self, project):
        sent = [Signal(project=project, interaction=f"call-{n}", event_id="e", kind="kept", polarity="positive",
                       occurred_at=timezone.now()) for n in range(2000)]  # fmt: skip
        Signal.objects.bulk_create(sent)
        Signal.objects.update(received_at=timezone.now() - timedelta(hours=2))
        logged(project, "call-new")
        signal(project, "call-new", "kept")
        now = timezone.now()
        [slot] = job.slots(now + timedelta(minutes=now.minute == 0))
        asked = jobs.ask(kind=slot.kind, key=slot.key, project=project, arguments=slot.arguments)
        with CaptureQueriesContext(connection) as of_minute:
            runner.run(asked.pk, queue="default")

        assert unsettled(project) == 2000
        with CaptureQueriesContext(connection) as of_hour:
            learn(project)
        assert len(of_minute) < len(of_hour) - 20  # four chunks more

    def test_what_waits_for_its_interaction_is_looked_at_hourly(self, project):
        signal(project, "call-1", "thumbs_up")
        Signal.objects.update(received_at=timezone.now() - timedelta(hours=2))

        assert list(job.slots(timezone.now().replace(minute=30))) == []
        assert len(list(job.slots(timezone.now().replace(minute=0)))) == 1
        Signal.objects.update(received_at=timezone.now() - timedelta(days=8))
        assert learn(project).state == JobState.DONE
        assert unsettled(project) == 0
