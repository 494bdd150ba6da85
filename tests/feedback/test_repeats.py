"""Inputs that one version answered several times, and how far the answers differ."""

import json
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from annotator.reading.records import Limits
from feedback.forms.log import LogForm
from feedback.ingest import batch
from feedback.ingest.same import input_hash, output_hash
from feedback.models import Interaction
from feedback.queries.repeats import repeated, runs_of
from feedback.services import from_log
from feedback.services.from_log import Wanted
from feedback.services.interactions import store
from tests import make
from tests.feedback import logged

LIST = "/p/shop/log/repeats/"


def ran(
    project, asked: str, *answers, model: str = "small-1", prompt_version: str = "7", name: str = "", **more
) -> None:
    """Each answer is one run of the same input."""
    for n, answer in enumerate(answers):
        logged.interactions(
            project,
            1,
            name=f"{name or asked}-{model}-{prompt_version}-{n}",
            input=asked,
            input_preview=asked,
            output=answer,
            output_preview=answer or "",
            model=model,
            prompt_version=prompt_version,
            input_hash=input_hash(asked),
            output_hash=output_hash(answer),
            **more,
        )


# --- the hashes ------------------------------------------------------------------------------------


def test_what_asks_the_same_has_one_hash():
    assert input_hash({"b": 1, "a": [2]}) == input_hash({"a": [2], "b": 1})
    assert len({input_hash(value) for value in ("How?", "how?", "How? ", ["How?"])}) == 4
    assert -(2**63) <= input_hash("How?") < 2**63


def test_what_answers_the_same_but_for_case_and_space_has_one_hash():
    assert output_hash("It ships\n Tomorrow.") == output_hash("  it ships tomorrow. ")
    assert output_hash("ﬁne") == output_hash("fine")
    assert output_hash("tomorrow") != output_hash("tomorrow!")
    assert output_hash(None) is None
    assert output_hash("") == output_hash(" ")
    assert output_hash("\ud800") is not None


def test_ingestion_keeps_them(project):
    sent = [{"id": "1", "input": {"b": 1, "a": 2}, "output": "Yes"}, {"id": "2", "input": {"a": 2, "b": 1}}]
    limits = Limits()
    store(project, batch.of_json(json.dumps(sent).encode(), cap=10_000, limits=limits).records)

    rows = Interaction.objects.order_by("external_id").values_list("input_hash", "output_hash")

    assert list(rows) == [
        (input_hash({"a": 2, "b": 1}), output_hash("yes")),
        (input_hash({"a": 2, "b": 1}), None),
    ]


# --- the groups ------------------------------------------------------------------------------------


@pytest.fixture
def runs(project):
    """Ten runs with one wild answer, four that agree, two versions with a run each, and old rows."""
    ran(project, "When does it ship?", *["Tomorrow."] * 8, "TOMORROW. ", "Never. Go away.")
    ran(project, "Is it blue?", *["Yes"] * 4)
    ran(project, "Is it red?", "Yes", model="small-1")
    ran(project, "Is it red?", "No", model="small-2")
    logged.interactions(project, 3, name="old", input="Before there were hashes")


def test_those_that_agree_least_come_first(project, runs):
    groups, more = repeated(project)

    assert [(one.preview, one.runs, one.answers, one.top) for one in groups] == [
        ("When does it ship?", 10, 2, 9),
        ("Is it blue?", 4, 1, 4),
    ]
    assert (groups[0].share, more) == (0.9, False)


def test_the_wild_answer_is_the_first_of_its_group(project, runs):
    (group, *_rest), _more = repeated(project)

    found = runs_of(Interaction.objects.get(pk=group.newest))

    assert [one.times for one in found.answers] == [1, 9]
    assert found.answers[0].shown == "Never. Go away."
    assert (found.runs, found.different, found.more) == (10, 2, 0)


def test_no_answer_is_an_answer_too(project):
    ran(project, "Hello?", "Hello", None, None)

    (group,), _more = repeated(project)

    assert (group.runs, group.answers, group.top) == (3, 2, 2)
    assert [one.no_output for one in runs_of(Interaction.objects.get(pk=group.newest)).answers] == [
        False,
        True,
    ]


def test_another_project_s_runs_are_not_mine(project, runs, stranger):
    ran(stranger.projects.get(), "When does it ship?", "Today.", "Today.")

    assert repeated(project)[0][0].runs == 10
    assert [one.runs for one in repeated(stranger.projects.get())[0]] == [2]


def test_a_group_is_looked_at_by_members_alone(project, runs, as_, viewer, stranger, client):
    page = as_(viewer).get(LIST)
    assertContains(page, "When does it ship?")
    assertContains(page, "9 of 10")
    one = reverse(
        "log-runs", args=["shop", Interaction.objects.filter(input_preview="Is it blue?").first().pk]
    )
    for path in (LIST, one):
        assert as_(viewer).get(path).status_code == 200
        assert as_(viewer).post(path).status_code == 405
        assert as_(stranger).get(path).status_code == 404
        assert client.get(path).status_code == 302
    assertContains(as_(viewer).get(one), "One answer, always the same")


def test_the_whole_group_comes_into_a_queue(project, runs, as_, owner, annotator):
    """By the way from the log: its filters match the group and nothing else."""
    (group, *_rest), _more = repeated(project)
    page = as_(owner).get(reverse("log-runs", args=["shop", group.newest]))
    assertContains(page, "Bring all into a queue")
    query = page.context["query"]
    assertNotContains(
        as_(annotator).get(reverse("log-runs", args=["shop", group.newest])), "Bring all into a queue"
    )

    assertContains(as_(owner).get(f"/p/shop/log/to-queue/?{query}"), "Same input")
    shown = as_(owner).get(f"/p/shop/log/?{query}").context["rows"]

    assert len(shown) == 10
    assert {row.input_preview for row in shown} == {"When does it ship?"}
    form = LogForm(dict(parse_qsl(query)))
    assert form.is_valid()
    chosen = from_log.choose(
        make.queue(project), Wanted.of_json(Wanted(form.where(ZoneInfo("UTC"))).as_json())
    )
    assert chosen.population == 10


@pytest.mark.parametrize("lacks", ["model", "prompt_version", "feature"])
def test_a_group_that_tells_no_version_is_without_those_that_tell_one(project, as_, owner, lacks):
    told = {"model": "large", "prompt_version": "v1", "feature": "chat"}
    ran(project, "Is it blue?", "Yes", "No", name="without", **{**told, lacks: ""})
    without = list(Interaction.objects.all())
    ran(project, "Is it blue?", "Yes", "No", "Yes", name="with", **told)

    page = as_(owner).get(reverse("log-runs", args=["shop", without[0].pk]))
    query = page.context["query"]
    log = as_(owner).get(f"/p/shop/log/?{query}")

    assert {row.id for row in log.context["rows"]} == {row.pk for row in without}
    assertContains(log, "Without: <strong>")
    form = LogForm(dict(parse_qsl(query)))
    assert form.is_valid()
    wanted = Wanted.of_json(Wanted(form.where(ZoneInfo("UTC"))).as_json())
    assert from_log.choose(make.queue(project), wanted).population == 2


def test_a_link_without_what_is_always_there_is_said(project, as_, owner):
    assert as_(owner).get("/p/shop/log/?without=output").status_code == 400


def test_what_has_no_runs_says_what_to_do(project, as_, owner):
    assertContains(as_(owner).get(LIST), "Nothing is logged yet.")
    logged.interactions(project, 2)
    assertContains(as_(owner).get(LIST), "Send the same input to the same version several times")
    old = Interaction.objects.first()
    assertContains(
        as_(owner).get(reverse("log-runs", args=["shop", old.pk])), "No run of this input is among the newest"
    )
    assertContains(as_(owner).get(f"{LIST}?page=7"), "No more groups.")


def test_the_list_asks_two_queries_however_many_groups(project, django_assert_num_queries):
    for n in range(60):
        ran(project, f"Question {n}", "Yes", "No", name=f"q{n}")

    with django_assert_num_queries(2):
        groups, more = repeated(project)

    assert (len(groups), more) == (50, True)
    assert len(repeated(project, page=1)[0]) == 10


@pytest.mark.parametrize("same", ["x", "1.5", str(2**63), "-" + "9" * 30])
def test_a_link_with_no_hash_is_said(project, as_, owner, same):
    assert as_(owner).get(f"/p/shop/log/?same_input={same}").status_code == 400
