"""A version as files: streamed as it is read, or a folder packed into one archive. See `annotator.ways_out`."""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error
from django.utils import timezone
from django.utils.translation import gettext as _

from annotator.datasets import filters, frozen
from annotator.datasets.content import Split
from annotator.models import DatasetVersion, QuestionVersion
from annotator.ways_out import folder, lines, manifest, options, registry
from annotator.ways_out.model import Format, Refused, Written

SPLITS: tuple[Split, ...] = ("train", "dev", "test")
TWICE_AT_ONCE = 5_000  # rows that are read before the first byte, at most: more is work for a job
CUT = b'\n{"error": "This export was cut here: take it again.'
FILES = ".files"  # how the name of the folder ends that an archive is made of
PACKED = (".gz", ".zst", ".parquet")  # is not made smaller by packing it again


@dataclass(frozen=True)
class Asked:
    """One format with its options, of some splits of one version."""

    version: DatasetVersion
    form: Format
    options: dict[str, Any]
    splits: tuple[Split, ...]

    @property
    def streams(self) -> bool:
        """Whether it can be sent as it is made, at once: one split, in one file."""
        if not self.form.streams or len(self.splits) != 1:
            return False
        return (
            not self.form.twice(self.options)
            or frozen.expected(self.version, self.splits[0]) <= TWICE_AT_ONCE
        )

    @property
    def name(self) -> str:
        return name_of(self.version, self.form.key)

    @property
    def rows(self) -> int:
        return sum(frozen.expected(self.version, split) for split in self.splits)


def name_of(version: DatasetVersion, key: str) -> str:
    """Of the file or the folder, without its ending."""
    words = "".join(" " if ord(c) < 32 or c in '/\\:*?"<>|' else c for c in version.dataset.name)
    return f"{' '.join(words.split())[:60] or 'dataset'} v{version.number} {key}"


def ask(version: DatasetVersion, key: str, splits: Sequence[str], given: dict[str, Any]) -> Asked:
    """Checked: what a format may not hold is refused here, before anything is read. Raises Refused."""
    form = registry.get(key)
    if form is None:
        known = ", ".join(one.key for one in registry.formats())
        raise Refused(
            _("There is no format “%(key)s”. Formats: %(known)s.") % {"key": key[:40], "known": known}
        )
    chosen = tuple(split for split in SPLITS if split in splits)
    if not chosen or set(splits) - set(SPLITS):
        raise Refused(_("split: say train, dev or test."))
    if wrong := [split for split in chosen if split not in form.splits]:
        raise Refused(
            _(
                "Rows of the %(split)s split never go out as %(format)s: a model would learn from what it is measured with."
            )
            % {"split": wrong[0], "format": form.title}
        )
    asked = Asked(version, form, options.read(form, given), chosen)
    if not asked.rows:
        raise Refused(_("This split is empty: choose another one, or make a version with other shares."))
    return asked


def stream(asked: Asked) -> Iterator[bytes]:
    """One split in one file. Raises Refused at the first `next`, before any byte.

    What breaks off later ends in the middle of a line: the server would end the answer as if it were whole.
    """
    split = asked.splits[0]
    rows = partial(frozen.rows_of, asked.version, split)
    chunks = lines.stream(asked.form, asked.form.plan(asked.options, rows), rows, split, Written())
    try:
        yield from chunks
    except (frozen.Gone, Error):
        yield CUT
        raise


def pack(asked: Asked, target: Path, *, progress: Callable[[int], None]) -> dict[str, Any]:
    """Writes an archive with all files; returns the manifest. Give a temporary name."""
    where = target.with_name(f"{target.name}{FILES}")
    where.mkdir(parents=True)
    try:
        told = write_folder(asked, where, progress=progress)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for file in sorted(path for path in where.rglob("*") if path.is_file()):
                progress(asked.rows)
                how = zipfile.ZIP_STORED if file.suffix in PACKED else zipfile.ZIP_DEFLATED
                archive.write(file, f"{asked.name}/{file.relative_to(where)}", compress_type=how)
        with target.open("rb+") as written:
            os.fsync(written.fileno())
    finally:
        shutil.rmtree(where, ignore_errors=True)
    return told


def write_folder(asked: Asked, where: Path, *, progress: Callable[[int], None]) -> dict[str, Any]:
    """The same files in a folder that exists and is empty."""
    sources = {split: partial(frozen.rows_of, asked.version, split) for split in asked.splits}
    return folder.write(asked.form, sources, where, asked.options, about(asked.version), progress=progress)


def about(version: DatasetVersion) -> manifest.About:
    """What manifest and README say of the dataset."""
    wanted = filters.read(version.filters)
    shares = {split: getattr(wanted, split) for split in SPLITS}
    return manifest.About(
        name=version.dataset.name,
        project=version.dataset.project.slug,
        created_at=timezone.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        version=version.number,
        questions=_questions(version),
        selection={
            "filters": filters.told(wanted),
            "rows": version.rows,
            "sha256": version.sha256,
            "rater_kinds": (version.counts or {}).get("rater_kinds", {}),
        },
        policy={
            "group_by": "inputs that are nearly the same",
            "seed": wanted.seed,
            "shares": shares,
            "duplicates_left_out": wanted.duplicates,
        },
    )


def _questions(version: DatasetVersion) -> list[dict[str, Any]]:
    """The wordings that were answered."""
    asked: dict[str, dict[str, int]] = (version.counts or {}).get("questions", {})
    found = QuestionVersion.objects.select_related("question").filter(
        question__project=version.dataset.project_id, question__key__in=list(asked)
    )
    return [
        {
            "key": one.question.key,
            "version": one.number,
            "text": one.text,
            "desirable": one.desirable,
            "rows": asked[one.question.key][str(one.number)],
        }
        for one in found.order_by("question__key", "number")
        if str(one.number) in asked[one.question.key]
    ]


def path_of(export_id: object) -> Path:
    return Path(settings.MEDIA_ROOT) / "exports" / f"dataset-{export_id}.zip"


def forget_folders(target: Path) -> None:
    """Remove what killed attempts left behind."""
    for where in target.parent.glob(f"{target.name}.*{FILES}"):
        shutil.rmtree(where, ignore_errors=True)


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream_:
        return hashlib.file_digest(stream_, "sha256").hexdigest()
