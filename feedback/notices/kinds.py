"""What the rotation tells: small enough for one table."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotator.stats.intervals import Estimate
from annotator.templatetags.estimates import interval, percent
from feedback.notices.registry import Facts, Kind
from feedback.templatetags.vibe import long_day, short_day

READY, REMINDER, MISSED = "ready", "reminder", "missed"
SWAP_ASKED, SWAP_ANSWERED, TEST = "swap_asked", "swap_answered", "test"
DIGEST, FAILING, DAYS = "digest", "assertion_failing", "days_changed"


def _subject(words: str, facts: Facts) -> str:
    return f"{facts.project.name}: {words}"


def _count(facts: Facts) -> str:
    number = int(facts.context.get("checks", 1))
    return ngettext("one check waits", "%(number)s checks wait", number) % {"number": number}


def _ready(facts: Facts) -> str:
    return _("%(name)s is on shift on %(day)s: %(count)s. It takes about ten minutes each.") % {
        "name": facts.names,
        "day": long_day(facts.day),
        "count": _count(facts),
    }


def _reminder(facts: Facts) -> str:
    return _("The day ends at midnight (%(zone)s) and %(count)s for %(name)s to look and hand over.") % {
        "zone": facts.project.time_zone,
        "count": _count(facts),
        "name": facts.names,
    }


def _missed(facts: Facts) -> str:
    known = {"day": long_day(facts.day), "count": _count(facts), "name": facts.context.get("on_shift", "")}
    if known["name"]:
        return _("The shift of %(name)s on %(day)s is over and %(count)s still.") % known
    return _("Nobody was on shift on %(day)s, and %(count)s still.") % known


def _day(facts: Facts, name: str) -> str:
    return long_day(date.fromisoformat(facts.context[name]))


def _swap(facts: Facts) -> dict[str, str]:
    known = {name: str(facts.context.get(name, "")) for name in ("giver", "taker", "by")}
    back = _day(facts, "return_day") if facts.context.get("return_day") else ""
    return {**known, "day": long_day(facts.day), "back": back}


def _asked(facts: Facts) -> str:
    known = _swap(facts)
    if known["back"]:
        return _("%(giver)s asks %(taker)s to look on %(day)s, and would look on %(back)s in return.") % known
    return _("%(giver)s asks %(taker)s to look on %(day)s.") % known


def _answered(facts: Facts) -> str:
    known, state = _swap(facts), facts.context.get("state")
    if state == "declined":
        return _("%(taker)s cannot look on %(day)s: it stays with %(giver)s.") % known
    if state == "withdrawn":
        return _("%(by)s took it back that %(taker)s looks on %(day)s.") % known
    if known["back"]:
        return _("%(taker)s looks on %(day)s, and %(giver)s on %(back)s.") % known
    return _("%(taker)s looks on %(day)s.") % known


def _moved(facts: Facts) -> str:
    """`context`: `by`; `changes`: {person, gained, lost}, days each. Of those whom this message is for."""
    mine = (one for one in facts.context.get("changes", []) if one["person"] in facts.people)
    lines = (_moved_of(one["person"], _days(one["gained"]), _days(one["lost"])) for one in mine)
    return "\n".join([_("%(by)s changed the rotation.") % {"by": facts.context.get("by", "")}, *lines])


def _moved_of(name: str, gained: str, lost: str) -> str:
    known = {"name": name, "gained": gained, "lost": lost}
    if gained and lost:
        return _("%(name)s looks on %(gained)s; not on %(lost)s any more.") % known
    if gained:
        return _("%(name)s looks on %(gained)s too.") % known
    return _("%(name)s does not look on %(lost)s any more.") % known


def _days(found: list[str]) -> str:
    return ", ".join(short_day(date.fromisoformat(day)) for day in found)


def _digest(facts: Facts) -> str:
    """`context`: `rate`: [it, low, high], nothing of them known without answers; `modes`: [name, items,
    whether it is new]; `note`."""
    parts = [_rate(Estimate(*facts.context.get("rate", ())))]
    for name, items, new in facts.context.get("modes", []):
        parts.append(f"– {name} ×{items}{' · ' + _('new') if new else ''}")
    parts += ["", facts.context.get("note", "")]
    return "\n".join(parts).strip()


def _rate(estimate: Estimate) -> str:
    if estimate.value is None:
        return _("No rate yet.")
    return _("About %(rate)s of the day’s outputs were not good (95 %%: %(interval)s).") % {
        "rate": percent(estimate.value),
        "interval": interval(estimate) or percent(estimate.value),
    }


def _failing(facts: Facts) -> str:
    known = {name: str(facts.context.get(name, "")) for name in ("name", "version")}
    number = int(facts.context.get("count", 1))
    return ngettext(
        "“%(name)s”, version %(version)s, failed one output of what arrived lately.",
        "“%(name)s”, version %(version)s, failed %(number)s outputs of what arrived lately.",
        number,
    ) % {**known, "number": number}


def _to_digest(facts: Facts) -> str:
    return reverse("check-digest", args=[facts.project.slug, facts.day])


def _to_assertion(facts: Facts) -> str:
    return reverse("assertion", args=[facts.project.slug, facts.context["assertion"]])


def _to_checks(facts: Facts) -> str:
    if facts.context.get("checks") == 1 and facts.context.get("logged"):
        return reverse("check", args=[facts.project.slug, facts.context["logged"]])
    return reverse("checks", args=[facts.project.slug])


def _to_calendar(facts: Facts) -> str:
    return reverse("check-calendar", args=[facts.project.slug]) + f"?month={facts.day:%Y-%m}"


KINDS = (
    Kind(
        READY,
        "check.ready",
        gettext_lazy("The check is ready"),
        lambda facts: _subject(_("the vibe check is ready"), facts),
        _ready,
        _to_checks,
        again=True,
    ),
    Kind(
        REMINDER,
        "check.reminder",
        gettext_lazy("A reminder before the day ends"),
        lambda facts: _subject(_("the vibe check still waits"), facts),
        _reminder,
        _to_checks,
        again=True,
    ),
    Kind(
        MISSED,
        "check.missed",
        gettext_lazy("A day was missed (told to the owners)"),
        lambda facts: _subject(_("a vibe check was missed"), facts),
        _missed,
        _to_checks,
    ),
    Kind(
        SWAP_ASKED,
        "swap.asked",
        gettext_lazy("Somebody is asked to take a day"),
        lambda facts: _subject(_("can you take a day?"), facts),
        _asked,
        _to_calendar,
    ),
    Kind(
        SWAP_ANSWERED,
        "swap.answered",
        gettext_lazy("What was asked is answered or taken back"),
        lambda facts: _subject(_("a day in the rotation"), facts),
        _answered,
        _to_calendar,
    ),
    Kind(
        DAYS,
        "rotation.changed",
        gettext_lazy("Somebody’s next two weeks in the rotation change"),
        lambda facts: _subject(_("days in the rotation changed"), facts),
        _moved,
        _to_calendar,
    ),
    Kind(
        DIGEST,
        "check.digest",
        gettext_lazy("What a check came to, when somebody sends it on"),
        lambda facts: _subject(_("the vibe check of %(day)s") % {"day": long_day(facts.day)}, facts),
        _digest,
        _to_digest,
    ),
    Kind(
        FAILING,
        "assertion.failed",
        gettext_lazy("An assertion fails on what arrives (told to the owners, at most once an hour)"),
        lambda facts: _subject(_("an assertion fails"), facts),
        _failing,
        _to_assertion,
    ),
    Kind(
        TEST,
        "test",
        gettext_lazy("A test"),
        lambda facts: _subject(_("a test"), facts),
        lambda facts: _("If you read this, notices arrive here."),
        lambda facts: reverse("notices", args=[facts.project.slug]),
        chosen=False,
    ),
)
