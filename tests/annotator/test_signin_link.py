"""GET/POST /signin/TOKEN/: a one-time way in."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from annotator.models import SigninLink
from annotator.services import people
from tests import make


@pytest.fixture
def amir(db):
    return make.user("amir")


def path(link: str) -> str:
    return link.removeprefix("http://localhost:8000")


def test_opening_the_link_only_asks_and_sending_the_form_signs_in(amir, client):
    link = path(people.signin_link(amir))

    page = client.get(link)
    assert page.status_code == 200
    assert "amir" in page.content.decode()
    assert client.get(link).status_code == 200  # a mail scanner looked: still good
    assert client.head(link).status_code == 200

    assert client.post(link).status_code == 302
    assert client.get("/").context["user"] == amir


def test_it_works_once(amir, client, as_):
    link = path(people.signin_link(amir))
    client.post(link)
    client.post("/signout/")

    assert client.post(link).status_code == 410
    page = client.get(link)
    assert page.status_code == 410
    assert "new one" in page.content.decode()


def test_it_expires(amir, client):
    link = path(people.signin_link(amir, hours=2))
    with time_machine.travel(timezone.now() + timedelta(hours=2, seconds=1)):
        assert client.post(link).status_code == 410


def test_unknown_cut_and_hostile_links_look_like_used_ones(amir, client):
    token = path(people.signin_link(amir)).split("/")[2]
    for bad in (token[:-1], token + "x", "x", "%00", "%F0%9F%98%80", "'"):
        assert client.get(f"/signin/{bad}/").status_code == 410
        assert client.post(f"/signin/{bad}/").status_code == 410


def test_only_its_hash_is_stored(amir):
    token = people.signin_link(amir).split("/")[-2]
    assert token not in str(SigninLink.objects.values().get())


def test_a_closed_account_stays_closed(amir, client):
    link = path(people.signin_link(amir))
    amir.is_active = False
    amir.save()
    assert client.post(link).status_code == 410


def test_it_says_when_one_is_in_as_somebody_else_and_takes_over_cleanly(amir, as_, client):
    vera = make.user("vera")
    browser = as_(vera)
    link = path(people.signin_link(amir))
    before = browser.session.session_key

    assert "vera" in browser.get(link).content.decode()
    browser.post(link)

    assert browser.session.session_key != before
    assert browser.get("/").context["user"] == amir


def test_a_new_password_closes_the_links_handed_out_before(amir, client):
    link = path(people.signin_link(amir))
    people.set_password(amir, "three brown bears eat")
    assert client.post(link).status_code == 410


@pytest.mark.django_db(transaction=True)
def test_of_two_uses_at_the_same_moment_one_gets_in():
    token = people.signin_link(make.user("amir")).split("/")[-2]
    together, got = Barrier(6), []

    def use():
        together.wait()
        got.append(people.use_signin_link(token))
        connection.close()

    threads = [Thread(target=use) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(user is not None for user in got) == 1


def test_wrong_method(amir, client):
    assert client.delete(path(people.signin_link(amir))).status_code == 405


def test_the_link_bears_the_public_address(amir, settings):
    settings.PUBLIC_URL = "https://genba.example"
    assert people.signin_link(amir).startswith("https://genba.example/signin/")
