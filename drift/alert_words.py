"""Groups of alerts in words. What is said is made of numbers and short names: of no text of a user's."""

from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from annotator.stats.intervals import wilson
from annotator.templatetags.estimates import spoken, whole
from drift.models import AlertGroup
from feedback.templatetags.vibe import short_day

SHOWN_DIGITS = 3


def told(group: AlertGroup) -> dict[str, Any]:
    """What a sentence is made of, as JSON: a notice is worded later, in its reader's language."""
    return {
        "kind": group.kind,
        "name": ", ".join(group.keywords),
        "rows": round((group.share or 0) * group.n),
        "n": group.n,
        "then_rows": group.then_rows,
        "then_n": group.then_n,
        "side": group.side,
        "feature": group.feature,
        "view": group.view,
        "then": group.then,
        "now": group.now,
        "after": group.before.alert.day.isoformat() if group.before else "",
    }


def said(group: AlertGroup) -> str:
    return sentence(told(group))


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
    }
    if one["kind"] == "scattered":
        return (
            _(
                "Unlike anything in the days before, each on its own: %(now)s of the day’s inputs (%(rows)s of %(n)s compared)."
            )
            % known
        )
    if one["kind"] == "new":
        return (
            _("New: %(name)s, %(now)s of the day’s inputs (%(rows)s of %(n)s compared), %(then)s before.")
            % known
        )
    if one["kind"] == "grown":
        return _("More of %(name)s: %(now)s of the day’s inputs, %(then)s before.") % known
    return _("Less of %(name)s: %(now)s of the day’s inputs, %(then)s before.") % known


def _structure(one: dict[str, Any]) -> str:
    known = {"feature": feature(one), "then": _value(one["then"]), "now": _value(one["now"])}
    if one["side"] == "input":
        return _("Inputs, %(feature)s: %(then)s before, now %(now)s.") % known
    if one["side"] == "output":
        return _("Outputs, %(feature)s: %(then)s before, now %(now)s.") % known
    return _("Calls, %(feature)s: %(then)s before, now %(now)s.") % known


def feature(one: dict[str, Any]) -> str:
    """“length”, “language: ko”."""
    name = one["feature"].rpartition(".")[2].replace("_", " ")
    return f"{name}: {one['view']}" if one["view"] not in ("", "middle", "yes") else name


def _value(found: float | None) -> str:
    if found is None:
        return _("nothing")
    digits = max(0, SHOWN_DIGITS - len(str(int(abs(found)))))
    shown = round(found, digits)
    return number_format(int(shown) if shown == int(shown) else shown, force_grouping=True)


def name(group: AlertGroup) -> str:
    """Short, for a list or a heading."""
    if group.kind == "structure":
        return feature({"feature": group.feature, "view": group.view})
    if group.kind == "scattered":
        return _("Odd inputs")
    return ", ".join(group.keywords) or group.title or _("a group without a name")
