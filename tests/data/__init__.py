"""Votes and ratings of public data sets, to compute known numbers from. Sources: NOTICE."""

import gzip
import json
from collections import Counter
from pathlib import Path


def read(name):
    with gzip.open(Path(__file__).parent / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def patterns(units, answers):
    """How often each answer was given, with how many units look like this."""
    return Counter(tuple(list(unit).count(answer) for answer in answers) for unit in units)


def majority(votes):
    """The answer with most votes; a tie if two have as many."""
    ranked = Counter(votes).most_common()
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] > ranked[1][1] else "tie"
