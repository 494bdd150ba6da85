"""The page of what changed: the days that were judged, and who may see them."""

from datetime import date, timedelta

from pytest_django.asserts import assertContains, assertNotContains

from tests.drift import alerted, drifted

PAGE = "/p/shop/drift/"
DAY = date(2026, 11, 20)


def test_members_may_look_and_nobody_else(project, as_, owner, annotator, viewer, stranger, client):
    for person in (owner, annotator, viewer):
        assert as_(person).get(PAGE).status_code == 200
    assert as_(stranger).get(PAGE).status_code == 404
    assert client.get(PAGE).url == f"/signin/?next={PAGE}"
    assert as_(owner).post(PAGE).status_code == 405


def test_before_the_first_day_it_says_what_is_to_come(project, as_, annotator):
    assertContains(as_(annotator).get(PAGE), "No day was judged yet.")


def test_more_days_ask_nothing_more(project, as_, owner, django_assert_max_num_queries):
    for back in range(20):
        drifted.judged(project, DAY - timedelta(days=back), p=0.5)
    client = as_(owner)
    with django_assert_max_num_queries(8):
        assertContains(client.get(PAGE), "20 November")


def test_an_alarm_says_in_its_own_words_how_outputs_changed(project, as_, viewer):
    drifted.judged(project, DAY, p=0.001, alarm=True)
    alerted.change(project, DAY)
    alerted.change(project, DAY, feature="tokens_estimated")  # made of the length, which is told
    page = as_(viewer).get(PAGE)
    assertContains(page, "Outputs became 40\u202f% longer", 2)  # of the newest day, and in the list
    assertNotContains(page, "more tokens")


def test_tables_of_days_lead_to_what_was_embedded(project, as_, viewer):
    drifted.judged(project, DAY, p=0.5)
    assertContains(as_(viewer).get(PAGE), 'href="/p/shop/drift/inputs/"')


def test_days_on_which_nothing_came_are_one_line_before_the_first_that_came(project, as_, annotator):
    """A new project, of which the two weeks before were looked at."""
    for back in range(14):
        drifted.judged(
            project, DAY - timedelta(days=back + 1), verdict="refused", reason="no_traffic", facts={}
        )
    drifted.judged(project, DAY, verdict="refused", reason="few_rows", facts={"found": 12, "needed": 100})
    page = as_(annotator).get(PAGE)
    assertContains(page, "No production input came on these 14 days.", count=1)
    assertContains(page, '<span class="badge">Not judged</span>', count=2)


def test_two_days_of_a_weekend_without_traffic_stay_two_lines(project, as_, annotator):
    for back in (1, 2):
        drifted.judged(project, DAY - timedelta(days=back), verdict="refused", reason="no_traffic", facts={})
    drifted.judged(project, DAY, p=0.5)
    assertContains(as_(annotator).get(PAGE), "No production input came on this day.", count=2)


def test_each_dot_of_the_chart_leads_to_its_day_and_tab_stops_at_what_stands_out(project, as_, annotator):
    for back in range(5):
        drifted.judged(project, DAY - timedelta(days=back), p=0.5)
    drifted.judged(project, DAY - timedelta(days=5), p=0.001, alarm=True)
    page = as_(annotator).get(PAGE).content.decode()
    drawn = page[page.index("<svg") : page.index("</svg>")]
    assert drawn.count("<a ") == 6
    assert drawn.count('tabindex="-1"') == 5
    loud = (DAY - timedelta(days=5)).isoformat()
    assert f'<a class="drift-dot" href="/p/shop/drift/{loud}/"><title>Sun 15 Nov · p ≤ 0.001</title>' in drawn
