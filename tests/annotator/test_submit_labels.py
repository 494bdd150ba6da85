"""Submit: each answer is stored once, and each gets its own result."""

from uuid import uuid4

import pytest
from django.test import Client

from annotator.models import Label, Membership, Place, QuestionVersion
from annotator.queries.labels import current_labels
from annotator.services import queues
from tests import make
from tests.annotator.labeling import label, person, program


@pytest.fixture
def queue(project):
    return make.queue(project, items=5)


def test_an_answer_is_stored_with_all_that_came_with_it(queue, tab, annotator):
    item = tab.items()[0]

    result = tab.answer(item, "no", ms=2300, note="made up\0 a name", flagged=True)

    assert (result["status"], result["state"]) == (201, "counted")
    row = Label.objects.get(pk=result["label"])
    assert (row.answer, row.ms, row.note, row.flagged) == ("no", 2300, "made up\ufffd a name", True)
    assert (row.item.external_id, row.rater.user, str(row.lease_id)) == ("item-0", annotator, item["lease"])
    assert row.question_version.number == 1
    assert not row.surplus
    place = Place.objects.get(item=row.item)
    assert place.done_at is not None
    assert place.lease_until is None


def test_the_same_key_again_changes_nothing(queue, tab):
    sent = label(lease=tab.items()[0]["lease"], note="once")
    first = tab.post("labels", {"labels": [sent]}).json()["results"][0]

    again = tab.post("labels", {"labels": [sent, sent]}).json()["results"]

    assert [(r["status"], r["state"], r["label"]) for r in again] == [(200, "repeated", first["label"])] * 2
    assert Label.objects.count() == 1


@pytest.mark.parametrize("change", [{"answer": "no"}, {"note": "other"}, {"flagged": True}, "item"])
def test_the_same_key_with_other_content_is_refused(queue, tab, change):
    one, two = tab.items(2)
    sent = label(lease=one["lease"])
    tab.submit(sent)

    other = {**sent, "lease": two["lease"]} if change == "item" else {**sent, **change}
    result = tab.submit(other).json()["results"][0]

    assert result["status"] == 422
    assert "idempotency key" in result["error"]
    assert Label.objects.count() == 1


def test_good_ones_are_kept_and_bad_ones_named_in_order(queue, tab):
    items = tab.items(3)
    good = [label(lease=item["lease"], idempotency_key=f"k{n}") for n, item in enumerate(items)]
    bad = [
        "nonsense",
        {},
        label(lease="not-a-lease", idempotency_key="b1"),
        label(lease=str(uuid4()), idempotency_key="b2"),
        label(lease=items[0]["lease"], answer="maybe", idempotency_key="b3"),
        label(lease=items[0]["lease"], question="other", idempotency_key="b4"),
        label(lease=items[0]["lease"], ms=-1, idempotency_key="b5"),
        label(lease=items[0]["lease"], ms=True, idempotency_key="b6"),
        label(lease=items[0]["lease"], note="n" * 10_001, idempotency_key="b7"),
        label(lease=items[0]["lease"], question_version=7, idempotency_key="b8"),
    ]
    mixed = [bad[0], good[0], *bad[1:5], good[1], *bad[5:], good[2]]

    answer = tab.post("labels", {"labels": mixed})

    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [r["idempotency_key"] for r in results if r["state"] == "counted"] == ["k0", "k1", "k2"]
    refused = {r["idempotency_key"]: r for r in results if r["state"] == "refused"}
    assert {key: r["status"] for key, r in refused.items()} == {
        None: 422, "b1": 422, "b2": 409, "b3": 422, "b4": 422, "b5": 422, "b6": 422, "b7": 422, "b8": 422,
    }  # fmt: skip
    assert "yes, no, skip, undo" in refused["b3"]["error"]
    assert "ms" in refused["b5"]["error"]
    assert Label.objects.count() == 3


def test_one_label_answers_with_its_own_status(queue, tab):
    item = tab.items()[0]

    assert tab.submit({"lease": item["lease"]}).status_code == 201
    refused = tab.submit({"lease": str(uuid4())})
    assert refused.status_code == 409
    assert refused.json()["code"] == "conflict"
    assert "never leased" in refused.json()["message"]


def test_somebody_elses_lease_and_a_made_up_one_look_the_same(queue, tab, owner, stranger, as_):
    lease = tab.items()[0]["lease"]
    mallory = program(make.queue(make.project(slug="third")), "mallory")

    for who in (person(queue, as_(owner)), person(queue, as_(stranger)), mallory, program(queue, "another")):
        foreign, unknown = (who.answer({"lease": given}) for given in (lease, str(uuid4())))
        assert {**foreign, "idempotency_key": ""} == {**unknown, "idempotency_key": ""}
        assert foreign["status"] == 409
    assert not Label.objects.exists()


def test_who_may_submit(queue, tab, viewer, as_):
    lease = tab.items()[0]["lease"]
    ingest = {"headers": make.bearer(make.api_key(queue.project, scopes=["ingest", "export"]))}
    body = {"labels": [label(lease=lease)]}
    post = {"content_type": "application/json"}

    assert Client().post("/api/v1/labels", body, **post).status_code == 401
    assert Client().post("/api/v1/labels", body, **post, **ingest).status_code == 403
    assert person(queue, as_(viewer)).submit({"lease": lease}).status_code == 409
    refused = as_(viewer).get("/api/v1/labels")
    assert (refused.status_code, refused.json()["code"], refused["Allow"]) == (
        405,
        "method_not_allowed",
        "POST",
    )
    assert not Label.objects.exists()


def test_a_lost_role_is_told_and_a_lost_membership_looks_like_nothing(queue, tab, annotator):
    item = tab.items()[0]
    Membership.objects.filter(user=annotator).update(role="viewer")
    assert tab.answer(item)["status"] == 403

    Membership.objects.filter(user=annotator).delete()
    assert tab.answer(item)["status"] == 409
    assert not Label.objects.exists()


def test_answered_in_another_tab_shows_what_stands(queue, tab, annotator, as_):
    item = tab.items()[0]
    first = tab.answer(item, "yes")
    other = person(queue, as_(annotator), "second tab")

    result = other.answer(item, "no")

    assert result["status"] == 409
    assert result["standing"] == {"label": first["label"], "answer": "yes"}


def test_the_wording_that_was_shown_is_pinned(queue, tab, project):
    one, two, three = tab.items(3)
    queues.set_question(project=project, key="good", text="Is it really good?")

    tab.answer(one, question_version=1)
    tab.answer(two)
    tab.answer(three, question_version=2)

    assert list(Label.objects.order_by("pk").values_list("question_version__number", flat=True)) == [1, 2, 2]
    assert QuestionVersion.objects.count() == 2


def test_a_chain_is_done_when_all_is_answered(project, annotator, owner, as_):
    queue = make.queue(project, items=1, questions=("first", "second"))
    tab = person(queue, as_(annotator))
    item = tab.items()[0]
    assert [q["key"] for q in item["questions"]] == ["first", "second"]

    tab.answer(item, "yes", question="first")
    assert tab.items()[0]["done"] == {"first": "yes"}
    assert Place.objects.get().done_at is None
    tab.answer(item, "no", question="second")

    assert Place.objects.get().done_at is not None
    assert tab.claim()["empty_because"]["code"] == "done"


def test_half_a_chain_stops_counting_when_its_place_goes_to_somebody_else(project, annotator, owner, as_):
    queue = make.queue(project, items=1, questions=("first", "second"))
    mine, theirs = person(queue, as_(annotator)), person(queue, as_(owner))
    item = mine.items()[0]
    mine.answer(item, "yes", question="first")
    mine.release(leases=[item["lease"]])
    assert current_labels(queue).get().surplus

    their_item = theirs.items()[0]
    theirs.answer(their_item, "no", question="first")
    assert mine.answer(item, "yes", question="second")["state"] == "surplus"
    theirs.release(leases=[their_item["lease"]])
    assert mine.answer(item, "undo", question="second")["state"] == "undone"  # the place is free: mine

    assert set(current_labels(queue).values_list("rater__user", "question__key", "surplus")) == {
        (annotator.pk, "first", False),
        (owner.pk, "first", True),
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{}", 422),
        ('{"labels": []}', 422),
        ('{"labels": 5}', 422),
        ("[]", 422),
        ("x", 400),
        ("[" * 90_000, 400),
    ],
)
def test_a_body_that_is_no_batch_is_refused(queue, tab, body, status):
    assert tab.post("labels", body).status_code == status


def test_a_body_of_megabytes_is_too_large_and_the_limit_is_said(tab):
    answer = tab.post("labels", {"labels": [{"note": "x" * 3_000_000}]})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "2097152 bytes" in answer.json()["message"]


def test_a_batch_has_at_most_a_hundred(queue, tab):
    item = tab.items()[0]

    assert tab.submit(*[{"lease": item["lease"]}] * 101).status_code == 422
    assert tab.submit(*[{"lease": item["lease"]}] * 100).status_code == 200
    assert Label.objects.count() == 1


def test_texts_come_back_exactly(queue, tab):
    note = "  <b>한국어</b> \u202e 🙂 '; DROP TABLE -- {{7*7}} %s \\ \n"
    tab.answer(tab.items()[0], note=note)

    assert Label.objects.get().note == note


@pytest.mark.parametrize("size", [1, 20])
def test_the_number_of_queries_does_not_grow(project, size, django_assert_num_queries):
    queue = make.queue(project, items=50)
    worker = program(queue, "fast")
    labels = [{"lease": item["lease"]} for item in worker.items(size)]

    with django_assert_num_queries(7):  # key, rater (remembered outside tests), savepoint, 3, release
        worker.submit(*labels)
    assert Label.objects.count() == size
