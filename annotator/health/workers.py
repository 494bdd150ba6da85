"""Is the work that was asked for being done?"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from annotator import weights
from annotator.health.facts import Facts
from annotator.health.registry import Check, Finding, State
from annotator.health.words import how_long, silence
from annotator.jobs import heart


def worker(facts: Facts) -> Sequence[Finding]:
    name = heart.worker("default")
    if not facts.is_silent(name):
        return [Finding(State.OK, _("The worker works."))]
    if not facts.broker_answers:
        return [Finding(State.INFO, _("Whether the worker works is not known while Redis is away."))]
    if facts.starting:
        return [Finding(State.INFO, _("The worker is starting."))]
    return [
        Finding(
            State.ERROR,
            silence(
                facts.signs.get(name),
                never=_("No worker is running."),
                since=_("The worker has been silent for %(time)s."),
            )
            + " "
            + _("Imports, exports and daily checks wait; nothing of them is lost."),
            _("Start a worker: “manage.py up” starts everything."),
        )
    ]


def ml_worker(facts: Facts) -> Sequence[Finding]:
    """The `ml` worker is needed only where its work is asked for."""
    if not facts.is_silent(heart.worker("ml")):
        return [Finding(State.OK, _("The ml worker works."))]
    if not facts.broker_answers or facts.starting:
        return [Finding(State.INFO, _("Whether the ml worker works is not known yet."))]
    missing = weights.missing_packages()
    state = State.WARNING if "ml" in facts.waiting else State.INFO
    if missing:
        text = _("The ml worker is not running and its packages are not installed here: %(names)s.")
        advice = _("Install the ml set as the README says. Everything but topics works without.")
        return [Finding(state, text % {"names": ", ".join(missing)}, advice)]
    return [
        Finding(
            state,
            _("The ml worker is not running. Everything but topics works without."),
            _("Start it: “manage.py up” starts everything."),
        )
    ]


def suggest_worker(facts: Facts) -> Sequence[Finding]:
    """Without it every question for a suggestion is answered “none”, and hosts go on without."""
    if not facts.is_silent(heart.worker("suggest")):
        return [Finding(State.OK, _("The suggest worker works."))]
    if not facts.broker_answers or facts.starting:
        return [Finding(State.INFO, _("Whether the suggest worker works is not known yet."))]
    return [
        Finding(
            State.WARNING,
            _("The suggest worker is not running. Nobody gets a suggestion; all else works."),
            _("Start it: “manage.py up” starts everything."),
        )
    ]


def backlog(facts: Facts) -> Sequence[Finding]:
    """Due work that nobody takes although the workers live: they are too few."""
    age = facts.waiting.get("default")
    if age is None or age <= facts.silence:
        return [Finding(State.OK, _("No work waits."))]
    if facts.is_silent(heart.worker("default")):
        state, advice = State.INFO, ""  # the worker's own line says what is wrong
    else:
        state, advice = State.WARNING, _("All workers are busy. Start another one if this is often so.")
    return [Finding(state, _("Work has waited for %(time)s.") % {"time": how_long(age)}, advice)]


CHECKS = (
    Check("worker", worker, needs_database=True),
    Check("ml-worker", ml_worker, needs_database=True),
    Check("worker-suggest", suggest_worker, needs_database=True),
    Check("backlog", backlog, needs_database=True),
)
