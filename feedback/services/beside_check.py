"""What is said beside an answer in a vibe check: how the output fails, what it should have been.

`{"modes": [7], "new": ["Invents a policy"], "expected": "…", "intern": "knowledge"}`; each may be missing.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from annotator.labeling_rules import clean
from annotator.models import Answer, Item, QuestionVersion, Queue, Rater
from annotator.services.beside import Beside, Said, Told
from feedback.models import Intern, VibeCheck
from feedback.models.modes import NAME
from feedback.queries.digest import earlier_notes
from feedback.queries.merged import roots_of
from feedback.queries.modes import offered
from feedback.services import modes, sightings

MOST = 20  # modes of one output
LONGEST = 100_000  # characters of an expectation
FIELDS = ("modes", "new", "expected", "intern")


def fault(said: Said) -> str:
    """What is wrong with it, in words; empty when nothing is."""
    if unknown := [name for name in said if name not in FIELDS]:
        return f"beside: there is no “{unknown[0][:40]}”; there are {', '.join(FIELDS)}."
    known, new = said.get("modes", []), said.get("new", [])
    if not isinstance(known, list) or not all(type(one) is int for one in known):
        return "beside.modes: must be a list of ids of failure modes."
    if not isinstance(new, list) or not all(isinstance(one, str) and modes.tidy(one) for one in new):
        return "beside.new: must be a list of names."
    if any(len(modes.tidy(one)) > NAME for one in new):
        return f"beside.new: a name has at most {NAME} characters; what it means goes into the description."
    if len(known) + len(new) > MOST:
        return f"beside: at most {MOST} failure modes at a time."
    expected = said.get("expected")
    if expected is not None and not (isinstance(expected, str) and len(expected) <= LONGEST):
        return f"beside.expected: must be a text of at most {LONGEST} characters."
    if said.get("intern", "") not in {"", *Intern.values}:
        return f"beside.intern: must be one of {', '.join(Intern.values)}."
    return ""


def take(told: Sequence[Told]) -> None:
    """Bring what stands beside each item's answer to what was sent with it; no answer, or a good one: nothing."""
    items = Item.objects.select_related("queue__project").in_bulk([one.item for one in told])
    raters = Rater.objects.select_related("user").in_bulk([one.rater for one in told])
    desirable = dict(
        QuestionVersion.objects.filter(pk__in={one.version for one in told}).values_list("pk", "desirable")
    )
    for one in told:
        item, rater = items[one.item], raters[one.rater]
        if one.said is None or not is_bad(one.answer, desirable[one.version]):
            sightings.take_back(item, rater)
        else:
            _take(item, rater, one.said)


def is_bad(answer: str, desirable: str) -> bool:
    """Whether it is not the answer that one hopes for; yes where the question says nothing of that."""
    return answer in {Answer.YES, Answer.NO} and answer != (desirable or Answer.YES)


def _take(item: Item, rater: Rater, said: Said) -> None:
    sightings.set_modes(item, rater, _modes(item.queue, rater, said))
    expected = clean(said.get("expected") or "").strip()
    sightings.expect(item, rater, expected or None)
    sightings.answer_intern(item, rater, said.get("intern") or "")


def _modes(queue: Queue, rater: Rater, said: Said) -> set[int]:
    """Ids of the project's own modes. One that was merged since the screen was opened is what it became;
    one that is not known is left out, and so is a new one where there are as many as a project may have: the
    answer itself is not lost for it."""
    found: set[int] = set()
    if said.get("modes"):
        roots = roots_of(queue.project)
        found = {roots[one] for one in said["modes"] if one in roots}
    for name in said.get("new", ()):
        with suppress(modes.TooMany):
            found.add(modes.named(queue.project, clean(name), rater.user, beside=True).pk)
    return found


def asks(queue: Queue) -> dict[str, Any]:
    """What the labeling screen needs: after which answer it asks, the project's modes, the most seen first."""
    asked = queue.chain.order_by("position", "pk").select_related("question").first()
    newest = asked.question.versions.order_by("-number").first() if asked else None
    desirable = newest.desirable if newest else ""
    bad = [answer for answer in (Answer.YES, Answer.NO) if is_bad(answer, desirable)]
    plan = getattr(queue.project, "vibe_plan", None)
    interns = [{"key": key, "name": str(name)} for key, name in Intern.choices]
    known = [{"id": mode.pk, "name": mode.name} for mode in offered(queue.project)]
    return {
        "asks": [str(answer) for answer in bad],
        "modes": known,
        "most": modes.MOST,  # with so many, no new one can be named
        "manage": reverse("failure-modes", args=[queue.project.slug]),
        "alike": reverse("item-alike", args=[queue.project.slug, queue.pk]),
        "notes": _notes(queue),
        "intern": interns if plan and plan.intern_test else [],
        "texts": {
            "title": _("How does it fail?"),
            "more": _("{n} more: type to find them"),
            "named": _("New failure mode: {name}"),
            "full": _(
                "“{name}” cannot be added: there are {n} failure modes, and no more can be offered. Choose another "
                "one, or have an owner merge or retire some."
            ),
            "on": _("{name}: chosen"),
            "off": _("{name}: not chosen"),
        },
    }


def _notes(queue: Queue) -> list[dict[str, str]]:
    """What those who looked before left, for whoever begins."""
    check = VibeCheck.objects.filter(queue=queue).first()
    return [
        {
            "day": date_format(one.day, "l j F"),
            "by": one.finished_by.shown_name if one.finished_by else "",
            "text": one.note,
            "url": reverse("check", args=[queue.project.slug, one.day]),
        }
        for one in (earlier_notes(queue.project, before=check.day) if check else [])
    ]


BESIDE = Beside(fault=fault, take=take, asks=asks)
