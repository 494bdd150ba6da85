"""A run as JUnit XML, as Jenkins, GitHub and GitLab read it: a suite per assertion, a case per output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from xml.sax.saxutils import escape, quoteattr

from genba._check.run import Run
from genba._check.types import Checked, Count, Outcome

# What XML 1.0 has no way to write (section 2.2).
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NONE = Count(0, 0, 0, 0)
LONGEST_MESSAGE = 300  # characters of the attribute; the element holds all


def xml(done: Run, began: datetime, seconds: float) -> Iterator[str]:
    """In pieces. `began` is aware; `seconds` the whole run took, which no case is charged with."""
    tests = sum(len(one.outcomes) for one in done.checked)
    total = _totals(tests, len(done.reasons), sum(count.uncertain for count in done.counts.values()))
    cases: dict[str, list[tuple[Checked, Outcome]]] = {one.key: [] for one in done.suite.assertions}
    for one in done.checked:
        for outcome in one.outcomes:
            cases.setdefault(outcome.assertion, []).append((one, outcome))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name={_attribute(done.suite.name)} {total} time="{seconds:.3f}">\n'
    for key, found in cases.items():
        yield from _suite(f"{done.suite.key}.{key}", found, done.counts.get(key, NONE), began)
    yield "</testsuites>\n"


def _suite(named: str, cases: list[tuple[Checked, Outcome]], count: Count, began: datetime) -> Iterator[str]:
    stamp = began.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    name, total = _attribute(named), _totals(len(cases), count.failed, count.uncertain)
    yield f'  <testsuite name={name} {total} time="0" timestamp="{stamp}">\n'
    for one, outcome in cases:
        yield _case(name, one, outcome)
    yield "  </testsuite>\n"


def _case(classname: str, one: Checked, outcome: Outcome) -> str:
    head = f'    <testcase classname={classname} name={_attribute(one.id)} time="0"'
    if outcome.passed:
        return f"{head}/>\n"
    message = _attribute(outcome.reason[:LONGEST_MESSAGE] or "no reason was given")
    if outcome.passed is None:
        inside = f"<skipped message={message}/>"
    else:
        inside = f'<failure message={message} type="assertion">{escape(_clean(outcome.reason))}</failure>'
    return f"{head}>\n      {inside}\n    </testcase>\n"


def _totals(tests: int, failures: int, skipped: int) -> str:
    return f'tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}"'


def _attribute(value: str) -> str:
    return quoteattr(_clean(value), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _clean(value: str) -> str:
    return UNWRITABLE.sub("\ufffd", value)
