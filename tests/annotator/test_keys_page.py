"""/p/SLUG/keys/: made, shown once, revoked."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from annotator.models import ApiKey, Scope
from annotator.services.keys import find_key
from tests import make

PAGE = "/p/shop/keys/"
WORDS = {"name": "server", "scopes": ["ingest"], "days": ""}


def test_a_key_is_shown_once_and_works(owner, as_, project):
    browser = as_(owner)

    page = browser.post(PAGE, WORDS)

    token = re.search(r"gnb_[0-9a-f]{8}_[\w-]+", page.content.decode())[0]
    key = find_key(token)
    assert (key.project, key.scopes, key.created_by, key.expires_at) == (project, ["ingest"], owner, None)
    assert page["Cache-Control"] == "no-store, private"
    again = browser.get(PAGE).content.decode()
    assert token not in again
    assert key.prefix in again


@pytest.mark.parametrize("scope", Scope.values)
def test_whatever_a_key_may_can_be_chosen(owner, as_, scope):
    assert as_(owner).post(PAGE, {**WORDS, "scopes": [scope]}).status_code == 200
    assert ApiKey.objects.get().scopes == [scope]


def test_it_may_expire(owner, as_):
    page = as_(owner).post(PAGE, {**WORDS, "days": "30"}).content.decode()
    token = re.search(r"gnb_[0-9a-f]{8}_[\w-]+", page)[0]
    assert find_key(token)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert find_key(token) is None
        assert "expired" in as_(owner).get(PAGE).content.decode()


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"scopes": []},
        {"scopes": ["root"]},
        {"days": "9999"},
        {"name": "\0"},
    ],
)
def test_bad_keys_are_not_made(owner, as_, bad):
    assert as_(owner).post(PAGE, {**WORDS, **bad}).status_code == 422
    assert not ApiKey.objects.exists()


def test_fields_of_the_row_cannot_be_set(owner, stranger, as_, project):
    as_(owner).post(
        PAGE, {**WORDS, "prefix": "gnb_mine", "project": "999", "secret_hash": "0", "created_by": "1"}
    )
    key = ApiKey.objects.get()
    assert key.prefix != "gnb_mine"
    assert key.project == project


def test_revoked_keys_open_nothing_and_stay_listed(owner, as_, project):
    token = make.api_key(project, name="old server")
    key = ApiKey.objects.get()

    assert as_(owner).post(f"{PAGE}{key.pk}/revoke/").url == PAGE

    assert find_key(token) is None
    page = as_(owner).get(PAGE).content.decode()
    assert "old server" in page
    assert "revoked" in page
    first = ApiKey.objects.get().revoked_at
    as_(owner).post(f"{PAGE}{key.pk}/revoke/")
    assert ApiKey.objects.get().revoked_at == first


def test_hostile_names_are_text(owner, as_):
    as_(owner).post(PAGE, {**WORDS, "name": '"><img src=x onerror=alert(1)>'})
    page = as_(owner).get(PAGE).content.decode()
    assert "<img src=x" not in page


def test_wrong_people_wrong_keys_wrong_methods(owner, annotator, viewer, stranger, as_, project):
    make.api_key(project)
    key = ApiKey.objects.get()
    for person, status in ((annotator, 403), (viewer, 403), (stranger, 404)):
        assert as_(person).get(PAGE).status_code == status
        assert as_(person).post(PAGE, WORDS).status_code == status
        assert as_(person).post(f"{PAGE}{key.pk}/revoke/").status_code == status
    foreign, _token = make.keys.make_key(
        project=stranger.memberships.get().project, name="theirs", scopes=["ingest"]
    )
    for missing in (foreign.pk, 10**30):
        assert as_(owner).post(f"{PAGE}{missing}/revoke/").status_code == 404
    assert not ApiKey.objects.exclude(revoked_at=None).exists()
    assert as_(owner).get(f"{PAGE}{key.pk}/revoke/").status_code == 405
    assert as_(owner).put(PAGE).status_code == 405


def test_the_list_takes_the_same_number_of_queries_however_long(
    owner, as_, project, django_assert_num_queries
):
    browser = as_(owner)
    make.api_key(project)
    browser.get(PAGE)
    with django_assert_num_queries(4):
        browser.get(PAGE)
    for n in range(10):
        make.keys.make_key(project=project, name=f"k{n}", scopes=["label"], by=owner)
    with django_assert_num_queries(4):
        browser.get(PAGE)


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("", ["ingest"]),
        ("?scope=check", ["check"]),
        ("?scope=check&scope=export", ["export", "check"]),
        ("?scope=everything", ["ingest"]),
        ("?scope=everything&scope=suggest", ["suggest"]),
    ],
)
def test_a_link_says_what_the_key_is_to_be_for(owner, as_, project, query, chosen):
    form = as_(owner).get(PAGE + query).context["form"]

    assert [str(box.data["value"]) for box in form["scopes"] if box.data["selected"]] == chosen
