"""The pages of what a project suggests: list, set-up, what verdicts taught, a try."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.utils import timezone

from annotator.llm import budget
from annotator.stats import medians
from annotator.stats.intervals import Estimate, newcombe, wilson
from annotator.web.redis_client import client as redis_client
from feedback.forms.suggestion_tasks import TaskForm
from feedback.models import Suggestion, SuggestionTask
from feedback.queries import verdicts
from feedback.queries.tally import tallied
from feedback.queries.tasks import tasks_of
from feedback.services import suggestion_tasks
from feedback.templatetags.verdicts import saved_words, sway_words
from feedback.web import curves
from tests.feedback import judged
from tests.feedback.desks import open_desk

pytestmark = pytest.mark.django_db
HOME = "/p/shop/suggestions/"
FORM = {
    "name": "Product category",
    "key": "",
    "suggests": "taxonomy",
    "values": "Home > Kitchen > Knives\nHome > Kitchen > Pans\nGarden",
    "suggester": "similar",
    "instruction": "",
    "model": "",
    "examples": "8",
    "rules": "",
    "hidden_share": "5",
    "budget_ms": "800",
    "ignored_after_minutes": "60",
    "review_rejected": "on",
    "review_edited_below": "50",
}


def text(answer) -> str:
    return answer.content.decode()


def taking(check, project):
    """Somebody makes the task when this form has just been looked at."""

    def then_taken(form):
        checked = check(form)
        SuggestionTask.objects.create(project=project, key="product-category", name="Somebody else’s")
        return checked

    return then_taken


def failing(*args, **kwargs):
    raise OperationalError("the connection is lost")


class TestMaking:
    def test_a_first_task(self, owner, as_, project):
        assert "Make the first task" in text(as_(owner).get(HOME))
        answer = as_(owner).post(f"{HOME}new/", FORM)

        task = SuggestionTask.objects.get()
        assert answer["Location"] == f"{HOME}task/product-category/"
        assert (task.key, task.name, task.hidden_share, task.review_edited_below) == (
            "product-category",
            "Product category",
            0.05,
            0.5,
        )
        version = task.versions.get()
        assert (version.suggester, version.taxonomy.count, version.name) == ("similar", 3, "1.1")
        assert "Product category" in text(as_(owner).get(HOME))

    def test_without_a_key_a_language_model_is_told_to_need_one(self, owner, as_, project, settings):
        browser, words = as_(owner), "Set ANTHROPIC_API_KEY"
        settings.ANTHROPIC_API_KEY = ""
        assert words in text(browser.get(f"{HOME}new/"))
        page = text(browser.post(f"{HOME}new/", {**FORM, "suggester": "llm"}, follow=True))
        assert words in page
        assert "&lt;select" in page
        settings.ANTHROPIC_API_KEY = "a-key"
        assert words not in text(browser.get(f"{HOME}task/product-category/"))

    def test_without_a_name_only_that_is_missing(self, owner, as_, project):
        page = text(as_(owner).post(f"{HOME}new/", {**FORM, "name": ""}))
        assert page.count('class="errorlist"') == 1

    def test_a_file_of_values(self, owner, as_, project):
        file = SimpleUploadedFile("values.csv", b"value,description\nRed,like a rose\nBlue,like the sky\n")
        as_(owner).post(f"{HOME}new/", {**FORM, "values": "", "file": file})

        assert [one["name"] for one in SuggestionTask.objects.get().versions.get().taxonomy.values] == [
            "Red",
            "Blue",
        ]

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"name": ""}, "This field is required"),
            ({"name": "분류"}, "Give a short name"),
            ({"values": ""}, "There are no values"),
            ({"values": "Red\nRed"}, "line 2"),
            (
                {"suggester": "rule", "rules": 'contains "a" -> Green'},
                "line 1: “Green” is no value of this task",
            ),
            ({"suggester": "rule", "rules": "knife means Knives"}, "line 1"),
            ({"suggests": "text"}, "Free text is written by a language model only"),
            ({"hidden_share": "101"}, "less than or equal to 100"),
            ({"budget_ms": "5"}, "greater than or equal to 50"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_lost(self, owner, as_, project, change, words):
        answer = as_(owner).post(f"{HOME}new/", {**FORM, **change})

        assert answer.status_code == 422
        assert words in text(answer).replace("&quot;", '"')
        assert "Garden" in text(answer) or "values" in change
        assert not SuggestionTask.objects.exists()

    def test_a_short_name_is_there_once(self, owner, as_, project):
        as_(owner).post(f"{HOME}new/", FORM)

        assert "short name already" in text(as_(owner).post(f"{HOME}new/", FORM))

    def test_taken_by_somebody_else_at_the_same_time(self, owner, as_, project, monkeypatch):
        monkeypatch.setattr(TaskForm, "clean", taking(TaskForm.clean, project))

        answer = as_(owner).post(f"{HOME}new/", FORM)

        assert (answer.status_code, "short name already" in text(answer)) == (422, True)
        assert "Garden" in text(answer)
        assert SuggestionTask.objects.get().name == "Somebody else’s"

    def test_all_of_it_or_nothing(self, owner, as_, project, monkeypatch):
        monkeypatch.setattr(suggestion_tasks, "set_up", failing)

        answer = as_(owner).post(f"{HOME}new/", {**FORM, "suggester": "llm", "daily_usd": "7"})

        assert answer.status_code == 503
        assert not SuggestionTask.objects.exists()
        assert budget.own(project) is None


class TestSetUp:
    @pytest.fixture
    def task(self, owner, as_, project):
        as_(owner).post(f"{HOME}new/", FORM)
        return SuggestionTask.objects.get()

    def page(self, task):
        return f"{HOME}task/{task.key}/setup/"

    def test_shows_what_holds(self, owner, as_, task):
        shown = text(as_(owner).get(self.page(task)))

        assert "Home &gt; Kitchen &gt; Knives" in shown
        assert "Version 1.1 is in force" in shown

    def test_the_same_again_is_no_new_version(self, owner, as_, task):
        as_(owner).post(self.page(task), {**FORM, "hidden_share": "10"})

        task.refresh_from_db()
        assert (task.versions.count(), task.hidden_share) == (1, 0.1)

    def test_half_a_change_is_none(self, owner, as_, task, monkeypatch):
        monkeypatch.setattr(suggestion_tasks, "set_up", failing)

        assert as_(owner).post(self.page(task), {**FORM, "hidden_share": "10"}).status_code == 503
        task.refresh_from_db()
        assert task.hidden_share == 0.05

    def test_other_values_are_a_new_version_and_a_new_taxonomy(self, owner, as_, task):
        as_(owner).post(self.page(task), {**FORM, "values": "Red\nBlue"})
        as_(owner).post(
            self.page(task),
            {**FORM, "values": "Red\nBlue", "suggester": "rule", "rules": 'word "rose" -> Red'},
        )

        assert [one.name for one in task.versions.all()] == ["3.2", "2.2", "1.1"]

    def test_a_first_value_in_brackets_is_no_json(self, owner, as_, task):
        file = SimpleUploadedFile("values.csv", b"value\n[Other]\nRed\n")
        as_(owner).post(self.page(task), {**FORM, "values": "", "file": file})
        shown = as_(owner).get(self.page(task)).context["form"]["values"].value()

        assert as_(owner).post(self.page(task), {**FORM, "values": shown}).status_code == 302
        assert [one.name for one in task.versions.all()] == ["2.2", "1.1"]

    @pytest.mark.parametrize(
        "values",
        [
            '[{"name": "Later", "group": true}, "Now"]',
            '[{"name": "Now", "description": "not later"}]',
            "Home\nHome > Garden\nHome > Kitchen > Pans",
        ],
    )
    def test_what_the_page_shows_is_what_holds(self, owner, as_, task, values):
        as_(owner).post(self.page(task), {**FORM, "values": values})
        shown = as_(owner).get(self.page(task)).context["form"]["values"].value()
        as_(owner).post(self.page(task), {**FORM, "values": shown})

        assert [one.name for one in task.versions.all()] == ["2.2", "1.1"]

    def test_values_that_are_too_many_for_the_page_stay(self, owner, as_, task, monkeypatch):
        """A page that sent them back would be refused as too large."""
        monkeypatch.setattr("feedback.forms.suggestion_tasks.MOST_SHOWN", 20)
        shown = text(as_(owner).get(self.page(task)))
        assert "Garden" not in shown
        assert "they stay as they are" in shown

        as_(owner).post(self.page(task), {**FORM, "values": "", "hidden_share": "7"})
        as_(owner).post(self.page(task), {**FORM, "values": "Red\nBlue"})
        assert [(one.name, one.taxonomy.count) for one in task.versions.all()] == [("2.2", 2), ("1.1", 3)]

    def test_another_task_does_not_lift_the_budget_that_was_set(self, owner, as_, project):
        budget.set_daily(project=project, dollars=Decimal("0.10"))
        shown = as_(owner).get(f"{HOME}new/").context["form"]["daily_usd"].value()
        as_(owner).post(f"{HOME}new/", {**FORM, "suggester": "llm", "daily_usd": str(shown or "")})

        assert budget.daily(project) == Decimal("0.10")

    def test_looking_at_the_budget_sets_none(self, owner, as_, project, settings):
        as_(owner).post(f"{HOME}new/", {**FORM, "suggester": "llm"})
        page = f"{HOME}task/product-category/setup/"
        shown = as_(owner).get(page).context["form"]["daily_usd"].value()
        as_(owner).post(page, {**FORM, "suggester": "llm", "daily_usd": str(shown or "")})

        settings.LLM_DAILY_USD = Decimal("0.25")
        assert budget.daily(project) == Decimal("0.25")

    def test_closed_and_opened(self, owner, as_, task):
        path = f"{HOME}task/{task.key}/close/"
        as_(owner).post(path, {"do": "close"})
        assert "closed" in text(as_(owner).get(HOME))
        as_(owner).post(path, {"do": "reopen"})
        task.refresh_from_db()
        assert task.closed_at is None


def lived(project, n: int = 400):
    """A task of which `n` suggestions were judged over three weeks; it gets better."""
    task = judged.task(project)
    chance, now = random.Random(3), timezone.now()
    rows = []
    for k in range(n):
        at = now - timedelta(days=20) + timedelta(days=20) * k / n
        right, hidden = chance.choice(["red", "blue"]), k % 10 == 0
        value = right if chance.random() < 0.5 + 0.4 * k / n else "grey"
        verdict = "ignored" if hidden else "accepted" if value == right else "edited"
        rows.append(
            Suggestion(
                task=task,
                version=task.versions.get(),
                text=f"text {k}",
                text_hash=f"{k:032}",
                value=value,
                confidence=0.7,
                suggester="rule",
                hidden=hidden,
                created_at=at,
                shown_at=at,
                verdict=verdict,
                verdict_at=at + timedelta(seconds=8 if hidden else 3),
                final_value=right,
                took_ms=20,
            )
        )
    Suggestion.objects.bulk_create(rows)
    return task


class TestWhatItTaught:
    def test_before_the_first_verdict_the_page_says_how_to_ask(self, project, viewer, as_):
        judged.task(project)
        shown = text(as_(viewer).get(f"{HOME}task/colour/"))

        assert "No verdict yet" in shown
        assert "/api/v1/suggestions" in shown

    def test_rates_lift_curve_and_values(self, project, viewer, as_):
        task = lived(project)
        shown = text(as_(viewer).get(f"{HOME}task/colour/"))

        for words in (
            "of 360 that were seen",
            "It saves 5.0 s a decision",
            "Learning curve",
            "Values that it gets wrong",
            "grey",
        ):
            assert words in shown
        counted = tallied(task)
        overall = verdicts.overall(counted)
        assert overall.n == 360
        assert overall.accepted.low < overall.accepted.value < overall.accepted.high
        lift = verdicts.lift(task, counted)
        assert (lift.seen, lift.hidden, lift.seconds_seen.value, lift.seconds_hidden.value) == (360, 40, 3, 8)
        hits = verdicts.newest_verified(task, counted).hits
        assert sum(hits[:100]) < sum(hits[-100:])
        assert [one.rates.name for one in verdicts.by_value(task)] == ["grey"]
        assert {value for value, _n in verdicts.by_value(task)[0].instead} == {"red", "blue"}

    def test_a_difference_that_may_be_chance_is_called_so(self):
        def said(seen: int, hidden: int) -> str:
            """Of 900 who saw it and of 100 who did not, so many left with the value."""
            shares = wilson(seen, 900), wilson(hidden, 100), newcombe(seen, 900, hidden, 100)
            return sway_words(verdicts.Lift(900, 100, *shares, Estimate(), Estimate()))

        assert "may be chance" in said(720, 79)
        assert said(720, 60).endswith("Seeing it moves people by 20 points (11 to 30).")

    def test_time_saved_has_its_interval_or_is_not_told(self):
        def lift(seen: list[float], hidden: list[float]) -> verdicts.Lift:
            rest = (wilson(1, 2), wilson(1, 2), newcombe(1, 2, 1, 2))
            return verdicts.Lift(9, 9, *rest, medians.with_interval(seen), medians.with_interval(hidden))

        assert lift([3.0] * 90, [8.0] * 5).saved.value is None  # five people tell no interval
        assert "may be chance" in saved_words(lift([3.0] * 9, [1, 2, 3, 4, 5, 6, 40]))
        assert saved_words(lift([3, 4, 5, 6, 7, 8], [13, 14, 15, 16, 17, 18])) == (
            "It saves 10.0 s a decision (6.5 to 13.5, medians)."
        )
        assert saved_words(lift([13.0] * 6, [3.0] * 6)).startswith("It costs 10.0 s")

    def test_what_was_rejected_was_wrong(self, project):
        task = judged.task(project)
        for kind, chosen in (("accepted", "red"), ("rejected", ""), ("rejected", "red"), ("ignored", "red")):
            more = {"value": chosen} if chosen else {}
            judged.signal(project, judged.suggestion(task, f"{kind} {chosen}").pk, kind, **more)

        verified = verdicts.newest_verified(task, tallied(task))
        assert verified.hits == [True, False, False]
        assert sorted(verified.confidences[1]) == [False, False, True]

    def test_the_list_counts_as_the_page_does(self, project):
        task = judged.task(project)
        judged.signal(project, judged.suggestion(task).pk, "accepted", value="red")
        judged.signal(
            project, judged.suggestion(task, value="").pk, "ignored", value="red"
        )  # nothing was proposed
        [row] = tasks_of(project)

        assert (row.asked, row.lately.n, row.lately.accepted) == (
            2,
            1,
            verdicts.overall(tallied(task)).accepted,
        )

    def test_a_curve_of_the_newest_begins_where_they_do(self, project, monkeypatch):
        monkeypatch.setattr(verdicts, "MOST_LEARNED", 200)
        task = lived(project, 450)
        verified = verdicts.newest_verified(task, tallied(task))
        curve = curves.learning(verified.hits, verified.before)

        assert (curve.first.start, curve.last.end) == (250, 450)

    def test_days_become_weeks_when_there_are_many(self, project):
        task = lived(project)
        assert len(verdicts.over_time(tallied(task))) in {20, 21}
        for n in (1, 2):  # 20 days and two are too many, and 21 and two
            Suggestion.objects.filter(text=f"text {n}").update(
                created_at=timezone.now() - timedelta(days=60 + n)
            )

        assert len(verdicts.over_time(tallied(task))) <= 6

    def test_as_many_queries_for_many_as_for_few(self, project, viewer, as_, django_assert_num_queries):
        lived(project, 150)
        page, queries = as_(viewer), 14
        with django_assert_num_queries(queries):
            page.get(f"{HOME}task/colour/")
        Suggestion.objects.all().delete()
        SuggestionTask.objects.all().delete()
        lived(project, 450)
        with django_assert_num_queries(queries):
            page.get(f"{HOME}task/colour/")

    def test_texts_are_texts(self, project, viewer, as_):
        task = judged.task(project)
        row = judged.suggestion(task, "<script>alert(1)</script>", "<b>red</b>")
        judged.signal(project, row.pk, "edited", value="<i>blue</i>")
        shown = text(as_(viewer).get(f"{HOME}task/colour/"))

        assert "&lt;script&gt;" in shown
        assert "<script>alert" not in shown
        assert "<b>red" not in shown
        assert "<i>blue" not in shown


@pytest.mark.django_db(transaction=True)
def test_a_try_is_neither_logged_nor_counted(owner, as_, project, broker):
    redis_client.cache_clear()
    rules = {
        **FORM,
        "suggester": "rule",
        "rules": 'word "knife" -> Home > Kitchen > Knives',
        "budget_ms": "9000",
    }
    as_(owner).post(f"{HOME}new/", rules)
    path = f"{HOME}task/product-category/try/"
    with open_desk():
        shown = text(as_(owner).post(path, {"input": "A sharp knife"}))
        none = text(as_(owner).post(path, {"input": "A stone"}))

    assert "Home &gt; Kitchen &gt; Knives" in shown
    assert "nothing fits" in none
    assert not Suggestion.objects.exists()
    assert "Write an input first" in text(as_(owner).post(path, {"input": " "}))


class TestWrongPeople:
    def test_a_stranger_finds_nothing(self, project, stranger, as_):
        judged.task(project)

        assert as_(stranger).get(HOME).status_code == 404
        assert as_(stranger).get(f"{HOME}task/colour/").status_code == 404

    def test_annotators_look_and_change_nothing(self, project, annotator, as_):
        judged.task(project)

        assert as_(annotator).get(f"{HOME}task/colour/").status_code == 200
        assert as_(annotator).get(f"{HOME}task/colour/setup/").status_code == 403
        assert as_(annotator).post(f"{HOME}new/", FORM).status_code == 403

    def test_no_such_task(self, project, owner, as_):
        assert as_(owner).get(f"{HOME}task/nosuch/").status_code == 404
