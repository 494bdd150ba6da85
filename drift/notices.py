"""What drift tells people: the alert of a day."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from drift import alert_words
from feedback.notices.registry import Facts, Kind
from feedback.templatetags.vibe import long_day

ALERT = "drift_alert"


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


KIND = Kind(
    ALERT,
    "drift.alert",
    gettext_lazy("What users ask changed (at most once a day)"),
    _subject,
    _text,
    _path,
)
