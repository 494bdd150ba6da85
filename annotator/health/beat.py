"""Does the clock tick, and does every schedule know what it wants?"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from annotator.health.facts import Facts
from annotator.health.registry import Check, Finding, State
from annotator.health.words import silence
from annotator.jobs import heart, schedules


def ticks(facts: Facts) -> Sequence[Finding]:
    if not facts.is_silent(heart.BEAT):
        return [Finding(State.OK, _("The clock (beat) ticks."))]
    if facts.starting:
        return [Finding(State.INFO, _("The clock (beat) is starting."))]
    return [
        Finding(
            State.ERROR,
            silence(
                facts.signs.get(heart.BEAT),
                never=_("The clock (beat) is not running."),
                since=_("The clock (beat) has been silent for %(time)s."),
            )
            + " "
            + _("No daily check is drawn and interrupted work is not taken up again."),
            _("Start beat: “manage.py up” starts everything."),
        )
    ]


def know_what_they_want(facts: Facts) -> Sequence[Finding]:
    names = [name.removeprefix(schedules.FAILED) for name in facts.signs if name.startswith(schedules.FAILED)]
    return [
        Finding(
            State.WARNING,
            _("The schedule “%(name)s” fails; the others run.") % {"name": name},
            _("The worker's log says why."),
        )
        for name in sorted(names)
    ]


CHECKS = (
    Check("beat", ticks, needs_database=True),
    Check("schedules", know_what_they_want, needs_database=True),
)
