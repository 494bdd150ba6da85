"""Does an eval set cover an input? `drift.coverage` on labelled inputs whose intents are held out of the reference.

Production has 60 intents, the reference 48 of them with so many inputs each; those of the other 12 are what it does not
cover. Thirds of the reference's size are added of intents that nobody asks for, in the lines "with unasked".

“cosine”: what the best fixed cosine to the nearest input of the reference would find at the same share of false ones.

    python -m bench.bench_coverage
"""

import gzip
import json
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from drift import coverage

DATA = Path(__file__).parent / "data"
INTENTS, HELD_OUT, WINDOW, DAY, WORLDS = 60, 12, 1500, 500, 12


def main() -> None:
    os.environ.setdefault("SECRET_KEY", "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
    print(f"{WORLDS} worlds; {DAY} inputs a day, {WINDOW - DAY} of the days before; CPU seconds, one thread")
    print(
        f"{'data':10} {'each':>4} {'reference':>9} {'':14} {'AUC':>5} {'false':>6} {'found':>6} {'cosine':>6} {'said':>6} {'true':>6} {'CPU s':>6}"
    )
    for name in ("clinc150", "banking77"):
        vectors, intents = _read(name)
        for each in (1, 3, 10):
            for unasked in (False, True):
                _line(name, vectors, intents, each, unasked=unasked)


def _read(name: str) -> tuple[coverage.Floats, np.ndarray]:
    import django

    django.setup()
    from annotator.ordering import encoder

    with gzip.open(DATA / f"intents_{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    intents = np.array([row["intent"] for row in rows])
    return encoder.load()([row["text"] for row in rows]), intents


def _line(name: str, vectors: coverage.Floats, intents: np.ndarray, each: int, *, unasked: bool) -> None:
    told = [_world(vectors, intents, each, seed, unasked=unasked) for seed in range(WORLDS)]
    size, *means = np.mean(told, axis=0)
    shown = "with unasked" if unasked else ""
    auc, false, found, fixed, said, true, seconds = means
    print(
        f"{name:10} {each:>4} {size:>9.0f} {shown:14} {auc:>5.3f} {false:>6.1%} {found:>6.1%} {fixed:>6.1%} {said:>6.1%} {true:>6.1%} "
        f"{seconds:>6.2f}"
    )


def _world(
    vectors: coverage.Floats, intents: np.ndarray, each: int, seed: int, *, unasked: bool
) -> list[float]:
    chance = np.random.default_rng(seed)
    names = chance.permutation(np.unique(intents))
    ours, others = names[:INTENTS], names[INTENTS:]
    held = ours[:HELD_OUT]
    production: list[int] = []
    reference: list[int] = []
    for intent in ours:
        rows = chance.permutation(np.flatnonzero(intents == intent))
        if intent not in held:
            reference += list(rows[:each])
        production += list(rows[each:])
    if unasked:
        alien = chance.permutation(np.flatnonzero(np.isin(intents, others)))
        reference += list(alien[: max(len(reference) // 3, 1)])
    window = chance.permutation(production)[:WINDOW]
    day, before = window[:DAY], window[DAY:]
    held_out = np.isin(intents[day], held)
    begun = time.process_time()
    found = coverage.measured(vectors[day], vectors[before], vectors[reference])
    seconds = time.process_time() - begun
    uncovered = ~found.covered
    false = float(uncovered[~held_out].mean())
    nearest = (vectors[day] @ vectors[reference].T).max(axis=1)
    fixed = np.quantile(nearest[~held_out], false)
    return [
        len(reference),
        _auc(found.remoteness[held_out], found.remoteness[~held_out]),
        false,
        float(uncovered[held_out].mean()),
        float((nearest[held_out] < fixed).mean()),
        float(found.covered.mean()),
        float((~held_out).mean()),
        seconds,
    ]


def _auc(higher: np.ndarray, lower: np.ndarray) -> float:
    """The chance that one of the first is higher than one of the second."""
    ranks = np.concatenate([higher, lower]).argsort().argsort()[: len(higher)]
    return float((ranks.sum() - len(higher) * (len(higher) - 1) / 2) / (len(higher) * len(lower)))


if __name__ == "__main__":
    main()
