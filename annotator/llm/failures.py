"""Why there is no answer, each with a sentence for a person.

A failure never holds the key, nor anything of what was asked or answered: it may go to any log.
"""

import re
from typing import ClassVar

from annotator.llm.asks import Tokens
from annotator.reading.errors import gettext_noop

# A request's id goes into logs, and comes from the other side.
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


class Failure(Exception):
    """`text` is a message id. `cost` is what it cost all the same, in nanodollars; None: nobody knows."""

    kind: ClassVar[str]
    text: ClassVar[str]
    may_pass: ClassVar[bool] = False  # the same question may be answered a moment later

    def __init__(
        self,
        *,
        status: int | None = None,
        request_id: str = "",
        cost: int | None = 0,
        tokens: Tokens | None = None,
        wait: float | None = None,
    ) -> None:
        self.status, self.cost = status, cost
        self.request_id = request_id if _ID.fullmatch(request_id) else ""
        self.tokens = tokens or Tokens()
        self.wait = wait  # seconds that the provider asks for
        super().__init__(self.text)

    def __str__(self) -> str:
        facts = [f"HTTP {self.status}"] if self.status else []
        facts += [self.request_id] if self.request_id else []
        return f"{self.text} ({', '.join(facts)})" if facts else self.text


class NoKey(Failure):
    kind = "no_key"
    text = gettext_noop("No key for a language model is set.")


class Unauthorised(Failure):
    kind = "unauthorised"
    text = gettext_noop("The provider does not accept the key.")


class Rejected(Failure):
    kind = "rejected"
    text = gettext_noop("The provider does not accept the request.")


class Overloaded(Failure):
    kind = "overloaded"
    text = gettext_noop("The provider has too much to do, or a fault of its own.")
    may_pass = True


class Unreachable(Failure):
    kind = "unreachable"
    text = gettext_noop("The provider could not be reached, or the line broke.")
    may_pass = True


class Late(Failure):
    kind = "late"
    text = gettext_noop("The answer did not come in time.")


class Refused(Failure):
    kind = "refused"
    text = gettext_noop("The model refused to answer.")


class Truncated(Failure):
    kind = "truncated"
    text = gettext_noop("The answer broke off: it was longer than allowed.")


class Malformed(Failure):
    kind = "malformed"
    text = gettext_noop("The answer cannot be read.")


class OverBudget(Failure):
    kind = "over_budget"
    text = gettext_noop("The project's budget for today is used up.")


KINDS = (
    NoKey,
    Unauthorised,
    Rejected,
    Overloaded,
    Unreachable,
    Late,
    Refused,
    Truncated,
    Malformed,
    OverBudget,
)
