"""One answer to a pair, and what the statistics make of it."""

from typing import NamedTuple

from annotator.stats.bias import Duel
from annotator.stats.pairs import Outcome

OUTCOMES = {"left": Outcome.FIRST, "right": Outcome.SECOND, "tie": Outcome.TIE, "both_bad": Outcome.TIE}
TURNED = {Outcome.FIRST: Outcome.SECOND, Outcome.SECOND: Outcome.FIRST, Outcome.TIE: Outcome.TIE}


class Given(NamedTuple):
    """An answer that stands. `original`: of a mirrored repeat the pair that it repeats.

    `prompt` is the same for pairs of the same input. Lengths are in characters. `swapped`: the
    right side was shown as A; None: nobody knows. `chosen`: a classifier put the pair in front.
    """

    question: int
    item: int
    original: int | None
    rater: int
    kind: str
    name: str
    prompt: str
    left: str
    right: str
    left_length: int
    right_length: int
    answer: str
    swapped: bool | None
    chosen: bool = False

    @property
    def outcome(self) -> Outcome:
        """The left side being the first."""
        return OUTCOMES[self.answer]

    @property
    def shown(self) -> Outcome:
        """What was shown as A being the first; where that is not known, the left side."""
        return TURNED[self.outcome] if self.swapped else self.outcome

    @property
    def duel(self) -> Duel:
        left, right = (self.left, self.right) if self.left and self.right else (None, None)
        sides = (self.left_length, left), (self.right_length, right)
        (first_length, first), (second_length, second) = reversed(sides) if self.swapped else sides
        return Duel(self.shown, first_length, second_length, first, second, prompt=self.prompt)
