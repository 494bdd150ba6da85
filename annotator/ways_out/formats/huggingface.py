"""A folder for `datasets`, DuckDB and polars: Parquet shards, one config for each use of the rows, a card.

Parquet is the shape in which every text survives. The schema is explicit: of a key that some rows have and
others do not, readers make nulls. Only workers and commands get here, since pyarrow is heavy.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from json import dumps
from pathlib import Path
from typing import Any

import msgspec

from annotator.datasets.content import Row, Split
from annotator.ways_out import manifest, options, provenance
from annotator.ways_out.formats import classification, trl
from annotator.ways_out.lines import heard, records
from annotator.ways_out.model import (
    EMPTY,
    EVERY,
    Format,
    Option,
    Options,
    Plan,
    Progress,
    Record,
    Rows,
    TooFew,
    Written,
)
from annotator.ways_out.readme import one_line
from annotator.ways_out.words import gettext_noop as _

CONFIGS: dict[str, Format] = {
    "sft": trl.SFT,
    "preference": trl.REWARD,
    "kto": trl.KTO,
    "classification": classification.JSON_LINES,
}
CONVERSATIONS = frozenset(CONFIGS) - {"classification"}
GROUP_ROWS, GROUP_BYTES = 5_000, 8 * 2**20  # of a row group: what memory holds
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def write(
    sources: Mapping[Split, Rows],
    folder: Path,
    chosen: Options,
    about: manifest.About,
    names: provenance.Pseudonyms,
    progress: Progress,
) -> tuple[dict[str, Any], str]:
    """The manifest and the card's front matter. Configs that no row fits are left out."""
    total, files, configs = Written(), list[manifest.File](), dict[str, Any]()
    notes: list[str] = []
    for name, form in CONFIGS.items():
        if not chosen[name]:
            continue
        talks = {"context": chosen["context"], "tools": chosen["tools"]}
        inner = options.read(form, talks if name in CONVERSATIONS else {})
        plan = form.plan(inner, lambda: chain.from_iterable(rows() for rows in sources.values()))
        written, found = Written(), list[manifest.File]()
        for split, rows in sources.items():
            said = heard(rows, progress, total.items + written.items)
            part = Written()
            found += _shards(form, plan, said, split, folder, name, chosen["shard_rows"], part, names)
            written.add(part)
        total.add(written)
        if found:
            files += found
            notes += [f"{name}: {note}" for note in plan.notes]
            configs[name] = {
                "format": form.key,
                "options": inner,
                "columns": dict(plan.columns),
                **manifest.counted(written),
                "splits": sorted({file.split for file in found}),
            }
    if not files:
        raise TooFew(1, total)
    told = manifest.describe(
        FORMAT, Plan(lambda _row: EMPTY, {}, notes=tuple(notes)), chosen, about, total, files
    )
    told["classes"] = {}
    return {**told, "configs": configs}, _front(configs, about, total.lines)


def _shards(
    form: Format,
    plan: Plan,
    rows: Rows,
    split: Split,
    folder: Path,
    config: str,
    shard_rows: int,
    written: Written,
    names: provenance.Pseudonyms,
) -> list[manifest.File]:
    """data/CONFIG/SPLIT-00000-of-00002.parquet, …; how many there are is known at the end."""
    (folder / "data" / config).mkdir(parents=True, exist_ok=True)
    beside_path = folder / f"provenance.{config}.{split}.jsonl"
    parts: list[tuple[Path, int]] = []
    with beside_path.open("wb") as beside:
        stream = _grouped(
            _told(records(form, plan, rows, split, written), beside, written, names), shard_rows
        )
        for number, groups in enumerate(stream):
            path = folder / "data" / config / f"{split}-{number:05}.part"
            parts.append((path, _parquet(path, plan, groups)))
    if not parts:
        beside_path.unlink()
    files = []
    for number, (path, count) in enumerate(parts):
        name = f"data/{config}/{split}-{number:05}-of-{len(parts):05}.parquet"
        path.rename(folder / name)
        files.append(_file(folder, name, split, count))
    if not any((folder / "data" / config).iterdir()):
        (folder / "data" / config).rmdir()
    return files


def _told(
    made: Iterator[tuple[Row, Record]], beside: Any, written: Written, names: provenance.Pseudonyms
) -> Iterator[Record]:
    encode = msgspec.json.Encoder().encode
    for row, record in made:
        beside.write(encode(provenance.line(row, written.lines, names)) + b"\n")
        yield record


def _grouped(made: Iterator[Record], shard_rows: int) -> Iterator[Iterator[list[Record]]]:
    """Shards of row groups. Each shard is read to its end before the next is asked for."""
    for first in made:
        yield _groups(chain([first], made), shard_rows)


def _groups(made: Iterator[Record], shard_rows: int) -> Iterator[list[Record]]:
    encode = msgspec.json.Encoder().encode
    group: list[Record] = []
    size = 0
    for count, record in enumerate(made, 1):
        group.append(record)
        size += len(encode(record))
        if len(group) == GROUP_ROWS or size >= GROUP_BYTES or count == shard_rows:
            yield group
            group, size = [], 0
        if count == shard_rows:
            break
    if group:
        yield group


def _parquet(path: Path, plan: Plan, groups: Iterator[list[Record]]) -> int:
    """Rows written."""
    import pyarrow  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    message = pyarrow.struct([("role", pyarrow.string()), ("content", pyarrow.string())])
    types = {
        "text": pyarrow.string(),
        "bool": pyarrow.bool_(),
        "number": pyarrow.float64(),
        "texts": pyarrow.list_(pyarrow.string()),
        "messages": pyarrow.list_(message),
        "chat": pyarrow.list_(pyarrow.string()),
    }
    made = pyarrow.schema([(name, types[column]) for name, column in plan.columns.items()])
    chats = [name for name, column in plan.columns.items() if column == "chat"]
    count = 0
    with parquet.ParquetWriter(
        path, _as_json(made.empty_table(), chats).schema, compression="zstd"
    ) as writer:
        for group in groups:
            table = pyarrow.Table.from_pylist([_encoded(record, chats) for record in group], schema=made)
            writer.write_table(_as_json(table, chats), row_group_size=len(group))
            count += len(group)
    return count


def _encoded(record: Record, chats: list[str]) -> Record:
    """Messages of which some have more keys: JSON each, which `datasets` reads as what it was."""
    if not chats:
        return record
    encode = msgspec.json.Encoder().encode
    return {**record, **{name: [encode(one).decode() for one in record[name]] for name in chats}}


def _as_json(table: Any, chats: list[str]) -> Any:
    """With the texts of those columns marked as JSON, so that readers decode them."""
    import pyarrow  # noqa: PLC0415

    for name in chats:
        column = table[name].combine_chunks()
        texts = pyarrow.ExtensionArray.from_storage(pyarrow.json_(), column.values)
        whole = pyarrow.ListArray.from_arrays(column.offsets, texts)
        table = table.set_column(table.schema.get_field_index(name), name, whole)
    return table


def _file(folder: Path, name: str, split: Split, count: int) -> manifest.File:
    file = manifest.File(name, split)
    with (folder / name).open("rb") as stream:
        for chunk in iter(lambda: stream.read(2**20), b""):
            file.see(chunk)
    file.rows = count
    return file


def _front(configs: Mapping[str, Any], about: manifest.About, count: int) -> str:
    """YAML that the Hub and `datasets` read. Names are JSON texts of printable characters: YAML too."""
    size = next((words for most, words in SIZES if count < most), "1M<n<10M")
    lines = [
        "---",
        f"license: {dumps(one_line(about.license), ensure_ascii=False)}",
        f"pretty_name: {dumps(one_line(about.name), ensure_ascii=False)}",
        "tags: [human-feedback, trl]",
        f"size_categories: [{dumps(size)}]",
        "configs:",
    ]
    for at, (name, told) in enumerate(configs.items()):
        lines += [f"- config_name: {name}", *(["  default: true"] if at == 0 else []), "  data_files:"]
        for split in told["splits"]:
            lines += [f"  - split: {split}", f"    path: data/{name}/{split}-*.parquet"]
    return "\n".join([*lines, "---", "", ""])


FORMAT = Format(
    key="hf-folder",
    title=_("Hugging Face folder (Parquet)"),
    words=_("Parquet files with a card, one config for each use: the shape in which every text survives."),
    takes=EVERY,
    encoding="folder",
    plan=lambda _options, _rows: Plan(lambda _row: EMPTY, {}),
    folder=write,
    options=(
        Option("sft", _("Conversations to imitate"), True),
        Option("preference", _("Preferences, with margins where there are votes enough"), True),
        Option("kto", _("Single answers, desirable or not"), True),
        Option("classification", _("Texts and classes"), True),
        trl.CONTEXT,
        trl.TOOLS,
        Option("shard_rows", _("Rows in a file at most"), 100_000, least=1_000, most=10_000_000),
    ),
    how_to_load='```python\nfrom datasets import load_dataset\n\nrows = load_dataset("{file}", "sft")  # a config\n```',
    twice=lambda _options: True,
)
