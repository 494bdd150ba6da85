"""The file of refused lines."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from annotator.reading.errors import Rejected
from annotator.reading.plans import Chunk


class Rejects:
    """The refused lines with their text, one JSON object a line, to be mended and sent again."""

    def __init__(self, path: Path, *, keep: int = 0) -> None:
        """`keep` is the size that the last committed chunk left; what is behind it goes."""
        self.path, self.size = path, keep
        if path.exists():
            os.truncate(path, keep)

    def add(self, chunk: Chunk, rejected: Iterable[Rejected]) -> None:
        """On disk before the chunk commits, so that a kill in between loses none."""
        texts = {row.line: row.text for row in chunk.rows}
        lines = [
            json.dumps(
                {
                    "line": bad.index,
                    "field": bad.field,
                    "error": bad.error,
                    "record": texts[bad.index].decode(errors="replace"),
                },
                ensure_ascii=False,
            )
            for bad in rejected
        ]
        if not lines:
            return
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
            self.size = file.tell()
