"""The inputs of a reference in order, some at a time: rows of a frozen version, or lines of an uploaded file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from annotator.datasets.content import Row
from annotator.models import DatasetRow, Project, User
from annotator.reading import plans
from annotator.reading.errors import BadFile, BadRecord
from annotator.reading.mapping import Vocabulary, payload_in
from annotator.services.uploads import Shelf
from drift import texts
from drift.models import Reference, ReferenceFile
from drift.texts import Rule
from feedback.ingest.mapping import ALIASES

CHUNK = 500

# What other tools call an input; in a file of inputs alone any of these is one.
INPUTS = Vocabulary(
    ("input",),
    {"input": (*ALIASES["input"], "content", "utterance", "message")},
    lambda _f, cell: payload_in(cell),
)
FILES = Shelf(ReferenceFile, folder_name="references", job_kind="drift.reference")

_row = msgspec.json.Decoder(Row).decode


class Gone(LookupError):
    """What the reference was made of was deleted. The text is for people."""


class NoInput(ValueError):
    """No column looks like an input. `columns`: what the file has."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(", ".join(columns))
        self.columns = columns


class Sent(NamedTuple):
    position: int  # of the row, or line
    payload: Any


@dataclass(frozen=True)
class Part:
    """`last`: position behind which the next part begins; `faulty`: lines that are no record."""

    inputs: list[Sent]
    last: int
    faulty: int = 0


def keep(*, project: Project, file: "UploadedFile[bytes]", column: str, by: User) -> ReferenceFile:
    """`column`: that of the input; empty: the one that looks like it. BadFile, or NoInput: nothing is kept."""
    kept = FILES.keep(file=file, by=by, guess=INPUTS.guess, project=project)
    columns = kept.shape["columns"]
    if column:
        kept.mapping = {"input": column} if column in columns else {}
    elif not kept.mapping and len(columns) == 1:
        kept.mapping = {"input": columns[0]}
    if not kept.mapping:
        FILES.discard(kept)
        raise NoInput(columns)
    kept.save(update_fields=["mapping"])
    return kept


def parts(reference: Reference, *, after: int = 0) -> Iterator[Part]:
    """Behind that position, in order. Raises Gone."""
    if reference.version_id is not None:
        yield from _of_version(reference, after)
    elif reference.file is not None and FILES.file_of(reference.file).exists():
        yield from _of_file(reference.file, after)
    else:
        raise Gone(_("What this reference was made of was deleted: make it anew of something else."))


def texts_at(reference: Reference, positions: Sequence[int], rule: Rule) -> dict[int, str]:
    """By position, as they are embedded; none where what the reference was made of is gone. A file is read as far
    as the last of them: some tenths of a second for as many lines as a reference may have."""
    wanted = set(positions)
    if not wanted:
        return {}
    if reference.version_id is not None:
        rows = DatasetRow.objects.filter(version=reference.version_id, position__in=wanted)
        inputs = [
            Sent(position, _row(content).input)
            for position, content in rows.values_list("position", "content")
        ]
    else:
        inputs = list(_in_file(reference, wanted))
    return {one.position: texts.made(one.payload, rule).text for one in inputs}


def _in_file(reference: Reference, wanted: set[int]) -> Iterator[Sent]:
    last = max(wanted)
    try:
        for part in parts(reference):
            yield from (one for one in part.inputs if one.position in wanted)
            if part.last >= last:
                return
    except (Gone, BadFile):
        return


def _of_version(reference: Reference, after: int) -> Iterator[Part]:
    rows = DatasetRow.objects.filter(version=reference.version_id).order_by("position")
    if reference.split:
        rows = rows.filter(split=reference.split)
    while page := list(rows.filter(position__gt=after).values_list("position", "content")[:CHUNK]):
        after = page[-1][0]
        yield Part([Sent(position, _row(content).input) for position, content in page], after)


def _of_file(file: ReferenceFile, after: int) -> Iterator[Part]:
    plan = FILES.plan_of(file)
    for chunk in plans.chunks(plan, after_line=after):
        found, refused = chunk.read(lambda row: Sent(row.line, _input_in(row, plan)))
        yield Part(found, chunk.line, len(refused))


def _input_in(row: Any, plan: plans.Plan) -> Any:
    record = INPUTS.of_row(row, plan.mapping, plan.shape.columns)
    try:
        return msgspec.json.decode(record).get("input")
    except (msgspec.DecodeError, RecursionError, AttributeError) as error:
        raise BadRecord(None, "is no record") from error
