"""GET/POST /signin/: by user name and password."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from annotator.services.signin import TRIES_PER_NAME, TRIES_PER_SOURCE
from tests import make

PASSWORD = "three brown bears eat"


@pytest.fixture
def olivia(db):
    return make.user("olivia", password=PASSWORD)


def sign_in(browser: Client, name="olivia", password=PASSWORD, **more):
    where = {key: more.pop(key) for key in list(more) if key.isupper()}
    return browser.post("/signin/", {"username": name, "password": password, **more}, **where)


def test_the_right_password_opens_home_under_a_new_session_key(olivia, client):
    client.get("/")
    session = client.session
    session["planted"] = True
    session.save()
    before = client.session.session_key

    answer = sign_in(client)

    assert answer.status_code == 302
    assert answer.url == "/"
    assert client.session.session_key != before
    assert client.get("/").status_code == 200


def test_a_wrong_password_an_unknown_name_and_a_closed_account_get_one_answer(olivia, client):
    make.user("gone", password=PASSWORD, is_active=False)
    answers = [sign_in(client, password="no"), sign_in(client, name="nobody"), sign_in(client, name="gone")]

    texts = {" ".join(a.content.decode().split("<main", 1)[1].split("value=")[0].split()) for a in answers}

    assert [a.status_code for a in answers] == [422, 422, 422]
    assert len(texts) == 1
    assert "_auth_user_id" not in client.session


def test_the_password_does_not_come_back_in_the_page(olivia, client):
    assert "my-wrong-secret" not in sign_in(client, password="my-wrong-secret").content.decode()


def test_an_account_that_never_had_a_password_cannot_be_guessed_into(db, client):
    make.user("linked")
    for guess in ("", "!", "None"):
        assert sign_in(client, name="linked", password=guess).status_code == 422


def test_who_is_in_already_is_sent_on(olivia, as_):
    assert as_(olivia).get("/signin/?next=/account/").url == "/account/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/a\r\nb",
        "javascript:alert(1)",
        "/a\u202eb",
    ],
)
def test_next_leads_nowhere_but_to_this_site(olivia, client, elsewhere):
    assert sign_in(client, next=elsewhere).url == "/"


def test_next_is_followed_within_the_site_and_survives_a_slip(olivia, client):
    page = sign_in(client, password="no", next="/p/shop/?tab=a&b=c")
    assert 'value="/p/shop/?tab=a&amp;b=c"' in page.content.decode()
    assert sign_in(client, next="/p/shop/?tab=a&b=c").url == "/p/shop/?tab=a&b=c"


def test_hostile_input_is_a_refusal(olivia, client):
    for name in ("\0", "x" * 151, "' OR 1=1 --", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")):
        assert sign_in(client, name=name).status_code == 422
    assert client.post("/signin/", {}).status_code == 422


# --- too many tries ------------------------------------------------------------------------


def exhaust(browser: Client, name="olivia", **where):
    for _n in range(TRIES_PER_NAME):
        assert sign_in(browser, name=name, password="guess", **where).status_code == 422


def test_after_some_slips_even_the_right_password_waits(olivia, client):
    exhaust(client)

    answer = sign_in(client)

    assert answer.status_code == 429
    assert "sign-in link" in answer.content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert sign_in(client).status_code == 302


def test_a_stranger_elsewhere_locks_nobody_out(olivia, client):
    exhaust(Client(), REMOTE_ADDR="203.0.113.9")

    assert sign_in(client, REMOTE_ADDR="198.51.100.4").status_code == 302


def test_a_stranger_in_the_same_network_does_not_lock_out_a_browser_that_was_used_before(olivia, client):
    sign_in(client)
    client.post("/signout/")
    exhaust(Client())

    assert sign_in(Client()).status_code == 429
    assert sign_in(client).status_code == 302


def test_a_mark_of_ones_own_making_counts_for_nothing(olivia):
    exhaust(Client())
    liar = Client()
    liar.cookies["genba_known"] = "eyJicm93c2VyIjoieCJ9:forged"
    assert sign_in(liar).status_code == 429


def test_a_known_browser_still_cannot_guess_for_ever(olivia, client):
    sign_in(client)
    client.post("/signout/")
    exhaust(client)
    assert sign_in(client).status_code == 429


def test_spraying_names_is_stopped_by_network(olivia, client):
    for n in range(TRIES_PER_SOURCE):
        assert sign_in(client, name=f"guess{n}", password="x").status_code == 422
    assert sign_in(client, name="another").status_code == 429


def test_a_right_password_forgets_the_slips_before_it(olivia, client):
    for _n in range(TRIES_PER_NAME - 1):
        sign_in(client, password="slip")
    assert sign_in(client).status_code == 302
    client.post("/signout/")
    exhaust(client)


def test_forwarded_addresses_count_only_behind_a_proxy_of_ours(olivia, client, settings):
    for n in range(TRIES_PER_NAME):
        sign_in(client, password="guess", HTTP_X_FORWARDED_FOR=f"192.0.2.{n}")
    assert sign_in(client, HTTP_X_FORWARDED_FOR="192.0.2.99").status_code == 429

    settings.TRUST_PROXY = True
    assert sign_in(client, HTTP_X_FORWARDED_FOR="6.6.6.6, 192.0.2.99").status_code == 302


# --- going out ---------------------------------------------------------------------------------


def test_signing_out_ends_the_session_on_the_server(olivia, client):
    sign_in(client)
    stolen = Client()
    stolen.cookies["genba_session"] = client.cookies["genba_session"].value
    assert stolen.get("/").status_code == 200

    assert client.post("/signout/").url == "/signin/"

    assert stolen.get("/").status_code == 302
    assert client.get("/").status_code == 302


def test_wrong_methods(olivia, client):
    assert client.get("/signout/").status_code == 405
    assert client.put("/signin/").status_code == 405


def test_a_form_without_its_token_changes_nothing_and_says_what_to_do(olivia):
    strict = Client(enforce_csrf_checks=True)
    answer = sign_in(strict)
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()


def test_somebody_who_is_not_in_is_brought_back_to_the_page_they_asked_for(db, client):
    assert client.get("/p/shop/keys/?x=1").url == "/signin/?next=/p/shop/keys/%3Fx%3D1"


def test_a_fragment_for_somebody_signed_out_meanwhile_is_401_and_no_page_inside_the_page(db, client):
    answer = client.get("/health/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.content == b""
