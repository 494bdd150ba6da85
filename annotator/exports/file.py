"""An export on disk: written under a temporary name, synced, hashed, then renamed.

Stored names are ids; the name a person sees is given at the download.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from annotator.exports import manifest
from annotator.exports.filters import Filters
from annotator.models import Queue


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "exports"


def path_of(export_id: object) -> Path:
    return folder() / f"{export_id}.jsonl"


def write(
    target: Path,
    queue: Queue,
    filters: Filters,
    *,
    using: BaseDatabaseWrapper,
    progress: Callable[[int], None] = lambda _rows: None,
) -> dict[str, Any]:
    """Write and sync the file; returns its manifest. `progress` hears the rows so far.

    Give a temporary name and `publish` it after: a file under its real name is whole.
    """
    tally = manifest.Tally()
    with target.open("wb") as file:
        for encoded in manifest.tallied(queue, filters, tally, using):
            file.write(encoded)
            progress(tally.rows)
        file.flush()
        os.fsync(file.fileno())
    return manifest.describe(queue, filters, tally)


def publish(part: Path, target: Path) -> None:
    part.replace(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def part_of(target: Path, attempt: int) -> Path:
    return target.with_name(f"{target.name}.{attempt}.part")


def forget_parts(target: Path) -> None:
    """Remove what killed attempts left behind."""
    for part in target.parent.glob(f"{target.name}.*.part"):
        part.unlink(missing_ok=True)


def write_manifest(target: Path, described: dict[str, Any]) -> None:
    target.write_text(json.dumps(described, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
