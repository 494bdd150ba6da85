"""An item's texts for a page, with what people marked in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from annotator.models import DefectKind, Item, Label, Project
from annotator.web.payload.marked import Mark
from annotator.web.render import documents_html, is_given, marked_payload_html
from annotator.web.trail import name_of

LONGEST_QUOTE = 160


@dataclass(frozen=True)
class Part:
    """One text. `variant`: what made it, where the reader may know."""

    name: str
    title: str
    html: SafeString
    variant: str = ""


def parts_of(item: Item, marks: dict[str, list[Mark]], *, variants: bool) -> list[Part]:
    """What the model was given, and what is to be judged: an output, or both sides of a pair."""
    found = []
    if is_given(item.input):
        found.append(_part(item, "input", _("Input"), marks))
    if documents := documents_html(item.context):
        found.append(Part("context", _("Documents"), documents))
    if item.left is None and item.right is None:
        found.append(_part(item, "output", _("Output"), marks, error=item.error))
        return found
    sides = (("left", _("Left"), item.left_variant), ("right", _("Right"), item.right_variant))
    found += [
        _part(item, name, title, marks, variant=variant if variants else "") for name, title, variant in sides
    ]
    return found


def _part(
    item: Item, name: str, title: str, marks: dict[str, list[Mark]], *, error: str = "", variant: str = ""
) -> Part:
    html = marked_payload_html(getattr(item, name), marks.get(name, ()), error=error)
    return Part(name, title, html, variant)


def marks_of(labels: Iterable[Label], project: Project) -> dict[str, list[Mark]]:
    """By part, in the order of the text. One query, and none if nobody marked anything."""
    marked = [(label, one) for label in labels for one in label.marks or ()]
    if not marked:
        return {}
    names = dict(DefectKind.objects.filter(project=project).values_list("key", "name"))
    found: dict[str, list[Mark]] = {}
    for label, one in marked:
        title = _("%(kind)s, says %(name)s") % {
            "kind": names.get(one.get("kind", ""), one.get("kind", "")),
            "name": name_of(label.rater),
        }
        found.setdefault(one["part"], []).append(Mark(one["start"], one["end"], title))
    return {part: sorted(those, key=lambda mark: (mark.start, mark.end)) for part, those in found.items()}


def told_marks(item: Item, marks: dict[str, list[Mark]]) -> list[tuple[str, str]]:
    """(the words that were marked, what and who), for those who see no colours."""
    return [quote for part in marks for quote in _quotes(getattr(item, part, None), marks[part])]


def _quotes(text: object, marks: Sequence[Mark]) -> list[tuple[str, str]]:
    if not isinstance(text, str):
        return []
    return [(_cut(" ".join(text[mark.start : mark.end].split())), mark.title) for mark in marks]


def _cut(quote: str) -> str:
    return quote if len(quote) <= LONGEST_QUOTE else f"{quote[: LONGEST_QUOTE - 1]}…"
