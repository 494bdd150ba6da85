"""What an assertion would have said of labelled items."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from annotator.models import Membership
from annotator.reading.errors import gettext_noop
from feedback.assertions import registry
from feedback.assertions.alignment import Tally
from feedback.assertions.outcome import Outcome, Output, Tools, not_applicable
from feedback.models import AssertionReport, AssertionVersion
from feedback.queries import labelled
from feedback.queries.labelled import Labelled
from feedback.services.checking import output_of

ELSEWHERE = gettext_noop("It does not run on its feature.")
SECONDS = 2.0  # that a page may take


@dataclass(frozen=True)
class DryRun:
    """`looked` of `labelled` items: the newest, as far as the time went."""

    tally: Tally
    looked: int
    labelled: int

    @property
    def cut(self) -> bool:
        return self.looked < self.labelled


def in_page(me: Membership, kind: str, settings: Mapping[str, Any], features: Sequence[str]) -> DryRun:
    """Over what this person may know, within two seconds. Not for slow kinds."""
    rows = labelled.found(me.project, features, seen_by=me)
    end = time.monotonic() + SECONDS
    tally = tallied(kind, settings, labelled.with_texts(rows), until=lambda: time.monotonic() > end)
    return DryRun(tally, tally.n, len(rows))


def tallied(
    kind: str,
    settings: Mapping[str, Any],
    rows: Iterable[Labelled],
    *,
    tools: Tools | None = None,
    tally: Tally | None = None,
    until: Callable[[], bool] = lambda: False,
) -> Tally:
    found = tally or Tally()
    for row in rows:
        output = output_of(
            row.output,
            input=row.input,
            context=row.context,
            metadata=row.metadata,
            expected=row.expected,
            tools=tools,
        )
        found.add(row.item, registry.check(kind, settings, output).result, bad=row.bad)
        if until():
            break
    return found


def of_one(
    kind: str, settings: Mapping[str, Any], features: Sequence[str], output: Output, *, of: Sequence[str]
) -> Outcome:
    """What it would have said of one output, which is `of` this feature, or of none."""
    if features and not set(features) & set(of):
        return not_applicable(ELSEWHERE)
    return registry.check(kind, settings, output)


def keep(version: AssertionVersion, tally: Tally, kappa: Mapping[str, Any] | None = None) -> AssertionReport:
    """The version's report, in place of what was measured before."""
    values = {
        "counts": tally.counts,
        "kappa": dict(kappa) if kappa else None,
        "caught": tally.caught,
        "wrong": tally.wrong,
        "missed": tally.missed,
        "computed_at": timezone.now(),
    }
    return AssertionReport.objects.update_or_create(version=version, defaults=values)[0]
