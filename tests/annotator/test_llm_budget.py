"""What a project may spend a day on a language model."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from annotator.llm import budget, client, failures, prices
from annotator.llm.asks import Tokens
from annotator.llm.budget import ProjectPurse
from annotator.llm.client import Client
from annotator.llm.retries import Deadline
from annotator.llm.sdk import connect
from annotator.models import LlmDay
from tests import make, pace
from tests import provider as said
from tests.annotator.talking import ask
from tests.provider import KEY

CENT = prices.DOLLAR // 100


def today(project):
    return budget.days(project)[0]


def test_a_project_has_the_instance_s_budget_unless_it_has_its_own(project, settings):
    settings.LLM_DAILY_USD = Decimal("2.50")
    assert budget.daily(project) == Decimal("2.50")

    budget.set_daily(project=project, dollars=Decimal("0.10"))
    assert budget.daily(project) == Decimal("0.10")

    budget.set_daily(project=project, dollars=None)
    assert budget.daily(project) == Decimal("2.50")


def test_a_call_is_held_before_and_settled_after(project):
    with ProjectPurse(project.pk).hold(5 * CENT) as held:
        assert (today(project).held, today(project).spent) == (Decimal("0.05"), 0)
        held.settle("answered", 2 * CENT, Tokens(100, 20, 3, 4))

    assert (today(project).held, today(project).spent) == (0, Decimal("0.02"))
    assert today(project).tokens == Tokens(100, 20, 3, 4)
    assert today(project).outcomes == {"answered": 1}
    assert today(project).calls == 1


def test_what_nobody_knows_the_cost_of_counts_in_full(project):
    with ProjectPurse(project.pk).hold(5 * CENT) as held:
        held.settle("late", None, Tokens())
    assert today(project).spent == Decimal("0.05")


def test_a_call_that_ends_in_an_error_of_ours_counts_in_full(project):
    with pytest.raises(ZeroDivisionError), ProjectPurse(project.pk).hold(5 * CENT):
        raise ZeroDivisionError
    assert (today(project).held, today(project).spent) == (0, Decimal("0.05"))
    assert today(project).outcomes == {"lost": 1}


def test_the_budget_is_never_passed_not_even_by_what_is_only_held(project):
    budget.set_daily(project=project, dollars=Decimal("0.10"))
    purse = ProjectPurse(project.pk)
    with purse.hold(6 * CENT):
        with pytest.raises(failures.OverBudget), purse.hold(5 * CENT):
            pass
        with purse.hold(4 * CENT) as second:
            second.settle("answered", 0, Tokens())
    with pytest.raises(failures.OverBudget), purse.hold(5 * CENT):
        pass
    with purse.hold(4 * CENT):
        pass
    assert today(project).spent == Decimal("0.10")


def test_the_first_call_of_a_day_may_be_too_dear_as_well(project):
    budget.set_daily(project=project, dollars=Decimal(0))
    with pytest.raises(failures.OverBudget), ProjectPurse(project.pk).hold(1):
        pass
    assert list(budget.days(project)) == []


def test_one_project_s_calls_are_not_another_s(project, stranger):
    budget.set_daily(project=project, dollars=Decimal(0))
    other = stranger.memberships.get().project
    with ProjectPurse(other.pk).hold(CENT):
        pass
    assert list(budget.days(project)) == []
    assert today(other).spent == Decimal("0.01")


def test_a_day_is_the_project_s_own(db):
    east = make.project(slug="east", time_zone="Pacific/Kiritimati")
    west = make.project(slug="west", time_zone="Pacific/Niue")
    for project in (east, west):
        with ProjectPurse(project.pk).hold(CENT):
            pass
    assert 1 <= (today(east).day - today(west).day).days <= 2


def test_days_are_listed_newest_first(project):
    for day in (1, 3, 2):
        LlmDay.objects.create(project=project, day=date(2026, 11, day), spent=day * CENT)
    assert [one.day.day for one in budget.days(project)] == [3, 2, 1]
    assert [one.spent for one in budget.days(project, most=1)] == [Decimal("0.03")]


def test_the_database_holds_no_debt(project):
    with pytest.raises(DatabaseError), transaction.atomic():
        LlmDay.objects.create(project=project, day=date(2026, 11, 1), held=-1)
    with pytest.raises(DatabaseError), transaction.atomic():
        budget.set_daily(project=project, dollars=Decimal(-1))


@pytest.mark.django_db(transaction=True)
def test_nobody_holds_money_inside_of_a_transaction():
    """Its row would be locked for all others until the provider has answered."""
    project = make.project()
    with transaction.atomic(), pytest.raises(RuntimeError), ProjectPurse(project.pk).hold(CENT):
        pass


@pytest.mark.django_db(transaction=True)
def test_twenty_workers_race_and_the_budget_holds(provider):
    """Through the real client: money for seven calls, and sixty that are wanted."""
    project = make.project()
    worst = prices.MODELS["claude-haiku-5-5"].worst(ask())
    budget.set_daily(project=project, dollars=prices.usd(7 * worst))
    # Each costs all that was held: so what is spent is known to the last nanodollar.
    provider.always = said.hang_up
    asking = Client(connect(KEY, provider.url), sleep=lambda _: None)
    start = threading.Barrier(20)
    seen: list[str] = []

    def work() -> None:
        try:
            start.wait(pace.allowed(30))
            for _ in range(3):
                try:
                    asking.ask(ask(), deadline=Deadline.within(60), purse=ProjectPurse(project.pk))
                except failures.Failure as failure:
                    seen.append(failure.kind)
                row = LlmDay.objects.get()
                assert row.held + row.spent <= 7 * worst
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 60
    assert len(provider.sent) == 7
    assert (today(project).held, today(project).spent) == (0, prices.usd(7 * worst))
    assert today(project).outcomes == {"unreachable": 7}


@pytest.mark.django_db(transaction=True)
def test_the_instance_s_client_pays_from_the_project_s_purse(provider):
    project = make.project()
    provider.says(said.value({"fruit": "pear"}))

    client.connected().ask(ask(), deadline=Deadline.within(60), purse=ProjectPurse(project.pk))

    assert today(project).spent == prices.usd(20_000)
    assert today(project).outcomes == {"answered": 1}
