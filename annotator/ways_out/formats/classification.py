"""A text and its class, as JSON lines or CSV."""

from annotator.datasets.content import Row
from annotator.ways_out import messages
from annotator.ways_out.model import (
    EMPTY,
    JUDGED,
    NO_LABEL,
    Column,
    Format,
    Made,
    Option,
    Options,
    Plan,
    Record,
    Rows,
)
from annotator.ways_out.words import gettext_noop as _

TEXT = Option(
    "text",
    _("The text"),
    "auto",
    {
        "auto": _("what was judged, or the input that a value was found for"),
        "input": _("the input"),
        "output": _("the output"),
        "both": _("the input, and the output as text_pair"),
    },
)
LABELS = Option(
    "labels",
    _("The class"),
    "one",
    {"one": _("one: the value, else the first question's answer"), "all": _("a column for each question")},
)
SPREADSHEET = Option(
    "spreadsheet", _("Put ' before cells that a spreadsheet would run as formulas (changes the text)"), False
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Readers of CSV take these for nothing, or for another type.
RISKY = frozenset({"", "na", "n/a", "nan", "none", "null", "true", "false"})


def classification(options: Options, rows: Rows) -> Plan:
    each = sorted({key for row in rows() for key in row.answers}) if options["labels"] == "all" else []
    guard = options.get("spreadsheet", False)
    pair = options["text"] == "both"

    def make(row: Row) -> Made:
        texts = _texts(row, options["text"])
        if not texts[0].strip() or (pair and not texts[1].strip()):
            return EMPTY
        record: Record = {"text": texts[0]}
        if pair:
            record["text_pair"] = texts[1]
        if each:
            if not row.answers:
                return NO_LABEL
            record |= {f"label_{key}": row.answers.get(key, "") for key in each}
        else:
            label = row.value or row.answers.get(row.question, "")
            if not label:
                return NO_LABEL
            record["label"] = label
        return [{name: _unlike_formula(cell) for name, cell in record.items()} if guard else record]

    names = ["text", *(["text_pair"] if pair else []), *([f"label_{key}" for key in each] or ["label"])]
    columns: dict[str, Column] = dict.fromkeys(names, "text")
    return Plan(make, columns, classes=None if each else lambda record: str(record["label"]))


def _texts(row: Row, wanted: str) -> tuple[str, str]:
    """A value was found for the input; a class that people gave, a failure mode too, is the output's."""
    if wanted == "auto":
        wanted = "input" if row.kind == "demonstration" or row.output is None else "output"
    given, made = messages.as_text(row.input), messages.as_text(row.output)
    return (made, "") if wanted == "output" else (given, made if wanted == "both" else "")


def _unlike_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def risky(classes: list[str]) -> list[str]:
    """Class names that a reader of CSV may take for nothing, a number or a truth value; sorted."""
    return sorted(name for name in classes if name.strip().lower() in RISKY or name.strip().isdigit())


JSON_LINES = Format(
    key="classification-jsonl",
    title=_("Classification, JSON lines"),
    words=_("Texts and their classes: answers, suggested values, failure modes."),
    takes=JUDGED,
    encoding="jsonl",
    plan=classification,
    options=(TEXT, LABELS),
    how_to_load='```python\nfrom datasets import load_dataset\n\nrows = load_dataset("json", data_files="{file}", '
    'split="train").class_encode_column("label")\n```',
    twice=lambda options: options["labels"] == "all",
)
CSV = Format(
    key="classification-csv",
    title=_("Classification, CSV"),
    words=_("The same as a table. JSON lines or Parquet are the faithful copies: CSV has no types."),
    takes=JUDGED,
    encoding="csv",
    plan=classification,
    options=(TEXT, LABELS, SPREADSHEET),
    how_to_load="```python\nfrom datasets import load_dataset\n\n"
    'rows = load_dataset("csv", data_files="{file}", split="train", keep_default_na=False)\n```\n\n'
    "CSV has no types: without `keep_default_na=False`, texts such as `NA` and `null` become nothing; a column of "
    "digits becomes numbers, `true` and `false` become truth values. Python's own `csv` reads no cell of more than 131,072 "
    "characters until `csv.field_size_limit` is raised. JSON lines or Parquet are the faithful copies.",
    twice=lambda options: options["labels"] == "all",
)
FORMATS = (JSON_LINES, CSV)
