"""GET /: what waits for me."""

from django.test import Client

from annotator.queries import people as queries
from annotator.services import people, queues
from tests import make


def fill(project, name, n=3):
    question = queues.set_question(project=project, key="good", text="Good?").question
    queue = queues.make_queue(project=project, name=name, questions=[question])
    queues.add_items(queue, [queues.NewItem(external_id=str(i)) for i in range(n)])
    return queue


def test_my_projects_and_only_mine(project, annotator, stranger, as_):
    fill(project, "Vibe check 2026-11-23")
    fill(stranger.memberships.get().project, "Somebody else’s")

    page = as_(annotator).get("/").content.decode()

    assert "Shop assistant" in page
    assert "Vibe check 2026-11-23" in page
    assert "3 left" in page
    assert "Elsewhere" not in page
    assert "Somebody else" not in page
    assert 'hx-get="/checks/mine/"' in page


def test_somebody_without_a_project_reads_what_to_do(db, as_):
    page = as_(make.user("nadia")).get("/").content.decode()
    assert "You are in no project yet" in page
    assert "/projects/new/" in page


def test_who_has_no_password_yet_is_told(db, as_):
    assert "no password yet" in as_(people.make_owner()).get("/").content.decode()
    assert "no password yet" not in as_(make.user("p", password="x")).get("/").content.decode()


def test_the_newest_three_queues_of_each_project(project, annotator):
    names = [f"day {n}" for n in range(5)]
    for name in names:
        fill(project, name, n=1)
    found = queries.waiting([project.pk], annotator)[project.pk]
    assert [queue.name for queue in found.shown] == names[:-4:-1]
    assert (found.more, found.many) == (2, False)


def test_how_many_more_wait_is_said_with_a_way_to_them(project, owner, as_):
    for n in range(4):
        fill(project, f"day {n}", n=1)
    page = as_(owner).get("/").content.decode()
    assert '<a href="/p/shop/queues/">1 more queue</a>' in page
    for n in range(queries.MOST_QUEUES):
        fill(project, f"later {n}", n=1)
    assert '<a href="/p/shop/queues/">over 97 more queues</a>' in as_(owner).get("/").content.decode()


def test_closed_and_finished_queues_do_not_wait(project, annotator):
    closed, finished = fill(project, "closed"), fill(project, "finished")
    now = closed.created_at
    type(closed).objects.filter(pk=closed.pk).update(closed_at=now)
    finished.places.update(done_at=now)
    assert queries.waiting([project.pk], annotator)[project.pk].shown == []


def test_counting_stops_at_a_thousand(project, annotator):
    fill(project, "big", n=queries.MOST_COUNTED + 5)
    assert queries.waiting([project.pk], annotator)[project.pk].shown[0].more


def test_the_same_number_of_queries_for_one_project_and_for_many(
    project, annotator, as_, django_assert_num_queries
):
    browser = as_(annotator)
    for n in range(4):
        with django_assert_num_queries(5):
            browser.get("/")
        more = make.project(slug=f"p{n}")
        make.member(more, "amir")
        fill(more, "q")


def test_the_administrator_sees_their_own_projects_only(project, as_):
    page = as_(make.user("root", is_superuser=True)).get("/").content.decode()
    assert "Shop assistant" not in page


def test_nobody_and_wrong_method(annotator, as_):
    assert Client().get("/").url == "/signin/?next=/"
    assert as_(annotator).post("/").status_code == 405
