"""How an item looks in a list, and what was found in it, in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotator.models import Answer, Queue
from annotator.queries.items import Row
from annotator.services.held import LEFT_OUT
from annotator.web.payload.beginning import words

_FINDINGS = {
    "identity_leak": gettext_lazy("says who wrote it"),
    "error": gettext_lazy("an error instead of an answer"),
    "truncated": gettext_lazy("breaks off"),
    "empty": gettext_lazy("empty"),
    "same": gettext_lazy("both sides say the same"),
}
_SIDES = {"left": gettext_lazy("Left"), "right": gettext_lazy("Right"), "output": gettext_lazy("Output")}


@dataclass(frozen=True)
class Told:
    """An answer so far: “yes ×2”. `question` is its key where there are several."""

    question: str
    answer: str
    words: str
    count: int


@dataclass(frozen=True)
class Shown:
    row: Row
    texts: list[str]
    told: list[Told]
    badges: list[tuple[str, str]]  # its words and its look
    findings: list[tuple[str, str]]  # in words, and the place in the text
    waits: bool  # held, and nobody has decided


def shown_row(row: Row, queue: Queue, *, secret: bool) -> Shown:
    """`secret`: the reader may be measured by gold and copies, and must not know them."""
    findings = row.findings or []
    left_out = row.held and bool(findings) and all(found.get(LEFT_OUT) for found in findings)
    several = len({given.question for given in row.given}) > 1
    return Shown(
        row=row,
        texts=_texts(row),
        told=[
            Told(
                given.question if several else "", given.answer, str(Answer(given.answer).label), given.count
            )
            for given in row.given
        ],
        badges=_badges(row, queue, left_out=left_out, secret=secret),
        findings=[(finding_words(found), str(found.get("text", ""))) for found in findings]
        if row.held
        else [],
        waits=row.held and not left_out,
    )


def finding_kind(kind: str) -> str:
    return str(_FINDINGS.get(kind, kind or _("held back by hand")))


def finding_words(found: dict[str, Any]) -> str:
    """“Left: breaks off”."""
    kind, side = finding_kind(str(found.get("kind", ""))), _SIDES.get(str(found.get("side", "")))
    if side is None or found.get("kind") == "same":
        return kind
    return _("%(side)s: %(finding)s") % {"side": side, "finding": kind}


def _texts(row: Row) -> list[str]:
    """What it is about, then what is to be judged; at least its id."""
    outputs = [row.output] if row.left is None and row.right is None else [row.left, row.right]
    found = [words(start) for start in (row.input, *outputs)]
    if row.error and not any(found[1:]):
        found.append(row.error)
    return [text for text in found if text] or [row.external_id]


def _badges(row: Row, queue: Queue, *, left_out: bool, secret: bool) -> list[tuple[str, str]]:
    found = [(_("left out"), "")] if left_out else [(_("held back"), "badge-warn")] if row.held else []
    if row.gold and not secret:
        found.append((_("gold"), "badge-warn"))
    if row.copy_of and queue.adjudicates_id is None and not secret:
        found.append((_("shown again, sides swapped"), ""))
    if row.disputed:
        found.append((_("disputed"), "badge-no"))
    if row.flagged:
        found.append((_("flagged"), "badge-warn"))
    if row.in_hand and not secret:  # the places of gold and copies are nobody's to count
        found.append(
            (ngettext("with %(n)s person now", "with %(n)s people now", row.in_hand) % {"n": row.in_hand}, "")
        )
    return found
