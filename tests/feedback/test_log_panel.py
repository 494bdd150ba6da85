"""/p/SLUG/log/panel/: how to send interactions, on a project's first page."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from tests.feedback import logged

PANEL = "/p/shop/log/panel/"


def test_a_project_without_a_log_is_told_how_to_begin(project, as_, owner, viewer):
    page = as_(owner).get(PANEL)

    assertContains(page, '<details class="fold" open>')
    assertContains(page, "/api/v1/interactions")
    assertContains(page, "import_logs FILE --project shop")
    assertContains(page, "/p/shop/keys/")
    assertNotContains(page, "<html")
    assertNotContains(as_(viewer).get(PANEL), "/p/shop/keys/")


def test_once_there_is_a_log_it_stays_folded(project, as_, owner):
    logged.interactions(project, 1)

    assertContains(as_(owner).get(PANEL), '<details class="fold">')


def test_the_first_page_loads_it(project, as_, viewer):
    assertContains(as_(viewer).get("/p/shop/"), f'hx-get="{PANEL}"')


@pytest.mark.usefixtures("project")
def test_every_member_may_look_and_nobody_else(as_, annotator, viewer, stranger, client):
    for person in (annotator, viewer):
        assert as_(person).get(PANEL).status_code == 200
    assert as_(stranger).get(PANEL).status_code == 404
    assert client.get(PANEL).status_code == 302
    assert as_(viewer).post(PANEL).status_code == 405
