"""/projects/new/, /p/SLUG/ and /p/SLUG/settings/."""

import pytest
from django.test import Client

from annotator.models import Membership, Project, User
from annotator.services import people, queues
from tests import make

NEW = {"name": "Shop assistant", "slug": "assistant", "time_zone": "Asia/Seoul"}


def test_whoever_makes_a_project_owns_it(db, as_):
    nadia = make.user("nadia")

    assert as_(nadia).post("/projects/new/", NEW).url == "/p/assistant/"

    project = Project.objects.get()
    assert (project.name, project.time_zone) == ("Shop assistant", "Asia/Seoul")
    assert Membership.objects.get(project=project).role == "owner"
    assert "Nothing waits to be labelled." in as_(nadia).get("/p/assistant/").content.decode()


def test_a_short_name_is_made_of_the_name(db, as_):
    nadia = make.user("nadia")
    for name, begins in (
        ("Ärger & Co", "arger-co"),
        ("쇼핑 도우미", "project-"),
        ("Ärger & Co", "arger-co-"),
    ):
        answer = as_(nadia).post("/projects/new/", {**NEW, "name": name, "slug": ""})
        assert answer.url.startswith(f"/p/{begins}")
    assert Project.objects.count() == 3


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"slug": "a b"},
        {"slug": "../x"},
        {"slug": "shop"},
        {"time_zone": "Mars/X"},
    ],
)
def test_bad_projects_are_not_made_and_what_was_typed_stays(owner, as_, bad):
    answer = as_(owner).post("/projects/new/", {**NEW, **bad})
    assert answer.status_code == 422
    assert Project.objects.count() == 1
    assert 'value="assistant"' in answer.content.decode() or "slug" in bad


def test_a_service_refuses_a_time_zone_there_is_not(db):
    with pytest.raises(ValueError, match="Mars"):
        people.make_project(slug="x", name="X", time_zone="Mars/X", owner=make.user("nadia"))


def test_the_overview_shows_what_waits_and_who_is_here(project, viewer, annotator, as_):
    question = queues.set_question(project=project, key="good", text="Good?").question
    queue = queues.make_queue(project=project, name="Vibe check 2026-11-23", questions=[question])
    queues.add_items(queue, [queues.NewItem(external_id=str(n)) for n in range(7)])
    empty = queues.make_queue(project=project, name="All done", questions=[question])

    page = as_(annotator).get("/p/shop/").content.decode()

    assert "7 left" in page
    assert f"/p/shop/queues/{queue.pk}/label/" in page
    assert empty.name not in page
    assert "vera" in page
    assert f"/p/shop/queues/{queue.pk}/label/" not in as_(viewer).get("/p/shop/").content.decode()


def test_the_overview_takes_the_same_number_of_queries_however_much_waits(
    project, owner, as_, django_assert_num_queries
):
    browser = as_(owner)
    question = queues.set_question(project=project, key="good", text="Good?").question
    for n in range(4):
        queue = queues.make_queue(project=project, name=f"Q{n}", questions=[question])
        queues.add_items(queue, [queues.NewItem(external_id="x")])
        make.member(project, f"m{n}")
        with django_assert_num_queries(5):
            browser.get("/p/shop/")


def test_settings_change_name_and_time_zone_and_nothing_else(owner, as_, project):
    change = {"name": "Shop", "time_zone": "Europe/Berlin", "slug": "other", "id": "99", "members": "1"}
    assert as_(owner).post("/p/shop/settings/", change).url == "/p/shop/settings/"
    project.refresh_from_db()
    assert (project.name, project.time_zone, project.slug) == ("Shop", "Europe/Berlin", "shop")


def test_an_old_time_zone_name_stays_choosable(owner, as_, project):
    Project.objects.update(time_zone="Asia/Calcutta")
    page = as_(owner).get("/p/shop/settings/").content.decode()
    assert '<option value="Asia/Calcutta" selected>' in page


def test_bad_settings_are_refused_and_the_project_stays(owner, as_, project):
    answer = as_(owner).post("/p/shop/settings/", {"name": "", "time_zone": "Mars/X"})
    assert answer.status_code == 422
    project.refresh_from_db()
    assert project.name == "Shop assistant"


def test_wrong_people_and_wrong_methods(owner, annotator, viewer, stranger, as_):
    change = {"name": "Mine", "time_zone": "UTC"}
    for person, page, settings in ((annotator, 200, 403), (viewer, 200, 403), (stranger, 404, 404)):
        assert as_(person).get("/p/shop/").status_code == page
        assert as_(person).get("/p/shop/settings/").status_code == settings
        assert as_(person).post("/p/shop/settings/", change).status_code == settings
    assert Client().get("/p/shop/").status_code == 302
    assert Client().post("/projects/new/", NEW).status_code == 302
    assert as_(owner).post("/p/shop/").status_code == 405
    assert as_(owner).delete("/projects/new/").status_code == 405


def test_an_administrator_is_nobody_in_projects_they_are_not_in(project, as_):
    admin = make.user("root", is_superuser=True, is_staff=True)
    assert as_(admin).get("/p/shop/").status_code == 404


def test_a_closed_account_is_out_at_once(owner, as_):
    browser = as_(owner)
    User.objects.update(is_active=False)
    assert browser.get("/p/shop/").status_code == 302


def test_a_missing_project_and_a_strangers_look_alike(stranger, project, as_):
    texts = [as_(stranger).get(path).content.decode() for path in ("/p/shop/", "/p/nosuch/")]
    assert texts[0].replace("shop", "nosuch").split("<main")[1] == texts[1].split("<main")[1]
