"""What the figures on raters and pre-labels say, in sentences that accuse nobody."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.models import QueueKind
from annotator.queries.raters import LEAST, Drift, Suggested
from annotator.templatetags.estimates import points, spoken, whole


def drift_sentence(drift: Drift, kind: str) -> str:
    """Between the first and the last third of a person's sittings."""
    change = drift.change
    if change.value is None or change.low is None or change.high is None:  # nobody calls it without answers
        return _("Nothing to compare yet.")
    of_pairs = kind == QueueKind.PAIRWISE
    if change.low <= 0 <= change.high:
        text = (
            _("No change shows over a sitting in how often ties are called: %(change)s.")
            if of_pairs
            else _("No change shows over a sitting in how often yes is said: %(change)s.")
        )
        said = text % {"change": points(change)}
    else:
        more = change.value > 0
        text = {
            (False, True): _("Yes is said more often late in a sitting: by %(change)s."),
            (False, False): _("Yes is said less often late in a sitting: by %(change)s."),
            (True, True): _("Ties are called more often late in a sitting: by %(change)s."),
            (True, False): _("Ties are called less often late in a sitting: by %(change)s."),
        }[of_pairs, more]
        said = text % {"change": points(change, sign=1 if more else -1)}
    rests = ngettext(
        "First third %(early)s of %(early_n)s, last third %(late)s of %(late_n)s, in %(n)s sitting.",
        "First thirds %(early)s of %(early_n)s, last thirds %(late)s of %(late_n)s, in %(n)s sittings.",
        drift.sittings,
    ) % {
        "early": whole(drift.early.x),
        "early_n": whole(drift.early.n),
        "late": whole(drift.late.x),
        "late_n": whole(drift.late.n),
        "n": whole(drift.sittings),
    }
    return f"{said} {rests}"


def influence_sentence(found: Suggested) -> str:
    """How far seeing pre-labels moves people, or why that cannot be said."""
    shown, hidden = found.shown.n, found.hidden.n
    if not shown and not hidden:
        return _("Nobody has answered yet since there are pre-labels, so nobody could be moved by them.")
    if not shown:
        return _("No answer was given with a pre-label in sight yet: there is nothing to compare.")
    if not hidden:
        return _(
            "Every pre-label was shown, so it cannot be known what people would have said without."
            " Hide a share of them in the queue’s set-up."
        )
    if not found.enough:
        return _(
            "Too few answers to compare: %(shown)s saw the pre-label and %(hidden)s did not;"
            " %(least)s of each are needed."
        ) % {"shown": whole(shown), "hidden": whole(hidden), "least": LEAST}
    change = found.change
    value, low, high = change.value or 0.0, change.low or 0.0, change.high or 0.0
    if low <= 0 <= high:
        return _("No effect of seeing them shows: %(change)s towards the suggestion.") % {
            "change": points(change)
        }
    if value > 0:
        return _("Seeing them moves answers %(change)s towards the suggestion.") % {"change": points(change)}
    return _("Seeing them moves answers %(change)s away from the suggestion.") % {
        "change": points(change, sign=-1)
    }


def rightness_sentence(found: Suggested) -> str:
    """How often pre-labels say what people say who did not see them."""
    if not found.unseen.n:
        return _("How right they are cannot be said: nobody has answered without seeing them.")
    return ngettext(
        "They say what people say who did not see them in %(rate)s of %(n)s answer.",
        "They say what people say who did not see them in %(rate)s of %(n)s answers.",
        found.unseen.n,
    ) % {"rate": spoken(found.unseen.rate), "n": whole(found.unseen.n)}
