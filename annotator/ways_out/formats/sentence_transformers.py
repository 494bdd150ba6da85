"""sentence-transformers: it takes columns by their order and every unknown one as an input, so that
lines hold nothing else."""

from annotator.datasets.content import Row
from annotator.ways_out import messages, sides
from annotator.ways_out.formats import trl
from annotator.ways_out.model import (
    COMPARED,
    EMPTY,
    EVERY,
    NO_DESIRABLE,
    Drop,
    Format,
    Made,
    Options,
    Plan,
    Rows,
)
from annotator.ways_out.words import gettext_noop as _

LOAD = (
    '```python\nfrom datasets import load_dataset\n\nrows = load_dataset("json", data_files="{file}", '
    'split="train")\n# SentenceTransformerTrainer(model, train_dataset=rows, loss=…)\n```'
)


def pairs(options: Options, _rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        payload = sides.right(row, winners=options["winners"])
        if isinstance(payload, Drop):
            return payload
        texts = [messages.as_text(row.input), messages.as_text(payload)]
        return [dict(zip(("anchor", "positive"), texts, strict=True))] if _said(texts) else EMPTY

    return Plan(make, {"anchor": "text", "positive": "text"})


def triplets(_options: Options, _rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        ordered = sides.better(row)
        if isinstance(ordered, Drop):
            return ordered
        texts = [messages.as_text(row.input), *map(messages.as_text, ordered)]
        return [dict(zip(("anchor", "positive", "negative"), texts, strict=True))] if _said(texts) else EMPTY

    return Plan(make, {"anchor": "text", "positive": "text", "negative": "text"})


def scores(_options: Options, _rows: Rows) -> Plan:
    def make(row: Row) -> Made:
        if row.good is None:
            return NO_DESIRABLE
        texts = [messages.as_text(row.input), messages.as_text(row.output)]
        if not _said(texts):
            return EMPTY
        return [{"sentence1": texts[0], "sentence2": texts[1], "score": 1.0 if row.good else 0.0}]

    return Plan(
        make,
        {"sentence1": "text", "sentence2": "text", "score": "number"},
        classes=lambda record: "1.0" if record["score"] else "0.0",
    )


def _said(texts: list[str]) -> bool:
    return all(text.strip() for text in texts)


FORMATS = (
    Format(
        key="st-pairs",
        title=_("sentence-transformers pairs"),
        words=_("An input and an answer that is right for it."),
        takes=EVERY,
        encoding="jsonl",
        plan=pairs,
        options=(trl.WINNERS,),
        how_to_load=LOAD,
    ),
    Format(
        key="st-triplets",
        title=_("sentence-transformers triplets"),
        words=_("An input, the better answer, the other one."),
        takes=COMPARED,
        encoding="jsonl",
        plan=triplets,
        how_to_load=LOAD,
    ),
    Format(
        key="st-scores",
        title=_("sentence-transformers scores"),
        words=_("An input, an answer, and 1 or 0 for whether it was the desirable one."),
        takes=frozenset({"rated"}),
        encoding="jsonl",
        plan=scores,
        how_to_load=LOAD,
    ),
)
