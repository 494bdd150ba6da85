"""A check that several parts drew: what came from where, with what chance, and what the page says of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from feedback.models import Signal, VibeCheck
from feedback.queries.checks import looked, newest, weeks_of
from feedback.queries.estimates import rates_of
from feedback.queries.rates import by_key, by_week
from feedback.sampling import Stratum
from feedback.services import plans
from feedback.sources import outliers, registry
from feedback.sources.registry import Source
from tests.feedback import logged
from tests.feedback.logged import DAY

PAGE = "/p/shop/checks/2026-11-23/"


def disliked(project, *names: str, polarity: str = "negative") -> None:
    Signal.objects.bulk_create(
        Signal(
            project=project,
            interaction=name,
            event_id=f"down-{name}",
            kind="thumbs",
            polarity=polarity,
            occurred_at=timezone.now(),
        )
        for name in names
    )


@pytest.fixture
def plan(project, owner):
    """Ten spread over two features, one of each, two disliked, two unusual."""
    made = logged.plan(project, owner, sample_size=10)
    plans.change_sample(
        made, base="spread", parts=[["feature", 1], ["negative", 2], ["outliers", 2]], shadow_pairs=0
    )
    made.refresh_from_db()
    return made


@pytest.fixture
def check(project, owner, plan) -> VibeCheck:
    """200 interactions, five disliked, one slow."""
    logged.interactions(project, 150, latency_ms=300)
    logged.interactions(project, 49, feature="chat", latency_ms=300)
    logged.interactions(project, 1, feature="chat", latency_ms=9000, name="slow")
    disliked(project, "email-1", "email-2", "email-3", "chat-1", "chat-2")
    disliked(project, "email-5", "email-6", polarity="positive")
    return logged.check(project)


def test_every_part_draws_what_it_is_asked(check):
    assert [(part["source"], part["drawn"], part["population"]) for part in check.parts] == [
        ("spread", 10, 200),
        ("feature", 2, 200),
        ("negative", 2, 5),
        ("outliers", 1, 1),
    ]
    by = Counter(part for item in check.queue.items.all() for part in item.metadata["drawn_by"])
    assert by == {"spread": 10, "feature": 2, "negative": 2, "outliers": 1}
    assert sum(group["drawn"] for group in check.strata) == check.queue.items.count()


def test_an_item_keeps_its_chance_under_the_whole_plan(check):
    items = {item.external_id: item for item in check.queue.items.all()}
    email, chat = (one["population"] for one in check.strata)
    spread = {"email": 8 / email, "chat": 2 / chat}  # ten by size, at least two each
    for name, item in items.items():
        feature = "email" if name.startswith("email") else "chat"
        missed = (1 - spread[feature]) * (1 - 1 / (email if feature == "email" else chat))
        if name in {"email-1", "email-2", "email-3", "chat-1", "chat-2"}:
            missed *= 1 - 2 / 5
        if name == "slow-0":
            missed = 0
        assert item.inclusion_probability == pytest.approx(1 - missed)
    assert "unusually long, costly or slow: 1 of 1 such" in items["slow-0"].reason
    assert any("end users disliked it: 2 of 5 such" in item.reason for item in items.values())


def test_drawing_again_draws_the_same(project, check):
    def drawn(of):
        return list(of.queue.items.order_by("position").values_list("external_id", "inclusion_probability"))

    first = drawn(check)
    check.queue.delete()
    VibeCheck.objects.all().delete()

    assert drawn(logged.check(project)) == first


def test_the_order_tells_nothing_of_the_part(project, plan):
    """Who stops half-way has looked at a fair half: what came by purpose is not the last."""
    first_half = whole = 0
    for n in range(12):
        at = datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=n)
        logged.interactions(project, 60, at=at, name=f"day-{n}")
        disliked(project, *(f"day-{n}-{k}" for k in range(10)))
        items = list(logged.check(project, day=at.date()).queue.items.order_by("position"))
        purpose = ["negative" in item.metadata["drawn_by"] for item in items]
        first_half += sum(purpose[: len(purpose) // 2])
        whole += sum(purpose)

    assert 0.25 < first_half / whole < 0.75


def test_a_day_without_such_draws_none_of_them(project, owner, plan):
    logged.interactions(project, 30, latency_ms=300)

    check = logged.check(project)

    assert [(part["source"], part["drawn"]) for part in check.parts][2:] == [("negative", 0), ("outliers", 0)]
    assert {item.stratum for item in check.queue.items.all()} == {"email"}


def test_a_uniform_base_takes_no_care_of_features(project, owner, plan):
    plans.change_sample(plan, base="uniform", parts=[], shadow_pairs=0)
    logged.interactions(project, 500)
    logged.interactions(project, 1, feature="rare")

    check = logged.check(project)

    assert [(part["source"], part["drawn"], part["population"]) for part in check.parts] == [
        ("uniform", 10, 501)
    ]
    chances = set(check.queue.items.values_list("inclusion_probability", flat=True))
    assert chances == {10 / 501}
    assert check.queue.items.first().reason == "drawn at random: 10 of 501"


@pytest.mark.parametrize("measure", outliers.MEASURES)
def test_what_is_unusual_stands_out_by_any_measure(project, measure):
    rows = logged.interactions(project, 60, **{measure: 10})
    odd = logged.interactions(project, 1, name="odd", **{measure: 25})
    logged.interactions(project, 5, name="unknown")
    found = outliers.members(type(rows[0]).objects.filter(project=project))

    assert [row.pk for row in found] == [odd[0].pk]


def test_another_app_brings_a_source_of_its_own(project, owner, plan, monkeypatch):
    """As an upper app does from its AppConfig.ready()."""
    monkeypatch.setattr(registry, "_sources", dict(registry._sources))
    topic = Source(
        "new-topic",
        title="New topics",
        explains="What nobody asked before.",
        words=lambda n: f"{n} of new topics",
        why=lambda stratum: f"a new topic: {stratum.drawn} of {stratum.population}",
        members=lambda rows: rows.filter(external_id__in=["email-3", "email-4", "email-7"]),
        order=30,
    )
    registry.register(topic)
    keys = [source.key for source in registry.extras()]
    assert keys.index("assertions") < keys.index("new-topic") < keys.index("outliers")
    logged.interactions(project, 60)
    plans.change_sample(plan, base="spread", parts=[["new-topic", 3]], shadow_pairs=0)

    check = logged.check(project)

    assert check.parts[1] == {"source": "new-topic", "size": 3, "population": 3, "drawn": 3}
    of_topic = check.queue.items.filter(reason__contains="a new topic: 3 of 3")
    assert set(of_topic.values_list("external_id", "inclusion_probability")) == {
        ("email-3", 1.0),
        ("email-4", 1.0),
        ("email-7", 1.0),
    }


def test_a_source_that_is_gone_draws_nothing_and_stays_in_the_plan(project, owner, plan, as_):
    plans.change_sample(plan, base="spread", parts=[["gone", 3]], shadow_pairs=0)
    logged.interactions(project, 60)
    check = logged.check(project)
    assert [part["source"] for part in check.parts] == ["spread"]
    VibeCheck.objects.update(parts=[*check.parts, {"source": "gone", "size": 3, "drawn": 1, "population": 2}])

    assertContains(as_(owner).get(PAGE), "a part that is not installed any more: gone")

    plan.refresh_from_db()
    plans.change_sample(plan, base="spread", parts=[["negative", 1]], shadow_pairs=0)
    plan.refresh_from_db()
    assert plan.parts == [["negative", 1], ["gone", 3]]


def test_mistakes_in_a_source_are_found_at_the_start(monkeypatch):
    monkeypatch.setattr(registry, "_sources", dict(registry._sources))
    known = registry.find("negative")
    assert known is not None
    registry.register(known)
    facts = {"title": "", "explains": "", "words": str, "why": str}
    for wrong in (
        Source("negative", **facts),
        Source("", **facts),
        Source("x" * 31, **facts),
        Source("part", members=lambda rows: rows, base=True, **facts),
    ):
        with pytest.raises(ValueError, match=r"source|base"):
            registry.register(wrong)


def test_a_large_day_is_read_by_cursors_and_payloads_of_the_drawn_ones_only(project, owner, plan):
    logged.interactions(project, 400, latency_ms=1)
    disliked(project, *(f"email-{n}" for n in range(100)))

    with CaptureQueriesContext(connection) as asked:
        logged.check(project)

    sql = [one["sql"] for one in asked.captured_queries]
    assert len([one for one in sql if '"feedback_interaction"."input"' in one]) == 1
    assert len(sql) < 50


# --- the rates -----------------------------------------------------------------------------------


def say(check, owner, bad) -> None:
    """Answer all of it: `bad` tells which items are not good."""
    items = check.queue.items.order_by("position")
    logged.answer(check.queue, owner, "".join("n" if bad(item) else "y" for item in items))


def test_what_was_drawn_on_purpose_weighs_less(check, owner, as_):
    say(check, owner, lambda item: "negative" in item.metadata["drawn_by"])

    (seen,) = looked([check])
    chances = {item.pk: item.inclusion_probability for item in check.queue.items.all()}
    bad = [pk for pk in chances if "negative" in check.queue.items.get(pk=pk).metadata["drawn_by"]]
    by_hand = sum(1 / chances[pk] for pk in bad) / sum(1 / chance for chance in chances.values())

    assert seen.estimate.value == pytest.approx(by_hand)
    assert seen.estimate.value < seen.bad / seen.answered / 2
    assert seen.estimate.low < 5 / 200 < seen.estimate.high
    naive = f"{round(100 * seen.bad / seen.answered)}\u202f%"
    page = as_(owner).get(PAGE)
    assertNotContains(page, naive)
    assertContains(page, "2 that end users disliked")
    assertContains(page, "2 of 5")
    assertContains(page, "of a plain sample")


def test_a_mode_has_a_rate_with_the_same_chances(check, owner, django_assert_num_queries):
    say(check, owner, lambda item: item.stratum == "chat")
    items = {item.pk: item for item in check.queue.items.all()}
    chat = {pk for pk, item in items.items() if item.stratum == "chat"}

    with django_assert_num_queries(1):
        found = rates_of([check], {"chat": chat, "nothing": set(), "all": set(items)})

    (seen,) = looked([check])
    for name in ("value", "low", "high", "kish"):
        assert getattr(found["chat"], name) == pytest.approx(getattr(seen.estimate, name))
    assert (found["nothing"].value, found["nothing"].low) == (0, 0)
    assert found["nothing"].high > 0.05
    assert found["all"].value == 1


def test_a_feature_that_nobody_answered_is_named(check, owner, as_):
    items = check.queue.items.order_by("position")
    logged.answer(check.queue, owner, "".join("." if item.stratum == "chat" else "y" for item in items))

    assertContains(as_(owner).get(PAGE), "nothing is answered in “chat”")


def test_skips_and_programs_are_in_no_rate(check, owner):
    items = list(check.queue.items.order_by("position"))
    logged.answer(check.queue, owner, "s" + "n" + "y" * (len(items) - 2))

    (seen,) = looked([check])

    drawn, answered = Counter(i.stratum for i in items), Counter(i.stratum for i in items[1:])
    weights = [drawn[i.stratum] / answered[i.stratum] / i.inclusion_probability for i in items[1:]]
    assert (seen.skipped, seen.answered) == (1, len(items) - 1)
    assert seen.estimate.value == pytest.approx(weights[0] / sum(weights))


def test_a_check_from_before_the_parts_keeps_its_numbers(project, owner, as_):
    logged.interactions(project, 130)
    logged.interactions(project, 20, feature="rare")
    check = logged.check(project)
    say(check, owner, lambda item: item.stratum == "rare")
    (now,) = looked([check])
    VibeCheck.objects.update(parts=[])
    old = VibeCheck.objects.get()

    (before,) = looked([old])

    assert before.estimate == now.estimate
    assert now.estimate.value == pytest.approx(20 / 150)
    assert (
        rates_of([old], {"rare": set(check.queue.items.filter(stratum="rare").values_list("pk", flat=True))})[
            "rare"
        ]
        == before.estimate
    )
    assertNotContains(as_(owner).get(PAGE), "How it was drawn")


def test_the_page_asks_as_many_queries_for_five_parts_as_for_one(project, owner, plan, as_):
    browser = as_(owner)
    counts = []
    for n, parts in enumerate(([], plan.parts)):
        plans.change_sample(plan, base="spread", parts=parts, shadow_pairs=0)
        plan.refresh_from_db()
        at = datetime(2026, 11, 10 + 2 * n, 12, tzinfo=UTC)
        logged.interactions(project, 60, at=at, name=f"day-{n}")
        say(logged.check(project, day=at.date()), owner, lambda item: False)
        browser.get(f"/p/shop/checks/{at.date()}/")
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(f"/p/shop/checks/{at.date()}/").status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_weeks_have_rates_of_their_own(project, owner, as_):
    """Two weeks with two days each; a busy day counts for more than a quiet one."""
    for days, n, bad in ((7, 20, False), (6, 60, True), (1, 20, False), (0, 20, True)):
        at = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC) - timedelta(days=days)
        logged.interactions(project, n, at=at, name=f"day-{days}")
        say(logged.check(project, day=at.date()), owner, lambda item, bad=bad: bad)

    weeks = weeks_of(newest(project, count=30))

    assert [(week.monday.isoformat(), week.checks) for week in weeks] == [
        ("2026-11-23", 1),
        ("2026-11-16", 3),
    ]
    assert weeks[0].estimate.value == 1
    assert weeks[1].estimate.value == pytest.approx(60 / 100)
    page = as_(owner).get("/p/shop/checks/?by=week")
    assertContains(page, "Week of Mon 16 Nov")
    assertContains(page, "3 checks")
    assertContains(page, "60\u202f%")


def test_the_words_for_a_stratum_of_many_features():
    source = registry.find("spread")
    assert source is not None
    assert source.why(Stratum("(rest)", ("a", "b"), 9, 2)) == "drawn at random: 2 of 9 in the small features"


def test_a_day_that_was_drawn_whole_is_uncertain_until_all_is_answered(project, owner, plan):
    """Eight interactions, two of them disliked, all drawn: one good answer says little of the other seven."""
    logged.interactions(project, 8)
    disliked(project, "email-1", "email-2")
    check = logged.check(project)
    assert {item.inclusion_probability for item in check.queue.items.all()} == {1.0}

    logged.answer(check.queue, owner, "y")
    (seen,) = looked([check])
    (week,) = weeks_of([seen])
    (versions,) = by_key(
        [check], dict.fromkeys(check.queue.items.values_list("pk", flat=True), 1), []
    ).values()
    for told in (seen.estimate, seen.parts[0].estimate, week.estimate, versions):
        assert told.value == 0
        assert told.high > 0.5

    logged.answer(check.queue, owner, ".yyyyyyn")
    (seen,) = looked([check])
    assert (seen.estimate.low, seen.estimate.high) == (0.125, 0.125)


def test_a_week_of_small_days_is_uncertain_until_they_are_answered(project, owner):
    """By the plan that everybody begins with: ten a day, all drawn, one of each looked at."""
    logged.plan(project, owner, sample_size=20)
    checks = []
    for n in range(3):
        at = datetime(2026, 11, 16 + n, 12, tzinfo=UTC)
        logged.interactions(project, 10, at=at, name=f"day-{n}")
        checks.append(logged.check(project, day=at.date()))
        logged.answer(checks[-1].queue, owner, "y")

    (week,) = weeks_of(looked(checks))

    assert (week.estimate.value, week.estimate.n) == (0, 3)
    assert week.estimate.high > 0.3


def test_a_half_answered_day_counts_whole_for_a_version(project, owner):
    """Two days of 40, all drawn: a good one that was answered whole, a bad one of which half was."""
    logged.plan(project, owner, sample_size=40)
    checks = []
    for n, answers in enumerate(("y" * 40, "n" * 20)):
        at = datetime(2026, 11, 16 + n, 12, tzinfo=UTC)
        logged.interactions(project, 40, at=at, name=f"day-{n}")
        checks.append(logged.check(project, day=at.date()))
        logged.answer(checks[-1].queue, owner, answers)
    bad = set(checks[1].queue.items.values_list("pk", flat=True))
    version = dict.fromkeys([*checks[0].queue.items.values_list("pk", flat=True), *bad], "v1")

    (found,) = by_key(checks, version, bad).values()

    assert found.value == pytest.approx(0.5)
    (together,) = rates_of(checks, {"all": bad}).values()
    for name in ("value", "low", "high", "n_eff"):
        assert getattr(found, name) == pytest.approx(getattr(together, name))


def test_a_feature_that_was_skipped_more_weighs_no_less(check, owner):
    """By several parts, half of the chats skipped: those that are answered stand for all of them."""
    chats = list(check.queue.items.filter(stratum="chat").order_by("position"))
    skipped = {item.pk for item in chats[: len(chats) // 2]}
    items = list(check.queue.items.order_by("position"))
    letters = {
        item.pk: "s" if item.pk in skipped else "n" if item.stratum == "chat" else "y" for item in items
    }
    logged.answer(check.queue, owner, "".join(letters[item.pk] for item in items))
    (seen,) = looked([check])

    def weight(feature: str) -> float:
        mine = [item for item in items if item.stratum == feature]
        answered = [item for item in mine if item.pk not in skipped]
        return sum(1 / item.inclusion_probability for item in answered) * len(mine) / len(answered)

    assert seen.estimate.value == pytest.approx(weight("chat") / (weight("chat") + weight("email")))


def test_a_day_of_which_little_was_answered_counts_whole_for_a_version(project, owner, plan):
    """Two days of twenty in ten features, all drawn. Of the bad one five are answered, so that most features are not."""
    plans.change_sample(plan, base="uniform", parts=[], shadow_pairs=0)
    checks = []
    for n, answers in enumerate(("y" * 20, "n" * 5)):
        at = datetime(2026, 11, 16 + n, 12, tzinfo=UTC)
        for feature in "abcdefghij":
            logged.interactions(project, 2, feature=feature, at=at, name=f"{n}-{feature}")
        checks.append(logged.check(project, day=at.date()))
        logged.answer(checks[-1].queue, owner, answers)
    items = [item.pk for check in checks for item in check.queue.items.all()]
    bad = [item.pk for item in checks[1].queue.items.all()]

    (version,) = by_key(checks, dict.fromkeys(items, 1), bad).values()
    (week,) = by_week(checks, bad)

    assert version.value == pytest.approx(0.5)
    assert week.estimate.value == pytest.approx(0.5)
