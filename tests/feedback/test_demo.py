"""The demo project: real texts with people's labels, made once, in little time."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from annotator.models import Item, Label, Membership, Place, Project, Queue, User
from annotator.queries.labels import current_labels
from feedback.demo import intents, texts, words
from feedback.models import Interaction, SuggestionTask, VibeCheck, VibePlan
from feedback.queries import verdicts
from feedback.queries.calendar import month_of
from feedback.queries.checks import COUNTS, looked
from feedback.queries.tally import tallied
from feedback.similarity.calibration import ece
from tests import make
from tests.annotator.pairs import result_of
from tests.beliefs import believing

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # half past midnight of the 25th in Seoul


def demo(zone: str = "Asia/Seoul", now: datetime = NOW) -> str:
    out = StringIO()
    with time_machine.travel(now, tick=False):
        call_command("demo", time_zone=zone, stdout=out)
    return out.getvalue()


def logged_in_demo():
    """Not what upper apps make beside it (`feedback.demo.more`)."""
    return Interaction.objects.filter(project__slug="demo")


@pytest.fixture
def owner(db):
    return make.user("boss", is_superuser=True)


@pytest.fixture(scope="class")
def boss(django_db_setup, django_db_blocker) -> Iterator[User]:
    """Who owns the demo, which is made once: every test of the class undoes what it did."""
    with django_db_blocker.unblock(), transaction.atomic():
        boss = make.user("boss", is_superuser=True)
        assert "is made" in demo()
        yield boss
        transaction.set_rollback(True)


class TestDemo:
    @pytest.fixture(autouse=True)
    def _undone(self, boss) -> Iterator[None]:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    def test_it_is_made_once(self):
        counts = [model.objects.count() for model in (Interaction, Item, Label, VibeCheck, User)]

        assert "there already" in demo()
        assert [model.objects.count() for model in (Interaction, Item, Label, VibeCheck, User)] == counts

    def test_two_weeks_of_log_up_to_now(self):
        days = Counter(logged_in_demo().values_list("occurred_at__date", flat=True))

        assert 13 <= len(days) <= 15
        assert all(count > 15 for count in list(days.values())[1:-1])
        assert logged_in_demo().filter(occurred_at__gt=NOW).count() == 0
        assert logged_in_demo().filter(occurred_at__gt=NOW - timedelta(hours=12)).exists()
        assert set(logged_in_demo().values_list("environment", flat=True)) == {
            "production",
            "shadow",
            "development",
        }

    def test_nothing_is_made_up_that_was_not_measured(self):
        logged = logged_in_demo().exclude(feature=intents.KEY, cost_usd=0)  # likeness costs nothing
        measured = logged.exclude(latency_ms=None, input_tokens=None, output_tokens=None, cost_usd=None)

        assert not measured.exists()
        failed = logged_in_demo().filter(output__isnull=True)
        assert failed.count() == 2
        assert {row.metadata["source"] for row in failed} == {"made up for this demo"}

    def test_its_days_are_those_of_the_zone(self):
        assert Project.objects.get(slug="demo").time_zone == "Asia/Seoul"

    def test_a_check_waits_for_the_owner(self, boss):
        check = VibeCheck.objects.order_by("-day").first()

        assert (check.day, check.person, check.finished_at) == (date(2026, 11, 24), boss, None)
        assert Place.objects.filter(queue=check.queue, done_at=None).count() == 20

    def test_past_checks_carry_the_labels_of_the_data(self):
        past = looked(list(VibeCheck.objects.exclude(finished_at=None)))
        known = {text.id: text.answer for text in (*texts.summaries(), *texts.chats())}

        assert len(past) == 10
        assert all(one.estimate.value is not None for one in past)
        assert sum(one.answered < one.drawn for one in past) == 1
        for label in Label.objects.filter(queue__origin="vibecheck").select_related("item"):
            assert label.imported
            assert label.ms is None
            assert label.answer == known[label.item.external_id]
        assert sum(bool(one.check.note) for one in past) >= 6

    @pytest.mark.parametrize("rows", [-1, 0, 100_000], ids=["never analyzed", "while filled", "before"])
    def test_counting_reads_little_whatever_the_database_believes(self, rows):
        """An analyze that came while the tables were filled takes them for empty: once that was a minute."""
        queues = [check.queue_id for check in VibeCheck.objects.exclude(queue=None)]
        tables = ("item", "label", "place", "queuequestion", "questionversion", "rater", "user")
        with believing(20, **dict.fromkeys(tables, rows)) as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + COUNTS, [queues])
            plan = cursor.fetchone()[0][0]["Plan"]

        assert plan["Actual Rows"] == 33
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 500_000  # once 5,000,000

    def test_three_people_on_each_news_summary(self):
        queue = Queue.objects.get(name="XSum factuality (imported)")

        assert (queue.items.count(), queue.overlap) == (120, 3)
        assert current_labels(queue).count() == 360
        assert not Place.objects.filter(queue=queue, done_at=None).exists()
        assert len({label.rater.name for label in current_labels(queue).select_related("rater")}) == 3
        answers = {(row.item_id, row.answer) for row in current_labels(queue)}
        assert len(answers) > 120  # they do not always agree

    def test_pairs_were_compared_by_people_and_some_are_left_to_compare(self):
        queue = Queue.objects.get(kind="pairwise")
        answers = {
            (pair.id, f"LLMFAO {name}"): vote for pair in texts.pairs() for name, vote in pair.votes.items()
        }

        assert (queue.items.count(), queue.items.filter(held=True).count()) == (177, 0)
        assert Place.objects.filter(queue=queue, done_at=None).count() == 60
        given = current_labels(queue).select_related("item", "rater")
        assert len(given) == 3 * 157
        sides = {"a": "left", "b": "right", "tie": "tie"}
        assert all(sides[answers[one.item.external_id, one.rater.name]] == one.answer for one in given)
        board = result_of(queue)["board"]
        ranked = [row["name"] for row in board["parts"][0]["rows"]]
        assert len(board["parts"]) == 1
        assert ranked.index("GPT 3.5 Turbo") < 6 < ranked.index("Dolly v2 (12B)")

    def test_suggestions_became_better_with_what_was_verified(self):
        task = SuggestionTask.objects.get(key=intents.KEY)
        verified = verdicts.newest_verified(task, tallied(task))
        hits = verified.hits

        assert 500 < len(hits) <= 900
        assert sum(hits[:100]) + 10 < sum(hits[-100:])
        assert (error := ece(*verified.confidences)) is not None
        assert error < 0.06
        assert not task.suggestions.filter(verdict="").exists()
        assert 0.02 < task.suggestions.filter(hidden=True).count() / task.suggestions.count() < 0.09
        assert task.suggestions.filter(held_out=True).exists()
        assert verdicts.lift(task, tallied(task)).saved.value is None  # nobody knows how long it took
        logged = Interaction.objects.filter(feature=intents.KEY)
        assert logged.count() == task.suggestions.count()
        assert set(logged.values_list("environment", flat=True)) == {"development"}

    def test_the_rotation_has_the_owner_on_shift_today(self, boss):
        plan = VibePlan.objects.get()

        assert {row.user for row in plan.rotation.all()} >= {boss}
        assert plan.rotation.count() == 3
        for name in ("demo-dana", "demo-minho"):
            assert not User.objects.get(username=name).has_usable_password()

    def test_the_calendar_shows_what_can_be_ahead(self, boss):
        plan = VibePlan.objects.select_related("project").get()
        today = date(2026, 11, 25)
        rows = [month_of(plan, today.replace(day=1, month=month), now=NOW).cells for month in (11, 12)]
        cells = {cell.day: cell for cells in rows for cell in cells}

        ahead = [cells[today + timedelta(days=n)] for n in range(9)]

        assert [cell.person.username if cell.person else "" for cell in ahead] == [
            "boss", "demo-dana", "demo-dana", "boss", "", "boss", "demo-minho", "demo-dana", "boss",
        ]  # fmt: skip
        whys = ["turn", "turn", "cover", "turn", "holiday", "stand_in", "swap", "turn", "swap"]
        assert [str(cell.shift.why) for cell in ahead] == whys
        assert [n for n, cell in enumerate(ahead) if cell.away] == [2, 3, 4, 5]

    def test_beat_asks_for_nothing_older(self):
        from annotator.jobs import schedules

        tomorrow = NOW + timedelta(days=1)

        def checks(now):
            asked = [job for job in schedules.ask_due(now) if job.kind == "vibecheck"]
            return [job.arguments["day"] for job in asked if job.project.slug == "demo"]

        assert checks(NOW) == []
        assert checks(tomorrow) == []  # its hour has not struck in Seoul


@pytest.mark.parametrize(
    ("account", "now"),
    [(False, datetime(2026, 11, 24, 0, 0, 5, tzinfo=UTC)), (True, datetime(2026, 3, 30, 1, 30, tzinfo=UTC))],
    ids=["just after midnight, without an account", "after the clock changed"],
)
def test_at_any_hour_and_without_an_account_the_owner_is_made(db, account, now):
    if account:
        make.user("boss", is_superuser=True)
    demo("Europe/London", now)

    assert VibeCheck.objects.count() == 11
    assert VibeCheck.objects.filter(finished_at=None).count() == 1
    made = Membership.objects.get(project__slug="demo", role="owner").user
    assert made.is_superuser
    assert (made.username == "boss") == account


def test_a_time_zone_that_is_none_is_said(owner):
    with pytest.raises(CommandError, match="no time zone “Mars”"):
        demo("Mars")


def test_the_notice_names_every_file_its_licence_and_its_changes():
    folder = Path(texts.DATA)
    notice = (folder / "NOTICE").read_text(encoding="utf-8")
    files = sorted(path.name for path in folder.glob("*.gz"))

    assert files == [
        "begin_wow.jsonl.gz",
        "intents.jsonl.gz",
        "llmfao.jsonl.gz",
        "summedits.jsonl.gz",
        "xsum.jsonl.gz",
    ]
    for name in files:
        part = notice.split(f"\n{name}\n")[1]
        for word in ("Source:", "Licence:", "Changes:", "Cite:", "commit"):
            assert word in part
        assert (folder / name).stat().st_size < 100_000
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            assert all(json.loads(line) for line in lines)


@pytest.mark.parametrize(
    ("bad", "n", "said"),
    [
        (0, 6, "all 6 e-mail summaries are supported"),
        (0, 1, "the one e-mail summary is supported"),
        (1, 1, "the one e-mail summary is not supported"),
        (1, 6, "1 of 6 e-mail summaries is not supported"),
        (4, 6, "4 of 6 e-mail summaries are not supported"),
        (6, 6, "none of the 6 e-mail summaries is supported"),
        (0, 0, "no e-mail summary was drawn"),
    ],
)
def test_a_hand_over_says_plainly_how_many_are_supported(bad, n, said):
    notes = [words.hand_over(ago, bad=bad, n=n) for ago in range(2, 6)]

    assert all(said in note for note in notes)
    assert words.hand_over(8, bad=bad, n=n) == ""
