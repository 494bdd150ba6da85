"""Records the demo's stream: what the `similar` suggester proposed for each of banking77's questions in turn.

    python -m bench.record_intents

Writes `feedback/demo/data/intents.jsonl.gz`: the questions in the order of the source, from the names
of the values alone at first, each learned with its right value before the next is asked about. What
is held out by its words is not learned, as in the product.
"""

import gzip
import json
from pathlib import Path

import numpy as np

from annotator.datasets.words import text_hash
from bench import bench_suggest, ground  # noqa: F401 - settings of its own, before anything reads them
from feedback.similarity.similar import Similar
from feedback.splits import is_held_out
from feedback.suggesters.checks import MOST_ALTERNATIVES

MOST = 900  # questions: two weeks of the demo
FILE = Path("feedback/demo/data/intents.jsonl.gz")


def main() -> None:
    rows = bench_suggest.rows_of("banking77")
    data = bench_suggest.read("banking77")
    values = sorted({row["intent"] for row in rows})
    state = Similar(data.names)
    with gzip.GzipFile(FILE, "wb", compresslevel=9, mtime=0) as file:
        for n, row in enumerate(rows[:MOST]):
            chances = state.predict(data.vectors[n : n + 1])[0]
            best = [(values[k], round(float(chances[k]), 4)) for k in np.argsort(-chances, kind="stable")]
            (value, confidence), *others = best[: 1 + MOST_ALTERNATIVES]
            told = {"value": value, "confidence": confidence, "alternatives": others}
            line = {"id": row["id"], "text": row["text"], "intent": row["intent"], **told}
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            if not is_held_out(text_hash(row["text"])):
                state.learn(data.vectors[n : n + 1], data.right[n : n + 1])


if __name__ == "__main__":
    main()
