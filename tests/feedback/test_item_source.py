"""/p/SLUG/log/item/ID/: from an item of a queue to the interaction that it copies."""

import pytest
from pytest_django.asserts import assertContains, assertRedirects

from feedback.models import Interaction, VibeCheck
from tests import make
from tests.feedback import logged

pytestmark = pytest.mark.usefixtures("next_morning")


@pytest.fixture
def check(project):
    logged.interactions(project, 1, output="An answer")
    return logged.check(project)


def path(check: VibeCheck, slug: str = "shop") -> str:
    return f"/p/{slug}/log/item/{check.queue.items.get().pk}/"


def test_an_answer_of_a_queue_leads_to_its_interaction(check, as_, viewer, owner):
    logged.answer(check.queue, owner, "y")
    found = Interaction.objects.get()

    item = f"/p/shop/queues/{check.queue_id}/items/{check.queue.items.get().pk}/"
    assertContains(as_(viewer).get(f"/p/shop/queues/{check.queue_id}/"), f'<a href="{item}">An answer</a>')
    assertContains(as_(viewer).get(item), f'href="{path(check)}"')
    assertRedirects(as_(viewer).get(path(check)), f"/p/shop/log/{found.pk}/")


def test_when_the_log_has_it_no_more_to_the_check(check, as_, viewer):
    Interaction.objects.all().delete()

    assertRedirects(as_(viewer).get(path(check)), "/p/shop/checks/2026-11-23/")


@pytest.mark.parametrize("metadata", [None, {}, [], {"interaction": 7}, {"interaction": "x"}])
def test_an_item_that_tells_nothing_leads_nowhere(project, as_, viewer, metadata):
    queue = make.queue(project, items=1)
    queue.items.update(metadata=metadata)

    assert as_(viewer).get(f"/p/shop/log/item/{queue.items.get().pk}/").status_code == 404


def test_the_item_of_another_project_is_not_there(check, as_, stranger, viewer, client):
    assert as_(stranger).get(path(check)).status_code == 404
    assert as_(stranger).get(path(check, "elsewhere")).status_code == 404
    assert client.get(path(check)).status_code == 302
    assert as_(viewer).post(path(check)).status_code == 405
    assert as_(viewer).get("/p/shop/log/item/9999999999/").status_code == 404
    assert as_(viewer).get(f"/p/shop/log/item/{10**30}/").status_code == 404
