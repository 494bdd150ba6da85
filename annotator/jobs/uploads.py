"""Reading an uploaded file in a job: a chunk at a time, going on behind the last one after a kill."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TypeVar

from django.db.models import Model

from annotator.jobs.work import PermanentError, Work
from annotator.reading import plans
from annotator.reading.errors import BadFile, Rejected
from annotator.reading.outcome import Outcome
from annotator.reading.plans import Chunk, Plan
from annotator.reading.rejects import Rejects
from annotator.services.uploads import Shelf

Upload = TypeVar("Upload", bound=Model)
Told = TypeVar("Told", bound=Outcome)
# Store a chunk: the outcome with it, and the lines that were refused.
Store = Callable[[Chunk, Told], tuple[Told, Sequence[Rejected]]]


def check_is_there(shelf: Shelf[Upload], upload: Upload | None) -> Upload:
    if upload is None or not shelf.file_of(upload).exists():
        raise PermanentError("The uploaded file is gone: upload it again.")
    return upload


def read(
    work: Work, shelf: Shelf[Upload], upload: Upload, plan: Plan, *, outcome: type[Told], store: Store[Told]
) -> None:
    """The cursor: the last line read, and how large the rejects were. The result: the outcome."""
    cursor = work.cursor or {"line": 0, "rejects": 0}
    rejects = Rejects(shelf.rejects_of(upload), keep=cursor["rejects"])
    told, size = outcome(**work.result), plan.path.stat().st_size
    try:
        for part in plans.chunks(plan, after_line=cursor["line"]):
            with work.chunk() as chunk:
                told, rejected = store(part, told)
                rejects.add(part, rejected)
                work.result = asdict(told)
                chunk.done, chunk.total = part.position, size
                chunk.cursor = {"line": part.line, "rejects": rejects.size}
    except BadFile as bad:
        raise PermanentError(str(bad)) from bad
    work.finish()  # before its file goes: an attempt after a kill would miss it and fail
    shelf.file_of(upload).unlink(missing_ok=True)
