"""/p/SLUG/members/…: who is in, as what, and out again."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from annotator.models import Lease, Membership, Place, Rater, Role, User
from annotator.services import invitations, people, queues
from tests import make

PAGE = "/p/shop/members/"


def one(person, project) -> Membership:
    return Membership.objects.get(user=person, project=project)


def page_of(person, project) -> str:
    return f"{PAGE}{one(person, project).pk}/"


# --- letting in --------------------------------------------------------------------------------


def test_a_new_name_gets_an_account_and_a_link_to_hand_over(owner, as_, client, project):
    answer = as_(owner).post(PAGE, {"username": "nadia", "email": "n@example.com", "role": "annotator"})

    link = re.search(r"http://localhost:8000(/signin/[\w-]+/)", answer.content.decode())[1]
    nadia = User.objects.get(username="nadia")
    assert not nadia.has_usable_password()
    assert nadia.email == "n@example.com"
    assert one(nadia, project).role == "annotator"
    assert client.post(link).url == "/"
    assert client.get("/p/shop/").status_code == 200


def test_somebody_with_an_account_is_asked_and_no_link_is_made(owner, stranger, as_, project):
    answer = as_(owner).post(PAGE, {"username": "stan", "email": "", "role": "viewer"})

    assert answer.url == PAGE
    assert as_(stranger).get("/p/shop/").status_code == 404
    assert not stranger.signin_links.exists()
    assert "Asked to join" in as_(owner).get(PAGE).content.decode()


@pytest.mark.parametrize(
    "bad",
    [
        {"username": ""},
        {"username": "a b"},
        {"username": "<b>"},
        {"username": "x" * 151},
        {"username": "\0"},
        {"role": "boss"},
        {"role": ""},
        {"email": "no"},
    ],
)
def test_bad_invitations_make_nobody(owner, as_, bad):
    before = User.objects.count()
    assert (
        as_(owner).post(PAGE, {"username": "nadia", "email": "", "role": "viewer", **bad}).status_code == 422
    )
    assert User.objects.count() == before


def test_a_member_again_and_a_closed_account_are_refused_in_words(owner, viewer, as_, project):
    assert (
        "is a member already" in as_(owner).post(PAGE, {"username": "vera", "role": "owner"}).content.decode()
    )
    assert one(viewer, project).role == "viewer"
    make.user("gone", is_active=False)
    assert (
        "account is closed" in as_(owner).post(PAGE, {"username": "gone", "role": "viewer"}).content.decode()
    )


def test_a_member_who_was_removed_meanwhile_is_no_error(owner, viewer, as_, project, monkeypatch):
    """Two owners, or a double click: the second finds nobody, in words."""
    page, them = page_of(viewer, project), one(viewer, project)
    monkeypatch.setattr("annotator.access.member_of", lambda *_: them)
    people.remove_member(one(viewer, project))
    for change in ({"remove": "yes"}, {"role": "annotator"}):
        answer = as_(owner).post(page, change, follow=True)
        assert answer.status_code == 200
        assert "in the project no more" in answer.content.decode()
    assert not Membership.objects.filter(user=viewer).exists()


def test_only_owners_let_in_and_only_they_see_addresses(owner, annotator, viewer, stranger, as_):
    User.objects.filter(username="olivia").update(email="olivia@example.com")
    for person in (annotator, viewer):
        page = as_(person).get(PAGE)
        assert page.status_code == 200
        assert "olivia@example.com" not in page.content.decode()
        assert as_(person).post(PAGE, {"username": "nadia", "role": "owner"}).status_code == 403
    assert "olivia@example.com" in as_(owner).get(PAGE).content.decode()
    assert as_(stranger).get(PAGE).status_code == 404
    assert as_(stranger).post(PAGE, {"username": "nadia", "role": "owner"}).status_code == 404


def test_the_list_takes_the_same_number_of_queries_however_long(
    owner, as_, project, django_assert_num_queries
):
    browser = as_(owner)
    for n in range(2):
        make.member(project, f"first{n}")
    browser.get(PAGE)
    with django_assert_num_queries(5):
        browser.get(PAGE)
    for n in range(20):
        make.member(project, f"more{n}")
    with django_assert_num_queries(5):
        browser.get(PAGE)


# --- another role --------------------------------------------------------------------------------


def test_an_owner_changes_a_role(owner, viewer, as_, project):
    assert as_(owner).post(page_of(viewer, project), {"role": "annotator"}).url == PAGE
    assert one(viewer, project).role == "annotator"


def test_the_last_owner_stays_one(owner, viewer, as_, project):
    mine = page_of(owner, project)
    for change in ({"role": "viewer"}, {"remove": "yes"}):
        answer = as_(owner).post(mine, change)
        assert answer.status_code == 422
        assert "make somebody else an owner first" in answer.content.decode()
    assert one(owner, project).role == "owner"

    as_(owner).post(page_of(viewer, project), {"role": "owner"})
    assert as_(owner).post(mine, {"role": "viewer"}).status_code == 302


def test_an_owner_whose_account_is_closed_does_not_count(owner, viewer, as_, project):
    people.change_role(one(viewer, project), Role.OWNER)
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    assert as_(owner).post(page_of(owner, project), {"role": "viewer"}).status_code == 422


def test_a_role_there_is_not_is_refused(owner, viewer, as_, project):
    for bad in ({"role": "boss"}, {"role": ""}, {}):
        assert as_(owner).post(page_of(viewer, project), bad).status_code == 422
    assert one(viewer, project).role == "viewer"


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_leave_one():
    project = make.project()
    both = [one(make.member(project, name, role="owner"), project) for name in ("a", "b")]
    together = Barrier(2)

    def remove(membership):
        together.wait()
        try:
            people.remove_member(membership)
        except people.PeopleError:
            pass
        finally:
            connection.close()

    threads = [Thread(target=remove, args=[membership]) for membership in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert project.memberships.filter(role="owner").count() == 1


# --- out ---------------------------------------------------------------------------------------------


@pytest.fixture
def held(project, annotator):
    """A queue of three items: amir has filled one place and holds another."""
    question = queues.set_question(project=project, key="good", text="Good?").question
    queue = queues.make_queue(project=project, name="Q", questions=[question])
    queues.add_items(queue, [queues.NewItem(external_id=str(n)) for n in range(3)])
    rater = Rater.objects.create(project=project, kind="human", name="amir", user=annotator)
    filled, leased, _free = queue.places.order_by("position")
    now = timezone.now()
    Place.objects.filter(pk=filled.pk).update(owner=rater, done_at=now)
    lease = Lease.objects.create(place=leased, rater=rater)
    Place.objects.filter(pk=leased.pk).update(
        owner=rater, lease_id=lease.pk, lease_until=now + timedelta(minutes=10), holder="tab"
    )
    return filled, leased, lease


def test_what_a_removed_member_held_is_free_and_what_they_did_stays(owner, annotator, as_, project, held):
    filled, leased, lease = held

    assert as_(owner).post(page_of(annotator, project), {"remove": "yes"}).url == PAGE

    assert as_(annotator).get("/p/shop/").status_code == 404
    for row in (filled, leased, lease):
        row.refresh_from_db()
    assert filled.owner is not None
    assert (leased.owner, leased.lease_id, leased.lease_until, leased.holder) == (None, None, None, "")
    assert lease.released_at is not None


def test_places_in_other_projects_stay_theirs(annotator, project, held):
    other = make.project(slug="other")
    make.member(other, "amir")
    make.member(other, "olga", role="owner")
    people.remove_member(one(annotator, other))
    held[1].refresh_from_db()
    assert held[1].lease_id is not None


def test_who_leaves_by_themselves_lands_at_home(owner, as_, project):
    make.member(project, "second", role="owner")
    assert as_(owner).post(page_of(owner, project), {"remove": "yes"}).url == "/"


# --- a new way in ---------------------------------------------------------------------------------------


def test_an_owner_makes_a_link_for_somebody_locked_out(owner, viewer, as_, client, project):
    Membership.objects.filter(user=viewer).update(made_account=True)
    answer = as_(owner).post(page_of(viewer, project) + "link/")

    link = re.search(r"http://localhost:8000(/signin/[\w-]+/)", answer.content.decode())[1]
    assert answer["Cache-Control"] == "no-store, private"
    client.post(link)
    assert client.get("/").context["user"] == viewer


def test_nobody_gets_a_link_into_projects_they_do_not_own(owner, stranger, as_, project):
    """Otherwise: let somebody into a project of yours, make a link, and be them everywhere."""
    people.add_member(project=project, user=stranger, role="viewer")
    page = as_(owner).get(page_of(stranger, project)).content.decode()
    assert "manage.py signin_link stan" in page
    assert as_(owner).post(page_of(stranger, project) + "link/").status_code == 403
    assert not stranger.signin_links.exists()


def test_nobody_gets_a_link_into_an_account_that_others_made(owner, as_, project):
    """Somebody between two projects is nobody's to sign in as."""
    free = make.member(project, "free", role="viewer")
    assert as_(owner).post(page_of(free, project) + "link/").status_code == 403


@pytest.mark.parametrize("how", ["joined", "made"])
def test_old_links_open_no_project_that_came_later(owner, stranger, as_, client, project, how):
    nina = invitations.invite(project=project, username="nina", role="viewer", by=owner)
    own = people.signin_link(nina.person)  # made on the machine: whoever runs it may come in anyway
    if how == "joined":
        as_(stranger).post("/p/elsewhere/members/", {"username": "nina", "role": "viewer"})
        invitations.join(nina.person.invitations.get())
    else:
        as_(nina.person).post("/projects/new/", {"name": "Hers", "slug": "hers", "time_zone": "UTC"})
    client.post(nina.link.removeprefix("http://localhost:8000"))
    assert not client.get("/").wsgi_request.user.is_authenticated
    assert as_(owner).post(page_of(nina.person, project) + "link/").status_code == 403
    assert client.post(own.removeprefix("http://localhost:8000")).url == "/"


def test_nobody_gets_a_link_into_the_administrators_account(owner, as_, project):
    admin = make.member(project, "root", role="viewer")
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    assert as_(owner).post(page_of(admin, project) + "link/").status_code == 403


def test_an_administrator_may_for_all_members_of_their_own_projects(owner, stranger, as_, project):
    User.objects.filter(pk=owner.pk).update(is_superuser=True)
    people.add_member(project=project, user=stranger, role="viewer")
    assert as_(owner).post(page_of(stranger, project) + "link/").status_code == 200


def test_wrong_people_wrong_ids_wrong_methods(owner, annotator, viewer, stranger, as_, project):
    page = page_of(viewer, project)
    for person, status in ((annotator, 403), (viewer, 403), (stranger, 404)):
        assert as_(person).get(page).status_code == status
        assert as_(person).post(page, {"role": "owner"}).status_code == status
        assert as_(person).post(page + "link/").status_code == status
    theirs = stranger.memberships.get().pk
    for foreign in (theirs, 0, 10**30):
        assert as_(owner).get(f"{PAGE}{foreign}/").status_code == 404
        assert as_(owner).post(f"{PAGE}{foreign}/", {"remove": "yes"}).status_code == 404
    assert as_(owner).get(page + "link/").status_code == 405
    assert as_(owner).delete(page).status_code == 405
