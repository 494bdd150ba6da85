"""One interaction: all of it, what is missing said aloud, its neighbours, who looked at it."""

import re
from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.models import Label, Queue
from annotator.services import queues
from annotator.services.raters import rater_of
from feedback.models import VibeCheck
from tests import make
from tests.feedback import judged
from tests.feedback.entries import entries, entry, many
from tests.hostile import SCRIPTS


def url(one, query: str = "") -> str:
    return f"/p/shop/log/{one.pk}/{query}"


@pytest.fixture
def look(as_, viewer):
    browser = as_(viewer)

    def looking(one, query: str = "") -> str:
        answer = browser.get(url(one, query))
        assert answer.status_code == 200
        return answer.text

    return looking


class TestWho:
    def test_every_member_sees_it(self, project, as_, owner, annotator, viewer):
        one = entry(project)
        for person in (owner, annotator, viewer):
            assert as_(person).get(url(one)).status_code == 200

    def test_a_stranger_finds_nothing(self, project, as_, stranger):
        assert as_(stranger).get(url(entry(project))).status_code == 404

    def test_nobody_is_sent_to_sign_in(self, project, client):
        assert client.get(url(entry(project))).status_code == 302

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_it_is_only_read(self, project, as_, owner, method):
        assert getattr(as_(owner), method)(url(entry(project))).status_code == 405

    def test_through_another_project_it_is_not_found(self, project, as_, stranger):
        one = entry(project)
        assert as_(stranger).get(f"/p/elsewhere/log/{one.pk}/").status_code == 404

    def test_one_that_is_not_there_is_not_found(self, project, as_, viewer):
        assert as_(viewer).get(f"/p/shop/log/{uuid4()}/").status_code == 404


def test_everything_that_was_sent_is_there(project, look):
    text = look(
        entry(
            project,
            "req-1",
            input=[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello?"}],
            output="**Hello!**",
            context=[{"title": "Policy", "text": "Thirty days."}],
            metadata={"region": "eu"},
            feature="chat",
            model="model-a",
            prompt_version="v3",
            variant="B",
            user="u-1",
            session="s-1",
            latency_ms=1234.5,
            input_tokens=1500,
            output_tokens=20,
            cost_usd=0.0021,
            finish_reason="stop",
            environment="shadow",
        )
    )
    for part in ("Be kind.", "Hello?", "<strong>Hello!</strong>", "Policy", "Thirty days.", "region", "eu"):
        assert part in text
    for part in (
        "chat",
        "model-a",
        "v3",
        ">B<",
        "u-1",
        "s-1",
        "1.23 s",
        "1,500",
        "$ 0.0021",
        "stop",
        "Shadow",
        "req-1",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("cost", "shown"), [(1.2e-07, "$ 0.00000012"), (0, "$ 0"), (12.5, "$ 12.5"), (1234567.0, "$ 1234570")]
)
def test_a_cost_has_no_exponent(project, look, cost, shown):
    assert f">{shown}<" in look(entry(project, cost_usd=cost))


def test_what_was_not_sent_has_no_line(project, look):
    text = look(entry(project))
    for part in ("Prompt version", "Session", "Cost", "Metadata", "Documents given"):
        assert part not in text


def test_a_missing_output_is_said_with_its_error(project, look):
    text = look(entry(project, output=None, error="upstream timeout"))
    assert 'payload-absent">No output' in text
    assert "upstream timeout" in text


def test_replaced_characters_are_told(project, look):
    assert "2 characters that no database can hold" in look(entry(project, input="a\x00b\x00"))


def test_as_typed_is_a_link_of_its_own(project, look):
    one = entry(project, output="**bold**")
    assert 'href="?shown=typed"' in look(one)
    assert "**bold**" in look(one, "?shown=typed")
    assert "<strong>bold</strong>" not in look(one, "?shown=typed")


def test_a_session_leads_to_its_other_calls(project, look):
    text = unescape(look(entry(project, session="s 1/2")))
    assert "/p/shop/log/?session=s+1%2F2&since=2026-11-19&until=2026-11-21" in text


class TestNeighbours:
    def links(self, text: str) -> tuple[str | None, str | None]:
        found = {name: re.search(rf'rel="{name}"[^>]* href="([^"]*)"', text) for name in ("prev", "next")}
        prev, next_ = (unescape(match[1]) if match else None for match in found.values())
        return prev, next_

    def test_are_the_newer_and_the_older(self, project, look):
        a, b, c = many(project, 3)
        assert self.links(look(b)) == (url(c), url(a))
        assert self.links(look(c)) == (None, url(b))
        assert self.links(look(a)) == (url(b), None)

    def test_are_those_of_the_filtered_list(self, project, look):
        a, _, c = entries(
            project,
            [
                {"id": "a", "feature": "x"},
                {"id": "b", "minutes": 1},
                {"id": "c", "minutes": 2, "feature": "x"},
            ],
        )
        assert self.links(look(a, "?feature=x")) == (url(c, "?feature=x"), None)

    def test_the_way_back_leads_to_its_place_in_the_list(self, project, look, as_, viewer):
        rows = many(project, 80)
        back = re.search(r'href="(/p/shop/log/\?[^"]*before=[^"]*)"', look(rows[20]))
        page = as_(viewer).get(unescape(back[1])).text
        assert re.search(r'class="log-row" href="([^"]*)"', page)[1] == url(rows[20])

    def test_filters_nobody_knows_change_nothing(self, project, look):
        assert "Output" in look(entry(project), "?nonsense=1&since=never")


class TestLookedAt:
    @pytest.fixture
    def one(self, project):
        return entry(project, "req-1")

    @pytest.fixture
    def queue(self, project, one):
        made = make.queue(project, items=0, name="Monday", overlap=2)
        item = queues.NewItem(external_id=one.external_id, input="x", output="y", origin="vibecheck")
        queues.add_items(made, [item])
        return made

    def answered(self, queue: Queue, person, answer: str, **more) -> Label:
        question = queue.questions.get()
        return Label.objects.create(
            queue=queue,
            item=queue.items.get(),
            question=question,
            question_version=question.versions.get(),
            rater=rater_of(queue.project, person),
            answer=answer,
            idempotency_key=str(uuid4()),
            **more,
        )

    def test_shows_queue_answer_and_person(self, one, queue, annotator, look):
        self.answered(queue, annotator, "no")
        text = look(one)
        assert "Monday" in text
        assert f'href="/p/shop/queues/{queue.pk}/"' in text
        assert re.search(r"Is it good\? <span class=\"badge badge-no\">No</span>\s+amir", text)

    def test_leads_to_the_check_that_the_queue_belongs_to(self, one, project, queue, look):
        VibeCheck.objects.create(project=project, day=date(2026, 11, 20), queue=queue, population=1)
        text = look(one)
        assert 'href="/p/shop/checks/2026-11-20/"' in text
        assert f"/p/shop/queues/{queue.pk}/" not in text

    def test_hides_the_answers_of_others_until_one_has_answered(self, one, queue, annotator, owner, as_):
        self.answered(queue, annotator, "no")
        before = as_(owner).get(url(one)).text
        assert "amir" not in before
        assert "Others answered" in before
        self.answered(queue, owner, "yes")
        assert "amir" in as_(owner).get(url(one)).text

    def test_leaves_out_what_was_taken_back(self, one, queue, annotator, look):
        first = self.answered(queue, annotator, "no")
        self.answered(queue, annotator, "undo", supersedes=first)
        assert "Not answered yet" in look(one)

    def test_knows_nothing_of_same_ids_elsewhere(self, one, project, stranger, look):
        theirs = make.queue(stranger.memberships.get().project, items=0, name="Theirs", questions=("other",))
        queues.add_items(
            theirs, [queues.NewItem(external_id="req-1", input="x", output="y", origin="vibecheck")]
        )
        make.queue(project, items=2, name="Unrelated")
        text = look(one)
        assert "Theirs" not in text
        assert "Unrelated" not in text

    def test_knows_nothing_of_the_same_id_at_another_time(self, one, project, look):
        made = make.queue(project, items=0, name="Tuesday")
        other = {"interaction": str(uuid4())}
        item = queues.NewItem(external_id="req-1", input="x", metadata=other, origin="vibecheck")
        queues.add_items(made, [item])
        assert "Tuesday" not in look(one)

    def test_costs_as_many_queries_for_many_queues_as_for_one(
        self, one, project, queue, annotator, as_, viewer
    ):
        browser = as_(viewer)
        self.answered(queue, annotator, "no")
        browser.get(url(one))
        with CaptureQueriesContext(connection) as few:
            browser.get(url(one))
        for n in range(6):
            more = make.queue(project, items=0, name=f"Queue {n}", questions=(f"q{n}",))
            item = queues.NewItem(external_id="req-1", input="x", output="y", origin="vibecheck")
            queues.add_items(more, [item])
            self.answered(more, annotator, "yes")
        with CaptureQueriesContext(connection) as many_queries:
            browser.get(url(one))
        assert len(many_queries) == len(few)


@pytest.mark.parametrize("text", SCRIPTS)
def test_hostile_text_in_every_field_is_only_text(project, look, text):
    short, name = text[:200], text[:250]
    one = entry(
        project,
        name,
        input=[{"role": short, "content": text, text[:100]: text}],
        output={text[:200]: [text]},
        context=[{"title": text, "text": text, text[:200]: text}, text],
        metadata={text[:200]: text},
        error=text,
        feature=short,
        model=short,
        prompt_version=short,
        variant=short,
        finish_reason=short,
        user=name,
        session=name,
    )
    for page in (look(one), look(one, "?shown=typed")):
        for bad in (
            "<script>alert",
            "<img",
            "<iframe",
            "<svg",
            "<style",
            '<form action="h',
            " onmouseover='",
        ):
            assert bad not in page
        assert not re.search(r"<[^>]* hx-(?!headers|get=\"/health|trigger=\"load, every)", page)
        assert 'href="javascript' not in page.lower()
        assert "\u202e" not in page


def test_what_its_user_did_is_beside_it(project, viewer, as_):
    row = judged.logged(project, "call-1")
    judged.signal(project, "call-1", "thumbs_down")
    judged.signal(project, "call-1", "correction", text="It ships <b>today</b>")
    judged.signal(project, "call-2", "thumbs_up")
    shown = as_(viewer).get(f"/p/shop/log/{row.pk}/").content.decode()

    assert "What its user did" in shown
    assert shown.index("thumbs_down") < shown.index("It ships &lt;b&gt;today")
    assert "thumbs_up" not in shown
