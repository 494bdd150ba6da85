"""Outputs that refuse to answer: the phrases of the assertion “No refusal”, in seven languages."""

from annotator.reading.errors import gettext_noop
from drift.structure.feature import Feature, Shape, Side, of_text
from drift.structure.rows import Text
from feedback.assertions.kinds.refusal import refuses


def _refuses(text: Text) -> bool:
    return refuses(text.whole)


FEATURES = (
    Feature(
        "output.refusal",
        Side.OUTPUT,
        Shape.SHARE,
        gettext_noop("Refusals"),
        of_text(_refuses, Side.OUTPUT),
        0.01,
    ),
)
