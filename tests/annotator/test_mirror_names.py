"""Nowhere does a mirrored pair tell its rater by its name that it is one."""

import pytest
from django.urls import reverse

from annotator.queries.chains import chain_of
from annotator.queries.mine import skipped_by
from tests.annotator.asking import fill, pair, pair_queue
from tests.annotator.labeling import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(project):
    queue = pair_queue(project, items=1, mirror_share=0.5)
    copy = {**pair(0), "external_id": "pair-0~mirror", "copy_of": queue.items.get()}
    fill(queue, [copy], places=False)
    return queue


def test_a_skipped_copy_is_called_as_it_was_when_it_was_claimed(queue, project, annotator, as_):
    browser = as_(annotator)
    me = person(queue, browser)
    me.answer(me.items()[0], "left", question="better")
    [again] = me.items()
    me.answer(again, "skip", question="better")

    [skipped] = skipped_by(annotator, queue, chain_of(queue))
    assert skipped["external_id"] == again["external_id"]
    for name in ("queue", "annotate"):
        page = browser.get(reverse(name, args=[project.slug, queue.pk]))
        assert page.status_code == 200
        assert "~mirror" not in page.content.decode()


def test_no_search_tells_an_annotator_that_a_pair_has_a_copy(queue, project, annotator, owner, as_):
    url = reverse("queue-items", args=[project.slug, queue.pk]) + "?q=pair-0~mirror"

    assert as_(annotator).get(url).context["exact"] is None
    assert as_(owner).get(url).context["exact"] is not None


def test_the_page_of_a_copy_calls_it_as_it_was_claimed(project, annotator, owner, as_):
    queue = pair_queue(project, items=1, mirror_share=1)
    [copy] = fill(
        queue, [{**pair(0), "external_id": "pair-0~mirror", "copy_of": queue.items.get()}], places=False
    )
    address = f"/p/shop/queues/{queue.pk}/items/{copy.pk}/"

    assert "~mirror" not in as_(annotator).get(address).content.decode()
    assert "pair-0~mirror" in as_(owner).get(address).content.decode()


def test_gold_does_not_stand_out_by_its_missing_count(project, annotator, owner, as_):
    queue = pair_queue(project, items=2, gold_rate=0.5)
    fill(queue, [{**pair(7), "gold": {"better": "left"}}], places=False)
    address = f"/p/shop/queues/{queue.pk}/items/"

    assert "0 of 1" not in as_(annotator).get(address).content.decode()
    assert "0 of 1" in as_(owner).get(address).content.decode()
