"""Suites: what a build runs, the runs that were accepted, and the pages of both."""

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from feedback.assertions import registry
from feedback.models import AcceptedRun, Suite
from feedback.services import assertions, suites
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/p/shop/suites/"
API = "/api/v1/suites"


def assertion(project, key, *, features=(), phrase="please", name="", **more):
    return assertions.make(
        project=project,
        key=key,
        name=name or key.capitalize(),
        kind="contains",
        settings=registry.settings("contains", {"phrases": [phrase]}),
        features=features,
        **more,
    ).assertion


@pytest.fixture
def polite(project):
    return assertion(project, "polite", features=["refunds"])


@pytest.fixture
def brief(project):
    return assertion(project, "brief")


@pytest.fixture
def suite(project, polite, brief):
    return suites.make(project=project, key="release", name="Before a release", assertions=[polite, brief])


@pytest.fixture
def call(project, client):
    """`call(method, path, body, key=…)`: (status, the answer's JSON)."""
    key = make.api_key(project, scopes=["check"], name="main-ci")

    def calling(method, path, body=None, *, key=key):
        sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        answer = getattr(client, method)(f"{API}{path}", headers=make.bearer(key), **sent)
        return answer.status_code, answer.json()

    return calling


def run_of(*failed, passed=8, **more):
    count = {"assertion": "polite", "version": 1, "passed": passed, "failed": len(failed), "uncertain": 0}
    return {
        "id": str(uuid4()),
        "outputs": passed + len(failed),
        "assertions": [count],
        "failed": [{"assertion": "polite", "id": name, "input": "0" * 32} for name in failed],
        "git_ref": "1a2b3c4d" * 5,
        **more,
    }


def accepted(project, n, **more):
    count = {"assertion": "polite", "version": 1, "passed": 9, "failed": 1, "uncertain": 0}
    made = AcceptedRun.objects.create(
        id=uuid4(), project=project, suite="release", outputs=10, counts=[count], failed=[["polite", f"q-{n}", ""]],
        digest=f"{n:064}", by=f"person-{n}", **more,
    )  # fmt: skip
    AcceptedRun.objects.filter(pk=made.pk).update(
        created_at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=n)
    )
    return made


# --- the API ---------------------------------------------------------------------------------------------


def test_a_suite_tells_its_assertions_in_the_version_in_force(call, suite, polite):
    assertions.change(polite, settings=registry.settings("contains", {"phrases": ["thanks"]}))
    status, told = call("get", "/release")

    assert status == 200
    assert (told["key"], told["name"], told["feature"]) == ("release", "Before a release", False)
    assert told["assertions"] == [
        {"key": "brief", "version": 1, "name": "Brief", "kind": "contains"},
        {"key": "polite", "version": 2, "name": "Polite", "kind": "contains"},
    ]


def test_a_feature_is_a_suite_of_what_is_on_for_it(call, project, polite, brief):
    assertion(project, "elsewhere", features=["orders / new"])
    assertion(project, "off", features=["refunds"], enabled=False)
    assertions.retire(assertion(project, "gone", features=["refunds"]))

    status, told = call("get", "/refunds")
    assert (status, told["feature"], [one["key"] for one in told["assertions"]]) == (
        200,
        True,
        ["brief", "polite"],
    )
    assert [one["key"] for one in call("get", "/orders%20%2F%20new")[1]["assertions"]] == [
        "brief",
        "elsewhere",
    ]
    assert [one["key"] for one in call("get", "")[1]] == ["orders / new", "refunds"]
    run = run_of()
    run["assertions"][0]["assertion"] = "elsewhere"
    assert call("post", "/orders%20%2F%20new/runs", run)[0] == 201
    assert call("get", "/orders%20%2F%20new/runs/accepted")[1]["id"] == run["id"]
    # A suite that was made goes before the feature of its name.
    suites.make(project=project, key="refunds", name="Mine", assertions=[brief])
    assert [(one["key"], one["feature"]) for one in call("get", "")[1]] == [
        ("refunds", False),
        ("orders / new", True),
    ]
    assert [one["key"] for one in call("get", "/refunds")[1]["assertions"]] == ["brief"]


def test_an_assertion_that_is_off_runs_in_a_suite_that_chose_it_and_a_retired_one_does_not(
    call, suite, polite, brief
):
    assertions.switch(polite, on=False)
    assertions.retire(brief)
    assert [one["key"] for one in call("get", "/release")[1]["assertions"]] == ["polite"]


def test_what_is_no_suite_is_named_with_those_that_are(call, suite, stranger, project):
    status, told = call("get", "/relase")
    assert (status, told["code"]) == (404, "not_found")
    assert told["message"] == "There is no suite “relase” in this project. There are: release, refunds."
    theirs = make.api_key(stranger.projects.get(), scopes=["check"])
    for method, path, body in (
        ("get", "/release", None), ("get", "/release/runs/accepted", None), ("post", "/release/runs", run_of()),
    ):  # fmt: skip
        status, told = call(method, path, body, key=theirs)
        assert (status, "There are: none yet." in told["message"]) == (404, True)
    for scope in ("ingest", "export", "suggest"):
        assert call("get", "/release", key=make.api_key(project, scopes=[scope], name=scope))[0] == 403
    assert call("get", "/release", key="gnb_00000000_nobody")[0] == 401
    assert call("put", "/release/runs", {})[0] == 405


def test_a_run_is_accepted_once_and_told_again(call, suite, project):
    assert call("get", "/release/runs/accepted") == (
        404, {"code": "no_run", "message": "No run of “Before a release” was accepted yet."},
    )  # fmt: skip
    run = run_of("q-1", "q-2")
    assert call("post", "/release/runs", run) == (201, {"id": run["id"], "created": True})
    assert call("post", "/release/runs", run) == (200, {"id": run["id"], "created": False})

    status, told = call("get", "/release/runs/accepted")
    assert status == 200
    assert datetime.now(UTC) - datetime.fromisoformat(told.pop("accepted_at")) < timedelta(minutes=5)
    assert told == {
        **run, "suite": "release", "accepted_by": "main-ci", "complete": True,
        "failed": [{"assertion": "polite", "id": name, "input": "0" * 32} for name in ("q-1", "q-2")],
    }  # fmt: skip
    assert AcceptedRun.objects.get().key.name == "main-ci"


def test_a_build_that_ran_again_adds_nothing_and_going_back_does(call, suite):
    first, other = run_of("q-1"), run_of()
    assert call("post", "/release/runs", first)[0] == 201
    assert call("post", "/release/runs", {**first, "id": str(uuid4())}) == (
        200,
        {"id": first["id"], "created": False},
    )
    assert call("post", "/release/runs", other)[0] == 201
    # What was accepted before the last is a change again.
    back = {**first, "id": str(uuid4()), "by": "mina"}
    assert call("post", "/release/runs", back)[0] == 201
    assert call("get", "/release/runs/accepted")[1]["id"] == back["id"]
    assert call("get", "/release/runs/accepted")[1]["accepted_by"] == "mina"
    assert AcceptedRun.objects.count() == 3


def test_a_run_belongs_to_one_suite(call, suite, project, polite):
    run = run_of()
    call("post", "/release/runs", run)
    assert call("post", "/refunds/runs", run) == (
        409,
        {"code": "conflict", "message": "id: another run has it."},
    )
    assert call("get", "/refunds/runs/accepted")[1]["code"] == "no_run"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "one"}, "Invalid UUID - at `$.id`"),
        ({"outputs": -1}, "Expected `int` >= 0 - at `$.outputs`"),
        ({"assertions": []}, "`$.assertions`"),
        (
            {"failed": [{"assertion": "polite", "id": "q", "input": ""}] * 10_001},
            "length <= 10000 - at `$.failed`",
        ),
        ({"failed": [{"assertion": "polite", "id": "q" * 257, "input": ""}]}, "`$.failed[0].id`"),
        (
            {"failed": [{"assertion": "rude", "id": "q", "input": ""}]},
            "failed: the suite “Before a release” has no",
        ),
        ({"git_ref": "x" * 121}, "`$.git_ref`"),
        ({"texts": ["…"]}, "unknown field `texts`"),
    ],
    ids=range(8),
)
def test_a_run_that_is_wrong_is_refused_with_its_field(call, suite, wrong, said):
    status, told = call("post", "/release/runs", {**run_of(), **wrong})
    assert (status, said in told["message"]) == (422, True), told
    assert not AcceptedRun.objects.exists()


def test_ten_thousand_failures_are_kept_and_a_nul_is_mended(call, suite):
    run = run_of(*(f"q-{n}" for n in range(9_999)), "q\x00", complete=False)
    assert call("post", "/release/runs", run)[0] == 201
    told = call("get", "/release/runs/accepted")[1]
    assert (len(told["failed"]), told["failed"][-1]["id"], told["complete"]) == (10_000, "q\ufffd", False)


def test_a_body_that_is_no_json(client, project, suite):
    headers = make.bearer(make.api_key(project, scopes=["check"]))
    for body, kind, status in (
        ("{", "application/json", 400),
        ("[[[[[[[1]]]]]]]", "application/json", 400),
        ("a", "text/plain", 415),
    ):
        assert (
            client.post(f"{API}/release/runs", body, content_type=kind, headers=headers).status_code == status
        )


def test_the_number_of_queries_does_not_grow(call, project, suite, django_assert_max_num_queries):
    for n in range(8):
        suites.make(
            project=project,
            key=f"s-{n}",
            name=f"S {n}",
            assertions=[assertion(project, f"a-{n}", features=[f"f {n}"])],
        )
        accepted(project, n)
    with django_assert_max_num_queries(6):  # two of them the key's
        assert len(call("get", "")[1]) == 18
    with django_assert_max_num_queries(6):
        assert call("get", "/release/runs/accepted")[1]["failed"][0]["id"] == "q-7"


# --- the pages -------------------------------------------------------------------------------------------


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_an_owner_makes_a_suite_changes_it_and_removes_it(as_, owner, project, polite, brief, call):
    page = as_(owner)
    assert "New suite" in words(page.get(PAGE))
    made = page.post(
        f"{PAGE}new/", {"name": "Before a release", "key": "", "assertions": [polite.pk, brief.pk]}
    )
    assert made["Location"] == f"{PAGE}of/before-a-release/"
    shown = words(page.get(made["Location"]))
    assert "No run was accepted yet." in shown
    assert "genba check outputs.jsonl --suite before-a-release --accept" in shown
    assert '<a href="/p/shop/keys/?scope=check">make one</a>' in page.get(made["Location"]).content.decode()

    form = page.get(f"{PAGE}setup/before-a-release/").content.decode()
    assert form.count("checked") == 2
    changed = page.post(
        f"{PAGE}setup/before-a-release/", {"name": "Release", "key": "other", "assertions": [brief.pk]}
    )
    assert changed.status_code == 302
    suite = Suite.objects.get()
    assert (suite.key, suite.name, list(suite.assertions.all()), suite.created_by) == (
        "before-a-release", "Release", [brief], owner,
    )  # fmt: skip

    run = run_of()
    run["assertions"][0]["assertion"] = "brief"
    assert call("post", "/before-a-release/runs", run)[0] == 201
    assert page.post(f"{PAGE}remove/before-a-release/")["Location"] == PAGE
    assert not Suite.objects.exists()
    assert not AcceptedRun.objects.exists()
    assert page.get(f"{PAGE}of/before-a-release/").status_code == 404


def test_what_is_wrong_with_the_form_is_said(as_, owner, project, suite, polite, stranger):
    page = as_(owner)
    theirs = assertion(stranger.projects.get(), "theirs")
    for sent, said in (
        ({"name": "", "assertions": [polite.pk]}, "This field is required."),
        ({"name": "A"}, "Choose at least one."),
        ({"name": "A", "assertions": [theirs.pk]}, "Select a valid choice."),
        ({"name": "漢字", "assertions": [polite.pk]}, "Give a short name of letters a to z"),
        (
            {"name": "Release", "assertions": [polite.pk]},
            "The project has a suite of this short name already.",
        ),
    ):
        answer = page.post(f"{PAGE}new/", sent)
        assert (answer.status_code, said in words(answer)) == (422, True), sent
    assert Suite.objects.count() == 1


def test_a_retired_assertion_stays_in_a_suite_that_is_changed(as_, owner, suite, polite, brief, call):
    """It is shown as what it is, and runs again when it is brought back; who wants it gone takes it out."""
    assertions.retire(polite)
    page, path = as_(owner), f"{PAGE}setup/release/"
    shown = page.get(path).content.decode()
    assert shown.count("checked") == 2
    assert "Polite · refunds · retired" in words(page.get(path))
    assert "Retired, so not run: Polite" in words(page.get(f"{PAGE}of/release/"))

    assert page.post(path, {"name": "Release", "assertions": [brief.pk, polite.pk]}).status_code == 302
    assert set(suite.assertions.all()) == {polite, brief}
    assert [one["key"] for one in call("get", "/release")[1]["assertions"]] == ["brief"]
    assertions.bring_back(polite)
    assert [one["key"] for one in call("get", "/release")[1]["assertions"]] == ["brief", "polite"]

    assertions.retire(polite)
    assert page.post(path, {"name": "Release", "assertions": [brief.pk]}).status_code == 302
    assert list(suite.assertions.all()) == [brief]
    assert "retired" not in words(page.get(path))


def test_a_suite_has_at_most_what_one_check_takes(as_, owner, project, brief, call, client):
    """A feature by which more run is no suite: a build is told, before it sends any output."""
    many = [assertion(project, f"a-{n}", features=["refunds"]) for n in range(101)]
    said = "at most 100"
    answer = as_(owner).post(f"{PAGE}new/", {"name": "All", "assertions": [one.pk for one in many]})
    assert (answer.status_code, f"Choose {said}." in words(answer)) == (422, True)

    status, told = call("get", "/refunds")
    assert (status, told["limit"]) == (422, 100)
    assert told["message"] == (
        "The suite “refunds” has 102 assertions, and one check takes at most 100. Make a suite of those that"
        " matter."
    )
    assert said in words(as_(owner).get(f"{PAGE}of/refunds/"))
    status, told = call("post", "/refunds/runs", {**run_of(), "assertions": run_of()["assertions"] * 101})
    assert (status, told["message"]) == (422, "Expected `array` of length <= 100 - at `$.assertions`")
    headers = make.bearer(make.api_key(project, scopes=["check"], name="guard"))
    asked = {"output": "x", "assertions": [one.key for one in many]}
    refused = client.post(
        "/api/v1/check", json.dumps(asked), content_type="application/json", headers=headers
    )
    assert (refused.status_code, said in refused.json()["message"]) == (422, True)


def test_the_list_says_what_to_do_next(as_, owner, viewer, project):
    assert "First make an assertion" in words(as_(owner).get(PAGE))
    assert "There is no assertion to choose." in words(as_(owner).get(f"{PAGE}new/"))
    assertion(project, "brief")
    assert "Make the first suite" in words(as_(owner).get(PAGE))
    assert "An owner of the project makes the first suite." in words(as_(viewer).get(PAGE))


def test_a_suite_shows_its_accepted_run_and_those_before(as_, annotator, project, suite, polite):
    for n in range(30):
        accepted(project, n, git_ref="1a2b3c4d" * 5)
    assertions.change(polite, settings=registry.settings("contains", {"phrases": ["thanks"]}))
    page = as_(annotator)

    shown = words(page.get(f"{PAGE}of/release/"))
    assert re.search("Accepted on .*Nov.* 2026", shown)
    assert re.search("90.?% 9 of 10", shown)
    assert "the run had 1" in shown
    assert "not in that run" in shown
    assert "q-29 polite" in shown
    assert "1a2b3c4d1a2b" in shown
    assert ("person-5 " in shown, "person-4 " in shown) == (True, False)
    assert "Set-up" not in shown
    older = re.search(r'href="(\?before=[^"]+)"', page.get(f"{PAGE}of/release/").content.decode())[1]
    shown = words(page.get(f"{PAGE}of/release/{older}"))
    assert ("person-5 " in shown, "person-4 " in shown, "person-0 " in shown) == (False, True, True)
    for bad in ("x", "2026-13-45", "2026-11-01T00:00:00"):
        assert "person-29" in words(page.get(f"{PAGE}of/release/", {"before": bad}))


def test_a_feature_has_a_page_and_no_set_up(as_, owner, project):
    assertion(project, "odd", features=["orders / new"])
    page = as_(owner)
    assert "orders / new" in words(page.get(PAGE))
    shown = words(page.get(f"{PAGE}of/orders%20/%20new/"))
    assert "All assertions that are on for this feature." in shown
    assert "--suite &#x27;orders / new&#x27; --accept" in shown
    assert page.get(f"{PAGE}setup/orders/").status_code == 404
    assert page.get(f"{PAGE}of/nothing/").status_code == 404


def test_a_suite_whose_assertions_are_retired_says_so(as_, owner, suite, polite, brief):
    assertions.retire(polite)
    assertions.retire(brief)
    assert "This suite has no assertion any more." in words(as_(owner).get(f"{PAGE}of/release/"))


def test_pages_ask_a_constant_number_of_queries(as_, owner, project, suite, django_assert_max_num_queries):
    for n in range(12):
        suites.make(
            project=project,
            key=f"s-{n}",
            name=f"S {n}",
            assertions=[assertion(project, f"a-{n}", features=[f"f {n}"])],
        )
        accepted(project, n)
    page = as_(owner)
    with django_assert_max_num_queries(9):
        page.get(PAGE)
    with django_assert_max_num_queries(10):
        page.get(f"{PAGE}of/release/")
