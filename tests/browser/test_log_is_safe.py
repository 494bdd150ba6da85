"""Hostile texts in every field: nothing runs, nothing is fetched, nothing breaks the layout.

What the pages do wrong is caught by the guard (console, policy, foreign requests) and here by
dialogs. The same pages are walked by keyboard.
"""

import json

import pytest
from playwright.sync_api import Dialog, Page, ViewportSize

from tests.feedback.entries import entries, many
from tests.hostile import SCRIPTS

SIZES: list[ViewportSize] = [{"width": 1280, "height": 800}, {"width": 360, "height": 740}]


@pytest.fixture
def log(project):
    """One interaction for each text, with the text in every field that takes one."""
    given = []
    for n, text in enumerate(SCRIPTS):
        short = text[:200]
        given.append(
            {
                "id": f"{n} {text}"[:250],
                "minutes": n,
                "input": [{"role": short, "content": f"{text}\n\n- **a**\n- {text}"}],
                "output": None if n % 5 == 0 else f"# Title\n\n{text}\n\n{json.dumps(text)}",
                "context": [{"title": text, "text": text, text[:200]: text}, text],
                "metadata": {text[:200]: text, "hx-get": "/signout/"},
                "error": text if n % 3 == 0 else None,
                "feature": short,
                "model": short,
                "prompt_version": short,
                "variant": short,
                "user": text[:250],
                "session": text[:250],
            }
        )
    return entries(project, given)


def no_dialogs(page: Page) -> list[str]:
    seen: list[str] = []

    def close(dialog: Dialog) -> None:
        seen.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", close)
    return seen


def fits(page: Page) -> bool:
    """At a desk, and on a phone; leaves the page as wide as a phone."""
    found = []
    for size in SIZES:
        page.set_viewport_size(size)
        found.append(
            page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        )
    return all(found)


def test_nothing_runs_and_nothing_is_fetched(page_of, viewer, log):
    page = page_of(viewer, "/p/shop/log/")
    dialogs = no_dialogs(page)
    assert page.locator(".log-row").count() == len(log)
    assert fits(page)
    for size in SIZES:
        page.set_viewport_size(size)
        for row in page.locator(".log-row").all():
            row.hover()
    for one in log:
        page.goto(f"/p/shop/log/{one.pk}/")
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        assert fits(page), one.external_id
        assert (
            page.locator("main script, main img, main iframe, main style, main svg, main form").count() == 0
        )
    page.goto(f"/p/shop/log/{log[0].pk}/?shown=typed")
    assert dialogs == []


def test_the_list_is_walked_and_searched_by_keyboard(page_of, viewer, project):
    many(project, 3)
    page = page_of(viewer, "/p/shop/log/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/log/*-*/")
    assert "Question 1" in page.locator(".one-texts").inner_text()
    page.keyboard.press("j")
    page.get_by_text("Question 0").wait_for()
    page.keyboard.press("b")
    page.wait_for_url("**/log/?before=*")
    page.keyboard.press("/")
    page.keyboard.type("question 2 jk")
    assert page.get_by_label("Text").input_value() == "question 2 jk"
    page.get_by_label("Text").fill("question 2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/log/?q=question+2")
    assert page.locator(".log-row").count() == 1
