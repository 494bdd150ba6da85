"""What drift tells people: the alert of a day, and one that is left open."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from drift import alert_words
from feedback.notices.registry import Facts, Kind
from feedback.templatetags.vibe import long_day, short_day

ALERT, LEFT_OPEN = "drift_alert", "drift_left_open"


def _subject(facts: Facts) -> str:
    said = _("what users ask changed on %(day)s") % {"day": long_day(facts.day)}
    return f"{facts.project.name}: {said}"


def _text(facts: Facts) -> str:
    """`context`: `alert`; `groups`: of each what `alert_words.told` gives; `more`: how many are not among them."""
    groups = facts.context.get("groups", [])
    lines = [f"– {alert_words.sentence(one)}" for one in groups]
    if not lines:
        lines = [_("The day as a whole is unlike the days before; no group stands out.")]
    if more := int(facts.context.get("more", 0)):
        lines.append(ngettext("– and %(n)s more", "– and %(n)s more", more) % {"n": more})
    return "\n".join(lines)


def _path(facts: Facts) -> str:
    return reverse("drift-alert", args=[facts.project.slug, facts.context["alert"]])


def _left_open_subject(facts: Facts) -> str:
    if facts.context.get("refused"):
        said = _("days cannot be judged because of an open alert")
    else:
        said = _("the alert of %(day)s is still open") % {"day": short_day(facts.day)}
    return f"{facts.project.name}: {said}"


def _left_open_text(facts: Facts) -> str:
    """`context`: `alert`; `days`: how many of its days are kept out; `refused`: the day that was not judged, if one was not."""
    n = int(facts.context["days"])
    lines = [
        ngettext(
            "No later day is compared with %(n)s day on which the alert of %(day)s was seen.",
            "No later day is compared with the %(n)s days on which the alert of %(day)s was seen.",
            n,
        )
        % {"n": n, "day": long_day(facts.day)}
    ]
    if refused := facts.context.get("refused"):
        lines.append(
            _("%(day)s had too few other days to be compared with, and was not judged in full.")
            % {"day": long_day(date.fromisoformat(refused))}
        )
    else:
        lines.append(_("If it stays open, there will be too few others, and days cannot be judged."))
    lines.append(
        _(
            "Say on its page what came of it: expected, and its days count as usual; fixed, and should it come back, a new alert says so."
        )
    )
    return " ".join(lines)


KINDS = (
    Kind(
        ALERT,
        "drift.alert",
        gettext_lazy("What users ask changed (at most once a day)"),
        _subject,
        _text,
        _path,
    ),
    Kind(
        LEFT_OPEN,
        "drift.left_open",
        gettext_lazy("An alert that stays open keeps days from being judged"),
        _left_open_subject,
        _left_open_text,
        _path,
    ),
)
