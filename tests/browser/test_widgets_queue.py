"""Signals reach Genba once each, whatever happens on the way; the page around never notices."""

from playwright.sync_api import Page, expect

from tests.browser.hosts import feedback, form, suggest, text
from tests.browser.widgets import LOST, listen, press, until

STORED = "() => Object.keys(localStorage).length"
# Something cut, something older than a week, and more than anybody shall keep.
LEFT_BEHIND = """([url, old, many]) => {
  const keep = (id, token, at) => localStorage["genba:" + id] = JSON.stringify({
    key: "genba:" + id, at, url, token, record: { event_id: id, kind: "thumbs_up", occurred_at: "2026-01-01", value: {} } });
  localStorage["genba:cut"] = "{";
  keep("old", old, Date.now() - 8 * 864e5);
  for (let n = 0; n < 520; n++) keep("n" + n, many, Date.now() - 1e6 + n);
}"""
BLOCKED = """for (const name of ["localStorage", "indexedDB"])
  Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError") } });
  window.addEventListener("unhandledrejection", () => console.error("unhandled"));"""


def stored(page: Page) -> int:
    return page.evaluate(STORED)


def test_offline_and_back(page_of, host, genba, guard):
    guard.allow(LOST)
    page = page_of(None, host.page(feedback(genba.token("answer"))))
    press(page, "Good answer")
    until(page, lambda: genba.said("answer"), ["thumbs_up"])
    until(page, lambda: stored(page), 0)
    page.context.set_offline(True)
    press(page, "Bad answer")
    press(page, "Good answer")
    until(page, lambda: stored(page), 2)
    page.evaluate(LEFT_BEHIND, [f"{genba.url}/api/v1/signals", genba.token("old"), genba.token("many")])
    page.context.set_offline(False)
    until(page, lambda: genba.said("answer"), ["thumbs_up", "thumbs_down", "thumbs_up"])
    until(page, lambda: stored(page), 0)
    assert genba.said("old") == []
    assert len(genba.events("many")) == 498  # 500 with the two: the oldest went


def test_genba_stops_and_starts_again_with_a_reload_between(page_of, host, genba, guard):
    guard.allow(LOST)
    more = f'endpoint="{genba.url}"'
    body = form(suggest(genba.token("one"), text("a"), "Knife", (), more)) + feedback(
        genba.token("answer"), more=more
    )
    address = host.page(body, source=host.script())
    page = page_of(None, address)
    until(page, lambda: genba.said("one"), ["shown"])
    genba.stop()
    page.get_by_role("button", name="Accept:").click()
    press(page, "Bad answer")
    page.reload()
    other = page.context.new_page()
    other.goto(address)
    press(other, "Good answer")
    for one in (page, other):
        press(one, "Copy")
    genba.start()
    kinds = ["accepted", "shown", "shown", "shown"]
    until(page, lambda: sorted(genba.said("one")), kinds)
    until(page, lambda: [kind for kind in sorted(genba.said("answer")) if kind[0] in "ct"],
          ["copied", "copied", "thumbs_down", "thumbs_up"])  # fmt: skip
    until(page, lambda: stored(page), 0)
    ids = [event["event_id"] for event in genba.events("one") + genba.events("answer")]
    assert len(ids) == len(set(ids))


def test_busy_broken_and_expired(page_of, host, genba, guard):
    guard.allow("Failed to load resource", r"answer 503")
    page = page_of(None, host.page(feedback(genba.token("answer")) + feedback("expired")))
    told = listen(page, "genba:delivered")
    for status in (429, 503):
        genba.answer_with(status)
        press(page, "Good answer" if status == 429 else "Bad answer")
        until(page, lambda status=status: status in [one["status"] for one in told()], True)
        assert stored(page) > 0
    genba.answer_with(0)
    until(page, lambda: genba.said("answer"), ["thumbs_up", "thumbs_down"])

    press(page, "Good answer", "expired")
    until(page, lambda: [one["status"] for one in told()][-1], 401)
    press(page, "Bad answer", "expired")
    press(page, "Comment")
    page.keyboard.type("no")
    press(page, "Send")
    until(page, lambda: genba.said("answer")[-1], "comment")
    until(page, lambda: stored(page), 0)
    assert [one["status"] for one in told()].count(401) == 1


def test_a_page_that_may_not_store_and_one_without_genba(page_of, host, genba, guard):
    guard.allow(LOST, "Failed to load resource")
    page = page_of(None)
    page.add_init_script(BLOCKED)
    page.goto(
        host.page(form(suggest(genba.token("one"), text("a"), "Knife")) + feedback(genba.token("answer")))
    )
    genba.answer_with(503)
    guard.allow("answer 503")
    press(page, "Good answer")
    page.get_by_role("button", name="Accept:").click()
    genba.answer_with(0)
    until(page, lambda: genba.said("answer"), ["thumbs_up"])
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    until(page, lambda: genba.said("one"), ["shown", "accepted"])

    genba.stop()
    page.goto(
        host.page(form(suggest(genba.token("two"), text("a"), "Knife")) + feedback(genba.token("answer")))
    )
    page.get_by_label("a").fill("Board")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    assert host.posted == [{"a": ["Knife"]}, {"a": ["Board"]}]
    genba.start()
