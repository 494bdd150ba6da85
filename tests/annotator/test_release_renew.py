"""Keeping and giving back leases: one's own only."""

from uuid import uuid4

import pytest
from django.test import Client

from annotator.models import Label, Lease, Membership, Place
from annotator.services import labeling, people
from tests import make
from tests.annotator.asking import chain_queue, fill
from tests.annotator.labeling import lapse, person, program


@pytest.fixture
def queue(project):
    return make.queue(project, items=3)


def test_given_back_items_go_to_others_at_once(queue, tab, owner, as_):
    leases = [item["lease"] for item in tab.items(3)]

    assert tab.release(leases=leases[:2]).json() == {"released": 2}
    assert [i["external_id"] for i in person(queue, as_(owner)).items(3)] == ["item-0", "item-1"]
    assert Lease.objects.exclude(released_at=None).count() == 2


def test_a_closing_tab_gives_back_what_it_holds_and_no_more(queue, annotator, as_):
    browser = as_(annotator)
    one, two = person(queue, browser, "one"), person(queue, browser, "two")
    one.items(1)
    two.items(1)

    assert one.release(holder="one").json() == {"released": 1}
    assert Place.objects.get(holder="two").owner is not None


def test_giving_back_twice_or_after_the_answer_is_harmless(queue, tab):
    one, two = tab.items(2)
    tab.answer(one)

    assert tab.release(leases=[one["lease"], two["lease"]]).json() == {"released": 1}
    assert tab.release(leases=[one["lease"], two["lease"]]).json() == {"released": 0}
    assert Place.objects.filter(done_at__isnull=False).count() == 1


def test_renewing_begins_the_time_anew_also_after_a_lapse(queue, tab):
    leases = [item["lease"] for item in tab.items(2)]
    lapse(queue)

    answer = tab.renew(leases).json()

    assert answer["renewed"] == leases
    assert answer["lost"] == []
    assert answer["lease_until"].endswith("Z")


def test_what_is_lost_meanwhile_is_told(queue, tab, owner, as_):
    one, two, three = tab.items(3)
    lapse(queue)
    person(queue, as_(owner)).items(1)  # takes the first
    tab.answer(two)

    answer = tab.renew([one["lease"], two["lease"], three["lease"]]).json()

    assert answer["renewed"] == [three["lease"]]
    assert answer["lost"] == [one["lease"], two["lease"]]


def test_somebody_elses_lease_is_404_and_nothing_changes(queue, tab, owner, stranger, as_):
    mine = tab.items(1)[0]["lease"]
    other = person(queue, as_(owner))
    theirs = other.items(1)[0]["lease"]
    before = list(Place.objects.order_by("pk").values())

    for leases in ([mine], [theirs, mine], [str(uuid4())], [theirs, str(uuid4())]):
        assert other.release(leases=leases).status_code == 404
        assert other.renew(leases).status_code == 404
    assert program(queue, "robot").release(leases=[mine]).status_code == 404
    assert person(queue, as_(stranger)).release(leases=[mine]).status_code == 404
    assert person(queue, Client()).renew([mine]).status_code == 401
    assert list(Place.objects.order_by("pk").values()) == before


def test_a_lease_of_another_queue_is_404(queue, tab, project):
    elsewhere = tab.items(1)[0]["lease"]
    tab.queue = make.queue(project, name="Other")

    assert tab.renew([elsewhere]).status_code == 404


def test_viewers_may_not_and_get_is_not_a_way(queue, viewer, as_):
    watcher = person(queue, as_(viewer))

    assert watcher.release(holder="x").status_code == 403
    assert watcher.renew([str(uuid4())]).status_code == 403
    for verb in ("release", "renew"):
        assert watcher.client.get(f"/api/v1/queues/{queue.pk}/{verb}").status_code == 405


def test_who_leaves_holds_nothing(queue, tab, annotator, owner, as_):
    tab.answer(tab.items(3)[0])
    elsewhere = make.project(slug="other")

    assert labeling.give_back_all(user=annotator, project_id=elsewhere.pk) == 0
    assert labeling.give_back_all(user=annotator, project_id=queue.project_id) == 2
    assert len(person(queue, as_(owner)).items(3)) == 2


def test_who_signs_out_holds_nothing(queue, tab, owner, as_):
    tab.items(3)

    tab.client.post("/signout/")

    assert len(person(queue, as_(owner)).items(3)) == 3


def test_who_may_only_look_from_now_on_holds_nothing(queue, tab, annotator):
    tab.items(3)

    people.change_role(Membership.objects.get(user=annotator), "viewer")

    assert not Place.objects.exclude(owner=None).exists()


@pytest.fixture
def half_answered(project, annotator, as_):
    """Two items, one question of two answered: they wait for their owner's next pass."""
    queue = chain_queue(project, {"key": "good"}, {"key": "short"}, items=2, by_pass=True)
    tab = person(queue, as_(annotator))
    for item in tab.items(2):
        tab.answer(item)
    return tab


def test_what_waits_for_the_next_pass_stays_when_the_tab_closes_or_its_owner_signs_out(
    half_answered, owner, as_
):
    half_answered.release(holder="tab")
    half_answered.client.post("/signout/")

    assert person(half_answered.queue, as_(owner)).items(2) == []
    assert not Label.objects.filter(surplus=True).exists()


@pytest.mark.parametrize("how", ["viewer", "removed"])
def test_who_loses_the_role_keeps_nothing_for_the_next_pass(half_answered, annotator, owner, as_, how):
    membership = Membership.objects.get(user=annotator)
    if how == "viewer":
        people.change_role(membership, "viewer")
    else:
        assert people.remove_member(membership) == 2

    other = person(half_answered.queue, as_(owner))
    items = other.items(2)
    assert [(item["external_id"], item["done"]) for item in items] == [("item-0", {}), ("item-1", {})]
    assert other.answer(items[0])["state"] == "counted"
    assert list(Label.objects.order_by("pk").values_list("surplus", flat=True)) == [True, True, False]


def test_who_comes_back_goes_on_where_they_were(half_answered, annotator):
    membership = Membership.objects.get(user=annotator)
    people.change_role(membership, "viewer")
    people.change_role(membership, "annotator")

    assert [item["done"] for item in half_answered.items(2)] == [{"good": "yes"}] * 2
    assert not Label.objects.filter(surplus=True).exists()


def test_a_gold_item_stays_with_its_only_rater(project, annotator, as_):
    """Nobody else could answer it: it waits, should they come back."""
    queue = chain_queue(project, {"key": "good"}, items=2, gold_rate=1)
    fill(
        queue, [{"external_id": "golden", "input": "x", "output": "y", "gold": {"good": "yes"}}], places=False
    )
    tab = person(queue, as_(annotator))
    tab.answer(tab.items()[0])
    before = Place.objects.filter(extra=True).values().get()

    people.change_role(Membership.objects.get(user=annotator), "viewer")

    assert Place.objects.filter(extra=True).values().get() == before
