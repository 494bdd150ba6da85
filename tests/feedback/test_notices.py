"""What is told to whom, once; how deliveries go and go again; and the owners' page of all that."""

import json
import threading
from datetime import date, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import translation
from django.utils.translation import pgettext
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from annotator.jobs import leases, runner, schedules
from annotator.models import Job, JobState
from feedback import days
from feedback.jobs import notices as job
from feedback.models import Channel, Delivery, Notice, VibeCheck, VibePlan
from feedback.services import channels, handover, notices, rounds
from feedback.services.plans import ensure_plan
from tests import make
from tests.feedback import logged
from tests.feedback.hooks import receiving
from tests.feedback.logged import DAY, NEXT_MORNING

PAGE = "/p/shop/notices/"
TODAY = DAY + timedelta(days=1)
ALL = ["ready", "reminder", "missed", "swap_asked", "swap_answered"]
HOUR = timedelta(hours=1)


@pytest.fixture
def hooks(settings):
    with receiving() as found:
        settings.WEBHOOK_HOSTS = [found.host]
        yield found


def channel(project, owner, kind: str, url: str = "", tells=ALL) -> Channel:
    return channels.add(project=project, kind=kind, url=url, tells=tells, by=owner)[0]


def deliver() -> None:
    """One attempt at everything that waits, whatever its time."""
    for waiting in Job.objects.filter(kind=notices.JOB, state=JobState.DUE).order_by("created_at"):
        Job.objects.filter(pk=waiting.pk).update(due_at="2020-01-01T00:00Z")
        runner.run_claimed(leases.claim(waiting.pk))


def tell(project, *people, kind="ready", **more):
    return notices.send(kind, project=project, day=TODAY, to=people, **{"context": {"checks": 1}, **more})


# --- told once -----------------------------------------------------------------------------------


def test_everybody_is_told_once(project, owner, annotator):
    channel(project, owner, "email")
    annotator.email = "amir@example.com"
    annotator.save()

    assert len(tell(project, annotator, owner)) == 2
    assert tell(project, annotator, owner) == []
    assert len(tell(project, annotator, about="again")) == 1

    deliver()
    assert [letter.to for letter in mail.outbox] == [["amir@example.com"]] * 2
    failed = Delivery.objects.get(state="failed")
    assert (failed.people, failed.answer) == (
        ["olivia"],
        "This person has no e-mail address in their account.",
    )


def test_a_letter_is_in_its_readers_language(project, owner, annotator):
    """Whoever tells them, and whichever language others read."""
    channel(project, owner, "email")
    for person, language in ((owner, "en"), (annotator, "ko")):
        person.email, person.language = f"{person.username}@example.com", language
        person.save()
    with translation.override("ko"):
        tell(project, annotator, owner)
        deliver()

    letters = {letter.to[0]: f"{letter.subject}\n{letter.body}" for letter in mail.outbox}
    assert "2026년 11월 24일" in letters["amir@example.com"]
    assert "vibe check" not in letters["amir@example.com"]
    assert "the vibe check is ready\nolivia is on shift on Tuesday 24" in letters["olivia@example.com"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("", "is on shift on Tuesday 24 November"),
        ("en", "is on shift on Tuesday 24 November"),
        ("ko", "2026년 11월 24일"),
    ],
)
def test_a_chat_reads_the_language_that_is_set_for_it(project, as_, owner, annotator, hooks, language, said):
    annotator.language = "ko" if language == "en" else "en"  # of no account
    annotator.save()
    add(as_(owner), "slack", hooks.url, language=language)
    tell(project, annotator)
    deliver()

    text = json.loads(hooks.got[0][2])["text"]
    assert said in text
    with translation.override(language or "en"):
        assert text.endswith(f"|{pgettext('a link to what a message tells', 'Open')}>")


def test_the_language_of_a_channel_is_changed_and_of_mail_there_is_none_to_set(project, as_, owner, hooks):
    browser = as_(owner)
    add(browser, "webhook", hooks.url)
    add(browser, "email", language="ko")
    hook, letters = Channel.objects.get(kind="webhook"), Channel.objects.get(kind="email")
    assert (hook.language, letters.language) == ("", "")

    for made, said in ((hook, "ko"), (letters, "")):
        browser.post(f"{PAGE}channels/{made.pk}/", {"do": "tells", "tells": ["missed"], "language": "ko"})
        made.refresh_from_db()
        assert (made.tells, made.language) == (["missed"], said)
    assertContains(browser.get(PAGE), "In which language: Korean")
    browser.post(f"{PAGE}channels/{hook.pk}/", {"do": "tells", "tells": ["ready"], "language": "tlh"})
    hook.refresh_from_db()
    assert (hook.tells, hook.language) == (["missed"], "ko")
    assertContains(add(browser, "slack", hooks.url, language="tlh"), "tlh", status_code=422)


def test_a_channel_that_many_read_hears_it_once(project, owner, annotator, hooks):
    channel(project, owner, "slack", hooks.url)
    bea = make.member(project, "bea", role="owner")

    tell(project, owner, bea, kind="missed")  # two owners, one line in the chat
    make.member(project, "cleo", role="owner")
    tell(project, owner, bea, make.member(project, "dan", role="owner"), kind="missed")
    tell(project, annotator)
    tell(project, annotator, bea)  # the shift went to bea: that is news
    deliver()

    assert [row.people for row in Delivery.objects.order_by("created_at")] == [
        ["olivia", "bea"],
        ["amir"],
        ["bea"],
    ]
    assert len(hooks.got) == 3


def test_a_channel_tells_what_it_is_asked_to_and_none_tells_nothing(project, owner, annotator, hooks):
    tell(project, annotator)
    assert Notice.objects.count() == 1  # it shows in the application
    channel(project, owner, "webhook", hooks.url, tells=["missed"])

    tell(project, annotator, kind="reminder")
    tell(project, owner, kind="missed")

    assert Delivery.objects.get().notice.kind == "missed"


def test_a_kind_of_another_part_can_be_told(project, owner, annotator, hooks):
    from feedback.notices import registry

    digest = registry.Kind(
        "weekly", "check.weekly", "The end of a week", lambda f: f.context["title"], lambda f: "…", lambda f: "/x/"
    )  # fmt: skip
    registry.register(digest)
    try:
        channel(project, owner, "email", tells=["weekly"])
        annotator.email = "amir@example.com"
        annotator.save()
        tell(project, annotator, kind="weekly", context={"title": "Two new ways to fail\nin one day"})
        deliver()
    finally:
        registry._kinds.pop("weekly")

    assert mail.outbox[0].subject == "Two new ways to fail in one day"


# --- on its way --------------------------------------------------------------------------------------


def test_what_fails_for_now_is_tried_again_under_the_same_id_and_later_each_time(
    project, owner, annotator, hooks
):
    channel(project, owner, "webhook", hooks.url)
    hooks.answers = [503] * 7
    tell(project, annotator)
    waits = []
    for _ in range(7):
        before = Job.objects.get(kind=notices.JOB)
        deliver()
        after = Job.objects.get(kind=notices.JOB)
        waits.append((after.due_at - after.created_at).total_seconds() if after.state == "due" else None)
        assert before.pk == after.pk

    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.answer) == ("failed", 7, "answered 503")
    assert after.state == JobState.FAILED
    assert waits[-1] is None
    assert [round(wait, -1) for wait in waits[:3]] == [10, 60, 300]
    assert waits[:-1] == sorted(waits[:-1])
    assert waits[5] > 4 * 3600  # an endpoint may be away for an evening
    ids = {headers["webhook-id"] for _path, headers, _body in hooks.got}
    assert ids == {f"msg_{row.pk.hex}"}

    assert notices.resend(row)
    assert not notices.resend(row)  # once
    deliver()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.answer) == ("sent", 8, "answered 204")


def test_what_the_other_side_refuses_is_not_tried_again(project, owner, annotator, hooks):
    channel(project, owner, "slack", hooks.url)
    hooks.answers = [404]
    tell(project, annotator)
    deliver()
    deliver()

    assert (Delivery.objects.get().state, len(hooks.got)) == ("failed", 1)
    secret = "s3cret"
    assert all(secret not in f"{row.error} {row.arguments} {row.result}" for row in Job.objects.all())

    failed = Job.objects.get(kind=notices.JOB)
    from annotator.services import jobs

    jobs.retry(job=failed)  # on the page of jobs
    deliver()
    assert Delivery.objects.get().state == "sent"


def test_the_other_sides_own_wait_is_kept(project, owner, annotator, hooks):
    channel(project, owner, "webhook", hooks.url)
    hooks.answers, hooks.headers = [429], {"Retry-After": "600"}
    tell(project, annotator)
    deliver()

    waiting = Job.objects.get(kind=notices.JOB)
    assert (waiting.due_at - waiting.created_at).total_seconds() >= 600
    assert Delivery.objects.get().next_try_at is not None


def test_a_removed_channel_leaves_jobs_with_nothing_to_do(project, owner, annotator, hooks):
    made = channel(project, owner, "webhook", hooks.url)
    tell(project, annotator)
    made.delete()
    deliver()

    assert (hooks.got, Job.objects.get(kind=notices.JOB).state) == ([], JobState.DONE)


def test_no_address_is_written_to_the_log(project, owner, annotator, hooks, caplog):
    channel(project, owner, "webhook", hooks.url)
    hooks.answers = [503, 404]
    tell(project, annotator)
    deliver()
    deliver()

    assert "503" in caplog.text
    assert "s3cret" not in caplog.text


# --- rounds ----------------------------------------------------------------------------------------


@pytest.fixture
def drawn(project, owner, annotator):
    """Amir is on shift today, and the check of yesterday is drawn."""
    plan = logged.plan(project, owner, annotator)
    logged.interactions(project, 3)
    logged.check(project)
    return plan


def told() -> list[tuple[str, str]]:
    return [(row.kind, row.person.username) for row in Notice.objects.order_by("pk")]


def test_ready_reminder_and_missed(drawn, project):
    for at in (NEXT_MORNING, NEXT_MORNING + 6 * HOUR):  # until 15:00
        rounds.go_round(drawn, now=at)
    assert told() == [("ready", "amir")]
    rounds.go_round(drawn, now=NEXT_MORNING + 7 * HOUR)
    assert told()[1:] == [("reminder", "amir")]
    rounds.go_round(drawn, now=NEXT_MORNING + 22 * HOUR)  # 7:00 on the next day
    assert told()[2:] == []
    rounds.go_round(drawn, now=NEXT_MORNING + 23 * HOUR)
    rounds.go_round(drawn, now=NEXT_MORNING + 25 * HOUR)
    assert told()[2:] == [("missed", "olivia")]
    assert Notice.objects.get(kind="missed").context["on_shift"] == "amir"


@pytest.mark.django_db(transaction=True)
def test_two_beats_tell_it_once(drawn, project, owner, annotator, hooks):
    channel(project, owner, "webhook", hooks.url)
    together = threading.Barrier(4)

    def go() -> None:
        together.wait()
        rounds.go_round(drawn, now=NEXT_MORNING + 8 * HOUR)
        connection.close()

    beats = [threading.Thread(target=go) for _ in range(4)]
    for beat in beats:
        beat.start()
    for beat in beats:
        beat.join()

    assert told() == [("ready", "amir"), ("reminder", "amir")]
    assert Delivery.objects.count() == Job.objects.filter(kind=notices.JOB).count() == 2


def test_what_is_handed_over_is_neither_reminded_of_nor_missed(drawn, owner):
    rounds.go_round(drawn, now=NEXT_MORNING)
    check = VibeCheck.objects.get()
    handover.hand_over(check, note="", seen=handover.state_of(check), by=owner, now=NEXT_MORNING)
    for hours in (8, 24, 48):
        rounds.go_round(drawn, now=NEXT_MORNING + hours * HOUR)
    assert told() == [("ready", "amir")]


def test_no_reminder_where_none_is_wanted_and_nothing_when_it_is_switched_off(drawn):
    VibePlan.objects.update(enabled=False)
    rounds.go_round(drawn, now=NEXT_MORNING + 10 * HOUR)
    assert told() == []
    VibePlan.objects.update(enabled=True, reminder_hours=0)
    rounds.go_round(drawn, now=NEXT_MORNING + 10 * HOUR)
    assert told() == [("ready", "amir")]


def test_a_late_hour_is_not_reminded_of_before_there_was_time_to_look(drawn):
    VibePlan.objects.update(hour=20)
    drawn.refresh_from_db()
    assert rounds.reminder_at(drawn, TODAY).hour == 21


CLOCKS = [  # where the clock changes: by day, at midnight, before it, and where it never does
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Europe/Berlin", date(2027, 3, 28)),
    ("America/Havana", date(2027, 3, 14)),
    ("America/Nuuk", date(2027, 3, 27)),  # after 22:59 comes the next day: no 23:00
    ("America/Nuuk", date(2026, 10, 24)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Seoul", date(2026, 11, 24)),
]


@pytest.mark.parametrize(("zone", "day"), CLOCKS)
def test_at_every_hour_the_reminder_comes_after_the_check_and_before_the_day_ends(drawn, zone, day):
    drawn.project.time_zone = zone
    end = days.bounds(day, ZoneInfo(zone))[1]
    for drawn.hour, drawn.reminder_hours in product(range(24), (1, 8, 23)):
        struck = days.moment(day, drawn.hour, ZoneInfo(zone))
        at = rounds.reminder_at(drawn, day)
        assert struck + HOUR / 4 <= at <= end - HOUR / 4, (drawn.hour, drawn.reminder_hours)


@pytest.mark.parametrize("hour", [22, 23])
def test_who_has_a_check_late_at_night_is_reminded_by_the_clock(drawn, hour):
    VibePlan.objects.update(hour=hour)
    at = NEXT_MORNING.replace(hour=hour)
    while at < NEXT_MORNING.replace(hour=2) + timedelta(days=1):
        with time_machine.travel(at, tick=False):
            schedules.ask_due(at)
            for waiting in Job.objects.filter(kind=job.ROUND, state=JobState.DUE):
                runner.run_claimed(leases.claim(waiting.pk))
        at += HOUR / 4

    assert told() == [("ready", "amir"), ("reminder", "amir")]


def test_the_clock_asks_for_a_rounds_job_once(drawn):
    def asked(at):
        return [row.idempotency_key for row in schedules.ask_due(at) if row.kind == job.ROUND]

    day = f"{drawn.project_id}:{TODAY.isoformat()}"
    asked(NEXT_MORNING.replace(hour=8, minute=9))
    assert asked(NEXT_MORNING.replace(hour=8, minute=10)) == [f"{day}:ready"]
    assert asked(NEXT_MORNING + HOUR) == []
    assert asked(NEXT_MORNING.replace(hour=16)) == [f"{day}:reminder"]
    assert asked(NEXT_MORNING + 15 * HOUR) == [f"{day}:ended"]  # at midnight
    assert asked(NEXT_MORNING + 23 * HOUR) == [f"{day}:over"]


# --- the page ------------------------------------------------------------------------------------------


def add(browser, kind: str, url: str = "", tells=ALL, language: str = ""):
    return browser.post(PAGE, {"kind": kind, "url": url, "tells": list(tells), "language": language})


def test_only_owners(project, as_, annotator, viewer, stranger, client):
    for method in ("get", "post"):
        for person, status in ((annotator, 403), (viewer, 403), (stranger, 404)):
            assert getattr(as_(person), method)(PAGE).status_code == status
        assert getattr(client, method)(PAGE).status_code == 302


def test_a_webhook_is_added_tested_changed_and_removed(project, as_, owner, hooks):
    browser = as_(owner)
    assertContains(browser.get(PAGE), "Nothing is sent.")

    page = add(browser, "webhook", hooks.url)
    secret = page.context["secret"]
    assertContains(page, secret)
    assert secret.startswith("whsec_")
    again = browser.get(PAGE)
    assertNotContains(again, secret)
    assertNotContains(again, "s3cret")  # of the address
    assertContains(again, f"http://{hooks.host}/…")

    (made,) = Channel.objects.all()
    address = f"{PAGE}channels/{made.pk}/"
    assertRedirects(browser.post(address, {"do": "test"}), PAGE)
    deliver()
    assertContains(browser.get(PAGE), "answered 204")
    assert b'"type":"test"' in hooks.got[0][2]

    browser.post(address, {"do": "tells", "tells": ["missed"]})
    made.refresh_from_db()
    assert made.tells == ["missed"]
    browser.post(address, {"do": "tells", "tells": ["explode"]})
    browser.post(address, {"do": "explode"})
    made.refresh_from_db()
    assert made.tells == ["missed"]
    other = browser.post(address, {"do": "secret"}).context["secret"]
    assert other not in {secret, ""}
    browser.post(address, {"do": "remove"})
    assert not Channel.objects.exists()


@pytest.mark.parametrize(
    ("kind", "url", "words"),
    [
        ("webhook", "", "Write a whole address"),
        ("webhook", "http://hooks.example/", "must begin with https://"),
        ("slack", "https://127.0.0.1/", "private network"),
        ("slack", "https://no-such-name.invalid/", "not known to the network"),
        ("pigeon", "https://hooks.example/", "pigeon"),
    ],
)
def test_an_address_that_cannot_be_is_said_at_its_field(project, as_, owner, kind, url, words):
    assertContains(add(as_(owner), kind, url), words, status_code=422)
    assert not Channel.objects.exists()


def test_mail_is_one_channel_and_says_who_has_no_address(project, as_, owner, annotator, settings):
    browser = as_(owner)
    add(browser, "email", "https://ignored.example/")
    assert Channel.objects.get().url == ""
    assertContains(browser.get(PAGE), "Without one:")
    assertContains(add(browser, "email"), "sends e-mail already", status_code=422)
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assertContains(browser.get(PAGE), "sets EMAIL_HOST")


def test_a_failed_one_is_sent_again_from_the_page(project, as_, owner, annotator, hooks):
    channel(project, owner, "webhook", hooks.url)
    hooks.answers = [404]
    tell(project, annotator)
    deliver()
    browser, row = as_(owner), Delivery.objects.get()
    assertContains(browser.get(PAGE), "answered 404")

    assertRedirects(browser.post(f"{PAGE}deliveries/{row.pk}/resend/"), PAGE)
    deliver()

    row.refresh_from_db()
    assert row.state == "sent"
    assert as_(annotator).post(f"{PAGE}deliveries/{row.pk}/resend/").status_code == 403


def test_the_log_has_pages_and_few_queries(
    project, as_, owner, annotator, hooks, django_assert_max_num_queries
):
    made = channel(project, owner, "webhook", hooks.url)
    for n in range(60):
        notice = Notice.objects.create(
            project=project, kind="ready", person=annotator, day=TODAY, about=f"{n}"
        )
        Delivery.objects.create(notice=notice, channel=made, people=[f"person {n}"])
    browser = as_(owner)
    with django_assert_max_num_queries(9):
        page = browser.get(PAGE)
    assert len(page.context["deliveries"]) == 25
    assert len(browser.get(f"{PAGE}?page=3").context["deliveries"]) == 10
    assert len(browser.get(f"{PAGE}?page=x").context["deliveries"]) == 25


# --- the days of the plan --------------------------------------------------------------------------


@pytest.mark.usefixtures("next_morning")
def test_weekdays_and_reminder_are_set_and_what_does_not_fit_is_said(project, as_, owner, annotator):
    path = "/p/shop/checks/plan/days/"
    good = {"weekdays": ["0", "1", "2", "3", "4"], "week_start": "6", "reminder_hours": "4"}
    assert as_(annotator).post(path, good).status_code == 403
    assertRedirects(as_(owner).post(path, good), "/p/shop/checks/plan/")

    plan = ensure_plan(project, now=NEXT_MORNING)
    assert (plan.weekdays, plan.week_start, plan.reminder_hours) == (31, 6, 4)
    for bad, words in (
        ({"weekdays": []}, "Choose at least one day."),
        ({"weekdays": ["7"]}, "not one of"),
        ({"reminder_hours": "24"}, "less than or equal to 23"),
    ):
        assertContains(as_(owner).post(path, {**good, **bad}), words, status_code=422)
    assertNotContains(as_(owner).get("/p/shop/checks/plan/"), "Sat 28 Nov")
