"""A whole export in a folder: data and provenance by split, manifest, README, and what the consumer wants beside.

    train.jsonl  provenance.train.jsonl  test.jsonl  provenance.test.jsonl  manifest.json  README.md

Whoever calls it syncs and publishes the folder; a half-written one is of no use and is made anew.
"""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from annotator.datasets.content import Split
from annotator.ways_out import lines, manifest, provenance, readme
from annotator.ways_out.dates import Dates
from annotator.ways_out.model import (
    Format,
    Options,
    Plan,
    Progress,
    Refused,
    Rows,
    TooFew,
    Written,
    WrongSplit,
)
from annotator.ways_out.words import gettext_noop as _

SPLITS: tuple[Split, ...] = ("train", "dev", "test")


def write(
    form: Format,
    sources: Mapping[Split, Rows],
    folder: Path,
    options: Options,
    about: manifest.About,
    *,
    progress: Progress = lambda _rows: None,
    secret: bytes = b"",
) -> dict[str, Any]:
    """Writes into `folder`, which exists and is empty; returns the manifest.

    `options` are read (`ways_out.options.read`). `progress` hears now and then how many rows were seen,
    and may raise to stop. Raises `Refused` where nothing useful would come of it.
    """
    sources = {split: sources[split] for split in SPLITS if split in sources}
    if held_out := sorted(set(sources) - form.splits):
        raise WrongSplit(lines.NEVER, split=held_out[0], format=form.title)
    if not sources:
        raise Refused(_("Choose a split."))
    names = provenance.Pseudonyms(secret)
    if form.folder is not None:
        told, front = form.folder(sources, folder, options, about, names, progress)
        first = "."
    else:
        told, first = _files(form, sources, folder, options, about, names, progress)
        front = ""
    (folder / "README.md").write_text(front + readme.text(form, told, first), encoding="utf-8", newline="\n")
    encoded = msgspec.json.format(msgspec.json.encode(told), indent=2)
    (folder / "manifest.json").write_bytes(encoded + b"\n")
    return told


def _files(
    form: Format,
    sources: Mapping[Split, Rows],
    folder: Path,
    options: Options,
    about: manifest.About,
    names: provenance.Pseudonyms,
    progress: Progress,
) -> tuple[dict[str, Any], str]:
    plan = form.plan(options, lambda: chain.from_iterable(rows() for rows in sources.values()))
    total, files, warnings = Written(), list[manifest.File](), list[str]()
    for split, rows in sources.items():
        written, dates = Written(), Dates()
        file = manifest.File(f"{split}{form.extension}", split)
        told = lines.heard(lines.ordered(plan, rows), progress, total.items)
        few = _one(form, plan, told, folder, file, written, dates, names)
        total.add(written)
        if few is None:
            files.append(file)
            warnings += [f"{file.path}: {words}" for words in manifest.warnings_of(form, written, dates)]
        elif split == "train" or not _more(sources, split, files):
            raise few
        else:
            warnings.append(f"No {file.path}: none of its {written.items} rows gave a line.")
    for name, text in (
        form.extras(plan, options, {f.split: f.path for f in files}) if form.extras else {}
    ).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return manifest.describe(form, plan, options, about, total, files, warnings), files[0].path


def _more(sources: Mapping[Split, Rows], split: Split, files: list[manifest.File]) -> bool:
    """Whether there is another file, or may be."""
    order = list(sources)
    return bool(files) or order.index(split) < len(order) - 1


def _one(
    form: Format,
    plan: Plan,
    rows: Rows,
    folder: Path,
    file: manifest.File,
    written: Written,
    dates: Dates,
    names: provenance.Pseudonyms,
) -> TooFew | None:
    """One data file and its provenance. Of too few lines no file stays."""
    encoder = lines.encoder_for(form.encoding, plan)
    into = msgspec.json.Encoder().encode_into
    least = form.least if file.split == "train" else 1
    data_path, beside_path = folder / file.path, folder / f"provenance.{file.split}.jsonl"
    with data_path.open("wb") as data, beside_path.open("wb") as beside:
        out, said = bytearray(encoder.head()), bytearray()
        for row, record in lines.records(form, plan, rows, file.split, written):
            if dates.left:
                dates.see(record)
            encoder.add(record, out)
            into(provenance.line(row, written.lines, names), said, -1)
            said += b"\n"
            if len(out) + len(said) >= lines.CHUNK:
                _flush(data, out, file)
                _flush(beside, said)
        out += encoder.tail()
        _flush(data, out, file)
        _flush(beside, said)
    file.rows = written.lines
    if written.lines >= least:
        return None
    data_path.unlink()
    beside_path.unlink()
    return TooFew(least, written)


def _flush(stream: Any, buffer: bytearray, file: manifest.File | None = None) -> None:
    if file is not None:
        file.see(bytes(buffer))
    stream.write(buffer)
    buffer.clear()
