"""A run for GitHub Actions: annotations in the log, a table in the job's summary."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from genba._check.run import Comparison, Run
from genba._check.table import HEAD, flat, rows_of, text, title
from genba._check.types import Accepted

MOST_ANNOTATIONS = 10  # GitHub shows no more of a step


def told(done: Run, accepted: Accepted | None, found: Comparison) -> str:
    """The table with workflow commands under it. A `##[` anywhere in a text would be one as well."""
    said = "\n".join([text(done, accepted, found), *commands(done, found)])
    return said.replace("##[", "# #[")


def commands(done: Run, found: Comparison) -> Iterator[str]:
    """<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>"""
    new = [one for failures in found.newly_failing.values() for one in failures]
    for one in new[:MOST_ANNOTATIONS]:
        name = flat(f"{one.assertion} · {one.id}", 150)
        reason = flat(done.reasons.get(one, ""), 500) or "failed"
        yield f"::error title={_property(name)}::{_data(reason)}"


def summary(done: Run, accepted: Accepted | None, found: Comparison, verdict: str) -> None:
    """Into the file that GITHUB_STEP_SUMMARY names, if any."""
    path = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if not path:
        return
    rows = [HEAD, ("---",) * len(HEAD), *rows_of(done, accepted, found)]
    table = "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in rows)
    with suppress(OSError), Path(path).open("a", encoding="utf-8") as file:
        file.write(f"### {_cell(title(done, accepted))}\n\n{table}\n\n{_cell(verdict)}\n")


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def _cell(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace("|", "&#124;")
