"""What an export holds, beside it: enough to tell years later what the lines mean."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from annotator.datasets.content import Split
from annotator.ways_out.dates import Dates
from annotator.ways_out.formats.classification import risky
from annotator.ways_out.model import REASONS, Format, Options, Plan, Written

VERSION = 1


@dataclass(frozen=True)
class About:
    """What the caller knows of the dataset; goes into manifest and README as it is."""

    name: str
    project: str
    created_at: str  # ISO 8601, UTC
    version: int = 1  # of the dataset
    questions: Sequence[Mapping[str, Any]] = ()  # key, version, text, desirable
    selection: Mapping[str, Any] = field(default_factory=dict)  # the filters
    policy: Mapping[str, Any] = field(default_factory=dict)  # group_by, seed, shares, deduplication
    license: str = "other"


class File:
    """A file's name, size and hash, taken as its bytes pass by."""

    def __init__(self, path: str, split: Split) -> None:
        self.path, self.split = path, split
        self.rows = self.bytes = 0
        self._hash = sha256()

    def passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.see(chunk)
            yield chunk

    def see(self, chunk: bytes) -> None:
        self.bytes += len(chunk)
        self._hash.update(chunk)

    def told(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "split": self.split,
            "rows": self.rows,
            "bytes": self.bytes,
            "sha256": self._hash.hexdigest(),
        }


def describe(
    form: Format,
    plan: Plan,
    options: Options,
    about: About,
    written: Written,
    files: Sequence[File],
    warnings: Sequence[str] = (),
) -> dict[str, Any]:
    """The manifest. `files`: of data, with their rows; sidecars have no part in the counts."""
    return {
        "genba_export": VERSION,
        "name": about.name,
        "version": about.version,
        "format": form.key,
        "project": about.project,
        "created_at": about.created_at,
        "questions": [dict(question) for question in about.questions],
        "selection": dict(about.selection),
        "policy": {"ties": "drop", **about.policy},
        "options": dict(options),
        "columns": dict(plan.columns),
        **counted(written),
        "files": [file.told() for file in files],
        "notes": [*filter(None, (plan.reading, *plan.notes)), *_unsaid(written), *_mixed(form, written)],
        "warnings": list(warnings),
    }


def _unsaid(written: Written) -> list[str]:
    """Of tools that there were: a model that is shown no tools learns to do without."""
    rows = written.tools_unsaid
    return [f"In {rows} of the rows written there were tools that their lines do not name."] if rows else []


def _mixed(form: Format, written: Written) -> list[str]:
    """Of a file to learn from that answers more than one question: its lines do not say which."""
    if not form.trains or len(written.tasks) < 2:
        return []
    questions = ", ".join(sorted(filter(None, written.tasks)))
    values = "; others hold a value that was chosen for the input" if "" in written.tasks else ""
    return [
        f"Lines are of different tasks ({questions}{values}): filter the dataset if a model is to learn one."
    ]


def counted(written: Written) -> dict[str, Any]:
    """`items` = `written` + all of `dropped`; a row may give two lines."""
    return {
        "counts": {
            "items": written.items,
            "written": written.written,
            "lines": written.lines,
            "dropped": dict(sorted(written.dropped.items())),
            "lines_left_out": dict(sorted(written.left_out.items())),
        },
        "reasons": {reason: REASONS[reason] for reason in sorted({*written.dropped, *written.left_out})},
        "classes": dict(sorted(written.classes.items())),
    }


def warnings_of(form: Format, written: Written, dates: Dates) -> list[str]:
    """Traps of the readers that this export walks into."""
    found = []
    if form.encoding == "jsonl" and (fields := dates.fields()):
        found.append(
            f"Every value of {', '.join(fields)} looks like a date: `datasets` reads it as a time and writes "
            "it differently. Use the Parquet folder, or read the lines yourself."
        )
    if form.encoding == "csv" and (names := risky(list(written.classes))):
        found.append(
            f"Readers of CSV may not take these classes for text: {', '.join(map(repr, names))}. "
            "Read with keep_default_na=False and a text type for the column."
        )
    return found
