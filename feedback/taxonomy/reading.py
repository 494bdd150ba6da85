"""A taxonomy from what somebody pasted or uploaded. Pure."""

from annotator.reading.files import ENCODINGS
from feedback.taxonomy import faults
from feedback.taxonomy.as_json import of_json
from feedback.taxonomy.lines import of_lines
from feedback.taxonomy.table import of_csv
from feedback.taxonomy.tree import Taxonomy

MOST_TEXT = 32 * 1024 * 1024  # characters: 20,000 values with the longest paths and descriptions
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
BEFORE_JSON = ("[", "{")


def of_paste(text: str) -> Taxonomy:
    """JSON where it begins with a bracket, else lines. BadTaxonomy."""
    _check(text)
    return of_json(text) if text.lstrip("\ufeff \t\r\n").startswith(BEFORE_JSON) else of_lines(text)


def of_file(name: str, content: bytes) -> Taxonomy:
    """By the end of the file's name: .json, .csv or .tsv; anything else is lines. BadTaxonomy."""
    text = decoded(content)
    _check(text)
    ending = name.lower().rpartition(".")[2]
    if ending == "json":
        return of_json(text)
    return of_csv(text) if ending in {"csv", "tsv"} else of_paste(text)


def decoded(content: bytes) -> str:
    """As UTF-16 where its first bytes say so, else as the first encoding that reads it."""
    if content.startswith(UTF_16):
        return content.decode("utf-16", errors="replace").removeprefix("\ufeff")
    for encoding in ENCODINGS[:-1]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode(ENCODINGS[-1], errors="replace")


def _check(text: str) -> None:
    if len(text) > MOST_TEXT:
        raise faults.one("", faults.TOO_LARGE, limit=MOST_TEXT)
