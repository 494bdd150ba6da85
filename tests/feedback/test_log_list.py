"""The log's list: who sees it, how it is filtered and paged, and what it shrugs off."""

import re
import time
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.models import Project
from feedback.models import Interaction
from feedback.queries import interactions
from feedback.queries.interactions import Where, newer, older
from tests import make
from tests.feedback.entries import entries, entry, many
from tests.hostile import SCRIPTS
from tests.pace import at_most

URL = "/p/shop/log/"


@pytest.fixture
def look(as_, viewer):
    """`look(query)`: the list as the viewer sees it."""
    browser = as_(viewer)

    def looking(query: str = "", **headers):
        return browser.get(URL + query, headers=headers)

    return looking


def shown(answer) -> list[str]:
    """The inputs of the rows, in order."""
    assert answer.status_code == 200, answer.status_code
    found = re.findall(r'<span class="log-input".*?Input: </span>(.*?)</span>', answer.text, re.S)
    return [unescape(text) for text in found]


def query(answer, link: str) -> str:
    """Where a link of the page leads."""
    found = re.search(rf'rel="{link}" href="([^"]*)"', answer.text)
    assert found, f"no link to {link}"
    return unescape(found[1])


class TestWho:
    def test_every_member_sees_it(self, project, as_, owner, annotator, viewer):
        entry(project)
        for person in (owner, annotator, viewer):
            assert shown(as_(person).get(URL)) == ["A question"]

    def test_a_stranger_finds_nothing(self, project, as_, stranger):
        assert as_(stranger).get(URL).status_code == 404

    def test_nobody_is_sent_to_sign_in(self, project, client):
        assert client.get(URL).status_code == 302

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_it_is_only_read(self, project, as_, owner, method):
        assert getattr(as_(owner), method)(URL).status_code == 405

    def test_other_projects_rows_never_show(self, project, stranger, look):
        entry(Project.objects.get(slug="elsewhere"), input="Theirs")
        entry(project, input="Ours")
        assert shown(look()) == ["Ours"]
        assert shown(look("?q=question")) == []


class TestRows:
    def test_newest_first_with_the_projects_time(self, db, as_):
        seoul = make.project(slug="shop", time_zone="Asia/Seoul")
        entries(seoul, [{"id": "a", "input": "first"}, {"id": "b", "input": "second", "minutes": 1}])
        answer = as_(make.member(seoul, "vera", role="viewer")).get(URL)
        assert shown(answer) == ["second", "first"]
        assert "21:00:00" in answer.text
        assert 'title="2026-11-20 21:00:00 KST"' in answer.text
        assert "Times are in Asia/Seoul." in answer.text

    def test_what_is_missing_or_not_production_is_marked(self, project, look):
        entries(
            project,
            [
                {"id": "a", "output": None, "error": "upstream timeout"},
                {"id": "b", "output": None},
                {"id": "c", "environment": "shadow"},
            ],
        )
        text = look().text
        assert "upstream timeout" in text
        assert text.count("No output</span>") == 2
        assert text.count("Shadow</span>") == 1

    def test_an_object_without_text_is_shown_as_json(self, project, look):
        objects = (
            {"verdict": {"score": 3}},
            {"type": "tool_call", "id": 7},
            {},
            [],
            {"a": {"b": "x" * 9000}},
        )
        many = [{"id": f"o-{n}", "minutes": n, "output": value} for n, value in enumerate(objects)]
        entries(project, [*many, {"id": "i", "input": [[]], "output": "fine", "minutes": 9}])

        text = unescape(look().text)

        for json in (
            '{"verdict": {"score": 3}}',
            '{"type": "tool_call", "id": 7}',
            ">{}<",
            ">[]<",
            '{"a": {"b": "xxx',
        ):
            assert json in text
        assert "(no text)" not in text

    def test_a_row_without_a_preview_is_no_blank_line(self, project, look):
        entry(project, output={"verdict": {"score": 3}})
        Interaction.objects.update(output_preview="")  # as rows were stored before previews of objects
        assert "(no text)" in look().text

    def test_a_page_costs_as_many_queries_for_60_rows_as_for_10(self, project, look):
        many(project, 10)
        look()
        with CaptureQueriesContext(
            connection,
        ) as few:
            look()
        entries(project, [{"id": f"more-{n}", "minutes": -n - 1, "feature": f"f{n}"} for n in range(50)])
        with CaptureQueriesContext(connection) as more:
            look()
        assert len(more) == len(few) == 5

    def test_no_payload_is_read(self, project, look):
        many(project, 3)
        with CaptureQueriesContext(connection) as asked:
            look("?feature=x&outcome=error")
        rows = [one["sql"] for one in asked if "input_preview" in one["sql"]]
        assert rows
        for column in ("input", "output", "context", "metadata"):
            assert not any(
                f'"{column}"' in sql.partition(" FROM ")[0].replace('"output" IS NULL', "") for sql in rows
            )


class TestFilters:
    @pytest.fixture(autouse=True)
    def log(self, project):
        entries(
            project,
            [
                {"id": "a", "input": "one", "feature": "chat", "model": "m1", "prompt_version": "v1"},
                {"id": "b", "input": "two", "minutes": 1, "feature": "chat", "model": "m2", "user": "u1"},
                {"id": "c", "input": "three", "minutes": 2, "variant": "B", "environment": "shadow"},
                {"id": "d", "input": "four", "minutes": 3, "error": "Boom", "session": "s 1/ü"},
                {"id": "e", "input": "five", "minutes": 24 * 60, "output": None, "error": "Timeout"},
                {"id": "f", "input": "six", "minutes": 48 * 60, "output": None},
            ],
        )

    @pytest.mark.parametrize(
        ("query", "inputs"),
        [
            ("feature=chat", ["two", "one"]),
            ("feature=chat&model=m1", ["one"]),
            ("prompt_version=v1", ["one"]),
            ("variant=B", ["three"]),
            ("environment=shadow", ["three"]),
            ("user=u1", ["two"]),
            ("session=s+1%2F%C3%BC", ["four"]),
            ("outcome=error", ["five", "four"]),
            ("outcome=no-output", ["six", "five"]),
            ("since=2026-11-21", ["six", "five"]),
            ("until=2026-11-20", ["four", "three", "two", "one"]),
            ("since=2026-11-21&until=2026-11-21", ["five"]),
            ("q=FOUR", ["four"]),
            ("q=boom", ["four"]),
            ("feature=chat&q=three", []),
            ("feature=Chat", []),
            ("q=&feature=&since=&outcome=", ["six", "five", "four", "three", "two", "one"]),
        ],
    )
    def test_find(self, look, query, inputs):
        assert shown(look("?" + query)) == inputs

    def test_days_are_the_projects(self, project, look):
        project.time_zone = "Pacific/Auckland"  # noon in UTC is 01:00 there, a day on
        project.save()
        assert shown(look("?since=2026-11-21&until=2026-11-21")) == ["four", "three", "two", "one"]

    def test_are_shown_and_taken_out_one_by_one(self, look):
        text = look("?feature=chat&outcome=error").text
        assert 'href="?outcome=error"' in text
        assert 'href="?feature=chat"' in text
        assert f'href="{URL}"' in text

    def test_suggest_values_of_the_newest_rows(self, look):
        assert '<option value="chat"></option>' in look().text

    def test_that_match_nothing_offer_to_be_cleared(self, look):
        assert "Clear the filters" in look("?feature=none").text

    def test_stay_in_the_links_of_the_rows(self, look):
        assert re.search(
            r'class="log-row" href="/p/shop/log/[0-9a-f-]{36}/\?feature=chat"', look("?feature=chat").text
        )


class TestText:
    def test_is_found_in_payloads_beyond_the_preview(self, project, look):
        entry(project, "a", input="x " * 500 + "needle in a haystack")
        entry(project, "b", minutes=1, metadata={"note": "needle"})
        entry(project, "c", minutes=2, context=["the needle"])
        entry(project, "d", minutes=3)
        assert len(shown(look("?q=needle"))) == 3

    @pytest.mark.parametrize("text", ["현장", "Größe", 'she said "no"', "C:\\temp", "日本語 テスト"])
    def test_is_found_however_json_spelt_it(self, project, look, text):
        entry(
            project, "a", input=[{"role": "user", "content": "x " * 300}, {"role": "system", "content": text}]
        )
        entry(project, "b", minutes=1, output=text)
        assert len(shown(look("?" + f"q={text}"))) == 2

    @pytest.mark.parametrize("text", ["%", "_", "\\", "%%", "100%_\\"])
    def test_means_every_character_as_typed(self, project, look, text):
        entry(project, "a", input="nothing special")
        assert shown(look(f"?q={text.replace('%', '%25')}")) == []
        entry(project, "b", minutes=1, input=f"here: {text}!")
        assert shown(look(f"?q={text.replace('%', '%25')}")) == [f"here: {text}!"]

    def test_that_is_an_id_leads_to_it_at_once(self, project, look):
        found = entry(project, "req-17")
        assert f"/p/shop/log/{found.pk}/" in look("?q=req-17").text
        assert "exactly this id" in look("?q=req-17").text


class TestPages:
    def test_lead_through_the_whole_log_and_back(self, project, look):
        everything = [one.input for one in reversed(many(project, 120))]
        first = look()
        second = look(query(first, "next"))
        third = look(query(second, "next"))
        assert shown(first) + shown(second) + shown(third) == everything
        assert 'rel="next"' not in third.text
        assert shown(look(query(third, "prev"))) == shown(second)
        assert shown(look(query(second, "prev"))) == shown(first)

    def test_hold_still_while_rows_arrive(self, project, look):
        many(project, 60)
        first = look()
        entries(project, [{"id": f"new-{n}", "minutes": 1000 + n} for n in range(70)])
        assert shown(look(query(first, "next"))) == [f"Question {n}" for n in range(9, -1, -1)]

    def test_keep_their_filters(self, project, look):
        many(project, 60, feature="chat")
        entry(project, "other", minutes=-1, input="Other")
        second = look(query(look("?feature=chat"), "next"))
        assert len(shown(second)) == 10

    def test_beyond_the_newest_show_the_newest(self, project, look):
        rows = many(project, 3)
        assert len(shown(look(f"?after={rows[-1].pk}"))) == 3

    def test_beyond_the_oldest_say_so(self, project, look):
        rows = many(project, 3)
        assert "Nothing lies beyond" in look(f"?before={rows[0].pk}").text


class TestASearchThatTakesLong:
    """Steps are made small, so that a short log is a long walk."""

    @pytest.fixture(autouse=True)
    def steps(self, project, monkeypatch):
        monkeypatch.setattr(interactions, "FIRST_STEP", 10)
        monkeypatch.setattr(interactions, "LONGEST_STEP", 10)
        monkeypatch.setattr(interactions, "PATIENCE", 0.0)
        rows = [{"id": f"call-{n}", "minutes": n, "input": f"Question {n}"} for n in range(100)]
        for n in (3, 55, 56):
            rows[n]["feature"] = "rare"
        self.rows = entries(project, rows)

    def test_stops_and_goes_on_where_it_stopped(self, project, look):
        found, requests, link = [], 0, "?feature=rare"
        while link:
            answer = look(link, **({"HX-Request": "true"} if requests else {}))
            found += shown(answer)
            more = re.search(r'hx-get="([^"]*)"', answer.text)
            link = unescape(more[1]) if more and "log-looking" in answer.text else ""
            requests += 1
            assert requests < 30
        assert found == ["Question 56", "Question 55", "Question 3"]
        assert requests > 5

    def test_says_how_far_it_came(self, project, look):
        answer = look("?feature=never")
        assert "Searched back to 20 Nov 2026, 13:29." in answer.text
        assert "Keep looking" in answer.text

    def test_asks_after_many_steps(self, project, look):
        answer = look("?feature=never&found=0&step=1000", **{"HX-Request": "true"})
        assert "hx-get" not in answer.text
        assert "Keep looking" in answer.text
        assert "<html" not in answer.text

    def test_goes_on_as_a_whole_page_without_htmx(self, project, look):
        assert "<html" in look("?feature=never&found=0&step=3").text

    def test_fills_a_page_and_no_more(self, project, monkeypatch):
        monkeypatch.setattr(interactions, "PATIENCE", 60.0)
        page = older(project, Where(equal=(("feature", "rare"),)), size=2)
        assert [row.input_preview for row in page.rows] == ["Question 56", "Question 55"]
        assert page.more

    def test_finds_newer_ones_next_to_where_it_starts(self, project):
        page = newer(project, Where(equal=(("feature", "rare"),)), after=self.rows[2].pk, patience=60.0)
        assert [row.input_preview for row in page.rows] == ["Question 56", "Question 55", "Question 3"]


class TestAnEmptyLog:
    def test_says_how_to_send_the_first(self, project, as_, owner):
        text = as_(owner).get(URL).text
        assert "/api/v1/interactions" in text
        assert "/p/shop/log/import/" in text
        assert "/p/shop/keys/" in text

    def test_sends_nobody_where_they_may_not_go(self, project, as_, annotator, viewer):
        assert "/p/shop/keys/" not in as_(annotator).get(URL).text
        assert "/log/import/" not in as_(viewer).get(URL).text


class TestHostileAddresses:
    @pytest.mark.parametrize(
        "query",
        [
            "since=yesterday",
            "since=2026-02-30",
            "since=0001-01-01",
            "until=9999-12-31",
            "since=2026-11-20&until=2026-11-19",
            "before=1",
            "before=%00",
            "after=' OR 1=1 --",
            "environment=prod",
            "outcome=all",
            "found=-1",
            "found=1e9",
            "found=51",
            "step=-1",
            "shown=html",
            "feature=a%00b",
            "q=a%00b",
            "q=" + "x" * 201,
            "q=" + "x" * 100_000,
            "feature=" + "x" * 1000,
        ],
    )
    def test_are_refused_in_words_and_at_once(self, project, look, query):
        entry(project)
        with at_most(1, time.monotonic):
            answer = look("?" + query)
        assert answer.status_code == 400
        assert "errorlist" in answer.text or 'id="id_' in answer.text
        assert "A question" not in answer.text

    @pytest.mark.parametrize(
        "text", ["%25", "_", "\\", "'", '"', "--", "%F0%9F%98%80", "%ED%A0%80", "%FF%FE", "("]
    )
    def test_of_odd_texts_are_searched_for(self, project, look, text):
        entry(project)
        assert look(f"?q={text}").status_code == 200
        assert look(f"?feature={text}").status_code == 200

    @pytest.mark.parametrize(
        "query",
        [
            "utm=1",
            "utm_source=mail&_gl=1*x",
            "page=-1",
            "limit=1000000",
            "sort=project__members__password",
            "user__password=x",
            "_connector=OR",
            "_negated=1",
            "pk=1",
            "project=2",
            "feature__regex=.*",
            "id__gt=0",
            "%00=1",
        ],
    )
    def test_names_that_are_no_filter_change_nothing(self, project, look, query):
        many(project, 60)
        answer = look(f"?{query}")
        assert shown(answer) == shown(look())
        links = re.findall(r'href="(\?[^"]*)"', answer.text)
        assert links
        assert not any(f"{query.partition('=')[0]}=" in link for link in links)
        assert shown(look(f"?feature=none&{query}")) == []

    def test_names_that_are_no_filter_are_not_shown(self, project, look):
        assert "<script>alert" not in look("?<script>alert(1)</script>=1").text

    def test_any_key_is_only_a_place(self, project, stranger, look):
        theirs = entry(Project.objects.get(slug="elsewhere"), "theirs", minutes=5, input="Theirs")
        entry(project, input="Ours")
        assert shown(look(f"?before={theirs.pk}")) == ["Ours"]
        for key in (UUID(int=0), UUID(int=2**128 - 1), uuid4()):
            assert look(f"?before={key}").status_code == 200
            assert look(f"?after={key}").status_code == 200

    @pytest.mark.parametrize("text", SCRIPTS)
    def test_hostile_rows_are_only_text(self, project, look, text):
        short = text[:200]
        entry(
            project,
            input=text,
            output=text,
            feature=short,
            model=short,
            prompt_version=short,
            error=text,
            variant=short,
        )
        page = look().text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "\u202e" not in page


def test_the_time_of_a_walk_is_bounded_by_its_steps(project):
    """However little matches, no statement looks at more rows than the longest step."""
    many(project, 30)
    with CaptureQueriesContext(connection) as asked:
        older(project, Where(equal=(("feature", "never"),)))
    assert all("LIMIT" in one["sql"] for one in asked)
