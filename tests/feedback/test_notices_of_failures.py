"""What a check came to is sent on; an assertion that fails is told to the owners, and to their webhook."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core import mail

from annotator.models import User
from feedback.assertions.failed import Failures, on_failed
from feedback.models import Notice, VibeCheck
from feedback.services import channels
from tests import make
from tests.feedback import logged, looking
from tests.feedback.asserted import assertion
from tests.feedback.hooks import receiving
from tests.feedback.test_notices import deliver


@pytest.fixture
def check(project, owner, next_morning) -> VibeCheck:
    logged.interactions(project, 4)
    logged.plan(project, owner)
    check = logged.check(project)
    logged.answer(check.queue, owner, "nyyy")
    looking.see(check.queue.items.first(), owner, "Invents a policy")
    VibeCheck.objects.filter(pk=check.pk).update(note="Watch refunds.")
    return check


def url(check: VibeCheck) -> str:
    return f"/p/shop/checks/{check.day}/digest/"


def test_a_digest_goes_to_everybody_once_and_again_when_it_tells_something_else(
    project, check, owner, annotator, as_, settings
):
    channels.add(project=project, kind="email", url="", tells=["digest"], by=owner)
    User.objects.update(email="someone@example.com")

    page = as_(annotator).post(url(check), {"to": "members"}, follow=True)
    assert b"Sent to 2 people." in page.content
    again = as_(annotator).post(url(check), {"to": "members"}, follow=True)
    assert b"has it already" in again.content
    deliver()

    assert len(mail.outbox) == 2
    said = mail.outbox[0].body
    for words in ("About 25", "Invents a policy ×1 · new", "Watch refunds.", url(check)):
        assert words in said
    VibeCheck.objects.filter(pk=check.pk).update(note="Watch returns, too.")
    as_(annotator).post(url(check), {"to": "rotation"})
    assert Notice.objects.filter(kind="digest").count() == 3
    looking.see(check.queue.items.last(), owner, "Rude")  # looked further, the note is the same
    as_(annotator).post(url(check), {"to": "rotation"})
    assert Notice.objects.filter(kind="digest").count() == 4


@pytest.mark.parametrize("chat", [False, True])
def test_who_has_no_address_is_named_and_not_counted(project, check, owner, annotator, as_, settings, chat):
    bea = make.member(project, "bea")
    User.objects.filter(pk=bea.pk).update(email="bea@example.com")
    channels.add(project=project, kind="email", url="", tells=["digest"], by=owner)
    if chat:  # where all may read it
        settings.WEBHOOK_HOSTS = ["localhost"]
        channels.add(project=project, kind="slack", url="http://localhost/x", tells=["digest"], by=owner)

    def send() -> str:
        return as_(owner).post(url(check), {"to": "members"}, follow=True).content.decode()

    page = send()
    assert ("Sent to 3 people." if chat else "Sent to one person.") in page
    assert "No e-mail to olivia, amir: there is no address in their account." in page
    again = send()
    assert "has it already" in again
    assert "No e-mail to olivia, amir" in again
    User.objects.filter(pk=annotator.pk).update(email="amir@example.com")
    if not chat:
        assert "Sent to one person." in send()
        assert {row.person for row in Notice.objects.filter(kind="digest")} == {annotator, bea}


def test_where_nobody_has_an_address_nobody_is_said_to_be_told(project, check, owner, annotator, as_):
    channels.add(project=project, kind="email", url="", tells=["digest"], by=owner)

    page = as_(annotator).post(url(check), {"to": "members"}, follow=True).content.decode()

    assert "Sent to" not in page
    assert "has it already" not in page
    assert "No e-mail to olivia, amir" in page
    assert not Notice.objects.filter(kind="digest").exists()


def test_a_digest_is_read_in_the_readers_language(project, check, owner, annotator, as_):
    channels.add(project=project, kind="email", url="", tells=["digest"], by=owner)
    User.objects.update(email="someone@example.com", language="ko")
    User.objects.filter(pk=annotator.pk).update(language="en")

    as_(annotator).post(url(check), {"to": "rotation"})
    deliver()

    (letter,) = mail.outbox
    assert "그날 출력의 약 25" in letter.body
    assert "About" not in letter.body


def test_a_viewer_sends_nothing_and_without_a_channel_the_page_says_so(check, viewer, owner, as_):
    assert as_(viewer).post(url(check), {"to": "members"}).status_code == 403
    page = as_(owner).get(url(check)).content
    assert b"No channel sends digests yet" in page
    assert b"Send to the rotation" not in page
    sent = as_(owner).post(url(check), {"to": "members"}, follow=True).content
    assert b"Sent to" not in sent
    assert not Notice.objects.filter(kind="digest").exists()


def test_what_was_sent_before_there_was_a_channel_can_be_sent_once_there_is(
    project, check, viewer, owner, as_
):
    User.objects.update(email="someone@example.com")
    as_(owner).post(url(check), {"to": "rotation"})
    channels.add(project=project, kind="email", url="", tells=["digest"], by=owner)

    assert b"Send to the rotation" not in as_(viewer).get(url(check)).content
    assert b"Sent to one person." in as_(owner).post(url(check), {"to": "rotation"}, follow=True).content


def test_a_failing_assertion_is_told_once_an_hour_with_its_examples(project, owner, annotator, settings):
    rule = assertion(project)
    with receiving() as hook:
        settings.WEBHOOK_HOSTS = [hook.host]
        channels.add(project=project, kind="webhook", url=hook.url, tells=["assertion_failing"], by=owner)
        example = uuid4()
        one = Failures(project.pk, rule.assertion.pk, rule.assertion.key, "No roses", 1, 3, (example,))
        with time_machine.travel("2026-11-24T09:10:00Z", tick=False) as clock:
            on_failed(one)
            clock.shift(timedelta(minutes=20))
            on_failed(one)
            clock.shift(timedelta(minutes=40))
            on_failed(one)
        deliver()

        assert Notice.objects.filter(kind="assertion_failing").count() == 2
        assert set(Notice.objects.values_list("person", flat=True)) == {owner.pk}
        body = json.loads(hook.got[0][2])
        assert body["type"] == "assertion.failed"
        assert (body["data"]["count"], body["data"]["examples"]) == (3, [str(example)])
        # What failed since, within the hour, is in the next one.
        assert json.loads(hook.got[1][2])["data"]["count"] == 6
