"""Does PostgreSQL answer, and does it know our tables?"""

from collections.abc import Sequence

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.health.facts import Facts
from annotator.health.registry import Check, Finding, State

_all_applied = False  # for good: the code of a running process does not change


def answers(facts: Facts) -> Sequence[Finding]:
    if facts.database_answers:
        return [Finding(State.OK, _("PostgreSQL answers."), detail=_where())]
    return [
        Finding(
            State.ERROR,
            _("PostgreSQL does not answer. Nothing can be shown or stored."),
            _("Start it, or correct DATABASE_URL."),
            _where(),
        )
    ]


def has_our_tables(facts: Facts) -> Sequence[Finding]:
    global _all_applied
    waiting = 0
    if not _all_applied:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        _all_applied = waiting == 0
    if not waiting:
        return [Finding(State.OK, _("The tables are up to date."))]
    text = ngettext(
        "The tables are older than the program: %(n)d migration waits.",
        "The tables are older than the program: %(n)d migrations wait.",
        waiting,
    )
    return [Finding(State.ERROR, text % {"n": waiting}, _("Run “manage.py migrate”."))]


def _where() -> str:
    place = settings.DATABASES["default"]
    return f"{place['HOST']} {place['NAME']}"


CHECKS = (
    Check("database", answers, vital=True),
    Check("migrations", has_our_tables, needs_database=True, vital=True),
)
