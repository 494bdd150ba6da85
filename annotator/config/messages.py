"""Which texts are to be translated: found in the code and the templates as Django looks them up.

Not by the gettext programs, which a bare machine does not have, and not by patterns: Python
is parsed, templates are compiled, and each translating call or tag tells its own text.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.template import Context, Engine
from django.template.base import Lexer, Template, TokenType
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from annotator.config.paths import ROOT

LANGUAGES = {
    "en": "nplurals=2; plural=(n != 1);",
    "ko": "nplurals=1; plural=0;",
}
# The number of texts that each function takes, and whether a context stands before them.
FUNCTIONS = {
    "_": (1, False),
    "gettext": (1, False),
    "gettext_lazy": (1, False),
    "gettext_noop": (1, False),
    "ngettext": (2, False),
    "ngettext_lazy": (2, False),
    "pgettext": (1, True),
    "pgettext_lazy": (1, True),
    "npgettext": (2, True),
    "npgettext_lazy": (2, True),
}


@dataclass(frozen=True)
class Message:
    """One text to translate. `plural` and `context` are empty for most."""

    text: str
    plural: str = ""
    context: str = ""


class NotConstant(ValueError):
    """A text that is put together before it is looked up, and so never found."""


def all_messages(root: Path = ROOT) -> dict[Message, list[str]]:
    """Every text with the files that hold it, in the order of the files."""
    found: dict[Message, list[str]] = {}
    for path in _files(root):
        name = str(path.relative_to(root))
        source = path.read_text(encoding="utf-8")
        of_file = in_python(source, name) if path.suffix == ".py" else in_template(source)
        for message in of_file:
            places = found.setdefault(message, [])
            if name not in places:
                places.append(name)
    return found


def in_python(source: str, name: str = "") -> Iterator[Message]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if function not in FUNCTIONS:
            continue
        texts, with_context = FUNCTIONS[function]
        words = call.args[: texts + with_context]
        if any(isinstance(word, ast.JoinedStr | ast.BinOp | ast.Call) for word in words):
            raise NotConstant(f"{name}:{call.lineno}: {function}() takes a text as it stands")
        said = [str(word.value) for word in words if isinstance(word, ast.Constant)]
        if len(said) < len(words):
            continue  # a variable: its text was marked by gettext_noop where it was written
        context = said.pop(0) if with_context else ""
        yield Message(said[0], said[1] if texts == 2 else "", context)


def in_template(source: str) -> Iterator[Message]:
    template = Template(source, engine=Engine.get_default())
    for node in template.nodelist.get_nodes_by_type((TranslateNode, BlockTranslateNode)):  # type: ignore[arg-type]
        if isinstance(node, BlockTranslateNode):
            plural = node.render_token_list(node.plural)[0] if node.plural else ""
            yield Message(node.render_token_list(node.singular)[0], plural, _context(node))
        elif isinstance(node, TranslateNode):
            literal = getattr(node.filter_expression.var, "literal", None)
            if not isinstance(literal, str):
                raise NotConstant(
                    f"{{% translate {node.filter_expression.token} %}} takes a text as it stands"
                )
            yield Message(_as_key(literal), context=_context(node))
    yield from _in_tags(source)


def _in_tags(source: str) -> Iterator[Message]:
    """`_("…")` as an argument of any tag or variable."""
    for token in Lexer(source).tokenize():
        if token.token_type in {TokenType.BLOCK, TokenType.VAR}:
            for _quote, words in re.findall(r"""(?<!\w)_\((["'])(.*?)\1\)""", token.contents):
                yield Message(_as_key(words))


def _as_key(text: str) -> str:
    """As `Variable.resolve` looks a literal up: percent signs doubled."""
    return text.replace("%", "%%")


def _context(node: TranslateNode | BlockTranslateNode) -> str:
    return str(node.message_context.resolve(Context())) if node.message_context else ""


def bring_up_to_date(root: Path = ROOT) -> dict[str, int]:
    """Write each language's catalogue anew, keeping translations; how many it lacks.

    What no file holds any more is dropped. A file that stays the same is not written.
    """
    lacking = {}
    found = all_messages(root)
    for language, plurals in LANGUAGES.items():
        path = root / "locale" / language / "LC_MESSAGES" / "django.po"
        old = {(e.msgid, e.msgid_plural, e.msgctxt or ""): e for e in _load(path)}
        new = _catalogue(language, plurals)
        for message, places in found.items():
            known = old.get((message.text, message.plural, message.context))
            new.append(_entry(message, places, known))
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != str(new):
            path.write_text(str(new), encoding="utf-8")
        lacking[language] = len([entry for entry in new if not entry.translated()])
    return lacking


def _load(path: Path) -> polib.POFile:
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def _catalogue(language: str, plurals: str) -> polib.POFile:
    new = polib.POFile(wrapwidth=100)
    new.metadata = {
        "Project-Id-Version": "Genba",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plurals,
    }
    return new


def _entry(message: Message, places: list[str], known: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.text,
        msgctxt=message.context or None,
        occurrences=[(place, "") for place in places],  # no line numbers: they change every day
    )
    if "%(" in message.text:
        entry.flags.append("python-format")
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = known.msgstr_plural if known else {0: ""}
    elif known:
        entry.msgstr = known.msgstr
    return entry


def _files(root: Path) -> list[Path]:
    python = [*root.glob("annotator/**/*.py"), *root.glob("feedback/**/*.py"), *root.glob("drift/**/*.py")]
    return sorted(
        path for path in [*python, *root.glob("templates/**/*.html")] if "migrations" not in path.parts
    )
