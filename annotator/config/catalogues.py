"""Translations: `.po` files compiled to the `.mo` files that Django reads, without gettext."""

import os
from pathlib import Path

import polib

from annotator.config.paths import ROOT


def stale(root: Path = ROOT) -> list[Path]:
    """The `.po` files that are newer than what was compiled from them."""
    found = sorted(root.glob("locale/*/LC_MESSAGES/*.po"))
    return [po for po in found if _time(po.with_suffix(".mo")) != po.stat().st_mtime_ns]


def compile_stale(root: Path = ROOT) -> int:
    """Compile what is stale, each file whole or not at all; how many."""
    todo = stale(root)
    for po in todo:
        time = po.stat().st_mtime_ns
        new = po.with_suffix(f".mo.{os.getpid()}")
        polib.pofile(str(po)).save_as_mofile(str(new))
        os.utime(new, ns=(time, time))  # so that a catalogue put back to an older text is stale, too
        new.replace(po.with_suffix(".mo"))
    return len(todo)


def _time(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return -1
