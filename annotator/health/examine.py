"""Running the checks."""

from collections.abc import Collection
from dataclasses import dataclass

from annotator.health import beat, broker, database, disk, model, workers
from annotator.health.facts import Facts
from annotator.health.registry import Check, Finding, State, register, registered

register(*database.CHECKS, *broker.CHECKS, *workers.CHECKS, *beat.CHECKS, *model.CHECKS, *disk.CHECKS)


@dataclass(frozen=True)
class Found:
    check: Check
    finding: Finding

    @property
    def is_trouble(self) -> bool:
        return self.finding.state in {State.WARNING, State.ERROR}


def examine(only: Collection[str] = ()) -> list[Found]:
    """Run the checks now: all, or those named and the vital ones.

    What needs an absent database is left out: that it is absent says enough.
    """
    facts = Facts()
    return [
        Found(check, finding)
        for check in registered()
        if not only or check.vital or check.name in only
        if facts.database_answers or not check.needs_database
        for finding in check.run(facts)
    ]
