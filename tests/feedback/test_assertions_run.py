"""Assertions over what arrives: each once, by arrival, in chunks that can be killed anywhere."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils import timezone

from annotator.jobs import runner
from annotator.jobs.work import LeaseLost
from annotator.llm import budget
from annotator.models import Job, JobState
from annotator.services import jobs
from feedback.assertions import failed as hook
from feedback.assertions import registry
from feedback.assertions.failed import Failures
from feedback.ingest.ids import ids_between
from feedback.jobs import assertions as job
from feedback.jobs import forget, measure
from feedback.models import AssertionDay, AssertionMark, AssertionReport, AssertionResult, Interaction
from feedback.queries.arrivals import Place
from feedback.services import assertions
from feedback.sources.assertions import SOURCE
from tests.feedback.asserted import assertion, labelled
from tests.feedback.logged import DAY, interactions
from tests.provider import value

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def rule(project):
    """No roses; everything that arrived in the last hour is new."""
    made = assertion(project)
    forget_mark(project)
    return made


def forget_mark(project):
    AssertionMark.objects.filter(project=project).update(
        received_at=timezone.now() - HOUR, interaction=UUID(int=0)
    )


def arrived(project, n, output, *, ago=timedelta(minutes=5), **more) -> list[Interaction]:
    return interactions(project, n, output=output, received_at=timezone.now() - ago, **more)


def run(project, kind=job.NAME, **arguments) -> Job:
    """A job of this kind to its end, as a worker runs it."""
    asked = jobs.ask(kind=kind, key=f"{kind} {Job.objects.count()}", project=project, arguments=arguments)
    runner.run_claimed(claimed(asked))
    asked.refresh_from_db()
    return asked


def claimed(asked: Job) -> Job:
    from annotator.jobs import leases

    return leases.claim(asked.pk)


def outcomes(version) -> dict[str, str]:
    names = dict(Interaction.objects.values_list("pk", "external_id"))
    return {names[row.interaction]: row.outcome for row in version.results.all()}


class TestARun:
    def test_each_interaction_is_checked_once(self, project, rule):
        arrived(project, 2, "a lily")
        arrived(project, 1, "a rose", name="bad", ago=timedelta(minutes=4))
        arrived(project, 1, None, name="broken", ago=timedelta(minutes=3), error="Timeout")
        first, again = run(project), run(project)

        assert (first.state, first.done, again.done) == (JobState.DONE, 4, 0)
        assert outcomes(rule) == {
            "email-0": "passed",
            "email-1": "passed",
            "bad-0": "failed",
            "broken-0": "none",
        }
        day = AssertionDay.objects.get()
        assert (day.day, day.passed, day.failed, day.uncertain, day.none) == (DAY, 2, 1, 0, 1)
        assert rule.results.get(outcome="failed").reason == ["“%(phrase)s” is in it.", {"phrase": "rose"}]

    def test_by_arrival_and_not_by_its_own_time(self, project, rule):
        """A file of last year that is read today is new today."""
        arrived(project, 1, "a rose", at=datetime(2025, 1, 1, tzinfo=UTC))
        run(project)

        assert AssertionDay.objects.get().day.year == 2025

    def test_what_may_still_be_written_waits(self, project, rule):
        """Rows become visible when their transaction ends, not at the time that stands in them."""
        arrived(project, 1, "a rose", ago=timedelta(seconds=5))
        run(project)
        assert not AssertionResult.objects.exists()
        Interaction.objects.update(received_at=timezone.now() - timedelta(minutes=2))
        AssertionMark.objects.update(received_at=timezone.now() - timedelta(minutes=3))
        run(project)
        assert AssertionResult.objects.count() == 1

    def test_features_share_and_environment(self, project):
        only = assertion(project, "only", features=["refunds"])
        half = assertion(project, "half", share=0.5)
        off = assertion(project, "off", enabled=False)
        forget_mark(project)
        arrived(project, 100, "a rose", feature="refunds")
        arrived(project, 100, "a rose", feature="search")
        arrived(project, 1, "a rose", feature="refunds", name="shadow", environment="shadow")
        run(project)

        assert only.results.count() == 100
        assert 70 <= half.results.count() <= 130
        assert off.results.count() == 0
        assert not any(name.startswith("shadow") for name in outcomes(only))

    def test_a_new_version_has_results_of_its_own(self, project, rule):
        arrived(project, 1, "a rose", ago=timedelta(minutes=30))
        run(project)
        settings = {**rule.settings, "phrases": ["lily"]}
        second = assertions.change(rule.assertion, settings=settings)
        AssertionMark.objects.update(received_at=timezone.now() - timedelta(minutes=10))
        arrived(project, 1, "a rose", name="later")
        run(project)

        assert (outcomes(rule), outcomes(second)) == ({"email-0": "failed"}, {"later-0": "passed"})

    def test_a_log_that_was_there_before_is_let_alone(self, project):
        arrived(project, 1, "a rose")
        rule = assertion(project)
        run(project)

        assert rule.results.count() == 0

    def test_another_projects_log_is_not_read(self, project, rule, stranger):
        arrived(stranger.projects.get(), 3, "a rose")
        run(project)

        assert not AssertionResult.objects.exists()


class TestAJudge:
    def test_comes_along_behind_and_stays_within_the_budget(self, project, provider):
        judged = assertion(project, "polite", "judge", {"question": "Is it polite?"})
        quick = assertion(project)
        forget_mark(project)
        arrived(project, 3, "a rose")
        provider.always = value({"why": "It shouts.", "answer": "no"})
        run(project)
        assert (quick.results.count(), judged.results.count(), provider.sent) == (3, 0, [])
        assert [slot.kind for slot in job.slots(timezone.now())] == [job.SLOW]
        run(project, job.SLOW)

        assert {row.reason[1]["why"] for row in judged.results.all()} == {"It shouts."}
        assert len(provider.sent) == 3
        budget.set_daily(project=project, dollars=Decimal(0))
        arrived(project, 1, "a rose", name="later", ago=timedelta(minutes=2))
        AssertionMark.objects.update(received_at=timezone.now() - timedelta(minutes=4))
        run(project, job.SLOW)
        assert outcomes(judged)["later-0"] == "uncertain"
        assert len(provider.sent) == 3


class TestKilled:
    @pytest.mark.parametrize("line", ["before", "after"])
    def test_at_any_line_it_goes_on_and_nothing_comes_twice(self, project, rule, monkeypatch, line):
        monkeypatch.setattr(job, "CHUNK", 10)
        arrived(project, 25, "a rose")
        store, calls = job.store, []

        def dies(*given):
            calls.append(given)
            if len(calls) == 2 and line == "before":
                raise LeaseLost
            found = store(*given)
            if len(calls) == 2:
                raise LeaseLost  # the results are written, and their transaction never ends
            return found

        monkeypatch.setattr(job, "store", dies)
        asked = run(project)
        assert (asked.state, rule.results.count()) == (JobState.LEASED, 10)
        Job.objects.update(lease_until=timezone.now() - HOUR)
        runner.run_claimed(claimed(asked))
        asked.refresh_from_db()

        assert (asked.state, rule.results.count()) == (JobState.DONE, 25)
        assert AssertionDay.objects.get().failed == 25

    def test_two_at_once_count_once(self, project, rule, monkeypatch):
        arrived(project, 5, "a rose")
        said, beside = job._said, []

        def meanwhile(*given):
            found = said(*given)
            if not beside:
                beside.append(True)
                run(project)
            return found

        monkeypatch.setattr(job, "_said", meanwhile)
        run(project)

        assert (rule.results.count(), AssertionDay.objects.get().failed) == (5, 5)


class TestWhoIsTold:
    def test_once_with_how_many_and_some_of_them(self, project, rule, monkeypatch):
        heard: list[Failures] = []
        monkeypatch.setattr(hook, "_receivers", [heard.append])
        monkeypatch.setattr(job, "CHUNK", 3)
        rows = arrived(project, 7, "a rose")
        run(project)
        run(project)

        [one] = heard
        assert (one.project, one.key, one.version, one.count) == (project.pk, "no-rose", 1, 7)
        assert set(one.examples) < {row.pk for row in rows}

    def test_the_sample_finds_them_by_day(self, project, rule):
        assertion(project, "english", "language", {"languages": ["en"]})
        forget_mark(project)
        roses = arrived(project, 2, "a rose")
        arrived(project, 1, "a lily of the valley in the garden", name="good")
        arrived(project, 1, "a rose", name="next", at=datetime(2026, 11, 24, 1, tzinfo=UTC))
        run(project)
        low, high = ids_between(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
        day = Interaction.objects.filter(project=project, id__gte=low, id__lt=high)

        assert set(SOURCE.members(day)) == set(roses)
        for one in project.assertions.all():
            assertions.retire(one)
        assert not SOURCE.members(day).exists()

    def test_the_sample_asks_what_the_version_in_force_said(self, project, rule):
        """The rule was reworded: what only the wording before failed is no failure any more."""
        rose, tulip = arrived(project, 1, "a rose") + arrived(project, 1, "a tulip", name="tulip")
        run(project)
        assert set(SOURCE.members(Interaction.objects.filter(project=project))) == {rose}

        assertions.change(rule.assertion, settings=registry.settings("lacks", {"phrases": ["tulip"]}))
        assert not SOURCE.members(Interaction.objects.filter(project=project)).exists()
        forget_mark(project)
        run(project)
        assert set(SOURCE.members(Interaction.objects.filter(project=project))) == {tulip}


class TestTheClock:
    def slots(self):
        return [(slot.kind, slot.project_id) for slot in job.slots(timezone.now())]

    def test_asks_only_where_something_arrived(self, project, rule, django_assert_num_queries):
        assert self.slots() == []
        arrived(project, 1, "a rose", ago=timedelta(seconds=30))  # it may still be written
        assert self.slots() == []
        arrived(project, 1, "a rose", name="older")
        with django_assert_num_queries(4):
            assert self.slots() == [(job.NAME, project.pk)]
        run(project)
        assert self.slots() == []

    def test_of_a_batch_of_one_moment_none_is_left(self, project, rule, monkeypatch):
        """All of a request have the same time of receipt: a run that ends among them is asked for again."""
        monkeypatch.setattr(job, "CHUNK", 2)
        arrived(project, 5, "a rose")
        told, place = job.arrivals.after(
            project.pk, Place(timezone.now() - HOUR, UUID(int=0)), timezone.now(), 2
        )
        AssertionMark.objects.filter(slow=False).update(received_at=place.received_at, interaction=place.id)
        assert self.slots() == [(job.NAME, project.pk)]
        run(project)

        assert (len(told), rule.results.count()) == (2, 3)

    def test_not_while_one_is_under_way_nor_when_all_is_off(self, project, rule):
        arrived(project, 1, "a rose")
        assert self.slots() == [(job.NAME, project.pk)]
        asked = jobs.ask(kind=job.NAME, key="now", project=project)
        assert self.slots() == []
        Job.objects.filter(pk=asked.pk).update(state=JobState.DONE)
        assertions.switch(rule.assertion, on=False)
        assert self.slots() == []

    def test_switched_on_again_it_begins_anew(self, project, rule):
        assertions.switch(rule.assertion, on=False)
        arrived(project, 1, "a rose")
        assertions.switch(rule.assertion, on=True)
        run(project)

        assert rule.results.count() == 0

    def test_a_judge_that_comes_later_does_not_begin_with_the_first_day(self, project, rule, provider):
        """Nothing moved the mark of the slow ones: what arrived before would cost money, and is let alone."""
        arrived(project, 3, "a rose")
        polite = assertion(project, "polite", "judge", {"question": "Is it polite?"}, enabled=False)
        assertions.switch(polite.assertion, on=True)
        run(project, job.SLOW)
        run(project)

        assert (provider.sent, polite.results.count(), rule.results.count()) == ([], 0, 3)


class TestMeasuring:
    def test_on_what_people_called_bad_and_good(self, project, owner, rule):
        labelled(project, owner, bad=["a rose", "a thorn", None], good=["a lily", "rose water"])
        done = run(project, measure.NAME, version=rule.pk)

        report = AssertionReport.objects.get()
        assert (done.state, done.result["looked"]) == (JobState.DONE, 4)
        assert report.counts == {
            "bad": {"failed": 1, "passed": 1},
            "good": {"failed": 1, "passed": 1},
        }
        assert [len(items) for items in (report.caught, report.wrong, report.missed)] == [1, 1, 1]
        assert report.kappa["value"] == 0.0

    def test_a_judge_goes_on_where_it_was_killed_and_asks_for_nothing_twice(
        self, project, owner, provider, monkeypatch
    ):
        monkeypatch.setattr(measure, "SLOW_CHUNK", 2)
        rule = assertion(project, "polite", "judge", {"question": "Is it polite?"})
        labelled(project, owner, bad=["a", "b"], good=["c", "d"])
        provider.always = value({"why": "It is not.", "answer": "no"})
        tallied = measure.dry_run.tallied

        def dies(*given, **more):
            if len(provider.sent) == 2:
                raise LeaseLost
            return tallied(*given, **more)

        with monkeypatch.context() as once:
            once.setattr(measure.dry_run, "tallied", dies)
            asked = run(project, measure.NAME, version=rule.pk)
        assert asked.state == JobState.LEASED
        Job.objects.update(lease_until=timezone.now() - HOUR)
        runner.run_claimed(claimed(asked))

        assert len(provider.sent) == 4
        assert AssertionReport.objects.get().counts == {"bad": {"failed": 2}, "good": {"failed": 2}}

    def test_every_night_but_no_judge(self, project, rule):
        assertion(project, "polite", "judge", {"question": "Is it polite?"})

        assert [slot.arguments for slot in measure.slots(timezone.now())] == [{"version": rule.pk}]


def test_what_passed_long_ago_is_forgotten_and_stays_counted(project, rule):
    arrived(project, 2, "a lily", at=timezone.now() - timedelta(days=40))
    arrived(project, 1, "a rose", at=timezone.now() - timedelta(days=40), name="bad")
    arrived(project, 1, "a lily", at=timezone.now() - timedelta(days=2), name="new")
    run(project)
    run(None, forget.NAME)

    assert sorted(outcomes(rule)) == ["bad-0", "new-0"]
    assert sum(day.passed for day in AssertionDay.objects.all()) == 3
