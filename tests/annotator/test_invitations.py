"""/invitations/…: somebody with an account is asked, and in when they say so."""

import pytest

from annotator.models import Invitation, Membership
from annotator.services import invitations, people
from tests import make

PAGE = "/p/shop/members/"


@pytest.fixture
def asked(owner, stranger, project) -> Invitation:
    """Olivia asks Stan."""
    invitations.invite(project=project, username="stan", role="annotator", by=owner)
    return Invitation.objects.get()


def test_who_is_asked_finds_it_at_home_and_joins(asked, stranger, as_, project):
    browser = as_(stranger)
    home = browser.get("/").content.decode()
    assert "asks you to join" in home
    assert "Shop assistant" in home

    assert browser.post(f"/invitations/{asked.pk}/", {"join": "1"}).url == "/p/shop/"

    assert browser.get("/p/shop/").status_code == 200
    assert Membership.objects.get(user=stranger, project=project).role == "annotator"
    assert "asks you to join" not in browser.get("/").content.decode()
    assert browser.post(f"/invitations/{asked.pk}/", {"join": "1"}).status_code == 404


def test_who_has_no_project_yet_finds_it_too(owner, as_, project):
    make.user("free")
    as_(owner).post(PAGE, {"username": "free", "role": "viewer"})
    assert "asks you to join" in as_(Invitation.objects.get().user).get("/").content.decode()


def test_who_declines_is_not_in_and_can_be_asked_again(asked, owner, stranger, as_):
    assert as_(stranger).post(f"/invitations/{asked.pk}/", {"decline": "1"}).url == "/"
    assert not Invitation.objects.exists()
    assert as_(stranger).get("/p/shop/").status_code == 404
    assert as_(owner).post(PAGE, {"username": "stan", "role": "viewer"}).url == PAGE
    assert Invitation.objects.get().role == "viewer"


def test_asked_twice_is_one_invitation_with_the_last_role(asked, owner, as_):
    as_(owner).post(PAGE, {"username": "stan", "role": "owner"})
    assert Invitation.objects.get().role == "owner"


def test_an_owner_thinks_better_of_it(asked, owner, stranger, as_):
    page = as_(owner).get(PAGE).content.decode()
    assert f"/p/shop/invitations/{asked.pk}/withdraw/" in page
    assert as_(owner).post(f"/p/shop/invitations/{asked.pk}/withdraw/").url == PAGE
    assert as_(stranger).post(f"/invitations/{asked.pk}/", {"join": "1"}).status_code == 404


def test_nobody_else_answers_or_withdraws(asked, owner, annotator, viewer, stranger, as_):
    for person in (owner, annotator, viewer):
        assert as_(person).post(f"/invitations/{asked.pk}/", {"join": "1"}).status_code == 404
    for person, status in ((annotator, 403), (viewer, 403), (stranger, 404)):
        assert as_(person).post(f"/p/shop/invitations/{asked.pk}/withdraw/").status_code == status
    assert as_(stranger).get(f"/invitations/{asked.pk}/").status_code == 405
    assert as_(owner).get(f"/p/shop/invitations/{asked.pk}/withdraw/").status_code == 405
    assert Invitation.objects.count() == 1


def test_being_asked_changes_nothing_for_anybody(asked, owner, stranger, as_, project):
    """A project made for the purpose shows no address, ends no link and takes no right away."""
    nadia = invitations.invite(
        project=project, username="nadia", role="viewer", email="n@example.com", by=owner
    )
    as_(stranger).post("/p/elsewhere/members/", {"username": "nadia", "role": "viewer"})
    assert "n@example.com" not in as_(stranger).get("/p/elsewhere/members/").content.decode()
    assert people.person_of_link(nadia.link.rstrip("/").rpartition("/")[2]) == nadia.person
    assert people.may_make_link(owner, nadia.person)


def test_joined_in_another_tab_meanwhile_is_no_error(asked, stranger, as_, project):
    people.add_member(project=project, user=stranger, role="viewer")
    answer = as_(stranger).post(f"/invitations/{asked.pk}/", {"join": "1"}, follow=True)
    assert answer.status_code == 200
    assert "is a member already" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_withdrawn_in_the_same_moment_lets_nobody_in(asked, stranger, project):
    invitations.withdraw(asked)
    with pytest.raises(people.PeopleError, match="withdrawn"):
        invitations.join(asked)
    assert not project.memberships.filter(user=stranger).exists()
