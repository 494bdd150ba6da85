"""The rates of a day on its page: overall, of each feature, of each failure mode; and nothing naive."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from annotator.models import Label
from annotator.services.raters import named_rater
from feedback.models import FailureMode, VibeCheck
from feedback.services import modes, sightings
from tests.feedback import logged, looking

PAGE = "/p/shop/checks/2026-11-23/"

pytestmark = pytest.mark.usefixtures("next_morning")


@pytest.fixture
def check(project, owner) -> VibeCheck:
    """2,000 of e-mail and 20 of a rare feature, of which two were drawn: all of the rare ones fail."""
    logged.interactions(project, 2000)
    logged.interactions(project, 20, feature="rare")
    logged.plan(project, owner)
    return logged.check(project)


def items(check: VibeCheck, feature: str):
    return list(check.queue.items.filter(stratum=feature).order_by("position"))


def say(check: VibeCheck, owner, bad: str = "rare") -> None:
    order = check.queue.items.order_by("position")
    logged.answer(check.queue, owner, "".join("n" if item.stratum == bad else "y" for item in order))


def by_mode(page: str) -> str:
    return page.split('id="modes"')[1].split("</section>")[0]


def test_a_mode_has_its_rate_with_an_interval_and_leads_to_its_page(check, as_, owner, viewer, stranger):
    say(check, owner)
    for item in items(check, "rare"):
        looking.see(item, owner, "Invents a policy")
    mode = FailureMode.objects.get()

    page = as_(viewer).get(PAGE).content.decode()

    assert f'href="/p/shop/modes/{mode.pk}/"' in by_mode(page)
    assert re.search(r"<strong>1\u202f%</strong> <[^>]+>\(0\.\d–\d\d\u202f%\)", by_mode(page))  # 20 of 2,020
    assert "10\u202f%" not in page  # as 2 of 20 items would be
    assert "for all 2,020 production interactions that the sample was drawn from" in page
    assert "A failure that no answered item shows has a rate of at most" in page
    assert as_(stranger).get(PAGE).status_code == 404


def test_the_greatest_rate_stands_first_and_not_the_most_items(check, as_, owner):
    say(check, owner)
    for item in items(check, "rare"):
        looking.see(item, owner, "In two items")
    looking.see(items(check, "email")[0], owner, "In one item")

    page = by_mode(as_(owner).get(PAGE).content.decode())

    assert page.index("In one item") < page.index("In two items")


def test_what_nobody_named_has_a_row(check, as_, owner):
    say(check, owner)
    first, _second = items(check, "rare")
    looking.see(first, owner, "Rude")

    page = by_mode(as_(owner).get(PAGE).content.decode())

    assert "Not good, and nobody said how" in page
    assert page.count("<strong>0.5\u202f%</strong>") == 2


def test_without_a_rate_of_the_day_no_mode_has_one(check, as_, owner):
    """Only e-mail was looked at: of the rare ones nothing is known."""
    order = check.queue.items.order_by("position")
    logged.answer(check.queue, owner, "".join("." if item.stratum == "rare" else "n" for item in order))
    looking.see(items(check, "email")[0], owner, "Rude")

    page = as_(owner).get(PAGE)

    assertContains(page, "nothing is answered in “rare”")
    assertContains(page, "×1")  # what was seen is told, as a count
    assertNotContains(page, 'id="modes"')


def test_a_day_looked_at_whole_has_rates_and_no_doubt(project, as_, owner):
    logged.interactions(project, 4)
    logged.plan(project, owner)
    check = logged.check(project)
    say(check, owner, bad="email")
    looking.see(items(check, "email")[0], owner, "Rude")

    page = as_(owner).get(PAGE).content.decode()

    assert "<strong>25\u202f%</strong>" in by_mode(page)
    assert "–" not in by_mode(page)
    assert "All that could be drawn was looked at" in page


def test_a_sighting_of_what_was_not_answered_is_in_no_rate(check, as_, owner):
    order = list(check.queue.items.order_by("position"))
    skipped = next(item for item in order if item.stratum == "email")
    logged.answer(check.queue, owner, "".join("s" if item == skipped else "y" for item in order))
    looking.see(skipped, owner, "Rude")

    assert "seen in no answered item" in by_mode(as_(owner).get(PAGE).content.decode())


def test_what_a_program_or_a_surplus_answer_saw_is_in_no_rate_here_either(
    check, project, as_, owner, annotator
):
    say(check, owner)
    first, second = items(check, "rare")
    (rude,) = looking.see(first, owner, "Rude")
    sightings.set_modes(second, named_rater(project, "judge"), [rude.pk])
    order = list(check.queue.items.order_by("position"))
    mail = next(item for item in order if item.stratum == "email")
    logged.answer(check.queue, annotator, "".join("n" if item == mail else "." for item in order))
    Label.objects.filter(rater__user=annotator).update(surplus=True)
    looking.see(mail, annotator, "Rude")

    page = by_mode(as_(owner).get(PAGE).content.decode())

    assert page.count("<strong>0.5\u202f%</strong>") == 2  # one of the rare ones, and what nobody named
    assert '<td class="number check-wide">1</td>' in page


def test_the_page_asks_as_many_queries_for_ten_modes_as_for_one(check, as_, owner):
    say(check, owner)
    browser, counts = as_(owner), []
    for names in (["Mode 0"], [f"Mode {n}" for n in range(10)]):
        for item in items(check, "rare"):
            looking.see(item, owner, *names)
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            assertContains(browser.get(PAGE), "Mode 0")
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_merged_mode_counts_for_what_it_became(check, as_, owner):
    say(check, owner)
    first, second = items(check, "rare")
    (rude,) = looking.see(first, owner, "Rude")
    (harsh,) = looking.see(second, owner, "Harsh")
    modes.merge(harsh, rude)

    page = by_mode(as_(owner).get(PAGE).content.decode())

    assert "Harsh" not in page
    assert "<strong>1\u202f%</strong>" in page
