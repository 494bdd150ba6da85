"""The formats that there are.

    form = registry.get("trl-kto")
    chosen = options.read(form, {"context": "true"})
    plan = form.plan(chosen, rows)                      # rows: () -> iterator of Row, fresh each time
    for chunk in lines.stream(form, plan, rows, "train", written := Written()): ...

`lines.stream` raises `TooFew` at its first `next`, before any byte. One file holds one split. A format
that does not stream (`form.streams`) is a folder only. The whole export of any format, for a job or a zip:

    told = folder.write(form, {"train": rows_of_train, "test": rows_of_test}, Path("…"), chosen, about,
                        progress=lambda rows: None)     # the manifest
"""

from annotator.ways_out.formats import (
    axolotl,
    chat,
    classification,
    few_shot,
    hallucination,
    huggingface,
    inspect_ai,
    llama_factory,
    promptfoo,
    sentence_transformers,
    trl,
)
from annotator.ways_out.model import Format

FORMATS: tuple[Format, ...] = (
    *trl.FORMATS,
    *classification.FORMATS,
    huggingface.FORMAT,
    *promptfoo.FORMATS,
    *few_shot.FORMATS,
    *hallucination.FORMATS,
    *chat.FORMATS,
    *llama_factory.FORMATS,
    *axolotl.FORMATS,
    *inspect_ai.FORMATS,
    *sentence_transformers.FORMATS,
)
_BY_KEY = {form.key: form for form in FORMATS}


def formats() -> list[Format]:
    """In the order in which people see them."""
    return list(FORMATS)


def get(key: str) -> Format | None:
    return _BY_KEY.get(key)
