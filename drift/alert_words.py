"""Groups of alerts in words. What is said is made of numbers and short names: of no text of a user's."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from annotator.stats.intervals import wilson
from annotator.templatetags.estimates import spoken, whole
from drift.models import AlertGroup, StructuralChange
from drift.web import structure_said
from feedback.templatetags.vibe import short_day


def told(group: AlertGroup, zone: str) -> dict[str, Any]:
    """What a sentence is made of, as JSON: a notice is worded later, in its reader's language. `zone`: the
    project's, in which times are told."""
    return {
        "kind": group.kind,
        "days": group.days,
        "name": ", ".join(group.keywords),
        "rows": round((group.share or 0) * group.n),
        "n": group.n,
        "then_rows": group.then_rows,
        "then_n": group.then_n,
        "reference": group.facts.get("reference", ""),
        "side": group.side,
        "feature": group.feature,
        "facts": group.facts,
        "then": group.then,
        "now": group.now,
        "zone": zone,
        "after": group.before.alert.day.isoformat() if group.before else "",
    }


def sentence(one: dict[str, Any]) -> str:
    """With its numbers. `one`: what `told` gives."""
    words = _structure(one) if one["kind"] == "structure" else _inputs(one)
    if one.get("after"):
        day = short_day(date.fromisoformat(one["after"]))
        words += " " + _("It came back: the alert of %(day)s had been called fixed.") % {"day": day}
    return words


def _inputs(one: dict[str, Any]) -> str:
    now, then = wilson(one["rows"], one["n"]), wilson(one["then_rows"], one["then_n"])
    known = {
        "name": f"“{one['name']}”" if one["name"] else _("a group without a name"),
        "now": spoken(now),
        "then": spoken(then),
        "rows": whole(one["rows"]),
        "n": whole(one["n"]),
        "reference": one.get("reference", ""),
    }
    if one.get("reference"):
        return _beside_reference(one["kind"]) % known
    if one["kind"] == "scattered":
        return (
            _(
                "Unlike anything in the days before, each on its own: %(now)s of the day’s inputs (%(rows)s of %(n)s compared)."
            )
            % known
        )
    if one.get("days", 1) > 1:
        return _in_week(one["kind"], known)
    if one["kind"] == "new":
        return (
            _("New: %(name)s, %(now)s of the day’s inputs (%(rows)s of %(n)s compared), %(then)s before.")
            % known
        )
    if one["kind"] == "grown":
        return _("More of %(name)s: %(now)s of the day’s inputs, %(then)s before.") % known
    return _("Less of %(name)s: %(now)s of the day’s inputs, %(then)s before.") % known


def _in_week(kind: str, known: dict[str, Any]) -> str:
    sentences = {
        "new": _("New this week: %(name)s, %(now)s of the week’s inputs, %(then)s in the weeks before."),
        "grown": _("More of %(name)s: %(now)s of the week’s inputs, %(then)s in the weeks before."),
        "shrunk": _("Less of %(name)s: %(now)s of the week’s inputs, %(then)s in the weeks before."),
    }
    return sentences[kind] % known


def _beside_reference(kind: str) -> str:
    """Of a day that was compared with a reference."""
    return {
        "scattered": _(
            "Unlike anything in the reference “%(reference)s”, each on its own: %(now)s of the day’s inputs (%(rows)s of %(n)s compared)."
        ),
        "new": _(
            "New beside the reference “%(reference)s”: %(name)s, %(now)s of the day’s inputs (%(rows)s of %(n)s compared), %(then)s of the reference."
        ),
        "grown": _(
            "More of %(name)s than in the reference “%(reference)s”: %(now)s of the day’s inputs, %(then)s of the reference."
        ),
        "shrunk": _(
            "In the reference “%(reference)s”, but less in production: %(name)s, %(now)s of the day’s inputs, %(then)s of the reference."
        ),
    }[kind]


def _structure(one: dict[str, Any]) -> str:
    return structure_said.sentence(_change(one), ZoneInfo(one["zone"]))


def _change(one: dict[str, Any]) -> StructuralChange:
    return StructuralChange(**{key: one[key] for key in ("side", "feature", "then", "now", "facts")})


def name(group: AlertGroup) -> str:
    """Short, for a list or a heading."""
    if group.kind == "structure":
        return structure_said.name(_change(vars(group)))
    if group.kind == "scattered":
        return _("Odd inputs")
    return ", ".join(group.keywords) or group.title or _("a group without a name")
