"""The numbers of the output stand in what it was given."""

import re
from collections.abc import Iterator

from annotator.reading.errors import gettext_noop
from feedback.assertions.fields import Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, Span, failed, not_applicable

NO_CONTEXT = gettext_noop("No documents were given to it.")
INVENTED = gettext_noop("%(number)s stands in nothing that it was given.")

_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,'’ \u00a0\u202f]{0,30}\d|(?<!\w)\d(?!\w)|(?<![\w.,])\d")
_LIST = re.compile(r"^[^\S\n]*\(?\d{1,3}[.)]\s", re.MULTILINE)
_MARK = re.compile(r"\[[^\[\]\n]{1,40}\]")
_GROUPED = (
    re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"),  # 1,234.5
    re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?"),  # 1.234,5
    re.compile(r"\d{1,3}(?:['’ \u00a0\u202f]\d{3})+(?:[.,]\d+)?"),  # 1 234,5
)
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")


def check(settings: Settings, output: Output) -> Outcome:
    given = output.context_text + ("\n" + output.input_text if settings["input"] else "")
    if not given.strip():
        return not_applicable(NO_CONTEXT)
    known = {reading for _, readings in _numbers(given) for reading in readings}
    text = _LIST.sub(_blank, _MARK.sub(_blank, output.text))
    for span, readings in _numbers(text):
        if not readings & known and not any(_small(one, settings["below"]) for one in readings):
            return failed(INVENTED, number=output.text[span.start : span.end], spans=[span])
    return PASSED


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _numbers(text: str) -> Iterator[tuple[Span, frozenset[str]]]:
    """Each with all that it may mean: 1.234 is a thousand and some, or one and a quarter."""
    for found in _NUMBER.finditer(text):
        piece = found[0].rstrip(".,'’ \u00a0\u202f")
        parts = [piece] if any(one.fullmatch(piece) for one in (*_GROUPED, _PLAIN)) else None
        at = found.start()
        for part in parts or re.findall(r"\d+(?:[.,]\d+)*", piece):
            at = text.index(part, at)
            if readings := frozenset(_readings(part)):
                yield Span(at, at + len(part)), readings
            at += len(part)


def _readings(piece: str) -> Iterator[str]:
    if _GROUPED[0].fullmatch(piece):
        yield _same(piece.replace(",", ""))
    if _GROUPED[1].fullmatch(piece):
        yield _same(piece.replace(".", "").replace(",", "."))
    if _GROUPED[2].fullmatch(piece):
        yield _same(re.sub(r"['’ \u00a0\u202f]", "", piece).replace(",", "."))
    if _PLAIN.fullmatch(piece):
        yield _same(piece.replace(",", "."))
    elif not any(one.fullmatch(piece) for one in _GROUPED):
        yield piece  # a date, a version, an address: as it is written


def _same(number: str) -> str:
    """Without leading noughts, and without those behind the point."""
    whole, _, rest = number.partition(".")
    rest = rest.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{rest}" if rest else "")


def _small(number: str, below: int) -> bool:
    return number.isdigit() and len(number) < 10 and int(number) < below


KIND = Kind(
    "numbers",
    gettext_noop("Numbers stand in the documents"),
    gettext_noop("Each number of the output must stand in the documents that it was given."),
    (
        Field("input", "yes", gettext_noop("Or in the input"), empty=False, initial=True),
        Field(
            "below",
            "whole",
            gettext_noop("Whole numbers below are let through"),
            gettext_noop("“two of the three” is seldom an invention. 0: none is."),
            empty=10,
            low=0,
            high=10_000,
        ),
    ),
    check,
)
