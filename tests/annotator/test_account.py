"""/account/ and /account/password/."""

import pytest
from django.test import Client

from tests import make

OLD, NEW = "three brown bears eat", "seven quiet trains pass"
ALL = {"first_name": "Amir K.", "email": "amir@example.com", "language": "ko", "theme": "dark"}


@pytest.fixture
def amir(db):
    return make.user("amir", password=OLD)


def words(current=OLD, new=NEW, again=NEW):
    return {"current": current, "new": new, "again": again}


def test_name_mail_language_and_colours_are_kept(amir, as_):
    browser = as_(amir)

    assert browser.post("/account/", ALL).status_code == 302

    amir.refresh_from_db()
    assert {name: getattr(amir, name) for name in ALL} == ALL
    page = browser.get("/account/").content.decode()
    assert 'lang="ko"' in page
    assert 'data-theme="dark"' in page


def test_nothing_else_of_the_account_can_be_written(amir, as_):
    as_(amir).post(
        "/account/",
        {
            **ALL,
            "username": "root",
            "is_superuser": "1",
            "is_staff": "1",
            "is_active": "",
            "password": "x",
            "id": "9",
        },
    )
    amir.refresh_from_db()
    assert (amir.username, amir.is_superuser, amir.is_staff, amir.is_active) == ("amir", False, False, True)
    assert amir.check_password(OLD)


@pytest.mark.parametrize(
    "bad", [{"email": "no"}, {"language": "xx"}, {"theme": "pink"}, {"first_name": "x" * 151}]
)
def test_bad_values_are_named_and_what_was_typed_stays(amir, as_, bad):
    answer = as_(amir).post("/account/", {**ALL, **bad})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    amir.refresh_from_db()
    assert amir.first_name == ""


def test_a_new_password_keeps_this_browser_in_and_puts_the_others_out(amir, as_):
    here, there = as_(amir), as_(amir)

    assert here.post("/account/password/", words()).status_code == 302

    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    amir.refresh_from_db()
    assert amir.check_password(NEW)


def test_the_old_one_is_asked_for_if_there_is_one(amir, as_):
    assert as_(amir).post("/account/password/", words(current="no")).status_code == 422
    assert as_(amir).post("/account/password/", {"new": NEW, "again": NEW}).status_code == 422
    linked = make.user("linked")
    assert as_(linked).post("/account/password/", {"new": NEW, "again": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("new", "again"), [("short", "short"), ("password123", "password123"), (NEW, OLD), ("", "")]
)
def test_weak_and_mistyped_passwords_are_refused(amir, as_, new, again):
    answer = as_(amir).post("/account/password/", words(new=new, again=again))
    assert answer.status_code == 422
    amir.refresh_from_db()
    assert amir.check_password(OLD)


def test_passwords_never_come_back_in_the_page(amir, as_):
    page = as_(amir).post("/account/password/", words(new="a-secret", again="b-secret")).content.decode()
    assert "a-secret" not in page
    assert OLD not in page


def test_nobody_and_wrong_methods(amir, as_):
    assert Client().get("/account/").status_code == 302
    assert Client().post("/account/password/", words()).status_code == 302
    assert as_(amir).get("/account/password/").status_code == 405
    assert as_(amir).delete("/account/").status_code == 405
