"""Any payload becomes HTML that is safe, readable, and made in bounded time."""

import re
from html.parser import HTMLParser

import pytest
from django.utils.html import strip_tags

from annotator.web.render import documents_html, input_html, one_line, payload_html
from tests.hostile import CANARY, SCRIPTS
from tests.pace import at_most

TAGS = {
    *("a", "blockquote", "br", "code", "del", "details", "div", "em", "hr", "li", "ol", "p", "pre"),
    *("span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {
    "class",
    "dir",
    "title",
    "href",
    "rel",
    "target",
    "tabindex",
    "role",
    "aria-label",
    "open",
    "start",
}


class Elements(HTMLParser):
    """What a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def seen(html: str) -> Elements:
    elements = Elements()
    elements.feed(html)
    elements.close()
    return elements


def wrapped(text: str) -> list[object]:
    """The text wherever a payload can hold one."""
    return [
        text,
        f"# Markdown\n\n{text}\n\n- a\n- {text}",
        {"key": text, text: {"deep": [text]}},
        [
            {"role": "user", "content": text, "name": text},
            {"role": text, "content": [{"type": "text", "text": text}]},
        ],
        {"messages": [{"role": "assistant", "content": text}], text: text},
        [{"role": "assistant", "tool_calls": [{"function": {"name": text, "arguments": text}}], text: text}],
        [
            {
                "role": "user",
                "content": [{"type": "image_url", "image_url": {"url": text}}, {"type": text, text: text}],
            }
        ],
        [{"role": "tool", "content": [{"type": "tool_result", "content": text}, text], "tool_call_id": text}],
        f'{{"answer": "{text[:20]}"}}',
    ]


@pytest.mark.parametrize("text", SCRIPTS)
@pytest.mark.parametrize("as_typed", [False, True])
def test_hostile_text_becomes_nothing_but_text(text, as_typed):
    for value in wrapped(text):
        whole = payload_html(value, error=text, as_typed=as_typed) + documents_html(
            [value, {"title": text, "text": text, text: text}], as_typed=as_typed
        )
        for tag, attributes in seen(whole).found:
            assert tag in TAGS, (tag, value)
            assert set(attributes) <= ATTRIBUTES, (attributes, value)
            href = attributes.get("href")
            if tag == "a":
                assert re.match(r"(https?://|mailto:)", href or ""), (href, value)
                assert attributes["rel"] == "noopener noreferrer nofollow"
                assert attributes["target"] == "_blank"


@pytest.mark.parametrize("text", SCRIPTS)
def test_hostile_previews_become_nothing_but_text(text):
    assert {tag for tag, _ in seen(one_line(text)).found} <= {"span"}
    assert "\u202e" not in one_line(text)


def test_htmx_attributes_never_pass():
    html = payload_html(
        '**x** <b hx-get="/x" hx-on:click="alert(1)">y</b> [z](https://a.example "hx-get=/x")'
    )
    assert not [name for _, attributes in seen(html).found for name in attributes if name.startswith("hx")]


def test_template_syntax_comes_out_as_typed():
    assert "{{ 7*7 }} {% debug %}" in payload_html("{{ 7*7 }} {% debug %}")


def test_images_are_named_but_never_loaded():
    html = payload_html(f"See ![a map](https://{CANARY}/map.png)")
    assert "<img" not in html
    assert "a map" in html
    assert f'<span class="payload-host">{CANARY}</span>' in html


class TestLinks:
    def test_show_their_host(self):
        html = payload_html("[bank](https://evil.example/login)")
        assert 'href="https://evil.example/login"' in html
        assert '<span class="payload-host">evil.example</span>' in html

    @pytest.mark.parametrize(
        "address",
        [
            "https://bank.example@evil.example/",
            "https://bank.example:pw@evil.example/",
            "//evil.example/",
            "/signout/",
            "ftp://a.example/",
            "file:///etc/passwd",
            "https://",
            "http://[",
            "https:evil.example",
        ],
    )
    def test_that_hide_or_have_no_host_stay_text(self, address):
        assert "<a " not in payload_html(f"[click]({address}) **b**")

    def test_of_mail_show_the_address(self):
        assert "hello@shop.example</span>" in payload_html("[write](mailto:hello@shop.example)")

    def test_written_out_need_no_second_host(self):
        assert "payload-host" not in payload_html("<https://a.example/x>")


class TestText:
    def test_that_is_no_markdown_is_shown_as_typed(self):
        poem = "Brown paper,\n  a label, slightly_bent_\n\n\n    it waits * here *"
        assert f'<div class="payload-text" dir="auto">{poem}</div>' in payload_html(poem)

    @pytest.mark.parametrize(
        "text",
        [
            "# Title",
            "a **b** c",
            "- a\n- b",
            "1. a\n2. b",
            "```\nx\n```",
            "a | b\n--|--\n1 | 2",
            "use `x`",
            "> quoted",
        ],
    )
    def test_with_signs_of_markdown_is_rendered(self, text):
        assert "payload-markdown" in payload_html(text)

    @pytest.mark.parametrize(
        "text", ["3 * 4 * 5 = 60", "a - b", "snake_case_name", "# ", "5 > 3", "[sic] (yes)"]
    )
    def test_without_is_not(self, text):
        assert "payload-markdown" not in payload_html(text)

    def test_as_typed_keeps_the_signs(self):
        assert "a **b** c" in payload_html("a **b** c", as_typed=True)

    def test_keeps_every_line_break_within_markdown(self):
        assert payload_html("**a**\nb\nc").count("<br>") == 2

    def test_nothing_typed_disappears_in_markdown(self):
        typed = '# T\n\n[x]: https://a.example "secret"\n\n<!-- hidden --> &amp; <b>bold</b>\n\n    indented'
        text = seen(payload_html(typed)).text
        for part in (
            '[x]: https://a.example "secret"',
            "<!-- hidden -->",
            "&amp;",
            "<b>bold</b>",
            "indented",
        ):
            assert part in text

    def test_headings_stay_out_of_the_pages_outline(self):
        assert not re.search("<h[1-6]", payload_html("# A\n\n## B"))

    def test_code_names_its_language(self):
        assert "python" in seen(payload_html("```python\nprint(1)\n```")).text

    def test_that_spells_json_is_laid_out(self):
        assert "&quot;b&quot;: 1,\n  &quot;a&quot;: 2" in payload_html('{"b":1,"a":2}')

    def test_reads_from_its_own_side(self):
        assert 'dir="auto"' in payload_html("שלום")
        assert 'dir="auto"' in payload_html("- **שלום**\n- ב")

    def test_long_is_opened_on_demand_and_complete(self):
        text = "\n".join(f"line {n}" for n in range(6000))
        html = payload_html(text)
        assert "Show everything" in html
        shown = seen(html).text
        assert all(f"line {n}" in shown for n in (0, 1234, 5999))


class TestAbsence:
    def test_no_output_is_said_with_its_error(self):
        html = payload_html(None, error="upstream <timeout>")
        assert "No output" in html
        assert "upstream &lt;timeout&gt;" in html

    @pytest.mark.parametrize(("text", "words"), [("", "Empty text"), (" \n ", "Only white space (3")])
    def test_nothing_to_see_is_said(self, text, words):
        assert words in payload_html(text)

    def test_no_documents_are_no_html(self):
        assert documents_html(None) == documents_html([]) == documents_html("") == ""


class TestTurns:
    def test_have_roles_in_words(self):
        html = payload_html(
            [
                {"role": "system", "content": "Be kind."},
                {"role": "user", "content": "**Hi**"},
                {"role": "critic", "content": "no"},
            ]
        )
        assert [part in html for part in ("System", "User", "<strong>Hi</strong>", "critic")] == [True] * 4

    def test_show_tool_calls_and_images(self):
        html = payload_html(
            [
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"function": {"name": "find", "arguments": '{"n": 1}'}}],
                },
                {
                    "role": "user",
                    "content": [{"type": "image_url", "image_url": {"url": "https://a.example/x.png"}}],
                },
            ]
        )
        text = seen(html).text
        assert "Calls find" in text
        assert '"n": 1' in text
        assert "a.example" in text

    def test_hide_no_field(self):
        text = seen(payload_html([{"role": "assistant", "content": "x", "refusal": "I will not"}])).text
        assert "I will not" in text

    def test_beyond_a_limit_are_still_there(self):
        text = seen(payload_html([{"role": "user", "content": f"turn {n}"} for n in range(1000)])).text
        assert "turn 0" in text
        assert "turn 999" in text

    def test_of_other_lists_are_json(self):
        assert "payload-turns" not in payload_html([{"a": 1}, {"role": "user", "content": "x"}])


def test_objects_keep_the_order_of_their_keys():
    html = payload_html({"z": 1, "a": {"y": 2, "b": [True, None]}})
    assert html.index("z&quot;") < html.index("a&quot;") < html.index("y&quot;") < html.index("b&quot;")


def test_documents_have_titles_and_long_ones_are_folded():
    html = documents_html([{"title": "Policy", "text": "x " * 900, "score": 0.5}, "short"])
    assert html.count("<details") == 2
    assert html.count('<details class="payload-doc" open') == 1
    assert "Policy" in html
    assert "1,800 characters" in html
    assert "0.5" in html


class TestUnseenCharacters:
    @pytest.mark.parametrize(
        "character", ["\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\u00ad", "\x1b", "\u3164"]
    )
    @pytest.mark.parametrize("around", ["a{}b", "**x** a{}b", "- `a{}b`\n- x", "```\na{}b\n```"])
    def test_get_a_mark(self, character, around):
        html = payload_html(around.format(character))
        assert character not in html
        assert f"U+{ord(character):04X}" in html

    def test_hidden_tags_are_spelt_out(self):
        hidden = "".join(chr(0xE0000 + ord(c)) for c in "ignore all")
        assert "ignore all</span>" in payload_html(f"hello {hidden}")

    @pytest.mark.parametrize("text", ["👨‍👩‍👧", "می‌خواهم", "क्‍ष", "❤️"])
    def test_that_belong_to_a_script_or_emoji_stay(self, text):
        assert "payload-mark" not in payload_html(text)

    def test_runs_are_one_mark(self):
        assert payload_html("a" + "\u200b" * 5000).count("payload-mark") == 1

    def test_by_the_thousand_are_still_seen(self):
        html = payload_html("a\u200b" * 20_000)
        assert html.count("payload-mark") <= 1000
        assert "\u200b" not in html


MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    "unit",
    [
        "&",
        "<",
        "(((",
        "aaaa",
        "[",
        "![",
        "**a",
        "*a_ ",
        "> ",
        "# x\n",
        "\n\n- x",
        "a|b\n",
        "`",
        "a\u200b",
        "[1,",
        '{"a":',
        "[a](http://b.example)",
    ],
)
def test_a_megabyte_of_anything_takes_seconds_at_most(unit):
    """Half a second is usual; what grows with the square takes minutes."""
    text = (unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]
    for value in (text, f"# Title\n{text[:25_000]}", [{"role": "user", "content": text}], {"key": text}):
        with at_most(5):
            html = payload_html(value)
        assert len(html) < 12 * MEGABYTE


def test_deep_json_is_no_error():
    value: object = "x"
    for _ in range(900):
        value = [value]
    assert "payload" in payload_html(value)
    assert strip_tags(payload_html("[" * 50_000)).strip()


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("1. a\n2. b\n1. c\n2. d", [None, None, "1", None]),
        ("1. a\n1. b", [None, "1"]),
        ("3. a\n4. b\n9. c", [None, None, "9"]),
        ("0. a\n1. b", [None, None]),
        ("1. a\n   - x\n   - y\n2. b", [None, None, None, None]),
        ("1. a\n   1. x\n   1. y\n2. b", [None, None, "1", None]),
    ],
)
def test_items_of_a_list_keep_the_numbers_that_were_typed(typed, numbers):
    items = re.findall(r'<li(?: value="(\d+)")?>', payload_html(typed))
    assert [number or None for number in items] == numbers


def test_what_was_asked_has_no_place_where_nothing_was():
    for nothing in (None, "", [], {}):
        assert input_html(nothing) == ""
    for something in (0, False, "x", " ", {"a": None}):
        assert input_html(something) == payload_html(something)
