"""Markdown as HTML: no HTML passes through, no image is fetched, links show where they lead."""

import re
from collections.abc import Sequence
from typing import Any

import nh3
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from annotator.web.payload import links
from annotator.web.payload.budget import Budget
from annotator.web.payload.markup import Html, element, escape
from annotator.web.payload.plain import code_html

_BLOCKS = ("blockquote", "details", "div", "hr", "li", "ol", "p", "pre", "summary", "ul")
_TABLE = ("table", "tbody", "td", "th", "thead", "tr")
_INLINE = ("a", "br", "code", "del", "em", "span", "strong")
TAGS = frozenset({*_BLOCKS, *_TABLE, *_INLINE})
ATTRIBUTES = {
    "*": {"class", "dir"},
    "a": {"href", "title"},
    "span": {"title"},
    "ol": {"start"},
    "li": {"value"},
    "div": {"tabindex", "role", "aria-label"},
}
REL = "noopener noreferrer nofollow"
_SIDES = {"text-align:right": "payload-end", "text-align:center": "payload-middle"}
_DIRECTED = frozenset(f"{name}_open" for name in ("paragraph", "bullet_list", "ordered_list", "blockquote"))

_LINE_SIGNS = re.compile(r" {0,3}(#{1,6} +\S|```|~~~|> +\S)")
_LIST_SIGNS = re.compile(r" {0,12}([-*+]|\d{1,3}[.)]) +\S")
_INLINE_SIGNS = re.compile(
    r"\*\*[^\s*][^*\n]{0,150}\*\*|(?<!`)`[^`\n]{1,300}`(?!`)|\[[^\]\n]{0,150}\]\([^)\s]{3}|<https?://"
)
_RULE_CHARACTERS = frozenset("|:- \t")


def looks_like_markdown(text: str) -> bool:
    """Whether rendering it helps. Anything else is shown as typed, where no space is lost."""
    items = 0
    for line in text.splitlines()[:2_000]:
        if _LINE_SIGNS.match(line):
            return True
        items += _LIST_SIGNS.match(line) is not None
        if items == 2 or ("|" in line and "--" in line and _RULE_CHARACTERS.issuperset(line)):
            return True
    return _INLINE_SIGNS.search(text) is not None


def markdown_html(text: str, budget: Budget) -> Html:
    html = nh3.clean(
        _parser.render(text, {"budget": budget}),
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(links.SCHEMES),
        link_rel=REL,
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return element("div", Html(html), css="payload-markdown", more='dir="auto"')


class _Renderer(RendererHTML):
    """Writes marks for unseen characters; headings stay out of the page's own outline."""

    def text(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: Any) -> str:
        return escape(tokens[at].content, env["budget"])

    def code_inline(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: Any) -> str:
        return element("code", escape(tokens[at].content, env["budget"]))

    def fence(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: Any) -> str:
        token = tokens[at]
        return code_html(token.content.rstrip("\n"), env["budget"], language=token.info.strip())

    def image(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: Any) -> str:
        token = tokens[at]
        return image_mark(token.content, str(token.attrs.get("src", "")), env["budget"])

    def payload_host(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: Any) -> str:
        return element("span", escape(tokens[at].content, env["budget"]), css="payload-host")

    def table_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: Any) -> str:
        label = escape(_("Table"), env["budget"])
        return (
            f'<div class="payload-table" tabindex="0" role="region" aria-label="{label}"><table dir="auto">\n'
        )

    def table_close(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: Any) -> str:
        return "</table></div>\n"


def image_mark(alt: str, address: str, budget: Budget) -> Html:
    """Instead of an image: what it is called and where it lies. Nothing is fetched."""
    words = _("Image, not loaded: %(name)s") % {"name": alt or _("without a description")}
    inner = element("span", escape(words, budget), css="payload-image")
    if not links.allowed(address):
        return inner
    host = element("span", escape(links.shown_host(address), budget), css="payload-host")
    href = f'href="{escape(address, budget)}" rel="{REL}" target="_blank"'
    return Html(f"{element('a', inner, more=href)}{host}")


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's name
        return links.allowed(url)


def _dress(state: StateCore) -> None:
    """After parsing: directions, classes for styles, hosts behind links, numbers as they were typed."""
    _number(state.tokens)
    for token in state.tokens:
        if token.type in _DIRECTED and token.level == 0:  # inner ones would hide their text from it
            token.attrSet("dir", "auto")
        elif token.type in {"heading_open", "heading_close"}:
            if token.nesting == 1:
                token.attrs = {"class": f"payload-{token.tag}", "dir": "auto"}
            token.tag = "p"
        elif token.type in {"th_open", "td_open"}:
            side = _SIDES.get(str(token.attrs.pop("style", "")))
            if side:
                token.attrSet("class", side)
        elif token.children:
            token.children = _with_hosts(token.children)


def _number(tokens: Sequence[Token]) -> None:
    """A list's items keep their own numbers: CommonMark makes 1. 2. 1. 2. one list that counts to 4."""
    due: list[int] = []  # the number that the browser would give, by depth
    for token in tokens:
        if token.type == "ordered_list_open":
            due.append(int(token.attrs.get("start", 1)))
        elif token.type == "ordered_list_close":
            due.pop()
        elif token.type == "list_item_open" and token.info:
            if int(token.info) != due[-1]:
                token.attrSet("value", token.info.lstrip("0") or "0")
            due[-1] = int(token.info) + 1


def _with_hosts(tokens: list[Token]) -> list[Token]:
    dressed: list[Token] = []
    address, words = "", ""
    for token in tokens:
        dressed.append(token)
        if token.type == "link_open":
            address, words = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close":
            if words.strip() != address:
                dressed.append(Token("payload_host", "", 0, content=links.shown_host(address)))
        else:
            words += token.content
    return dressed


def _made() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "breaks": True}, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"])
    # Indents are no code here; definitions and entities would hide what was typed.
    parser.disable(["code", "reference", "entity", "html_block", "html_inline"])
    parser.core.ruler.push("payload", _dress)
    return parser


_parser = _made()
