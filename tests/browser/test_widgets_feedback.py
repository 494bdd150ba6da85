"""`<genba-feedback>` around an answer: what a person says, and what they do with it."""

from playwright.sync_api import Page, expect

from tests.browser.axe import problems, problems_in_both
from tests.browser.hosts import feedback, form, select, suggest
from tests.browser.pages import too_wide
from tests.browser.widgets import listen, press, until

ALL = "thumbs comment correction regenerate copy download"


def look(page: Page) -> None:
    """At what is in view, for long enough by the page's own clock."""
    page.evaluate("() => { window.since = performance.now() }")
    page.wait_for_function("() => performance.now() - since > 600")


def test_what_is_said(page_of, host, genba, server, guard):
    """With the script as the web server hands it out, to a page of another origin."""
    more = f'endpoint="{genba.url}/"'
    script = f"{server.url}/static/feedback/genba.js"
    page = page_of(None)
    page.context.add_cookies(
        [{"name": "session", "value": "secret", "url": genba.url}]
    )  # which never goes along
    page.goto(host.page(feedback(genba.token("answer"), more=more), source=script))
    press(page, "Good answer")
    press(page, "Good answer")
    press(page, "Bad answer")
    good = page.get_by_role("button", name="Good answer")
    expect(good).to_have_attribute("aria-pressed", "false")
    press(page, "Comment")
    page.keyboard.type("Knives do not go anywhere.")
    press(page, "Send")
    expect(page.locator("#answer").get_by_role("status")).to_have_text("Thank you")
    expect(page.get_by_role("button", name="Comment")).to_be_focused()
    press(page, "Correct the answer")
    box = page.get_by_role("textbox", name="Correct the answer")
    expect(box).to_have_value("Knives go home. Boards too.")
    box.fill("Knives stay.")
    corrected = listen(page, "genba:correction")
    press(page, "Send")
    assert corrected() == [{"text": "Knives stay."}]
    press(page, "Comment")
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox")).to_be_hidden()
    until(page, lambda: genba.said("answer"), ["thumbs_up", "thumbs_down", "comment", "correction"])
    assert genba.value("answer", "comment") == {"text": "Knives do not go anywhere."}
    assert genba.value("answer", "correction") == {"text": "Knives stay."}


def test_what_is_done_and_seen(page_of, host, genba, guard):
    parts = [
        feedback(genba.token("answer"), more=f'actions="{ALL}"'),
        feedback(genba.token("draft"), "<p contenteditable>Dear customer</p>", 'actions="thumbs"'),
        feedback(genba.token("read"), "Only looked at."),
        '<p class="far">' + "<br>" * 200 + "</p>" + feedback(genba.token("below")),
    ]
    page = page_of(None, host.page("".join(parts)))
    expect(page.locator("#draft").get_by_role("button")).to_have_count(2)
    press(page, "Copy")
    page.locator("#answer b").dblclick()
    page.keyboard.press("Control+c")
    until(page, lambda: genba.said("answer"), ["copied", "copied"])
    assert [one["value"] for one in genba.events("answer")] == [{"characters": 27}, {"characters": 6}]
    asked = listen(page, "genba:download")
    press(page, "Download")
    assert asked() == [{"text": "Knives go home. Boards too."}]

    page.evaluate(
        """() => answer.addEventListener("genba:regenerate", (event) => event.detail.respondWith(
             new Promise((done) => { window.answerNow = done })))"""
    )
    look(page)
    press(page, "Bad answer")
    again = page.locator("#answer").get_by_role("button", name="New answer")
    again.click()
    expect(again).to_be_disabled()
    page.evaluate("answerNow({ token: 'token-of-second', interaction: 'second' })")
    expect(again).to_be_enabled()
    expect(page.locator("#answer [aria-pressed=true]")).to_have_count(0)  # nobody has judged this one
    press(page, "Good answer")
    until(page, lambda: genba.said("second"), ["thumbs_up"])

    page.get_by_text("Dear customer").click()
    page.keyboard.press("End")
    page.keyboard.type("s,")
    look(page)
    page.goto(host.page("elsewhere"))
    # What is sent while a page goes comes in whatever order.
    until(page, lambda: sorted(genba.said("draft")), ["edited_in_place", "viewed"])
    until(page, lambda: sorted(genba.said("read")), ["left", "viewed"])
    until(page, lambda: genba.said("second"), ["thumbs_up", "viewed"])
    assert genba.said("answer") == ["copied", "copied", "downloaded", "thumbs_down", "regenerated", "viewed"]
    assert genba.said("below") == []
    assert genba.value("draft", "edited_in_place") == {"text": "Dear customers,", "edit_distance": 2}
    new = genba.value("answer", "regenerated")
    assert (new["new"], new["dwell_ms"] <= genba.value("answer", "viewed")["dwell_ms"]) == ("second", True)


def test_an_answer_that_can_be_edited_is_copied_and_replaced_like_any_other(page_of, host, genba):
    page = page_of(
        None,
        host.page(feedback(genba.token("answer"), "<p contenteditable>Old one</p>", f'actions="{ALL}"')),
    )
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, "Copy")
    until(page, lambda: genba.said("answer"), ["copied"])
    assert page.evaluate("navigator.clipboard.readText()") == "Old one"
    page.evaluate(
        """() => answer.addEventListener("genba:regenerate", (event) => {
             answer.querySelector("p").textContent = "New one";
             event.detail.respondWith({ token: "token-of-second", interaction: "second" });
           })"""
    )
    page.get_by_text("Old one").click()
    press(page, "New answer")
    until(page, lambda: genba.said("answer")[:2], ["copied", "regenerated"])
    press(page, "Good answer")
    until(page, lambda: genba.said("second"), ["thumbs_up"])  # and no edit, for nobody edited it


def test_everybody_can_use_them_under_the_strictest_policy(page_of, host, genba):
    """No inline style, no HTML of texts; a screen reader, Korean, right to left, a phone."""
    values = ("Home > Kitchen > Knives", "Home > Kitchen > Boards")
    parts = [
        suggest(genba.token("one"), select("a", *values), values[0], values[1:]),
        suggest(genba.token("own"), "", values[0], (), 'name="own" aria-label="Shelf"'),
    ]
    body = form(*parts) + feedback(genba.token("answer"), more=f'actions="{ALL}"')
    page = page_of(None, host.page(body, strict=True))
    page.evaluate("own.options = ['Home > Kitchen > Knives', 'Tea']")
    press(page, "Bad answer")
    press(page, "Comment")
    page.get_by_role("textbox", name="Comment").fill("no")
    page.locator("#one").get_by_role("button", name="Search all values").click()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#one [aria-selected=true]")).to_have_count(1)
    assert problems_in_both(page) == []

    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = page_of(None, host.page(body, strict=True, language="ko", direction="rtl"), **phone)
    page.locator("#one").get_by_role("button", name="모든 값 검색").tap()
    expect(page.locator("#one [role=option]")).to_have_count(2)
    assert too_wide(page, 360) is None
    assert problems(page) == []
    small = page.evaluate(
        """() => [...document.querySelectorAll("genba-suggest, genba-feedback")]
          .flatMap(e => [...e.shadowRoot.querySelectorAll("button, input, li")])
          .filter(e => e.checkVisibility() && (e.offsetHeight < 44 || e.offsetWidth < 44)).map(e => e.outerHTML)"""
    )
    assert small == []
