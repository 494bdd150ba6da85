"""Three people and a project, for every test."""

import pytest
from django.test import Client

from tests import make


@pytest.fixture
def project(db):
    return make.project()


@pytest.fixture
def owner(project):
    return make.member(project, "olivia", role="owner")


@pytest.fixture
def annotator(project):
    return make.member(project, "amir", role="annotator")


@pytest.fixture
def viewer(project):
    return make.member(project, "vera", role="viewer")


@pytest.fixture
def stranger(db):
    """Somebody with a project of their own, and no business in ours."""
    other = make.project(slug="elsewhere", name="Elsewhere")
    return make.member(other, "stan", role="owner")


@pytest.fixture
def as_(client: Client):
    """`as_(person)`: a browser signed in as that person."""

    def signed_in(person) -> Client:
        browser = Client()
        browser.force_login(person)
        return browser

    return signed_in
