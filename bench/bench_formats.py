"""Rows of a dataset as lines: rows a second of CPU for each format, and memory.

    python -m bench.bench_formats [--rows 100000]

Rows are made once and given again and again, so that what is timed is the format alone: payloads to
records, records to bytes. Texts have about 400 characters each. The bar: 60,000 rows/s for trl-kto's lines,
and as much memory after all rows as after a tenth of them, but for the eight bytes a line that a format keeps
which leaves out contradictions.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from annotator.datasets.content import Provenance, Row
from annotator.ways_out import folder, lines, options
from annotator.ways_out.manifest import About
from annotator.ways_out.model import Format, Written
from annotator.ways_out.registry import formats, get

BAR = 60_000.0
ABOUT = About(name="Bench", project="bench", created_at="2026-11-30T00:00:00Z")
ASKED = "Where is my parcel, and when will the refund for the second one arrive? " * 6
TOLD = "The refund is on its way and will be with you within five working days. " * 6


def sample(number: int) -> Row:
    source = Provenance(
        item=number, external_id=f"call-{number}", queue="daily", labels=(number,), raters=(1,)
    )
    key = f"row-{number}"
    asked, told = f"{number}: {ASKED}", f"{TOLD}{number}"
    if number % 3 == 0:
        good = number % 2 == 0
        answers = {"good": "yes" if good else "no"}
        return Row(
            key=key,
            kind="rated",
            input=asked,
            output=told,
            good=good,
            question="good",
            answers=answers,
            provenance=source,
        )
    if number % 3 == 1:
        votes = {"left": 3, "right": 1}
        return Row(
            key=key,
            kind="preference",
            input=asked,
            left=told,
            right=ASKED,
            winner="left",
            votes=votes,
            provenance=source,
        )
    return Row(
        key=key,
        kind="demonstration",
        input=asked,
        output=told,
        rejected=ASKED,
        why="edited",
        provenance=source,
    )


class Source:
    """`count` rows out of a thousand that are kept, each time anew."""

    def __init__(self, count: int, kept: list[Row]) -> None:
        self.count, self.kept = count, kept

    def __call__(self) -> Iterator[Row]:
        kept = self.kept
        for number in range(self.count):
            yield kept[number % len(kept)]


def measure(form: Format, source: Source) -> tuple[float, float, Written]:
    """(rows a second of CPU over both passes, over the lines alone, what was written)."""
    written = Written()
    started = time.process_time()
    plan = form.plan(options.read(form, {}), source)
    between = time.process_time()
    for _chunk in lines.stream(form, plan, source, "train", written):
        pass
    ended = time.process_time()
    return source.count / (ended - started), source.count / (ended - between), written


def in_a_folder(form: Format, source: Source) -> tuple[float, float]:
    """(rows a second of CPU, megabytes of memory more) of a folder with provenance and hashes."""
    with tempfile.TemporaryDirectory() as where:
        before, started = resident(), time.process_time()
        folder.write(form, {"train": source}, Path(where), options.read(form, {}), ABOUT)
        return source.count / (time.process_time() - started), resident() - before


def resident() -> float:
    return psutil.Process().memory_info().rss / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    count = parser.parse_args().rows
    kept = [sample(number) for number in range(1_000)]
    rated = [row for row in kept if row.kind == "rated"]
    print(f"{count:,} rows of about 900 characters, a third of each kind; rows/s of CPU")
    for form in formats():
        if form.streams:
            whole, alone, written = measure(form, Source(count, kept))
            passes = "" if whole > 0.9 * alone else f" ({whole:,.0f} with the first pass)"
            print(f"{form.key:26} {alone:>9,.0f}{passes}, {written.lines:,} lines")
    for form in (get("trl-sft"), get("hf-folder")):
        in_a_folder(form, Source(count // 10, kept))
        rate, grown = in_a_folder(form, Source(count, kept))
        print(f"{form.key}, a folder with provenance: {rate:,.0f} rows/s of CPU, memory {grown:+.0f} MB")
    kto = get("trl-kto")
    measure(kto, Source(count // 10, rated))
    before = resident()
    _, alone, _ = measure(kto, Source(count, rated))
    grown = resident() - before
    print(
        f"trl-kto, single answers: {alone:,.0f} rows/s; memory {before:.0f} MB, {grown:+.0f} MB after all rows"
    )
    if alone < BAR or grown > 8 + 10 * count / 2**20:
        sys.exit(f"below {BAR:,.0f} rows/s, or memory grew")


if __name__ == "__main__":
    main()
