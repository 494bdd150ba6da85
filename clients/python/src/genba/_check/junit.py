"""A run as JUnit XML, as Jenkins, GitHub and GitLab read it: a suite per assertion, a case per output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from xml.sax.saxutils import escape, quoteattr

from genba._check.run import Run
from genba._check.types import Checked, Named, Outcome

# What XML 1.0 has no way to write (section 2.2).
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_MESSAGE = 300  # characters of the attribute; the element holds all


def xml(done: Run, began: datetime, seconds: float) -> Iterator[str]:
    """In pieces. `began` is aware; `seconds` the whole run took, which no case is charged with."""
    total = _totals(
        sum(len(one.outcomes) for one in done.checked),
        len(done.reasons),
        sum(count.uncertain for count in done.counts.values()),
    )
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites name={_attribute(done.suite.name)} {total} time={quoteattr(f'{seconds:.3f}')}>\n"
    for named in done.suite.assertions:
        yield from _suite(done, named, began)
    yield "</testsuites>\n"


def _suite(done: Run, named: Named, began: datetime) -> Iterator[str]:
    count = done.counts.get(named.key)
    failed, uncertain = (count.failed, count.uncertain) if count else (0, 0)
    tests = count.passed + failed + uncertain if count else 0
    stamp = began.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    name = _attribute(f"{done.suite.key}.{named.key}")
    yield f'  <testsuite name={name} {_totals(tests, failed, uncertain)} time="0" timestamp="{stamp}">\n'
    for one in done.checked:
        for outcome in one.outcomes:
            if outcome.assertion == named.key:
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
