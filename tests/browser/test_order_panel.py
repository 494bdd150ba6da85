"""The panel of the order by uncertainty, as the queue's page loads it."""

import pytest
from playwright.sync_api import expect

from tests.annotator import ordering
from tests.annotator.labeling import person


@pytest.fixture
def queue(project, owner, as_, monkeypatch, transactional_db):
    """Learned from twice, 80 of 100 answered."""
    ordering.use(monkeypatch)
    made = ordering.queue(project)
    tab = person(made, as_(owner))
    for _ in range(2):
        items = tab.items(40)
        yes = [float(item["output"].rsplit(" ", 1)[-1]) > 0 for item in items]
        tab.submit(
            *({"lease": i["lease"], "answer": "yes" if y else "no"} for i, y in zip(items, yes, strict=True))
        )
        ordering.run(made)
    return made


def test_the_estimate_is_on_the_queues_page_and_fits(queue, owner, page_of):
    page = page_of(owner, f"/p/shop/queues/{queue.pk}/")
    panel = page.locator(".order-panel")
    expect(panel).to_contain_text("Estimate of yes:")
    expect(panel).to_contain_text("are left out")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
