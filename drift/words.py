"""What a judgement says, in sentences. Codes and numbers come in; the reader's language comes out."""

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.templatetags.estimates import whole
from drift import budget
from drift.models import DriftCheck
from drift.scan.usual import usual_change
from drift.services.judge import NotReady

TYPICAL = 0.02  # the share of a topic that the sentence about wobble speaks of
SOME = 0.15  # under it topics hardly vary
FEW_IN_REFERENCE = 300  # inputs, under which a new topic of 5 % is no alarm (decision 26)


def reason(check: DriftCheck) -> str:
    """Why the topics of the day were not judged."""
    found, needed = check.facts.get("found", 0), check.facts.get("needed", 0)
    numbers = {"found": whole(found), "needed": whole(needed)}
    sentences = {
        NotReady.NO_TRAFFIC: _("No production input came on this day."),
        NotReady.NO_TEXT: _("Inputs came on this day, but none of them has a text."),
        NotReady.NOT_EMBEDDED: _(
            "The inputs of this day have no vectors yet: the machine-learning worker or its model was not there."
        ),
        "no_rows": _("None of the day’s inputs could be compared."),
        "few_rows": ngettext(
            "Only %(found)s different input came on this day; %(needed)s are needed to tell its topics from chance.",
            "Only %(found)s different inputs came on this day; %(needed)s are needed to tell its topics from chance.",
            found,
        )
        % numbers,
        "few_baseline_days": ngettext(
            "There is only %(found)s day to compare with; %(needed)s are needed.",
            "There are only %(found)s days to compare with; %(needed)s are needed.",
            found,
        )
        % numbers
        if found
        else _("There is no day to compare with yet; %(needed)s are needed.") % numbers,
        NotReady.REFERENCE_NOT_EMBEDDED: _(
            "The reference that it is to be compared with is being embedded: the day is judged as soon as that is done."
        ),
        NotReady.PART_OF_A_DAY: _(
            "Hours of this day are missing, and a reference has no hours that could be left out."
        ),
        NotReady.FEW_DAYS_BEFORE: ngettext(
            "How much topics vary from day to day is told from %(found)s day so far; %(needed)s are needed before a day is compared with a reference.",
            "How much topics vary from day to day is told from %(found)s days so far; %(needed)s are needed before a day is compared with a reference.",
            found,
        )
        % numbers,
        NotReady.FEW_REFERENCE_ROWS: ngettext(
            "The reference has only %(found)s different input; %(needed)s are needed.",
            "The reference has only %(found)s different inputs; %(needed)s are needed.",
            found,
        )
        % numbers,
        "few_baseline_rows": ngettext(
            "The days before have only %(found)s different input; %(needed)s are needed.",
            "The days before have only %(found)s different inputs; %(needed)s are needed.",
            found,
        )
        % numbers,
    }
    return " ".join(filter(None, [sentences.get(check.reason, ""), _held(check)]))


def _held(check: DriftCheck) -> str:
    """Of a day that has too few rows, when single end users' were left out."""
    if check.reason != "few_rows" or not check.facts.get("over"):
        return ""
    return _("Of one end user at most %(limit)s are compared.") % {"limit": whole(check.facts["limit"])}


def headline(check: DriftCheck) -> str:
    """The one sentence of the morning."""
    if check.p is None:
        return reason(check)
    chance = {"p": p_value(check.p)}
    reference = check.baseline.get("reference")
    if reference and _topics_spoke(check) and (check.alarm or marked(check)):
        return _unlike_reference(check.alarm) % (chance | {"name": reference["name"]})
    if check.alarm:
        return _("This day is unlike the days before (p %(p)s).") % chance
    if marked(check):
        return _("A little unlike the days before (p %(p)s): one quiet day in twenty is, too.") % chance
    return _("Nothing stands out (p %(p)s).") % chance


def _topics_spoke(check: DriftCheck) -> bool:
    """Whether the day's p is theirs: structure is compared with days before whatever the baseline is."""
    return check.topics_p is not None and (check.structure_p is None or check.topics_p <= check.structure_p)


def _unlike_reference(alarm: bool) -> str:
    if alarm:
        return _("What users ask on this day is unlike the reference “%(name)s” (p %(p)s).")
    return _(
        "What users ask is a little unlike the reference “%(name)s” (p %(p)s): on one quiet day in twenty it is, too."
    )


def compared(check: DriftCheck) -> str:
    """With what."""
    n, days = len(check.day_vectors), len(check.baseline.get("days", {}))
    reference = check.baseline.get("reference")
    if reference is None:
        return _("%(n)s inputs of the day were compared with %(before)s of %(days)s days before.") % {
            "n": whole(n),
            "before": whole(check.then_compared),
            "days": whole(days),
        }
    known = {
        "n": whole(n),
        "before": whole(reference["inputs"]),
        "name": reference["name"],
        "version": reference["version"],
        "days": whole(days),
    }
    said = (
        _("%(n)s inputs of the day were compared with %(before)s of the reference “%(name)s”.")
        if reference["version"] is None
        else _(
            "%(n)s inputs of the day were compared with %(before)s of the reference “%(name)s” (version %(version)s of its dataset)."
        )
    )
    told = ngettext(
        "How much topics vary was told from %(days)s day before. How inputs and outputs are made is compared with days before.",
        "How much topics vary was told from %(days)s days before. How inputs and outputs are made is compared with days before.",
        days,
    )
    return f"{said % known} {told % known}"


def marked(check: DriftCheck) -> bool:
    """On the chart, without being told to anybody."""
    return budget.marked(check.p) and not check.alarm


def times(ratio: float, *, in_reference: bool = False) -> str:
    """“3.2 times the share before”."""
    said = _("%(n)s times its share in the reference") if in_reference else _("%(n)s times the share before")
    return said % {"n": number_format(round(ratio, 1), 1) if ratio < 10 else whole(round(ratio))}


def p_value(p: float) -> str:
    """With its sign. The smallest that shuffled days can say is no exact number."""
    if p <= 0.001:
        return "≤ " + number_format(0.001, 3)
    digits = 4 if p < 0.01 else 3 if p < 0.1 else 2
    return "= " + number_format(round(p, digits), digits)


def wobble(check: DriftCheck) -> str:
    """How much topics vary with nothing new."""
    if check.rho is None:
        return ""
    usual = usual_change(check.rho, TYPICAL)
    if usual < SOME:
        return _("From day to day the topics of this project hardly vary more than chance makes them.")
    return _("Topics normally vary by about %(percent)s %% from day to day; that much is no drift.") % {
        "percent": whole(round(usual * 100 / 5) * 5)
    }


def notes(check: DriftCheck) -> list[str]:
    """What to know of the baseline."""
    day = date_format(check.day, "l")
    known = {
        "left_out": ngettext(
            "%(n)s day under alarm was left out.",
            "%(n)s days under alarm were left out.",
            len(check.baseline.get("left_out", [])),
        )
        % {"n": len(check.baseline.get("left_out", []))},
        "old_days": _(
            "Some days before could not be used: the baseline reaches further back for others, or has fewer days."
        ),
        "no_weekdays": _(
            "Topics of a %(weekday)s are compared with those of such days alone once six are known, and so is, from four weeks on, how inputs and outputs are made. Until then the rhythm of the week counts as normal variation."
        )
        % {"weekday": day},
        "same_weekdays": _(
            "The baseline is made of the same day of the week: a %(weekday)s is compared with what such days do."
        )
        % {"weekday": day},
        "little_traffic": _(
            "The day has less than half the inputs of an ordinary day: part of it may be missing."
        ),
    }
    told = [known[note] for note in check.baseline.get("notes", []) if note in known]
    reference = check.baseline.get("reference")
    if reference and reference["inputs"] < FEW_IN_REFERENCE:
        told.append(
            _(
                "A reference of so few inputs shows large changes alone: a new topic of one input in twenty is hardly ever an alarm."
            )
        )
    if aside := check.baseline.get("aside", 0):
        told.append(
            ngettext(
                "%(n)s input of topics that were called expected was set aside.",
                "%(n)s inputs of topics that were called expected were set aside.",
                aside,
            )
            % {"n": whole(aside)}
        )
    return told
