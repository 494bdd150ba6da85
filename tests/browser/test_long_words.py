"""Words without a place to break, as long as each may be: no page scrolls sideways for them."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from annotator.models import ItemImport, Job, Project, Question, User
from drift.models import AlertGroup, DriftCheck, DriftGroup, EmbeddedDay, Reference, Topic, WeekCheck
from feedback.models import AcceptedRun, Assertion, Interaction, LogImport, Suite, VibeCheck
from feedback.services import handover
from tests.browser.pages import PAGES, settled, too_wide
from tests.feedback import logged
from tests.routes import path_of

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def world(world):
    """Everything that has a name has a long one; a check of another day that is handed over."""
    Project.objects.update(name=LONG[:120])
    owner = User.objects.get(username="owner")
    User.objects.exclude(pk=owner.pk).update(first_name=LONG[:150])
    project = Project.objects.get(slug="shop")
    names = dict.fromkeys(("feature", "model", "prompt_version", "variant"), LONG[:200])
    found = logged.interactions(project, 2, at=AT, **names, output=LONG, input=LONG, error=LONG, name="a")
    logged.interactions(project, 2, at=AT, name="b", output={"key": {LONG: LONG}}, end_user=LONG[:256])
    logged.interactions(project, 2, at=AT, name=LONG[:200], output=None, metadata={LONG: LONG})
    check = logged.check(project, day=AT.date())
    logged.answer(check.queue, owner, "nnyys.", note=LONG)
    handover.hand_over(check, note=LONG, seen=handover.state_of(check), by=owner, now=AT)
    Question.objects.get(pk=check.queue.questions.get().pk).versions.update(text=LONG[:300], guideline=LONG)
    Job.objects.update(error=LONG)
    Suite.objects.update(name=LONG[:120])
    AcceptedRun.objects.update(git_ref=LONG[:120], by=LONG[:120], failed=[["polite-shop", LONG[:256], ""]])
    Assertion.objects.update(name=LONG[:120], features=[LONG[:200]])
    LogImport.objects.update(name=f"{LONG[:240]}.jsonl")
    ItemImport.objects.filter(pk=world.ids["import_id"]).update(queue=check.queue, name=f"{LONG[:240]}.csv")
    _drift(found)
    item = check.queue.items.order_by("position")[0]
    world.ids |= {"interaction_id": found[0].pk, "day": check.day, "queue_id": check.queue_id}
    world.ids["item_id"] = item.pk
    return world


def _drift(rows: list[Interaction]) -> None:
    """What changed on the day is called by the longest names, too."""
    DriftCheck.objects.update(day=AT.date())
    EmbeddedDay.objects.update(day=AT.date())
    WeekCheck.objects.update(day=AT.date())
    DriftGroup.objects.update(title=LONG[:240], keywords=[LONG[:100]] * 3, day_rows=[row.pk for row in rows])
    AlertGroup.objects.update(title=LONG[:240], keywords=[LONG[:100]] * 3, rows=[row.pk for row in rows])
    Topic.objects.update(name=LONG[:100], title=LONG[:200], keywords=[LONG[:100]])
    Reference.objects.update(name=LONG[:100])


def test_no_page_scrolls_sideways(page_of, world):
    owner = User.objects.get(username="owner")
    page, wrong = page_of(owner), {}
    waiting = (
        f"/p/shop/checks/{VibeCheck.objects.exclude(day=AT.date()).filter(project__slug='shop').get().day}/"
    )
    for path in [*(path_of(row.route, world.ids) for row in PAGES), waiting]:
        settled(page, path)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
        expect(page.locator(".htmx-request")).to_have_count(0)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            if (found := too_wide(page, width)) is not None:
                wrong[page.url, width] = found
    assert wrong == {}


def test_the_numbers_of_a_feature_with_a_long_name_stay_in_sight(page_of, world):
    owner = User.objects.get(username="owner")
    page = page_of(owner, f"/p/shop/checks/{world.ids['day']}/", viewport={"width": 360, "height": 740})

    for row in page.locator(".check-table tbody tr").all():
        box = row.locator("td").last.bounding_box()
        assert box["x"] + box["width"] <= 360
        assert row.locator("th").bounding_box()["width"] > 100
