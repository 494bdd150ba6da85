"""The list of alerts, one alert, and what people do with it: owner, annotator, and a stranger who may not."""

import csv
import io
import json
from datetime import timedelta

from pytest_django.asserts import assertContains, assertNotContains

from annotator.models import Queue
from drift.alert_rules import Do
from drift.models import Alert, DriftCheck, DriftPlan, InputVector
from drift.services import alert_changes, alerts
from feedback.models import Interaction
from tests.drift import alerted, drifted
from tests.drift.alerted import DAY
from tests.feedback import logged

LIST = "/p/shop/drift/alerts/"
DAY_2 = DAY + timedelta(days=1)


def page_of(alert: Alert) -> str:
    return f"{LIST}{alert.pk}/"


def test_before_the_first_alert_the_list_says_what_would_be_there(project, as_, annotator):
    assertContains(as_(annotator).get(LIST), "No alert yet.")


def test_the_list_is_filtered_by_state_owner_kind_and_day(project, as_, owner, annotator):
    first = alerted.alert(project)
    alerts.tell(alerted.day_of_one_topic(project, DAY_2, axis=2, kind="grown", keywords=["refund"]))
    alert_changes.give(first, annotator, by=owner)
    alert_changes.change(first, Do.FIX, by=owner)
    client = as_(annotator)
    for query, there in (
        ("", {"routing", "refund"}),
        ("state=open", {"refund"}),
        ("state=fixed", {"routing"}),
        (f"owner={annotator.pk}", {"routing"}),
        ("owner=nobody", {"refund"}),
        ("kind=grown", {"refund"}),
        (f"since={DAY_2}", {"refund"}),
        ("state=expected", set()),
    ):
        page = client.get(f"{LIST}?{query}").content.decode()
        assert {name for name in ("routing", "refund") if name in page} == there, query
    assertContains(client.get(f"{LIST}?state=expected"), "No alert matches all of these filters.")
    assert client.get(f"{LIST}?since=yesterday").status_code == 400


def test_the_files_hold_what_the_list_shows_and_run_no_formulas(project, as_, owner):
    alerted.alert(project, keywords=["=cmd()", "routing"])
    text = as_(owner).get("/p/shop/drift/alerts.csv?state=open").getvalue().decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["name"] == "'=cmd(), routing"
    assert (row["day"], row["state"], row["kind"], row["rows"], row["share"]) == (
        DAY.isoformat(),
        "open",
        "new",
        "10",
        "0.1",
    )
    line = json.loads(as_(owner).get("/p/shop/drift/alerts.jsonl").getvalue())
    assert line["groups"][0]["name"] == "=cmd(), routing"
    assert "10 of 100 compared" in line["groups"][0]["sentence"]
    assert as_(owner).get("/p/shop/drift/alerts.csv?state=odd").status_code == 404


def test_more_alerts_and_groups_ask_nothing_more(project, as_, owner, django_assert_max_num_queries):
    for back in range(12):
        day = DAY - timedelta(days=back)
        check = alerted.day_of_one_topic(project, day, axis=10 + back)
        alerted.group(check, alerted.rows(project, day, 3, name="b"), axis=40 + back)
        alerts.tell(check)
    client = as_(owner)
    with django_assert_max_num_queries(10):
        client.get(LIST)
    with django_assert_max_num_queries(12):
        client.get(page_of(Alert.objects.get(day=DAY)))
    with django_assert_max_num_queries(8):
        client.get("/p/shop/drift/alerts.csv").getvalue()


def test_an_alert_shows_its_numbers_and_its_rows_and_says_what_is_gone(project, as_, viewer, owner):
    made = alerted.alert(project, logged={"input_preview": "what is my <b>routing</b> number"})
    Interaction.objects.filter(pk__in=made.groups.get().rows[:3]).delete()
    page = as_(viewer).get(page_of(made))
    assertContains(page, "routing, routing number <span", count=1)  # said once
    assertContains(page, "10 of 100 compared", count=1)
    assertContains(page, "what is my &lt;b&gt;routing&lt;/b&gt; number", count=7)
    assertContains(page, "3 rows are gone from the log.")
    assertNotContains(page, "Label these rows")  # a viewer changes nothing


def test_a_day_that_is_no_alarm_any_more_is_said_to_be_none(project, as_, viewer):
    made = alerted.alert(project)
    assertNotContains(as_(viewer).get(page_of(made)), "no alarm any more")
    DriftCheck.objects.filter(day=DAY).delete()
    drifted.judged(project, DAY, p=0.2)
    page = as_(viewer).get(page_of(made))
    assertContains(page, "no alarm any more")
    assertContains(page, "10 of 100 compared")  # what was told stays


def test_whoever_labels_closes_it_with_a_note_and_may_open_it_again(project, as_, annotator, viewer):
    made = alerted.alert(project)
    client = as_(annotator)
    client.post(page_of(made) + "change/", {"do": "fix", "note": "prompt 12 answers it"})
    made.refresh_from_db()
    assert (made.state, made.closed_on is None) == ("fixed", False)
    assertContains(client.get(page_of(made)), "prompt 12 answers it")

    client.post(page_of(made) + "change/", {"do": "reopen"})
    made.refresh_from_db()
    assert (made.state, made.closed_on) == ("open", None)
    assert as_(viewer).post(page_of(made) + "change/", {"do": "fix"}).status_code == 403


def test_two_people_at_once_and_what_cannot_be_done(project, as_, annotator, owner):
    made = alerted.alert(project)
    as_(owner).post(page_of(made) + "change/", {"do": "expect"})
    late = as_(annotator).post(page_of(made) + "change/", {"do": "fix"}, follow=True)
    assertContains(late, "Somebody was quicker")
    made.refresh_from_db()
    assert made.state == "expected"
    empty = as_(owner).post(page_of(made) + "change/", {"do": "note", "note": " "})
    assertContains(empty, "Write the note first.", status_code=422)


def test_it_is_given_to_members_who_label_and_to_nobody_else(
    project, as_, annotator, owner, viewer, stranger
):
    made = alerted.alert(project)
    for person, status in ((viewer, 422), (stranger, 422), (annotator, 302)):
        answer = as_(owner).post(page_of(made) + "change/", {"do": "give", "to": person.pk})
        assert answer.status_code == status
    made.refresh_from_db()
    assert made.owner == annotator
    as_(owner).post(page_of(made) + "change/", {"do": "give", "to": annotator.pk})
    assert [one.what for one in made.events.all()] == ["opened", "given"]


def test_a_stranger_sees_nothing_of_it(project, as_, stranger):
    made = alerted.alert(project)
    for path in ("", "change/", "1/in-common/", "1/queue/"):
        client = as_(stranger)
        ask = client.post if path in ("change/", "1/queue/") else client.get
        assert ask(page_of(made) + path).status_code == 404


# --- what the rows have in common ---------------------------------------------------------------


def test_it_says_what_differs_and_only_that(project, as_, viewer):
    """All of the group came with prompt 12 and in the afternoon, as the baseline never did; all are e-mail."""
    baseline = alerted.rows(project, DAY - timedelta(days=1), 40, name="old", prompt_version="11")
    kept = alerted.vectors(project, DAY - timedelta(days=1), baseline, axis=5)
    rest = alerted.rows(project, DAY, 10, name="rest", prompt_version="12")
    others = alerted.vectors(project, DAY, rest, axis=6)
    found = alerted.rows(project, DAY, 12, name="topic", prompt_version="12", metadata={"plan": "pro"})
    alerted.vectors(project, DAY, found, axis=1)
    mine = InputVector.objects.filter(interaction__in=[row.pk for row in found])
    check = alerted.alarm(
        project,
        DAY,
        day_vectors=[one.pk for one in (*others, *mine)],
        baseline_vectors=[one.pk for one in kept],
    )
    alerted.group(check, found, axis=1)
    made = alerts.tell(check)

    page = as_(viewer).get(page_of(made) + "1/in-common/")

    assertContains(page, "Prompt version: <strong")
    assertContains(page, "before 0\u202f%; of the rest of the day 100\u202f%")
    assertContains(page, "plan: <strong")
    assertNotContains(page, "Feature")


def test_what_differs_by_chance_is_not_said(project, as_, viewer):
    made = alerted.alert(project)
    assertContains(as_(viewer).get(page_of(made) + "1/in-common/"), "no more than chance allows")


# --- a queue of the rows ------------------------------------------------------------------------


def test_one_click_makes_one_queue_of_the_group(project, as_, annotator, viewer):
    made = alerted.alert(project)
    client = as_(annotator)
    first = client.post(page_of(made) + "1/queue/")
    again = client.post(page_of(made) + "1/queue/")
    assert first.url == again.url

    queue = Queue.objects.get(origin="drift-alert")
    assert first.url == f"/p/shop/queues/{queue.pk}/"
    item = queue.items.order_by("position")[0]
    assert (item.origin, item.metadata["alert"], item.metadata["group"]) == ("interaction", made.pk, 1)
    assert item.inclusion_probability == made.groups.get().chance == 0.5
    assert item.reason.endswith("(New): 10 of its 10 rows")
    assert queue.items.count() == 10
    assertContains(client.get(page_of(made)), "Its queue")
    assert as_(viewer).post(page_of(made) + "1/queue/").status_code == 403


def test_a_large_group_is_drawn_from_and_the_chance_says_so(project, as_, owner, monkeypatch):
    monkeypatch.setattr("drift.services.alert_queue.MOST", 4)
    made = alerted.alert(project)
    as_(owner).post(page_of(made) + "1/queue/")
    chances = Queue.objects.get(origin="drift-alert").items.values_list("inclusion_probability", flat=True)
    assert list(chances) == [0.5 * 4 / 10] * 4


def test_rows_that_are_gone_make_no_queue(project, as_, owner):
    made = alerted.alert(project)
    Interaction.objects.all().delete()
    assertContains(as_(owner).post(page_of(made) + "1/queue/", follow=True), "none of these rows any more")
    assert not Queue.objects.exists()


def test_a_shrunk_group_has_no_chance_to_tell(project, as_, owner):
    found = alerted.rows(project, DAY - timedelta(days=3), 5, name="gone")
    check = alerted.alarm(project, DAY)
    group = alerted.group(check, [], axis=1, kind="shrunk")
    group.baseline_rows = [row.pk for row in found]
    group.save()
    made = alerts.tell(check)
    as_(owner).post(page_of(made) + "1/queue/")
    assert set(Queue.objects.get().items.values_list("inclusion_probability", flat=True)) == {None}


# --- the strip on other pages -------------------------------------------------------------------


def test_other_pages_show_in_one_line_how_things_stand(project, as_, viewer):
    client = as_(viewer)
    strip = "/p/shop/drift/strip/"
    assert client.get(strip).content == b""
    DriftPlan.objects.create(project=project, starts_on=DAY)
    assertContains(client.get(strip), "No day was judged yet.")
    drifted.judged(project, DAY - timedelta(days=1), p=0.5)
    assertContains(client.get(strip), "Nothing new on Sun 22 Nov.")
    made = alerted.alert(project)
    assertContains(client.get(strip), "1 open alert")
    assertContains(client.get(strip), "routing, routing number")
    made.state, made.closed_on = "expected", DAY
    made.save()
    assertContains(client.get(strip), "Mon 23 Nov raised an alarm; no alert is open.")
    for page in ("/p/shop/", "/p/shop/checks/"):
        assertContains(client.get(page), f'hx-get="{strip}"')


def test_the_notice_says_each_group_in_one_sentence_and_leads_to_the_alert(project, owner):
    from feedback.models import Notice
    from feedback.notices import registry

    check = alerted.day_of_one_topic(project)
    alerted.change(project, DAY)
    made = alerts.tell(check)
    notice = Notice.objects.get()
    facts = registry.Facts(project, DAY, ["olivia"], notice.context)
    kind = registry.get(notice.kind)
    assert kind.type == "drift.alert"
    assert kind.path(facts) == page_of(made)
    assert kind.text(facts).splitlines() == [
        "– New: “routing, routing number”, 10\u202f% (6–17\u202f%) of the day’s inputs (10 of 100 compared),"
        " 0\u202f% (0–2\u202f%) before.",
        "– Outputs became 40\u202f% longer.",
    ]
    assert "what is my routing number" not in json.dumps(notice.context)  # no text of a user's
    assert logged.DAY == DAY
