"""Claim: items in order, to one person each, and the reason when there are none."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotator.models import Lease, Place, Rater
from annotator.services import queues
from tests import make
from tests.annotator.labeling import lapse, person, program


@pytest.fixture
def queue(project):
    return make.queue(project, items=5)


def ids(items):
    return [item["external_id"] for item in items]


def test_items_come_in_order_with_texts_and_questions(queue, annotator, as_):
    items = person(queue, as_(annotator)).items(2)

    assert ids(items) == ["item-0", "item-1"]
    first = items[0]
    assert first["input"] == "Question 0"
    assert first["output"] == {"answer": 0}
    assert first["context"] is None
    assert first["error"] == ""
    assert first["questions"] == [
        {
            "key": "good",
            "version": 1,
            "text": "Is it good?",
            "kind": "binary",
            "after": None,
            "stops_on": "",
        }
    ]
    assert first["done"] == {}
    assert first["lease_until"].endswith("Z")
    assert Lease.objects.count() == 2


def test_two_people_never_get_the_same_item(queue, annotator, owner, as_):
    mine = person(queue, as_(annotator)).items(3)
    theirs = person(queue, as_(owner)).items(3)

    assert ids(mine) == ["item-0", "item-1", "item-2"]
    assert ids(theirs) == ["item-3", "item-4"]


def test_a_reload_gets_the_same_items_under_the_same_leases(queue, annotator, as_):
    tab = person(queue, as_(annotator))
    before = tab.items(2)

    after = tab.items(3)

    assert after[:2] != before  # the time began anew
    assert [item["lease"] for item in after[:2]] == [item["lease"] for item in before]
    assert ids(after) == ["item-0", "item-1", "item-2"]


def test_what_the_page_has_already_is_not_told_again(queue, annotator, as_):
    tab = person(queue, as_(annotator))
    have = [item["lease"] for item in tab.items(2)]

    assert ids(tab.items(2, have=have)) == ["item-2", "item-3"]


def test_another_tab_of_the_same_person_gets_other_items(queue, annotator, as_):
    browser = as_(annotator)
    person(queue, browser, "one").items(5)

    second = person(queue, browser, "two").claim(5)

    assert second["items"] == []
    assert second["empty_because"]["code"] == "other_tab"
    assert "5 items are open in another tab" in second["empty_because"]["text"]
    assert len(person(queue, browser, "two").items(5, take_over=True)) == 5


def test_overlap_gives_an_item_to_as_many_people_and_once_to_each(project, annotator, owner, viewer, as_):
    queue = make.queue(project, items=2, overlap=2)
    third = make.member(project, "thea")

    for who in (annotator, owner):
        assert ids(person(queue, as_(who)).items(10)) == ["item-0", "item-1"]
    assert person(queue, as_(third)).claim(10)["empty_because"]["code"] == "leased"


def test_a_lapsed_lease_is_given_to_the_next(queue, annotator, owner, as_):
    person(queue, as_(annotator)).items(1)
    lapse(queue)

    assert ids(person(queue, as_(owner)).items(1)) == ["item-0"]
    assert Place.objects.get(item__external_id="item-0").owner.user == owner


def test_what_i_answered_is_not_offered_again(queue, annotator, as_):
    tab = person(queue, as_(annotator))
    tab.answer(tab.items(1)[0])

    assert ids(tab.items(1)) == ["item-1"]


def test_what_i_skipped_goes_to_others_only(queue, annotator, owner, as_):
    tab = person(queue, as_(annotator))
    tab.answer(tab.items(1)[0], "skip")

    assert ids(tab.items(1)) == ["item-1"]
    assert ids(person(queue, as_(owner)).items(1)) == ["item-0"]


def test_empty_says_why(project, annotator, owner, as_):
    tab, other = (person(make.queue(project, items=0), as_(who)) for who in (annotator, owner))
    assert tab.claim()["empty_because"]["code"] == "no_items"

    queue = make.queue(project, items=1)
    tab.queue = other.queue = queue
    item = tab.items()[0]
    assert tab.claim(have=[item["lease"]])["empty_because"]["code"] == "in_hand"
    refused = other.claim()["empty_because"]
    assert refused["code"] == "leased"
    assert refused["until"] == item["lease_until"]
    assert f"until {item['lease_until'][11:16]}" in refused["text"]

    tab.answer(item, "skip")
    assert tab.claim()["empty_because"]["code"] == "answered"
    other.answer(other.items()[0])
    assert tab.claim()["empty_because"]["code"] == "done"


def test_the_hour_is_said_in_the_projects_time_zone(annotator, as_):
    seoul = make.project(slug="seoul", time_zone="Asia/Seoul")
    first, second = (make.member(seoul, name) for name in ("amir", "bora"))
    queue = make.queue(seoul, items=1)
    item = person(queue, as_(first)).items()[0]

    text = person(queue, as_(second)).claim()["empty_because"]["text"]

    hour = (int(item["lease_until"][11:13]) + 9) % 24
    assert f"until {hour:02}:" in text


def test_a_closed_queue_says_so(queue, annotator, as_):
    type(queue).objects.update(closed_at=timezone.now() - timedelta(days=1))

    assert person(queue, as_(annotator)).claim()["empty_because"]["code"] == "closed"


def test_a_key_names_its_rater(queue):
    program(queue, "gpt-judge", **{"X-Genba-Rater-Kind": "llm"}).items()
    program(queue).items()
    program(queue, "김민수".encode().decode("latin-1"), **{"X-Genba-Rater-Kind": "human"}).items()

    assert set(Rater.objects.values_list("kind", "name", "user")) == {
        ("llm", "gpt-judge", None),
        ("model", "test", None),
        ("human", "김민수", None),
    }


def test_an_unknown_rater_kind_is_refused_by_name(queue):
    answer = program(queue, "x", **{"X-Genba-Rater-Kind": "alien"}).post(f"queues/{queue.pk}/claim", {})

    assert answer.status_code == 422
    assert "human, llm, model, rule" in answer.json()["message"]


def test_who_may_claim(queue, viewer, stranger, as_):
    path = f"queues/{queue.pk}/claim"
    elsewhere = make.bearer(make.api_key(make.project(slug="third")))
    ingest = make.bearer(make.api_key(queue.project, scopes=["ingest"]))

    assert person(queue, Client()).post(path, {}).status_code == 401
    assert person(queue, as_(viewer)).post(path, {}).status_code == 403
    assert person(queue, as_(stranger)).post(path, {}).status_code == 404
    for headers, status in ((elsewhere, 404), (ingest, 403), (make.bearer("gnb_nonsense"), 401)):
        answer = Client().post(f"/api/v1/{path}", {}, content_type="application/json", headers=headers)
        assert answer.status_code == status
    assert as_(viewer).get(f"/api/v1/{path}").status_code == 405
    assert not Lease.objects.exists()


def test_the_page_needs_its_csrf_token(queue, annotator):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(annotator)

    assert person(queue, browser).post(f"queues/{queue.pk}/claim", {}).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"size": 0}', 422),
        ('{"size": 51}', 422),
        ('{"size": "x"}', 422),
        ('{"size": 1, "holder": "%s"}' % ("h" * 65), 422),
        ('{"size": 1, "holder": "*parked*"}', 422),
        ('{"have": ["x"]}', 422),
        ("[]", 422),
        ("5", 422),
        ("", 422),
        ("x", 400),
        ("[" * 100_000, 400),
        ("9" * 5000, 400),
    ],
)
def test_nonsense_is_refused_with_a_reason(queue, annotator, as_, body, status):
    answer = person(queue, as_(annotator)).post(f"queues/{queue.pk}/claim", body)

    assert answer.status_code == status
    assert answer.json()["message"]


def test_payloads_come_out_as_they_were_stored(project, annotator, as_):
    queue = make.queue(project, items=0)
    output = {"b": 1, "a": [1.50, 10**30, "\u2028 \ud55c \x00"], "<script>": "</script>"}
    queues.add_items(queue, [queues.NewItem(external_id='"quoted"\\', output=output)])

    item = person(queue, as_(annotator)).items()[0]

    assert item["output"] == output
    assert list(item["output"]) == ["b", "a", "<script>"]
    assert item["external_id"] == '"quoted"\\'


def test_our_page_gets_safe_html_beside_the_texts(project, annotator, as_):
    queue = make.queue(project, items=0)
    item = queues.NewItem(
        "x", input="**hi** <script>alert(1)</script>", error="time ran out", context=["a page"]
    )
    queues.add_items(queue, [item])
    tab = person(queue, as_(annotator))

    html = tab.post(f"queues/{queue.pk}/claim?render=html", {"holder": "tab"}).json()["items"][0]["html"]

    assert "<strong>hi</strong>" in html["input"]
    assert "<script" not in html["input"]
    assert "time ran out" in html["output"]
    assert "a page" in html["context"]
    assert "html" not in tab.items()[0]


@pytest.mark.parametrize("items", [10, 1000])
def test_the_number_of_queries_does_not_grow(project, annotator, as_, items, django_assert_num_queries):
    queue = make.queue(project, items=items)
    key = program(queue, "fast")
    key.items()
    tab = person(queue, as_(annotator))
    tab.items()

    with django_assert_num_queries(4):  # key, queue with questions, rater (remembered outside tests), claim
        key.claim(5)
    with django_assert_num_queries(5):  # session, person, queue, rater, claim
        tab.claim(5)


def test_what_comes_free_behind_a_rater_is_asked_at_the_end(project):
    queue = make.queue(project, items=3, overlap=2)
    ana, ben, cy = (program(queue, name) for name in ("ana", "ben", "cy"))
    [bens], [_cys] = ben.items(), cy.items()
    [item] = ana.items()
    assert item["external_id"] == "item-1"
    ana.answer(item)

    ben.release(leases=[bens["lease"]])

    [item] = ana.items()
    assert item["external_id"] == "item-2"
    ana.answer(item)
    assert ids(ana.items(5)) == ["item-0"]
