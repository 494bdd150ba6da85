"""Two outputs side by side: answered by key, blind, read together and compared word by word."""

import pytest
from playwright.sync_api import Page, expect

from annotator.models import Label
from tests import hostile
from tests.annotator import asking
from tests.browser.labeling import path, press, wait_saved
from tests.browser.pairs import open_pairs, pair_queue, pane, standing, swapped, wait_for_pair

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
LONG = "\n\n".join(f"Paragraph {n} of this answer. " * 6 for n in range(40))


def scroll_top(page: Page, side: str) -> float:
    return pane(page, side).evaluate("pane => pane.scrollTop")


def test_answers_by_key_are_the_items_own_sides(project, annotator, page_of):
    queue = asking.pair_queue(project, items=12)
    page = open_pairs(page_of(annotator), queue)
    given = {}
    for n, key in enumerate(["a", "b", "t", "x", "ArrowLeft", "ArrowRight"] * 2):
        wait_for_pair(page, n)
        turned = swapped(page)
        expect(pane(page, "A")).to_have_text(f"{'Right' if turned else 'Left'} {n}")
        expect(pane(page, "B")).to_have_text(f"{'Left' if turned else 'Right'} {n}")
        sides = ["right", "left"] if turned else ["left", "right"]
        said = {"a": sides[0], "ArrowLeft": sides[0], "b": sides[1], "ArrowRight": sides[1]}
        given[f"pair-{n}"] = (said.get(key, {"t": "tie", "x": "both_bad"}.get(key)), turned)
        press(page, key)
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    assert standing(queue) == given
    assert {turned for _, turned in given.values()} == {True, False}, "chance turns some"


def test_buttons_skip_and_undo_speak_of_a_and_b(project, annotator, page_of):
    queue = asking.pair_queue(project, items=3)
    page = open_pairs(page_of(annotator), queue)
    page.wait_for_timeout(200)
    page.locator("[data-action=b]").click()
    wait_for_pair(page, 1)
    expect(page.get_by_role("button", name="B · undo")).to_be_enabled()
    press(page, "u")
    wait_for_pair(page, 0)
    press(page, "t")
    wait_for_pair(page, 1)
    press(page, "s")
    wait_for_pair(page, 2)
    wait_saved(page)
    rows = Label.objects.filter(queue=queue, superseded_by=None).order_by("item__position")
    assert list(rows.values_list("answer", flat=True)) == ["tie", "skip"]


def test_nothing_on_the_screen_says_who_wrote_what(project, annotator, page_of):
    queue = asking.pair_queue(project, items=2)
    page = page_of(annotator)
    with page.expect_response("**/claim?*") as claimed:
        open_pairs(page, queue)
    for name in ("kestrel", "heron"):
        assert name not in claimed.value.text()
        assert name not in page.content()


def test_long_texts_scroll_together_or_each_by_itself(project, annotator, page_of):
    queue = pair_queue(project, [("In 0", LONG, LONG + LONG)])
    page = open_pairs(page_of(annotator), queue)
    pane(page, "A").evaluate("pane => pane.scrollTo(0, (pane.scrollHeight - pane.clientHeight) / 2)")
    page.wait_for_timeout(150)
    shares = [
        pane(page, side).evaluate("pane => pane.scrollTop / (pane.scrollHeight - pane.clientHeight)")
        for side in "AB"
    ]
    assert shares == pytest.approx([0.5, 0.5], abs=0.01)
    assert page.evaluate("scrollY") == 0
    expect(page.locator("#question")).to_be_in_viewport()

    press(page, "l")
    expect(page.get_by_role("button", name="Scroll together")).to_have_attribute("aria-pressed", "false")
    before = scroll_top(page, "B")
    pane(page, "A").evaluate("pane => pane.scrollTo(0, 0)")
    page.wait_for_timeout(150)
    assert (scroll_top(page, "A"), scroll_top(page, "B")) == (0, before)


def test_keys_scroll_both_texts(project, annotator, page_of):
    queue = pair_queue(project, [("In 0", LONG, LONG)])
    page = open_pairs(page_of(annotator), queue)
    tops = [0.0]
    for key in ("ArrowDown", "j", "Space", "PageDown", "End"):
        press(page, key)
        page.wait_for_timeout(100)
        tops.append(scroll_top(page, "A"))
        assert scroll_top(page, "B") == pytest.approx(tops[-1], abs=2)
    assert tops == sorted(set(tops))
    press(page, "Home")
    page.wait_for_timeout(100)
    assert scroll_top(page, "A") == 0


def test_differences_are_marked_in_words_on_both_sides(project, annotator, page_of):
    left = "The bundle costs $50 a month for the first 20 customers."
    right = "The bundle costs $100 a month for the first 20 happy customers."
    queue = pair_queue(
        project, [("In 0", left, right), ("In 1", {"a": 1}, {"a": 2}), ("In 2", "Same.", "Same.")]
    )
    page = open_pairs(page_of(annotator), queue)
    at = {"left": "AB"[swapped(page)], "right": "BA"[swapped(page)]}
    press(page, "d")
    only = {side: pane(page, at[side]).locator(".label-only").all_inner_texts() for side in at}
    assert [text.strip() for text in only["left"]] == ["50"]
    assert [text.strip() for text in only["right"]] == ["100", "happy"]
    decoration = (
        pane(page, "A")
        .locator(".label-only")
        .first.evaluate("node => getComputedStyle(node).textDecorationLine")
    )
    assert decoration == "underline", "not by colour alone"

    press(page, "a")
    wait_for_pair(page, 1)  # what is shown stays until it is switched off
    assert {pane(page, side).locator(".label-only").inner_text() for side in "AB"} == {"1", "2"}
    press(page, "a")
    wait_for_pair(page, 2)
    expect(pane(page, "A")).to_contain_text("the same, word for word")
    press(page, "d")
    expect(pane(page, "A")).to_have_text("Same.")


def test_texts_too_different_to_compare_keep_the_screen_quick(project, annotator, page_of):
    left = " ".join(f"w{n * 7919 % 10007}" for n in range(20_000))
    right = " ".join(f"v{n * 6007 % 9973}" for n in range(20_000))
    queue = pair_queue(project, [("In 0", left, right)])
    page = open_pairs(page_of(annotator), queue)
    press(page, "d")
    expect(pane(page, "A")).to_contain_text("too much to be compared word by word")
    press(page, "t")
    expect(page.locator("#end")).to_be_visible()


def test_a_long_input_is_folded_and_a_key_away(project, annotator, page_of):
    queue = pair_queue(project, [(LONG, "Left", "Right"), ("In 1", "Left", "Right")])
    page = page_of(annotator, path(queue))
    given = page.locator("#stage .label-given")
    expect(given).to_be_visible()
    assert given.bounding_box()["height"] < 150
    for side in "AB":
        expect(pane(page, side)).to_be_in_viewport(ratio=0.99)
    press(page, "i")
    assert given.bounding_box()["height"] > 300
    press(page, "i")
    assert given.bounding_box()["height"] < 150
    page.wait_for_timeout(100)
    press(page, "t")
    wait_for_pair(page, 1)
    expect(page.get_by_role("button", name="Whole input")).to_be_hidden()


SHAPES = [
    ("nothing", "", None),
    ("right to left", "هذا نص عربي طويل بعض الشيء.", "זה טקסט בעברית."),
    ("code", "```python\nprint('x' * 200)\n" + "y = 1  # " + "long " * 60 + "\n```", "print(1)"),
    ("a table", "| a | b |\n|---|---|\n" + "| cell | " + "wide " * 40 + "|\n", "none"),
    ("JSON", {"list": list(range(60)), "text": "x" * 500}, ["a", {"b": None}]),
    ("one long word", "x" * 3000, "y" * 3000),
    ("markup", "<script>document.body.remove()</script><img src=x onerror=alert(1)>", "**bold**"),
]


@pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])
def test_every_shape_of_text_fits(project, annotator, page_of, device):
    pairs = [*((f"In {n}", left, right) for n, (_, left, right) in enumerate(SHAPES))]
    pairs += [(f"In {len(pairs) + n}", text, "Harmless.") for n, text in enumerate(hostile.SCRIPTS[:3])]
    queue = pair_queue(project, pairs)
    page = open_pairs(page_of(annotator, **device), queue)
    for n in range(len(pairs)):
        wait_for_pair(page, n)
        for look in ("", "d"):
            if look:
                press(page, look)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (n, look)
        press(page, "d")
        press(page, "abtx"[n % 4])
    wait_saved(page)
    assert len(standing(queue)) == len(pairs)


def test_on_a_phone_the_answers_lie_under_the_thumb(project, annotator, page_of):
    queue = pair_queue(project, [("In 0", LONG, LONG), ("In 1", "Left", "Right")])
    page = open_pairs(page_of(annotator, **PHONE), queue)
    for action in ("a", "b", "tie", "both_bad"):
        button = page.locator(f"[data-action={action}]")
        expect(button).to_be_in_viewport(ratio=1)
        assert button.bounding_box()["y"] > 740 / 2
    a, b = (page.locator(f"[data-action={side}]").bounding_box() for side in "ab")
    assert a["y"] == b["y"]
    assert a["x"] < b["x"]
    assert a["height"] >= 60

    page.evaluate("scrollTo({ top: 900, behavior: 'instant' })")
    page.locator("[data-goto=b]").tap()
    page.wait_for_timeout(150)
    box, head = pane(page, "B").bounding_box(), page.locator("#head").bounding_box()
    assert box["y"] < head["y"] + head["height"] < box["y"] + box["height"], "as far into B as before into A"
    page.locator("[data-goto=a]").tap()
    page.wait_for_timeout(150)
    box = pane(page, "A").bounding_box()
    assert box["y"] < head["y"] + head["height"] < box["y"] + box["height"]
    page.locator("[data-action=a]").tap()
    wait_for_pair(page, 1)


def test_a_screen_reader_hears_both_texts(project, annotator, page_of):
    queue = asking.pair_queue(project, items=2)
    page = open_pairs(page_of(annotator), queue)
    press(page, "t")
    wait_for_pair(page, 1)
    a, b = pane(page, "A").inner_text(), pane(page, "B").inner_text()
    expect(page.locator("#live")).to_have_text(f"2 of 2. Which is better?. A: {a}. B: {b}")


def test_how_long_the_machine_made_the_person_wait_is_stored(project, annotator, page_of):
    queue = asking.pair_queue(project, items=3)
    page = open_pairs(page_of(annotator), queue)
    for n in range(3):
        wait_for_pair(page, n)
        press(page, "t")
    wait_saved(page)
    first, *later = Label.objects.filter(queue=queue).order_by("pk").values_list("wait_ms", flat=True)
    assert first > 0, "the page had to be loaded"
    assert later == [0, 0], "the others were there before they were needed"
