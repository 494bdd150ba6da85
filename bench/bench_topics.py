"""What finding topics costs and how good they are, on texts whose topics are known.

    OMP_NUM_THREADS=1 python -m bench.bench_topics TEXTS.jsonl.gz … --rows 5000,20000

Each file has one JSON object a line with `text` and a label; a label that is "oos" means none. CPU seconds are of this
process; purity is the share of rows whose topic's most frequent label is theirs.
"""

import argparse
import gzip
import json
import os
import resource
import time
from collections import Counter

import django
import numpy as np

NO_TOPIC = "oos"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--label", default="intent,label")
    parser.add_argument("--rows", default="1000,5000,20000")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
    django.setup()
    texts, labels = read(asked.files, asked.label.split(","))
    vectors = embedded(texts)
    order = np.random.default_rng(0).permutation(len(texts))
    print("rows  topics  noise  purity  counted: in no topic  purity  of no topic, found so  CPU s  peak MB")
    for n in (int(one) for one in asked.rows.split(",")):
        some = order[:n]
        print(line(vectors[some], labels[some]), flush=True)


def read(files: list[str], names: list[str]) -> tuple[list[str], np.ndarray]:
    """Texts and labels; of `names` the first that a file's objects have."""
    texts, labels = [], []
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                texts.append(row["text"])
                labels.append(next(row[name] for name in names if name in row))
    return texts, np.array(labels)


def embedded(texts: list[str]) -> np.ndarray:
    from annotator.ordering import encoder

    encode = encoder.load()
    return np.concatenate([encode(texts[start : start + 1000]) for start in range(0, len(texts), 1000)])


def line(vectors: np.ndarray, labels: np.ndarray) -> str:
    from drift.topics.fit import fit
    from drift.topics.nearest import counted

    began = time.process_time()
    found = fit(vectors)
    took = time.process_time() - began
    told = counted(vectors, found.centroids, found.floor).topic
    none = labels == NO_TOPIC
    outside = f"{(told[none] < 0).mean():.2f}" if none.any() else "-"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{len(vectors):6d}  {len(found.centroids):4d}  {found.noise:.2f}  {purity(found.labels, labels):.2f}  "
        f"{(told < 0).mean():.2f}  {purity(told, labels):.2f}  {outside}  {took:.1f}  {peak:.0f}"
    )


def purity(topics: np.ndarray, labels: np.ndarray) -> float:
    inside = topics >= 0
    right = sum(Counter(labels[topics == one]).most_common(1)[0][1] for one in set(topics[inside]))
    return right / max(int(inside.sum()), 1)


if __name__ == "__main__":
    main()
