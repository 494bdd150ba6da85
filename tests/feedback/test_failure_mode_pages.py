"""The pages of failure modes, as the owner, an annotator and a stranger find them."""

from datetime import timedelta

import pytest
from pytest_django.asserts import assertContains

from annotator.models import Label
from annotator.services.raters import named_rater, rater_of
from feedback.models import FailureMode, VibeCheck
from feedback.queries import interactions, product_versions, rates
from feedback.queries import modes as queries
from feedback.services import modes, sightings
from tests.feedback import logged, looking


@pytest.fixture
def item(project, owner, next_morning):
    logged.interactions(project, 3)
    logged.plan(project, owner)
    return logged.check(project).queue.items.order_by("position").first()


def url(mode: FailureMode, rest: str = "") -> str:
    return f"/p/{mode.project.slug}/modes/{mode.pk}/{rest}"


def test_without_any_the_page_says_where_they_come_from(project, annotator, as_):
    page = as_(annotator).get("/p/shop/modes/")

    assert b"No failure mode yet" in page.content
    assert b"Name one now" not in page.content


def test_the_owner_makes_one_and_a_name_is_taken_once(project, owner, as_):
    words = {"name": "Rude", "severity": "minor", "description": "**Never** polite", "seen": "0"}
    made = as_(owner).post("/p/shop/modes/new/", words, follow=True)
    assert b"offered in the next check" in made.content
    assert b"<strong>Never</strong> polite" in made.content

    again = as_(owner).post("/p/shop/modes/new/", {**words, "name": "rude"})

    assert again.status_code == 422
    assert "There is a failure mode “Rude” already" in again.content.decode()
    assert FailureMode.objects.count() == 1


def test_rewording_says_what_becomes_stale_and_looking_again_is_offered(project, item, owner, as_):
    (rude,) = looking.see(item, owner, "Rude")
    form = as_(owner).get(url(rude, "edit/"))
    assert b"1 item was seen under the wording in force" in form.content

    words = {"name": "Unfriendly", "severity": "major", "description": "Curt", "seen": "1"}
    page = as_(owner).post(url(rude, "edit/"), words, follow=True)

    assert b"Version 2 is in force" in page.content
    assert b"Look again" in page.content
    late = as_(owner).post(url(rude, "edit/"), {**words, "name": "Other"})
    assert late.status_code == 422
    assert b"Somebody reworded it meanwhile" in late.content


def test_what_a_surplus_answer_saw_is_listed_and_is_in_no_rate(project, item, owner, annotator, as_):
    """As its answer is: the day's failure rate counts the answer that fills the item's place."""
    rows = list(item.queue.items.order_by("position"))
    logged.answer(item.queue, owner, "yyy")
    logged.answer(item.queue, annotator, "n")
    Label.objects.filter(rater__user=annotator).update(surplus=True)
    (rude,) = looking.see(item, annotator, "Rude")

    def rate() -> tuple[int, int]:
        [cell] = rates.by_week([VibeCheck.objects.get()], queries.counted(rude))
        return round((cell.estimate.value or 0) * 3), cell.estimate.n

    assert rate() == (0, 3)
    assert list(queries.items_of(rude)) == [item]
    looking.see(rows[1], owner, "Rude")  # whose answers fill the places
    assert rate() == (1, 3)
    program = named_rater(project, "judge")
    sightings.set_modes(rows[2], program, [rude.pk])
    assert rate() == (1, 3)

    # Where nobody's answer fills it, the surplus one is the item's answer, and so is what it saw.
    Label.objects.filter(item=item, rater__user=owner).delete()
    assert rate() == (2, 3)


def test_a_second_look_by_who_answered_beyond_the_places_counts(project, item, owner, annotator):
    logged.answer(item.queue, owner, "nnn")
    logged.answer(item.queue, annotator, "n")
    Label.objects.filter(rater__user=annotator).update(surplus=True)
    (rude,) = looking.see(item, owner, "Rude")
    looking.reword(rude, owner)
    sightings.judge(item, rater_of(project, annotator), modes.newest_version(rude), present=True)

    assert queries.counted(rude) == {item.pk}


def test_merge_and_back(project, item, owner, annotator, as_):
    (rude,) = looking.see(item, owner, "Rude")
    curt = modes.named(project, "Curt", owner)
    browser = as_(owner)

    page = browser.post(url(rude, "change/"), {"do": "merge", "into": curt.pk}, follow=True)
    assert b"what was seen of it counts for" in page.content
    assert url(curt).encode() in page.content
    assert url(rude).encode() in as_(annotator).get(url(curt)).content

    browser.post(url(rude, "change/"), {"do": "unmerge"})
    rude.refresh_from_db()
    assert rude.merged_into is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"do": "merge"}, "Choose the failure mode"),
        ({"do": "fix"}, "which prompt or model version"),
        ({"do": "explode"}, "choose one of the buttons"),
    ],
)
def test_half_a_change_says_what_is_missing(project, item, owner, as_, sent, said):
    (rude,) = looking.see(item, owner, "Rude")

    page = as_(owner).post(url(rude, "change/"), sent, follow=True)

    assert said in page.content.decode()


def test_mended_retired_and_offered_again(project, item, owner, as_):
    (rude,) = looking.see(item, owner, "Rude")
    browser = as_(owner)

    assert (
        b"mended by v8"
        in browser.post(url(rude, "change/"), {"do": "fix", "version": "v8"}, follow=True).content
    )
    assert b"retired" in browser.post(url(rude, "change/"), {"do": "retire"}, follow=True).content
    browser.post(url(rude, "change/"), {"do": "back"})
    browser.post(url(rude, "change/"), {"do": "open"})

    rude.refresh_from_db()
    assert (rude.retired_at, rude.fixed_at) == (None, None)


def test_it_is_mended_by_a_version_that_came_after_the_one_that_showed_it(project, owner, next_morning, as_):
    logged.interactions(project, 2, prompt_version="email-7", model="big", name="old")
    noon = logged.NEXT_MORNING.replace(day=23, hour=13)
    logged.interactions(project, 2, prompt_version="email-8", model="big", at=noon)
    logged.plan(project, owner)
    for item in logged.check(project).queue.items.all():
        (rude,) = looking.see(item, owner, "Rude")
    browser = as_(owner)

    def fixed(version: str) -> tuple[str, str]:
        sent = {"do": "fix", "version": version}
        page = browser.post(url(rude, "change/"), sent, follow=True)
        rude.refresh_from_db()
        return rude.fixed_in, " ".join(str(one) for one in page.context["messages"])

    for version in ("email-8", "big"):
        said = f"It was seen in {version} on Mon 23 Nov: name the version that came after."
        assert fixed(version) == ("", said)
    assert fixed("email-99") == ("email-99", "Marked as mended. No interaction of email-99 has arrived yet.")
    assert fixed("email-7") == ("email-7", "Marked as mended.")  # back to an earlier one

    logged.interactions(project, 1, prompt_version="email-9", at=logged.NEXT_MORNING)
    assert fixed("email-9") == ("email-9", "Marked as mended.")


def test_the_versions_of_the_log_are_offered_the_newest_first(project, item, owner, viewer, as_, monkeypatch):
    (rude,) = looking.see(item, owner, "Rude")
    for n in range(60):
        at = logged.NEXT_MORNING + timedelta(minutes=n)
        logged.interactions(project, 1, name=f"v{n}", prompt_version=f"email-{n}", at=at)

    page = as_(owner).get(url(rude))

    assert page.context["known"] == [f"email-{n}" for n in range(59, 9, -1)]
    assertContains(page, '<option value="email-59"></option>')
    assertContains(page, 'list="known-versions"')
    assert "known" not in as_(viewer).get(url(rude)).context

    monkeypatch.setattr(product_versions, "RECENT", 5)
    assert product_versions.has_arrived(project, "email-20") is True
    monkeypatch.setattr(interactions, "PATIENCE", 0)
    monkeypatch.setattr(interactions, "FIRST_STEP", 1)
    assert product_versions.has_arrived(project, "email-20") is None
    said = as_(owner).post(url(rude, "change/"), {"do": "fix", "version": "email-20"}, follow=True)
    assertContains(said, "None of the newest interactions is of email-20.")


def test_split_by_choosing_items(project, item, owner, as_):
    (rude,) = looking.see(item, owner, "Rude")
    words = {"name": "Sarcastic", "severity": "major", "seen": "0"}

    nothing = as_(owner).post(url(rude, "split/"), words)
    assert nothing.status_code == 422
    assert b"Choose the items" in nothing.content

    page = as_(owner).post(url(rude, "split/"), {**words, "item": [item.pk]}, follow=True)
    assert b"Split off" in page.content
    assert b"split from" in page.content


def test_the_items_are_paged(project, owner, next_morning, as_):
    logged.interactions(project, 40)
    logged.plan(project, owner, sample_size=40)
    for item in logged.check(project).queue.items.all():
        (rude,) = looking.see(item, owner, "Rude")

    first, second = (as_(owner).get(url(rude), {"page": n}).content.decode() for n in (1, 2))

    assert (first.count("mode-output"), second.count("mode-output")) == (25, 15)
    assert 'rel="next"' in first
    assert 'rel="next"' not in second


def test_a_page_asks_few_queries_whatever_was_seen(
    project, item, owner, viewer, as_, django_assert_max_num_queries
):
    looking.see(item, owner, "Rude")
    browser = as_(viewer)
    with django_assert_max_num_queries(20):
        browser.get(url(FailureMode.objects.get()))
