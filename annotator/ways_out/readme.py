"""The README of an export: what it is, how to load it, what is not in it."""

from typing import Any

from annotator.ways_out.model import Format


def text(form: Format, told: dict[str, Any], first_file: str) -> str:
    """Of a manifest. Names are people's: one line each, and nothing in them is Markdown that matters."""
    counts = told["counts"]
    parts = [
        f"# {one_line(told['name'])}",
        f"Version {told['version']} of a dataset of {one_line(told['project'])}, as {form.title}, written by Genba "
        f"at {told['created_at']}.",
        "## How to load it",
        form.how_to_load.replace("{file}", first_file),
        "## What is in it",
        _table(("file", "split", "lines"), [(f["path"], f["split"], f["rows"]) for f in told["files"]]),
        f"{counts['items']} rows were looked at: {counts['written']} gave {counts['lines']} lines, "
        f"{sum(counts['dropped'].values())} gave none.",
    ]
    held_out = sorted({file["split"] for file in told["files"]} - {"train"})
    if form.trains and held_out:
        parts.append(f"What is of {' and '.join(held_out)} was held out: measure with it, never train on it.")
    if told["classes"]:
        parts.append(_table(("class", "lines"), list(told["classes"].items())))
    if counts["dropped"] or counts["lines_left_out"]:
        gone = [(n, f"rows: {told['reasons'][reason]}") for reason, n in counts["dropped"].items()]
        gone += [(n, f"lines: {told['reasons'][reason]}") for reason, n in counts["lines_left_out"].items()]
        parts += ["## What is not", _table(("number", "why"), gone)]
    if said := [*told["notes"], *told["warnings"]]:
        parts += ["## Mind", "\n".join(f"- {line}" for line in said)]
    parts.append(
        "`manifest.json` has counts, options, filters and checksums; `provenance.*.jsonl` says for each line where "
        "it is from. Raters have names that are new for every export."
    )
    return "\n\n".join(parts) + "\n"


def one_line(name: str) -> str:
    """Printable, on one line, at most 120 characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:120]


def _table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(cell: Any) -> str:
    return one_line(str(cell)).replace("|", "\\|")
