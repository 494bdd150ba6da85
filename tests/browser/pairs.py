"""Queues of pairs for browser tests, and what is on the screen then."""

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Locator, Page, expect

from annotator.models import Label, Project, Queue
from tests.annotator import asking
from tests.browser.labeling import path

Pair = tuple[Any, Any, Any]  # input, left, right


def pair_queue(project: Project, pairs: Sequence[Pair], **more) -> Queue:
    """Pairs `pair-0`, `pair-1`, … by the variants "kestrel" (left) and "heron" (right)."""
    queue = asking.pair_queue(project, items=0, **more)
    asking.fill(
        queue,
        [
            {**asking.pair(n), "input": given, "left": left, "right": right}
            for n, (given, left, right) in enumerate(pairs)
        ],
    )
    return queue


def open_pairs(page: Page, queue: Queue) -> Page:
    page.goto(path(queue))
    wait_for_pair(page, 0)
    return page


def wait_for_pair(page: Page, n: int) -> None:
    """Until pair n of `asking.pair_queue` is painted."""
    expect(page.locator("#stage [data-part=input]")).to_have_text(f"In {n}")
    page.wait_for_timeout(50)


def swapped(page: Page) -> bool:
    """Whether the right side is shown as A."""
    return pane(page, "A").get_attribute("data-part") == "right"


def pane(page: Page, side: str) -> Locator:
    return page.locator("#stage .label-pane").nth("AB".index(side))


def standing(queue: Queue) -> dict[str, tuple[str, bool | None]]:
    """For each pair the answer that stands, and whether its right side was shown as A."""
    rows = Label.objects.filter(queue=queue, superseded_by=None).exclude(answer="undo")
    return {row.item.external_id: (row.answer, row.swapped) for row in rows.select_related("item")}
