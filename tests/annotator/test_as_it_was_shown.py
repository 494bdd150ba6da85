"""What chance decided about an item when it was shown stays true, whatever the set-up says later."""

import pytest

from annotator.chance import in_random_share
from annotator.models import ItemOrder, Label
from annotator.queries.random_share import estimate_of
from annotator.services.queue_settings import change_queue
from tests import make
from tests.annotator import asking
from tests.annotator.labeling import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(project):
    return make.queue(project, items=20, order=ItemOrder.UNCERTAIN, random_share=0.1)


def share_of(queue, share: float) -> set[str]:
    ids = queue.items.values_list("external_id", flat=True)
    return {one for one in ids if in_random_share(queue.seed, one, share)}


def test_a_wider_random_share_makes_no_sample_of_what_a_classifier_chose(queue, annotator, as_):
    tab = person(queue, as_(annotator))
    drawn = share_of(queue, 0.1)
    for item in tab.items(19):
        tab.answer(item)

    change_queue(queue, overlap=1, order=ItemOrder.UNCERTAIN, random_share=0.9)

    counted = Label.objects.filter(chosen=False)
    assert {label.item.external_id for label in counted} <= drawn
    assert estimate_of(queue).estimate.n == counted.count()


def test_an_answer_counts_as_it_was_handed_out(queue, annotator, as_):
    tab = person(queue, as_(annotator))
    items = tab.items(20)

    change_queue(queue, overlap=1, order=ItemOrder.RANDOM)
    for item in items:
        tab.answer(item)

    chosen = set(Label.objects.filter(chosen=True).values_list("item__external_id", flat=True))
    assert chosen == {item["external_id"] for item in items} - share_of(queue, 0.1)


def test_other_orders_choose_nothing(project, annotator, as_):
    queue = make.queue(project, items=3)
    tab = person(queue, as_(annotator))
    for item in tab.items(3):
        tab.answer(item)
    assert not Label.objects.filter(chosen=True).exists()


@pytest.mark.parametrize(("shown", "later"), [(0.0, 1.0), (1.0, 0.0)])
def test_a_pre_label_was_seen_or_not_whatever_share_is_hidden_later(project, annotator, as_, shown, later):
    queue = make.queue(project, items=1, hidden_share=shown)
    asking.prelabel(queue.items.get(), "good", "yes")
    tab = person(queue, as_(annotator))
    [item] = tab.items(1)
    assert bool(item.get("prelabels")) is (shown == 0)

    change_queue(queue, overlap=1, order=queue.order, hidden_share=later)
    tab.answer(item)

    assert Label.objects.get().prelabel_shown is (shown == 0)
