"""What is told of a version: what it holds, what was left out, what to be careful about."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotator.datasets.content import Row
from annotator.datasets.words import label_of

MOST_LABELS = 200  # those with most rows
NAMED = 10  # labels in a sentence, those with most rows first
FEW_TEST_ROWS = 100  # below which a rate over the test split is uncertain by 10 percentage points
UNEVEN = 0.9  # the share of one class above which it is said
LARGE_GROUP = 0.2  # the share of rows in one group above which it is said
SPLITS = ("train", "dev", "test")

REASONS = {
    "undecided": gettext_lazy("people disagree evenly"),
    "too_few_votes": gettext_lazy("too few answers"),
    "one_answer": gettext_lazy("only one person answered"),
    "disagreement": gettext_lazy("too little agreement"),
    "unfinished": gettext_lazy("not all questions are answered"),
    "not_asked": gettext_lazy("the chosen questions were not answered"),
    "other_day": gettext_lazy("labelled on another day"),
    "outside": gettext_lazy("of none of the chosen topics"),
    "exact_duplicate": gettext_lazy("the same as another row"),
    "near_duplicate": gettext_lazy("nearly the same as another row"),
    "crossing": gettext_lazy("nearly the same as an input of another split"),
}


class Tally:
    """Counts rows as they are frozen."""

    def __init__(self) -> None:
        self.rows = self.stale = 0
        self.splits: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.labels: dict[str, Counter[str]] = {split: Counter() for split in SPLITS}
        self.queues: Counter[str] = Counter()
        self.questions: dict[str, Counter[int]] = {}
        self.rater_kinds: Counter[str] = Counter()
        self.groups: Counter[object] = Counter()

    def add(self, row: Row, split: str, newest: dict[str, int], group: object) -> None:
        """`newest`: the number of each question's wording that is in force."""
        told = row.provenance
        self.rows += 1
        self.splits[split] += 1
        self.groups[group] += 1
        self.kinds[row.kind] += 1
        self.labels[split][label_of(row)] += 1
        self.rater_kinds.update(told.rater_kinds)
        if told.queue:
            self.queues[told.queue] += 1
        if row.question:
            self.questions.setdefault(row.question, Counter())[told.question_version] += 1
            self.stale += told.question_version < newest.get(row.question, 0)

    def as_json(self) -> dict[str, Any]:
        """`labels`: of the most frequent ones the rows of each split, zeros left out."""
        every = sum(self.labels.values(), Counter[str]())
        most = {label for label, _n in every.most_common(MOST_LABELS)}
        return {
            "splits": {split: self.splits[split] for split in SPLITS},
            "kinds": dict(self.kinds),
            "labels": {
                split: {label: n for label, n in found.most_common() if label in most}
                for split, found in self.labels.items()
            },
            "questions": {
                key: {str(version): n for version, n in found.items()}
                for key, found in self.questions.items()
            },
            "rater_kinds": dict(self.rater_kinds),
            "stale": self.stale,
        }


def left_out(counts: dict[str, Any]) -> list[tuple[str, int]]:
    """Why items with answers gave no row, in words, the most frequent first."""
    found = Counter(counts.get("left_out", {}))
    return [(str(REASONS.get(reason, reason)), n) for reason, n in found.most_common() if n]


def warnings(counts: dict[str, Any]) -> list[str]:
    """What one should know before one relies on it."""
    splits, found = counts["splits"], []
    total = sum(splits.values())
    if stale := counts["stale"]:
        found.append(
            ngettext(
                "%(n)s row answers an older wording of its question.",
                "%(n)s rows answer an older wording of their question.",
                stale,
            )
            % {"n": stale}
        )
    if total and not splits["test"]:
        found.append(
            _(
                "The test split is empty: nothing can be measured on it. Take more rows, or give it a larger share."
            )
        )
    elif total and splits["test"] < FEW_TEST_ROWS:
        found.append(
            ngettext(
                "The test split has %(n)s row: what is measured on it is uncertain by more than ±10 percentage points.",
                "The test split has %(n)s rows: what is measured on it is uncertain by about ±10 percentage points or more.",
                splits["test"],
            )
            % {"n": splits["test"]}
        )
    labels: Counter[str] = Counter()
    for split in counts["labels"].values():
        labels.update(split)
    if len(labels) == 1:
        found.append(_("All rows are of one class: “%(label)s”.") % {"label": next(iter(labels))})
    elif labels and (most := labels.most_common(1)[0])[1] > UNEVEN * total:
        found.append(
            _("%(percent)s %% of the rows are of one class: “%(label)s”.")
            % {"percent": round(100 * most[1] / total), "label": most[0]}
        )
    missing = [
        label
        for label, _n in labels.most_common()
        if splits["test"] and not counts["labels"]["test"].get(label)
    ]
    if missing and len(labels) < MOST_LABELS:
        said = _("The test split has no row of: %(labels)s.") % {"labels": ", ".join(missing[:NAMED])}
        left = len(missing) - NAMED
        more = ngettext("And %(shown)s more.", "And %(shown)s more.", left) % {"shown": left}
        found.append(f"{said} {more}" if left > 0 else said)
    if total >= FEW_TEST_ROWS and counts["largest_group"] > LARGE_GROUP * total:
        found.append(
            _(
                "%(percent)s %% of the rows have nearly the same input, so that all of them are in one split. "
                "If they share a long instruction, log it as a system message: it is not compared."
            )
            % {"percent": round(100 * counts["largest_group"] / total)}
        )
    if counts.get("crossing_inputs"):
        n = counts["crossing_inputs"]
        found.append(
            ngettext(
                "%(n)s input is left out, because something nearly the same is in another split.",
                "%(n)s inputs are left out, because something nearly the same is in another split.",
                n,
            )
            % {"n": n}
        )
    return found
