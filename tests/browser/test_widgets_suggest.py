"""`<genba-suggest>` in somebody else's form: what a person does with a suggestion, and what Genba hears of it."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hosts import form, select, suggest, text
from tests.browser.widgets import LOST, listen, until

KNIVES, BOARDS, SHEARS = "Home > Kitchen > Knives", "Home > Kitchen > Boards", "Garden > Shears"
VALUES = (KNIVES, BOARDS, SHEARS)
MANY = [f"Shelf {n // 100} > Box {n}" for n in range(5000)] + ["Café > Crème brûlée", "차 > 녹차"]


def seen(page: Page, genba, *interactions: str) -> None:
    """Until all of them were in view for long enough."""
    until(page, lambda: [genba.said(one) for one in interactions], [["shown"]] * len(interactions))


@pytest.fixture
def page(page_of) -> Page:
    return page_of(None, viewport={"width": 1280, "height": 1400})


def test_each_way_to_answer(page, host, genba):
    parts = [
        suggest(genba.token("accepted"), select("a", *VALUES), KNIVES, (BOARDS,)),
        suggest(
            genba.token("alternative"), select("b", *VALUES), KNIVES, (BOARDS, SHEARS, "Not > In > Here")
        ),
        suggest(genba.token("searched"), select("c"), MANY[7], (MANY[8],)),
        suggest(genba.token("rejected"), select("d", *VALUES), KNIVES),
        suggest(genba.token("other"), select("e", *VALUES), KNIVES),
        suggest(genba.token("nothing"), select("f", *VALUES), KNIVES),
        suggest(genba.token("retyped"), text("g"), "A folding knife of steel"),
        suggest(genba.token("hidden"), text("h")),
        suggest(genba.token("unknown"), select("i", *VALUES), "Not > In > Here"),
        suggest(genba.token("own"), "", KNIVES, (BOARDS,), 'name="own" aria-label="Shelf"'),
    ]
    page.goto(host.page(form(*parts)))
    page.evaluate(
        "all => { searched.options = all.slice(0, -1); own.options = all.slice(-3) }", [*MANY, KNIVES]
    )
    names = ("accepted", "alternative", "searched", "rejected", "other", "nothing", "retyped", "own")
    seen(page, genba, *names)
    assert genba.said("hidden") == genba.said("unknown") == []
    expect(page.locator("#unknown").get_by_role("button", name="Accept:")).to_have_count(0)

    offer = page.locator("#accepted").get_by_role("button", name="Accept: Home › Kitchen › Knives 83%")
    offer.click()
    expect(offer).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#alternative").get_by_role("button", name="Accept:")).to_have_count(3)
    page.locator("#alternative").get_by_role("button", name="Kitchen › Boards").click()
    page.locator("#searched").get_by_role("button", name="Search all values").click()
    page.keyboard.type("creme b")
    expect(page.locator("#searched [role=option]")).to_have_text(["Café › Crème brûlée"])
    page.keyboard.press("Enter")
    expect(page.locator("select[name=c]")).to_be_focused()
    page.locator("#rejected").get_by_role("button", name="Reject").click()
    page.locator("select[name=e]").select_option(SHEARS)
    page.locator("input[name=g]").focus()
    page.keyboard.press("Alt+Enter")
    page.keyboard.press("End")
    page.keyboard.type("!")
    page.locator("input[name=h]").fill("By myself")
    page.locator("select[name=i]").select_option(BOARDS)
    own = page.get_by_role("combobox", name="Shelf")
    own.fill("녹")
    own.press("Enter")
    expect(own).to_have_value("차 > 녹차")

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    [posted] = host.posted
    assert {name: value for name, [value] in posted.items()} == {
        "a": KNIVES, "b": BOARDS, "c": "Café > Crème brûlée", "d": "", "e": SHEARS, "f": "",
        "g": "A folding knife of steel!", "h": "By myself", "i": BOARDS, "own": "차 > 녹차",
    }  # fmt: skip
    until(page, lambda: genba.said("hidden") + genba.said("unknown"), ["ignored", "ignored"])
    last = {name: (genba.said(name)[1:], genba.events(name)[-1]["value"]) for name in names}
    times = [value.pop("ms") for _, value in last.values()]
    assert all(isinstance(ms, int) and ms >= 500 for ms in times)
    assert last == {
        "accepted": (["accepted"], {"value": KNIVES}),
        "alternative": (["edited"], {"value": BOARDS, "suggested": KNIVES}),
        "searched": (["edited"], {"value": "Café > Crème brûlée", "suggested": MANY[7]}),
        "rejected": (["rejected"], {}),
        "other": (["ignored"], {"value": SHEARS}),
        "nothing": (["ignored"], {}),
        "retyped": (
            ["accepted", "edited"],
            {
                "value": "A folding knife of steel!",
                "suggested": "A folding knife of steel",
                "edit_distance": 1,
            },
        ),
        "own": (["edited"], {"value": "차 > 녹차", "suggested": KNIVES}),
    }
    assert genba.value("hidden", "ignored") == {"value": "By myself"}  # and no time: nothing was seen


def test_a_change_of_mind_and_keys_that_stay_the_pages_own(page, host, genba):
    listed = '<datalist id="all"><option>Knife<option>Board<option>Bread bin</datalist>'
    parts = [
        suggest(genba.token("one"), select("a", *VALUES), KNIVES),
        suggest(genba.token("two"), text("b", 'list="all"') + listed, "Knife", ("Board",)),
        suggest(genba.token("three"), text("c"), "Tea", (), 'options-src="/all.json" no-key'),
    ]
    host.pages["/all.json"] = (json.dumps(MANY), {"Content-Type": "application/json"})
    page.goto(host.page(form(*parts)))
    verdicts = listen(page, "genba:verdict")
    seen(page, genba, "one", "two")
    choices = page.locator("#one")
    choices.get_by_role("button", name="Accept:").click()
    choices.get_by_role("button", name="Reject").click()
    expect(page.locator("select")).to_have_value("")
    choices.get_by_role("button", name="Accept:").click()
    assert [(one["kind"], one.get("value"), one["suggested"]) for one in verdicts()] == [
        ("accepted", KNIVES, KNIVES), ("rejected", None, KNIVES), ("accepted", KNIVES, KNIVES),
    ]  # fmt: skip

    field = page.locator("input[name=b]")
    page.locator("select").focus()
    page.keyboard.press("Alt+Enter")  # it stands there already
    for _ in range(3):
        page.keyboard.press("Tab")  # over both buttons and the search, to the next field
    field.press("b")
    options = page.locator("#two [role=option]")
    expect(options).to_have_text(["Board", "Bread bin"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#two").get_by_role("status")).to_have_text("Bread bin")
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(field).to_have_value("b")
    page.keyboard.press("Tab")
    expect(field).not_to_be_focused()
    last = page.locator("input[name=c]")
    with page.expect_response("**/all.json"):
        last.focus()
    page.keyboard.press("Alt+Enter")  # of no effect: the page does not want it, and there is no tea
    last.press_sequentially("box 4999")
    expect(page.locator("#three [role=option]")).to_have_text(["Shelf 49 › Box 4999"])
    last.fill("")
    field.focus()
    page.keyboard.press("Enter")  # sends the form, as always
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    assert host.posted == [{"a": [KNIVES], "b": ["b"], "c": [""]}]
    until(page, lambda: genba.said("one"), ["shown", "accepted", "rejected", "accepted"])
    until(page, lambda: genba.said("two"), ["shown", "ignored"])
    assert len({one["event_id"] for one in genba.events("one")}) == 4


def test_asked_while_typing(page, host, genba, guard):
    """The newest answer counts; without one the form goes on."""
    guard.allow(LOST)
    answers = {"Kni": KNIVES, "Knife": BOARDS, "Knife\nsharp": SHEARS}
    element = f'<genba-suggest id="it" src="/suggest" from="title text">{select("category", *VALUES)}</genba-suggest>'
    page.goto(host.page(form(text("title"), text("text"), element)))
    host.suggesting = lambda given: {
        "id": given, "value": answers.get(given), "confidence": 0.5, "alternatives": [], "token": genba.token(given[-3:]),
    }  # fmt: skip
    save = page.get_by_role("button", name="Save")
    before = save.bounding_box()
    page.get_by_label("title").fill("Kni")
    offer = page.locator("#it").get_by_role("button", name="Accept:")
    expect(offer).to_contain_text("Knives")
    assert save.bounding_box() == before  # nothing has jumped
    page.evaluate(
        """() => { const ask = it.ask; it.ask = (input) => input === "Knife"
             ? new Promise((done) => { window.answerLate = () => done(ask.call(it, input)) }) : ask.call(it, input) }"""
    )
    page.get_by_label("title").fill("Knife")
    page.wait_for_function("() => window.answerLate")
    page.get_by_label("text").fill("sharp")
    expect(offer).to_contain_text("Shears")
    with page.expect_response("**/suggest"):
        page.evaluate("answerLate()")
    expect(offer).to_contain_text("Shears")
    until(page, lambda: genba.said("arp"), ["shown"])

    host.stop()
    with page.expect_event("console"):
        page.get_by_label("text").fill("nothing")
    expect(offer).to_be_hidden()
    host.start()
    page.get_by_label("text").fill("sharp")
    offer.click()
    assert page.evaluate("it.final") == SHEARS


def test_leaving_without_an_answer(page, host, genba):
    parts = [
        suggest(genba.token("typed"), text("a"), "A folding knife"),
        suggest(genba.token("left"), text("b"), "A folding knife"),
        '<p class="far">' + "<br>" * 200 + "</p>",
        suggest(genba.token("below"), text("c"), "A folding knife"),
    ]
    page.goto(host.page(form(*parts)))
    seen(page, genba, "typed", "left")
    page.locator("input[name=a]").fill("A folding knife, old")
    page.goto(host.page("elsewhere"))
    until(page, lambda: genba.said("typed"), ["shown", "edited"])
    until(page, lambda: genba.said("left"), ["shown", "ignored"])
    assert genba.said("below") == []


def test_what_is_not_known_or_no_value_is_not_shown_nor_posted(page, host, genba):
    parts = [
        suggest(genba.token("rule"), select("a", *VALUES), KNIVES).replace('"0.83"', '""'),
        suggest(genba.token("text"), text("b"), "A knife", (), 'alternatives=""'),
        suggest(genba.token("own"), "", KNIVES, (BOARDS,), 'name="own" aria-label="Shelf" required'),
    ]
    page.goto(host.page(form(*parts)))
    page.evaluate("all => { own.options = all }", [*VALUES])
    seen(page, genba, "rule", "text", "own")
    expect(page.locator("#rule").get_by_role("button", name="Accept:")).not_to_contain_text("%")
    expect(page.locator("#text").get_by_role("button", name="Accept:")).to_have_count(1)
    expect(page.locator("#own").get_by_role("status")).to_have_text(
        "Accept: Home › Kitchen › Knives 83% Alt+Enter"
    )
    own = page.get_by_role("combobox", name="Shelf")
    own.fill("knife")
    expect(page.locator("#own").get_by_role("status")).to_have_text("Results: 0")
    own.press("Enter")
    expect(own).to_have_value("")
    assert page.evaluate("[document.title, own.matches(':invalid')]") == ["A shop", True]
    assert host.posted == []
