"""What the output cites stands in the documents that it was given."""

import re
from collections.abc import Iterator
from typing import Any

from annotator.reading.errors import gettext_noop
from feedback.assertions import texts
from feedback.assertions.fields import Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, Span, failed, not_applicable
from feedback.assertions.texts import shortened

NO_CONTEXT = gettext_noop("No documents were given to it.")
NO_DOCUMENT = gettext_noop("It cites “%(mark)s”, which is none of its documents.")
NO_QUOTE = gettext_noop("It quotes what stands in none of its documents: “%(text)s”.")
NO_CITATION = gettext_noop("It cites nothing.")

_MARK = re.compile(r"\[([^\[\]\n]{1,80})\](?!\()")
_QUOTE = re.compile(r"[“„«]([^“”„«»\n]{8,600})[”“»]|(?<!\w)\"([^\"\n]{8,600})\"(?!\w)")
_NAMES = ("id", "doc_id", "document_id", "title", "name", "source", "url", "file", "key")
_NUMBER = re.compile(r"\d{1,3}")


def check(settings: Settings, output: Output) -> Outcome:
    if not output.context_text.strip():
        return not_applicable(NO_CONTEXT)
    cited = 0
    if settings["marks"]:
        count, names = _documents(output.context)
        for mark, span in _marks(output.text):
            cited += 1
            known = 1 <= int(mark) <= count if _NUMBER.fullmatch(mark) else False
            if not known and mark.casefold() not in names and f"[{mark}]" not in output.context_text:
                return failed(NO_DOCUMENT, mark=shortened(mark), spans=[span])
    if settings["quotes"]:
        context = texts.plain(_even(output.context_text))
        for quote, span in _quotes(output.text):
            if texts.words(quote) < settings["words"]:
                continue
            cited += 1
            if texts.plain(_even(quote)).strip(" .,;:…") not in context:
                return failed(NO_QUOTE, text=shortened(quote), spans=[span])
    return failed(NO_CITATION) if settings["required"] and not cited else PASSED


def _marks(text: str) -> Iterator[tuple[str, Span]]:
    """[1], [1, 3], [doc-7]."""
    for found in _MARK.finditer(text):
        for mark in found[1].split(","):
            if mark.strip():
                yield mark.strip().lstrip("^"), Span(*found.span())


def _quotes(text: str) -> Iterator[tuple[str, Span]]:
    for found in _QUOTE.finditer(text):
        yield found[1] or found[2], Span(*found.span())


def _documents(context: Any) -> tuple[int, set[str]]:
    """How many, and what they may be called."""
    if isinstance(context, dict):
        for holder in ("documents", "chunks", "passages", "results"):
            if isinstance(context.get(holder), list):
                context = context[holder]
                break
    documents = context if isinstance(context, list) else [context]
    names = {
        str(one[name]).casefold()
        for one in documents
        if isinstance(one, dict)
        for name in _NAMES
        if isinstance(one.get(name), (str, int))
    }
    if isinstance(context, dict):
        names |= {name.casefold() for name in context}
    return len(documents), names


def _even(text: str) -> str:
    """Quotation marks and dashes of all kinds as one of each."""
    return re.sub("[‐-―]", "-", re.sub("[‘’‚‛]", "'", re.sub("[“”„«»]", '"', text)))


KIND = Kind(
    "citation",
    gettext_noop("Citations stand in the documents"),
    gettext_noop("Each mark such as [2] names a document that was given, and each quotation stands in one."),
    (
        Field("marks", "yes", gettext_noop("Marks in brackets: [1], [doc-7]"), empty=False, initial=True),
        Field("quotes", "yes", gettext_noop("Quotations"), empty=False, initial=True),
        Field(
            "words",
            "whole",
            gettext_noop("Words that make a quotation"),
            gettext_noop("Shorter ones are names and expressions."),
            empty=5,
            low=1,
            high=100,
        ),
        Field("required", "yes", gettext_noop("There must be a citation"), empty=False),
    ),
    check,
)
