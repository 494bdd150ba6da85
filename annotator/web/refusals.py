"""Reasons of refusal in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from annotator.reading.errors import BadFile


def of_file(bad: BadFile) -> str:
    return _in_words(bad.text, bad.values)


def of_lines(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The refused lines that an import's outcome names: line, field, error."""
    return [{**bad, "error": _in_words(bad["text"], bad["values"])} for bad in result.get("errors", [])]


def hidden(result: dict[str, Any]) -> int:
    """How many more there are."""
    rejected: int = result.get("rejected", 0)
    return max(0, rejected - len(result.get("errors", [])))


def _in_words(text: str, values: dict[str, Any]) -> str:
    return _(text) % values if values else _(text)
