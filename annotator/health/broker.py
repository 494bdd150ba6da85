"""Does Redis take messages, and whose engines are these?"""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from annotator.health.facts import Facts
from annotator.health.registry import Check, Finding, State


def answers(facts: Facts) -> Sequence[Finding]:
    if facts.broker_answers:
        return [Finding(State.OK, _("Redis answers."))]
    return [
        Finding(
            State.ERROR,
            _("Redis does not answer. Labeling works; background work waits, nothing of it is lost."),
            _("Start it, or correct REDIS_URL."),
        )
    ]


def engines(facts: Facts) -> Sequence[Finding]:
    if not (settings.EMBEDDED_POSTGRES or settings.EMBEDDED_REDIS):
        return [Finding(State.OK, _("PostgreSQL and Redis are your own."))]
    return [
        Finding(
            State.INFO,
            _("The embedded PostgreSQL or Redis is in use: right for one machine."),
            _("For a team bring your own: set DATABASE_URL and REDIS_URL."),
        )
    ]


CHECKS = (
    Check("broker", answers),
    Check("engines", engines),
)
