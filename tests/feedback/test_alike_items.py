"""Beside an item of the check: earlier ones like it, and what was said of them."""

from datetime import timedelta

import pytest

from annotator import weights
from annotator.jobs import runner
from annotator.jobs.schedules import ask_due
from feedback.jobs import alike as job
from feedback.models import Alike, VibeCheck
from tests.annotator import ordering
from tests.feedback import logged, looking


@pytest.fixture
def checks(project, owner, monkeypatch) -> list[VibeCheck]:
    """Two days with the same four questions and answers."""
    ordering.use(monkeypatch)
    logged.plan(project, owner)
    made = []
    for n in range(2):
        at = logged.NEXT_MORNING - timedelta(days=1 - n)
        for k in range(4):
            logged.interactions(
                project, 1, at=at, name=f"day{n}-{k}", input="How?", output=f"It is {ordering.says(k, 4)}"
            )
        made.append(
            logged.check(
                project,
                day=logged.DAY + timedelta(days=n),
                now=logged.NEXT_MORNING + timedelta(days=n),
            )
        )
    return made


def run(check: VibeCheck) -> None:
    (slot,) = [slot for slot in job.slots(check.drawn_at) if slot.arguments["check"] == check.pk]
    found = next(one for one in ask_due(check.drawn_at) if one.arguments == slot.arguments)
    runner.run(found.pk, queue="ml")
    found.refresh_from_db()
    assert found.state == "done", found.error


def item(check: VibeCheck, output: str):
    return next(one for one in check.queue.items.all() if one.output == output)


def fragment(browser, check: VibeCheck, name: str) -> str:
    return browser.get(f"/p/shop/queues/{check.queue_id}/alike/", {"item": name}).content.decode()


def test_how_often_it_failed_since_when_and_how(project, checks, owner, annotator, as_):
    before, today = checks
    logged.answer(before.queue, owner, "nnnn")
    looking.see(item(before, "It is 1.0"), owner, "Rude")
    run(today)

    said = fragment(as_(annotator), today, item(today, "It is 1.0").external_id)

    assert "failed 1 time since Mon 23 Nov" in said
    assert "Rude" in said
    assert "It is 1.0" in said
    today.refresh_from_db()
    assert today.alike_at is not None
    assert Alike.objects.filter(item__queue=today.queue, likeness__gt=0.99).count() >= 4


def test_where_it_was_good_it_says_so_and_where_nobody_looked_nothing(project, checks, owner, as_):
    before, today = checks
    run(today)
    name = item(today, "It is -1.0").external_id
    assert fragment(as_(owner), today, name).strip() == ""

    logged.answer(before.queue, owner, "yyyy")
    assert "seen 1 time since Mon 23 Nov, good" in fragment(as_(owner), today, name)


def test_an_item_that_is_not_there_is_no_error(project, checks, owner, stranger, as_):
    assert fragment(as_(owner), checks[1], "nobody").strip() == ""
    assert as_(stranger).get(f"/p/shop/queues/{checks[1].queue_id}/alike/").status_code == 404


def test_without_the_ml_set_nobody_is_asked_to_look(checks, monkeypatch):
    monkeypatch.setattr(weights, "missing_packages", lambda: ["torch"])

    assert list(job.slots(checks[1].drawn_at)) == []
