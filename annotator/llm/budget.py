"""What a project may spend a day on a language model, and what it did.

An amount is held before the call and settled after it. Holding is one statement that looks at the
day's row and writes it: however many workers race, held and spent together never pass the budget.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction

from annotator.llm import failures, prices
from annotator.llm.asks import Tokens
from annotator.models import LlmBudget, LlmDay, Project

# The day is the project's own, by the database's clock.
TODAY = "(clock_timestamp() AT TIME ZONE project.time_zone)::date"

HOLD = f"""
WITH allowed AS (
    SELECT project.id, {TODAY} AS today, COALESCE(budget.nanodollars, %(default)s) AS most
      FROM annotator_project project
      LEFT JOIN annotator_llmbudget budget ON budget.project_id = project.id
     WHERE project.id = %(project)s)
INSERT INTO annotator_llmday AS of_day
       (project_id, day, held, spent, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens)
SELECT id, today, %(amount)s, 0, 0, 0, 0, 0 FROM allowed WHERE %(amount)s <= most
    ON CONFLICT (project_id, day) DO UPDATE SET held = of_day.held + EXCLUDED.held
 WHERE of_day.held + of_day.spent + EXCLUDED.held <= (SELECT most FROM allowed)
RETURNING of_day.id
"""  # noqa: S608 - put together of constants

SETTLE = """
WITH ended AS (
    UPDATE annotator_llmday
       SET held = held - %(held)s, spent = spent + %(cost)s,
           input_tokens = input_tokens + %(input)s, output_tokens = output_tokens + %(output)s,
           cache_read_tokens = cache_read_tokens + %(cache_read)s,
           cache_write_tokens = cache_write_tokens + %(cache_write)s
     WHERE id = %(day)s RETURNING id)
INSERT INTO annotator_llmoutcome AS counted (day_id, outcome, calls)
SELECT id, %(outcome)s, 1 FROM ended
    ON CONFLICT (day_id, outcome) DO UPDATE SET calls = counted.calls + 1
"""


class ProjectPurse:
    """The purse of one project (see `client.Purse`). Not inside a transaction: its row would stay
    locked for as long as the provider takes."""

    def __init__(self, project: int) -> None:
        self.project = project

    @contextmanager
    def hold(self, nanodollars: int) -> Iterator["HeldForCall"]:
        held = HeldForCall(self._hold(nanodollars), nanodollars)
        try:
            yield held
        finally:
            held.settle("lost", None, Tokens())  # does nothing where it was settled

    def _hold(self, amount: int) -> int:
        """The id of the day's row."""
        values = {"project": self.project, "amount": amount, "default": _default()}
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(HOLD, values)
            row = cursor.fetchone()
        if row is None:
            raise failures.OverBudget
        return int(row[0])


class HeldForCall:
    def __init__(self, day: int, amount: int) -> None:
        self._day, self._amount, self._settled = day, amount, False

    def settle(self, outcome: str, cost: int | None, tokens: Tokens) -> None:
        if self._settled:
            return
        self._settled = True
        values: dict[str, int | str] = {
            "day": self._day,
            "held": self._amount,
            "cost": self._amount if cost is None else cost,
            "outcome": outcome,
            "input": tokens.input,
            "output": tokens.output,
            "cache_read": tokens.cache_read,
            "cache_write": tokens.cache_write,
        }
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(SETTLE, values)


# --- for a page ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spending:
    """One day. Amounts in US dollars; `held` is out for calls that have not come back."""

    day: date
    spent: Decimal
    held: Decimal
    tokens: Tokens
    outcomes: dict[str, int]  # calls by how they ended

    @property
    def calls(self) -> int:
        return sum(self.outcomes.values())


def daily(project: Project) -> Decimal:
    """US dollars that the project may spend a day."""
    mine = own(project)
    return prices.usd(_default()) if mine is None else mine


def own(project: Project) -> Decimal | None:
    """What an owner set; None: the project follows the instance's default."""
    row = LlmBudget.objects.filter(project=project).first()
    return prices.usd(row.nanodollars) if row else None


def set_daily(*, project: Project, dollars: Decimal | None) -> None:
    """From the next call on; None: the instance's default."""
    if dollars is None:
        LlmBudget.objects.filter(project=project).delete()
        return
    values = {"nanodollars": prices.nanodollars(dollars)}
    LlmBudget.objects.update_or_create(project=project, defaults=values)


def days(project: Project, most: int = 30) -> Sequence[Spending]:
    """The newest days on which anything was asked, newest first."""
    rows = LlmDay.objects.filter(project=project).order_by("-day").prefetch_related("outcomes")[:most]
    return [
        Spending(
            row.day,
            prices.usd(row.spent),
            prices.usd(row.held),
            Tokens(row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_tokens),
            {one.outcome: one.calls for one in row.outcomes.all()},
        )
        for row in rows
    ]


def _default() -> int:
    return prices.nanodollars(settings.LLM_DAILY_USD)
