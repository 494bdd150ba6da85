"""Who may teach how much: nobody alone decides what everybody is suggested. Pure.

Whoever fills in fields on somebody else's page is not known to us, and may mean harm. The same
person's same answer to the same text counts once. Beyond the first FREE, a person counts for at
most TIMES the average, so that the few people of a small team are never held back.
"""

from collections import Counter
from uuid import UUID

FREE = 200  # examples
TIMES = 4


class Shares:
    """Counts what is learned, in the order in which it comes. `person` "": nobody knows who."""

    def __init__(self) -> None:
        self._of: Counter[str] = Counter()
        self._all = 0  # their sum: to add them up for each example takes seconds with many people
        self._said: Counter[tuple[str, UUID, int | None, int | None]] = Counter()

    def admits(self, person: str, text: UUID, right: int | None, wrong: int | None) -> bool:
        """Whether this example counts; if so, it is counted from now on."""
        said = (person, text, right, wrong)
        if said in self._said:
            self._said[said] += 1
            return False
        if person and self._of[person] >= self._most:
            return False
        self._said[said] = 1
        if person:
            self._of[person] += 1
            self._all += 1
        return True

    def gives_back(self, person: str, text: UUID, right: int | None, wrong: int | None) -> bool:
        """The example is no longer said. Whether that takes away what it taught: not if it never counted,
        nor while the same is said once more."""
        said = (person, text, right, wrong)
        if said not in self._said:
            return False
        self._said[said] -= 1
        if self._said[said]:
            return False
        del self._said[said]
        if person:
            self._all -= 1
            self._of[person] -= 1
            if not self._of[person]:
                del self._of[person]  # the average is of those who teach
        return True

    @property
    def _most(self) -> float:
        return max(FREE, TIMES * self._all / max(1, len(self._of)))
