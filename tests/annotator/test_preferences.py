"""POST /preferences/: language and colours, of people and of visitors."""

from django.test import Client


def page(browser: Client, **headers) -> str:
    return browser.get("/signin/", headers=headers).content.decode()


def test_a_visitor_gets_the_browsers_language_until_they_choose(db, client):
    assert 'lang="en"' in page(client)
    assert 'lang="ko"' in page(client, accept_language="ko-KR,ko;q=0.9,en;q=0.8")

    answer = client.post("/preferences/", {"language": "ko", "next": "/signin/"})

    assert answer.url == "/signin/"
    assert 'lang="ko"' in page(client, accept_language="en")


def test_colours_of_a_visitor(db, client):
    assert "data-theme" not in page(client)
    client.post("/preferences/", {"theme": "dark"})
    assert 'data-theme="dark"' in page(client)
    client.post("/preferences/", {"theme": "auto"})
    assert "data-theme" not in page(client)


def test_a_persons_choice_is_theirs_in_every_browser_and_beats_the_cookie(viewer, as_):
    as_(viewer).post("/preferences/", {"language": "ko"})
    other = as_(viewer)
    other.cookies["genba_language"] = "en"

    assert '<html lang="ko"' in other.get("/account/").content.decode()
    viewer.refresh_from_db()
    assert (viewer.language, viewer.theme) == ("ko", "auto")


def test_after_signing_out_the_page_still_looks_as_chosen(viewer, as_):
    browser = as_(viewer)
    browser.post("/preferences/", {"theme": "light"})
    browser.post("/signout/")
    assert 'data-theme="light"' in page(browser)


def test_what_there_is_not_is_refused(db, client):
    for bad in ({"language": "xx"}, {"theme": "<b>"}):
        assert client.post("/preferences/", bad).status_code == 422
    client.cookies["genba_theme"] = '"><script>'
    client.cookies["genba_language"] = "../../etc"
    assert "<script>" not in page(client).split("<body")[1].replace("<script type", "")


def test_it_leads_back_within_this_site_only(db, client):
    assert client.post("/preferences/", {"theme": "dark", "next": "//evil.example"}).url == "/"


def test_wrong_method_and_missing_token(db):
    assert Client().get("/preferences/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/preferences/", {"theme": "dark"}).status_code == 403
