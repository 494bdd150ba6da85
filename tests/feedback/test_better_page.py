"""Is it getting better? The page, its figures, and who may see what."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from annotator.jobs import runner
from annotator.models import DatasetExport, Label, Membership, Project, Queue, Report
from annotator.queries.over_time import labels_between
from annotator.services import consensus
from annotator.services.raters import named_rater, rater_of
from annotator.stats.intervals import wilson
from feedback.models import AssertionDay, FailureMode, Suggestion
from feedback.periods import LONG, Periods
from feedback.queries.better import Better, better
from feedback.services import modes
from feedback.trend import bars, trend
from tests import make
from tests.annotator import frozen
from tests.feedback import asserted, judged, logged, looking
from tests.feedback.logged import DAY, NEXT_MORNING

PAGE = "/p/shop/better/"
BEFORE = date(2026, 10, 20)  # in the four weeks that end on 27 October
WEEKS = timedelta(days=LONG)

pytestmark = pytest.mark.usefixtures("next_morning")


def told(project: Project, person) -> Better:
    me = Membership.objects.select_related("project").get(project=project, user=person)
    me.user = person
    return better(me, NEXT_MORNING)


def checked(project: Project, by, day: date, answers: str, **more) -> Queue:
    """A check of 200 interactions of that day, of which as many were drawn as have an answer."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    logged.interactions(project, 200, at=noon, name=f"of-{day}", **more)
    logged.plan(project, by, sample_size=len(answers))
    queue = logged.check(project, day=day).queue
    logged.answer(queue, by, answers)
    return queue


# --- who may, and what an empty project is told ---------------------------------------------------


def test_members_may_look_and_nobody_else(project, as_, owner, annotator, viewer, stranger, client):
    for person in (owner, annotator, viewer):
        assert as_(person).get(PAGE).status_code == 200
    assert as_(stranger).get(PAGE).status_code == 404
    assert client.get(PAGE).url == f"/signin/?next={PAGE}"
    assert as_(owner).post(PAGE).status_code == 405


def test_where_nothing_is_known_it_says_what_to_do(project, as_, owner, viewer):
    page = as_(owner).get(PAGE)
    for said in (
        "nothing is answered",
        "Look at a check",
        "Send prompt_version or model",
        "let two people answer the same items",
        "Nobody labelled anything in four weeks",
        "No verdict in eight weeks",
        "Make the first assertion",
        "goes out as a dataset",
        "can name how it fails",
    ):
        assertContains(page, said)
    assertNotContains(page, 'href=""')
    assertNotContains(page, "no clear change")
    assertNotContains(as_(viewer).get(PAGE), "Make the first assertion")


def test_it_is_found_from_the_project_and_from_the_trend_of_the_checks(project, as_, owner, viewer):
    assertContains(as_(viewer).get("/p/shop/"), f'href="{PAGE}"')
    for day in (BEFORE, DAY):
        checked(project, owner, day, "y" * 10)
    assertContains(as_(viewer).get("/p/shop/checks/"), f'href="{PAGE}"')


# --- the failure rate ------------------------------------------------------------------------------


def test_fewer_failures_than_before_are_better_and_each_number_leads_on(project, owner, as_):
    checked(project, owner, BEFORE, "n" * 24 + "y" * 16, prompt_version="v1", model="small")
    checked(project, owner, DAY, "n" * 4 + "y" * 36, prompt_version="v2 & more", model="small")

    found = told(project, owner).failures

    assert found.figure.word == "better"
    assert (found.figure.now.value, found.figure.before.value) == (pytest.approx(0.1), pytest.approx(0.6))
    assert found.figure.change.high < -0.2
    assert [(one.monday, round(one.estimate.value, 2)) for one in found.weeks] == [
        (date(2026, 10, 19), 0.6),
        (date(2026, 11, 23), 0.1),
    ]
    assert [(one.prompt_version, one.first) for one in found.versions] == [("v2 & more", DAY), ("v1", BEFORE)]
    assert found.newest.word == "better"
    page = as_(owner).get(PAGE)
    assertContains(page, "Changed by \u221250 points (")
    assertContains(page, '<span class="badge badge-yes">better</span>', count=2)
    assertContains(
        page,
        "/p/shop/log/?prompt_version=v2%20%26%20more&amp;model=small&amp;since=2026-11-23&amp;until=2026-11-23",
    )
    assertContains(page, "/p/shop/checks/?before=2026-10-26")  # shows that week first


def test_more_failures_are_worse(project, owner, as_):
    checked(project, owner, BEFORE, "n" * 2 + "y" * 38)
    checked(project, owner, DAY, "n" * 24 + "y" * 16)

    assert told(project, owner).failures.figure.word == "worse"
    assertContains(as_(owner).get(PAGE), '<span class="badge badge-no">worse</span>', count=1)


def test_what_chance_may_have_done_is_no_change(project, owner, as_):
    checked(project, owner, BEFORE, "nnnn" + "y" * 16)
    checked(project, owner, DAY, "nn" + "y" * 18)

    page = as_(owner).get(PAGE)

    assertContains(page, "no clear change", count=1)
    assertNotContains(page, "badge-yes")


def test_without_the_four_weeks_before_nothing_is_compared(project, owner, as_):
    checked(project, owner, DAY, "nn" + "y" * 18)

    assert told(project, owner).failures.figure.word == ""
    page = as_(owner).get(PAGE)
    assertContains(page, "Nothing to compare with yet", count=1)
    assertContains(page, "Two weeks with answers make a trend")


def test_the_chances_of_the_draw_count(project, owner):
    """All ten of chat are drawn and fail, of the other 190 a tenth is and none does: 10 of 200, not 10 of 29."""
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    logged.interactions(project, 190, at=noon, prompt_version="v1")
    logged.interactions(project, 10, at=noon, feature="chat", prompt_version="v1")
    logged.plan(project, owner)
    queue = logged.check(project).queue
    queue.items.filter(stratum="chat").update(inclusion_probability=1.0)
    queue.items.exclude(stratum="chat").update(inclusion_probability=0.1)
    words = ["n" if item.stratum == "chat" else "y" for item in queue.items.order_by("position")]
    logged.answer(queue, owner, "".join(words))
    chat = words.count("n")

    (one,) = told(project, owner).failures.versions

    assert one.estimate.value == pytest.approx(chat / (chat + 10 * (len(words) - chat)))


# --- labels ----------------------------------------------------------------------------------------


def label(queue: Queue, rater, at: datetime, n: int = 0, answer: str = "yes", **more) -> Label:
    question = queue.questions.get()
    return Label.objects.create(
        queue=queue,
        item=queue.items.order_by("position")[n],
        question=question,
        question_version=question.versions.last(),
        rater=rater,
        answer=answer,
        idempotency_key=str(uuid4()),
        created_at=at,
        **more,
    )


def test_labels_count_on_the_projects_day_once_each_and_only_peoples(project, owner, annotator, stranger):
    project.time_zone = "Asia/Seoul"
    project.save()
    queue, elsewhere = make.queue(project, items=4), make.queue(stranger.memberships.get().project)
    olivia, amir = rater_of(project, owner), rater_of(project, annotator)
    midnight = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Seoul"))
    first = label(queue, olivia, midnight)
    label(queue, amir, midnight - timedelta(seconds=1))
    label(queue, olivia, midnight + timedelta(hours=3), answer="no", supersedes=first)  # the same, changed
    skipped = label(queue, olivia, midnight - timedelta(days=1), 1, answer="skip")
    label(queue, olivia, midnight, 1, supersedes=skipped)  # thought better of it: its first answer
    label(queue, named_rater(project, "tiny", "llm"), midnight, 2)
    label(queue, olivia, midnight - WEEKS, 2)
    label(queue, olivia, midnight - 3 * WEEKS, 3)
    label(elsewhere, rater_of(elsewhere.project, stranger), midnight)

    found = told(project, owner).labels

    counts = {day: n for day, n in found.by_day if n}
    assert counts == {date(2026, 11, 22): 1, date(2026, 11, 23): 2, date(2026, 10, 26): 1}
    assert (found.now, found.before, found.a_day) == (3, 1, "0.1")


def test_days_are_as_long_as_the_clock_makes_them():
    """Berlin's clock went back on 25 October 2026: that day had 25 hours."""
    periods = Periods(date(2026, 11, 24), ZoneInfo("Europe/Berlin"))
    lengths = [b - a for a, b in zip(periods.edges, periods.edges[1:], strict=False)]

    assert (periods.first_before, periods.first, len(periods.all_days)) == (
        date(2026, 9, 30),
        date(2026, 10, 28),
        2 * LONG,
    )
    assert lengths.count(timedelta(hours=24)) == 2 * LONG - 1
    assert lengths[periods.all_days.index(date(2026, 10, 25))] == timedelta(hours=25)
    assert (periods.began, periods.begins) == (periods.edges[0], periods.edges[LONG])


def test_labels_of_a_time_are_found_by_an_index(project, owner):
    label(make.queue(project, items=1), rater_of(project, owner), NEXT_MORNING)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # of a table of one row it would read all
        cursor.execute("EXPLAIN SELECT FROM annotator_label WHERE created_at >= %s", [NEXT_MORNING])
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "labels_by_time" in plan
    assert labels_between(project, [NEXT_MORNING, NEXT_MORNING + timedelta(hours=1)]) == [1]


def test_the_bars_are_as_high_as_the_counts():
    assert bars([0, 5, 10]) == "M50.00 97.5V50.00M97.50 97.5V2.50"
    assert bars([0, 0]) == bars([]) == ""


def test_a_day_of_few_answers_does_not_flatten_the_others():
    days = [(date(2026, 11, 1) + timedelta(days=n), wilson(20, 1000)) for n in range(10)]
    made = trend([*days, (date(2026, 11, 11), wilson(0, 10))])
    assert made.top == 0.05
    assert made.marks[-1].span == "M97.50 97.50V2.50"  # to the edge, for 28 %


# --- agreement -------------------------------------------------------------------------------------


def answered_by_two(project: Project, people, alike: int, not_alike: int, at: datetime) -> Queue:
    queue = make.queue(project, items=alike + not_alike, overlap=2, name=f"Two {at:%d %b}")
    for n in range(alike + not_alike):
        for person, answer in zip(people, ("yes", "yes" if n < alike else "no"), strict=True):
            label(queue, rater_of(project, person), at, n, answer)
    runner.run(consensus.ask_consensus(queue=queue).pk, queue="default")
    Report.objects.filter(queue=queue).update(computed_at=at)
    return queue


def test_agreement_is_read_from_the_newest_results(project, owner, annotator, as_):
    answered_by_two(project, (owner, annotator), 12, 18, NEXT_MORNING - WEEKS)
    newest = answered_by_two(project, (owner, annotator), 28, 2, NEXT_MORNING)

    found = told(project, owner).agreement

    assert found.figure.word == "better"
    assert (found.figure.now.value, found.several) == (pytest.approx(28 / 30), 30)
    assertContains(as_(owner).get(PAGE), f"/p/shop/queues/{newest.pk}/quality/")


def test_who_is_still_asked_is_not_told_how_the_others_answered(project, owner, annotator, viewer, as_):
    answered_by_two(project, (owner, annotator), 4, 2, NEXT_MORNING)  # no place is filled: all are open

    assert told(project, annotator).agreement is None
    assertContains(as_(annotator).get(PAGE), "when you have answered what you are asked yourself")
    assertContains(as_(viewer).get(PAGE), "of 6 that several people answered")


# --- suggestions -----------------------------------------------------------------------------------


def verdicts(task, at: datetime, **counts: int) -> None:
    for verdict, n in counts.items():
        for _ in range(n):
            judged.suggestion(task, verdict=verdict, created_at=at, shown_at=at, verdict_at=at)


def test_suggestions_that_people_took(project, owner, as_):
    task = judged.task(project)
    verdicts(task, NEXT_MORNING - WEEKS, accepted=10, rejected=20)
    verdicts(task, NEXT_MORNING - timedelta(days=2), accepted=25, edited=5)
    verdicts(task, NEXT_MORNING - 3 * WEEKS, rejected=9)  # too long ago
    verdicts(task, NEXT_MORNING - timedelta(minutes=1), accepted=9)  # too young: others may still be ignored
    judged.suggestion(task, verdict="accepted", hidden=True)
    judged.suggestion(task, value="", verdict="")

    (one,) = told(project, owner).tasks

    assert (one.figure.now.n, one.figure.before.n) == (30, 30)
    assert one.figure.word == "better"
    assertContains(as_(owner).get(PAGE), "/p/shop/suggestions/task/colour/")
    Suggestion.objects.filter(created_at__gt=NEXT_MORNING - timedelta(days=9)).delete()
    assertContains(as_(owner).get(PAGE), "Nobody judged a suggestion in these four weeks")


# --- assertions, failure modes, datasets ------------------------------------------------------------


def ran(version, day: date, failed: int, of: int = 100) -> None:
    AssertionDay.objects.create(version=version, day=day, failed=failed, passed=of - failed)


def test_assertions_that_were_added_and_those_that_fail_more_or_less_often(project, owner, as_):
    rose, thorn, leaf = (asserted.assertion(project, key) for key in ("no-rose", "no-thorn", "no-leaf"))
    for version, before, now in ((rose, 40, 5), (thorn, 5, 30), (leaf, 10, 12)):
        ran(version, BEFORE, before)
        ran(version, DAY, now)
    idle = asserted.assertion(project, "idle")
    old = asserted.assertion(project, "old").assertion
    old.created_at, old.enabled = NEXT_MORNING - 1.5 * WEEKS, False
    old.save()

    found = told(project, owner).assertions

    assert [(one.assertion.key, one.word) for one in found.moved] == [
        ("no-thorn", "worse"),
        ("no-rose", "better"),
    ]
    assert (found.running, found.added, found.added_before) == (4, 4, 1)
    assert (found.checked, found.failing, found.compared) == (300, 3, 3)
    page = as_(owner).get(PAGE)
    assertContains(page, "/p/shop/assertions/a/no-thorn/")
    assertNotContains(page, f"/p/shop/assertions/a/{idle.assertion.key}/")


def test_assertions_that_hold_say_so(project, owner, as_):
    version = asserted.assertion(project, "no-rose")
    assertContains(as_(owner).get(PAGE), "Nothing was checked in these four weeks")
    ran(version, DAY, 0)
    assertContains(as_(owner).get(PAGE), "None ran in both periods yet")
    ran(version, BEFORE, 1)
    assertContains(as_(owner).get(PAGE), "1 that ran in both periods fails neither")


def test_failure_modes_that_are_open_and_those_that_were_mended(project, owner, as_):
    queue = make.queue(project, items=1)
    then = NEXT_MORNING - 2 * WEEKS
    for name in ("Rude", "Curt", "Long", "Gone"):
        modes.named(project, name, owner)
    FailureMode.objects.exclude(name="Curt").update(created_at=then)
    FailureMode.objects.filter(name="Long").update(fixed_at=NEXT_MORNING - timedelta(days=3), fixed_in="v8")
    FailureMode.objects.filter(name="Gone").update(retired_at=then)
    (rude,) = looking.see(queue.items.get(), owner, "Rude")
    FailureMode.objects.filter(pk=rude.pk).update(fixed_at=then, fixed_in="v7")

    found = told(project, owner).modes

    assert [one.mode.name for one in found.open] == ["Rude", "Curt"]
    assert (found.before, found.found, found.mended, found.back) == (1, 1, 1, 1)
    page = as_(owner).get(PAGE)
    assertContains(page, f"/p/shop/modes/{rude.pk}/")
    assertContains(page, "1 came back")


def test_datasets_that_went_out(project, owner, as_, viewer):
    version = frozen.version(project)
    newest = frozen.export(version)
    before, unfinished = frozen.export(version), frozen.export(version)
    DatasetExport.objects.filter(pk=before.pk).update(created_at=NEXT_MORNING - WEEKS)
    DatasetExport.objects.filter(pk=newest.pk).update(created_at=NEXT_MORNING)
    DatasetExport.objects.filter(pk=unfinished.pk).update(sha256="")

    found = told(project, owner).datasets

    assert (found.exported, found.exported_before, found.made, found.made_before) == (1, 1, 1, 0)
    assert found.newest == newest
    leads_to = f"/p/shop/datasets/{version.dataset.pk}/{version.number}/"
    for person in (owner, viewer):  # who may not take files finds what they hold
        assertContains(as_(person).get(PAGE), leads_to)
        assert as_(person).get(leads_to).status_code == 200


# --- what it costs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "most"), [("owner", 19), ("annotator", 21)])
def test_the_number_of_queries_does_not_grow(project, owner, annotator, as_, who, most):
    browser = as_({"owner": owner, "annotator": annotator}[who])

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assertNotContains(browser.get(PAGE), 'href=""')
        return len(found)

    def more(n: int) -> None:
        checked(project, owner, DAY - timedelta(days=n), "nn" + "y" * 8, prompt_version=f"v{n}")
        checked(project, owner, BEFORE - timedelta(days=n), "n" + "y" * 9, model=f"m{n}")
        verdicts(judged.task(project, f"task-{n}"), NEXT_MORNING - timedelta(days=2), accepted=2)
        version = asserted.assertion(project, f"no-{n}")
        ran(version, DAY, n)
        ran(version, BEFORE, n)
        looking.see(Queue.objects.latest("created_at").items.first(), owner, f"Rude {n}")
        answered_by_two(project, (owner, annotator), 1, 1, NEXT_MORNING - timedelta(days=n))
        frozen.export(frozen.version(project, name=f"Set {n}"))

    more(0)
    few = queries()
    for n in range(1, 5):
        more(n)

    assert queries() == few
    assert few <= most


def test_everything_of_another_project_stays_there(project, owner, stranger, as_):
    checked(project, owner, DAY, "nn" + "y" * 8, prompt_version="v1")
    judged.suggestion(judged.task(project), verdict="accepted", created_at=timezone.now() - timedelta(days=1))
    asserted.assertion(project, "no-rose")
    modes.named(project, "Rude", owner)
    frozen.export(frozen.version(project))

    found = told(stranger.memberships.get().project, stranger)

    assert (found.failures.figure.now.n, found.failures.versions, found.tasks) == (0, [], [])
    assert (found.labels.now, found.assertions.running, found.modes.open) == (0, 0, [])
    assert (found.datasets.exported, found.datasets.made, found.datasets.newest) == (0, 0, None)
