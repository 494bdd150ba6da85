"""The output is like a reference."""

from collections import Counter
from collections.abc import Sequence

from annotator.reading.errors import gettext_noop
from feedback.assertions.fields import Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, failed, not_applicable
from feedback.assertions.texts import plain

UNLIKE = gettext_noop("It is %(percent)s %% like the reference; at least %(least)s %% is wanted.")
NO_REFERENCE = gettext_noop("There is no reference for it.")
READ = 5_000  # characters of each
ORDER, BETA = 6, 2.0


def check(settings: Settings, output: Output) -> Outcome:
    references: Sequence[str] = [settings["reference"]] if settings["reference"] else []
    if not references and output.expected:
        references = [output.expected]
    if not references:
        return not_applicable(NO_REFERENCE)
    likeness = max(chrf(output.text, reference) for reference in references)
    if likeness * 100 >= settings["least"]:
        return PASSED
    return failed(UNLIKE, percent=round(likeness * 100), least=round(settings["least"]))


def chrf(text: str, reference: str) -> float:
    """chrF2, 0 to 1 (Popović 2015): precision and recall of character n-grams, n from 1 to 6, each as a
    mean over n, recall weighing twice. White space and capitals do not matter."""
    said, wanted = (plain(one[:READ]).replace(" ", "") for one in (text, reference))
    if said == wanted:
        return 1.0
    precisions, recalls = [], []
    for n in range(1, ORDER + 1):
        ours, theirs = _grams(said, n), _grams(wanted, n)
        if not ours and not theirs:
            continue
        same = (ours & theirs).total()
        precisions.append(same / ours.total() if ours else 0.0)
        recalls.append(same / theirs.total() if theirs else 0.0)
    precision, recall = (sum(one) / len(one) if one else 0.0 for one in (precisions, recalls))
    if precision + recall == 0:
        return 0.0
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _grams(text: str, n: int) -> Counter[str]:
    return Counter(text[at : at + n] for at in range(len(text) - n + 1))


KIND = Kind(
    "similarity",
    gettext_noop("Like a reference"),
    gettext_noop("The output must share enough of its letters, in their order, with a text (chrF)."),
    (
        Field(
            "reference",
            "long",
            gettext_noop("Reference"),
            gettext_noop("Left empty: what the item’s “should have been” says."),
            empty="",
            most=20_000,
        ),
        Field(
            "least",
            "number",
            gettext_noop("At least, %"),
            gettext_noop("100: the same, but for capitals and white space. Try it on what is labelled."),
            empty=50.0,
            low=0,
            high=100,
        ),
    ),
    check,
    phrase="reference",
)
