"""How long texts are: in characters, in tokens, in turns."""

from annotator.reading.errors import gettext_noop
from drift.structure.feature import SIDES, Feature, Shape, Side, asked_or_answer, of_text
from drift.structure.rows import Row, Text, messages_of

PER_TOKEN = 4  # ASCII characters, about, in common tokenizers; of other scripts each counts as a token


def estimate(text: Text) -> float:
    """Tokens, by a rule of thumb. It counts the beginning and takes the rest to be alike."""
    ascii_ones = len(text.head.encode("ascii", "ignore"))
    others = len(text.head) - ascii_ones
    return (ascii_ones / PER_TOKEN + others) * len(text.whole) / len(text.head)


def _logged(side: Side, row: Row) -> int | None:
    return row.input_tokens if side == Side.INPUT else row.output_tokens


def _estimated(side: Side, row: Row) -> float | None:
    text = asked_or_answer(side)(row)
    return None if text.blank or _logged(side, row) is not None else estimate(text)


def _turns(row: Row) -> float | None:
    return len(messages_of(row.sent)) or None


def _length(text: Text) -> float:
    return len(text.whole)


def _both(side: Side) -> tuple[Feature, ...]:
    return (
        Feature(
            f"{side}.length", side, Shape.AMOUNT, gettext_noop("Length"), of_text(_length, side), 1.15,
            unit="characters",
        ),
        Feature(
            f"{side}.tokens", side, Shape.AMOUNT, gettext_noop("Tokens, as logged"),
            lambda row: _logged(side, row), 1.15, unit="tokens",
        ),
        Feature(
            f"{side}.tokens_estimated", side, Shape.AMOUNT, gettext_noop("Tokens, estimated"),
            lambda row: _estimated(side, row), 1.15, unit="tokens",
        ),
    )  # fmt: skip


FEATURES = (
    *(feature for side in SIDES for feature in _both(side)),
    Feature(
        "input.turns", Side.INPUT, Shape.AMOUNT, gettext_noop("Turns of the conversation"), _turns, 1.15,
        unit="turns",
    ),
)  # fmt: skip
