"""Queue pages: how far, who did how much, what was said last, and the way on."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from annotator.models import Queue
from annotator.services import queues
from tests import make
from tests.annotator.labeling import lapse, person, program


def text(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def queue(project):
    return make.queue(project, items=4, name="Tuesday")


def page(queue) -> str:
    return f"/p/shop/queues/{queue.pk}/"


def test_the_list_shows_what_is_left(queue, project, annotator, as_):
    make.queue(project, items=0, name="Nothing in it")
    tab = person(queue, as_(annotator))
    tab.answer(tab.items()[0])

    shown = text(as_(annotator).get("/p/shop/queues/"))

    assert "Tuesday" in shown
    assert "3 answers left" in shown
    assert "empty" in shown
    assert f"/p/shop/queues/{queue.pk}/label/" in shown


def test_a_queue_of_held_items_is_not_called_empty(project, owner, as_):
    queue = make.queue(project, items=2, name="All held")
    queue.places.all().delete()
    queue.items.update(held=True)

    shown = text(as_(owner).get("/p/shop/queues/"))

    assert "nothing to ask yet" in shown
    assert "empty" not in shown
    assert f"/p/shop/queues/{queue.pk}/items/" in shown


def test_an_item_whose_first_place_went_away_is_still_counted(project, viewer, as_):
    queue = make.queue(project, items=3, overlap=2)
    queue.places.filter(n=0, position=0).delete()

    assert "3 items" in text(as_(viewer).get("/p/shop/queues/"))


def test_a_closed_queue_asks_for_nothing(queue, annotator, as_):
    tab = person(queue, as_(annotator))
    tab.answer(tab.items()[0])
    Queue.objects.update(closed_at=timezone.now())

    shown = text(as_(annotator).get("/p/shop/queues/"))

    assert "closed, 3 unanswered" in shown
    assert "left" not in shown.split("<main", 1)[1]


def test_no_queue_says_what_comes(project, viewer, as_):
    assert "No queue yet" in text(as_(viewer).get("/p/shop/queues/"))


def test_the_list_pages_on(project, viewer, as_):
    for n in range(32):
        make.queue(project, items=0, name=f"Queue {n:02}")

    first = as_(viewer).get("/p/shop/queues/")
    assert "Queue 31" in text(first)
    assert "Queue 01" not in text(first)
    second = as_(viewer).get("/p/shop/queues/", {"after": first.context["older"]})
    assert "Queue 01" in text(second)
    assert as_(viewer).get("/p/shop/queues/", {"after": "nonsense"}).status_code == 200
    assert as_(viewer).get("/p/shop/queues/", {"after": str(uuid4())}).status_code == 200


def test_one_queue_tells_how_far_and_who(queue, annotator, owner, as_):
    tab = person(queue, as_(annotator))
    one, two = tab.items(2)
    tab.answer(one, "yes", ms=4200, note="<b>odd</b>")
    tab.answer(two, "no", flagged=True)
    robot = program(queue, "robot")
    robot.answer(robot.items()[0], "skip")

    shown = text(as_(owner).get(page(queue)))

    assert "2 of 4 items answered" in shown
    assert "50 %" in shown
    assert "Is it good?" in shown
    assert "amir" in shown
    assert "robot" in shown
    assert "4.2" in shown
    assert "&lt;b&gt;odd&lt;/b&gt;" in shown
    assert "flagged" in shown


def test_the_latest_answers_show_what_was_answered(project, owner, as_):
    queue = make.queue(project, items=0)
    queues.add_items(
        queue,
        [
            queues.NewItem(external_id="a", input="How?", output="So <b>it</b> is. " + "x" * 9000),
            queues.NewItem(external_id="b", input="Only asked", output=None),
            queues.NewItem(external_id="c", input=None, output={"score": 1}),
            queues.NewItem(external_id="nothing-but-an-id", input="", output=" "),
        ],
    )
    robot = program(queue, "robot")
    robot.submit(*({"lease": item["lease"]} for item in robot.items(4)))

    shown = text(as_(owner).get(page(queue)))

    assert "So &lt;b&gt;it&lt;/b&gt; is. xxx" in shown
    assert "x" * 300 not in shown
    assert "Only asked" in shown
    assert "{&quot;score&quot;: 1}" in shown
    assert "nothing-but-an-id" in shown
    assert "/log/item/" not in shown  # nobody knows where these came from


def test_what_was_taken_back_is_marked(queue, owner, as_):
    tab = person(queue, as_(owner))
    item = tab.items()[0]
    tab.answer(item)
    tab.answer(item, "undo")

    shown = text(as_(owner).get(page(queue)))

    assert 'class="superseded"' in shown
    assert "taken back" in shown


def test_others_answers_stay_hidden_while_people_are_asked(project, annotator, owner, viewer, as_):
    queue = make.queue(project, items=1, overlap=2)
    theirs = person(queue, as_(owner))
    theirs.answer(theirs.items()[0], note="what the owner thinks")

    for who, sees in ((annotator, False), (owner, True), (viewer, True)):
        assert ("what the owner thinks" in text(as_(who).get(page(queue)))) is sees
    mine = person(queue, as_(annotator))
    mine.answer(mine.items()[0], "no")
    assert "what the owner thinks" in text(as_(annotator).get(page(queue)))


def test_surplus_answers_are_marked(queue, annotator, owner, as_):
    late = person(queue, as_(annotator))
    item = late.items()[0]
    lapse(queue)
    theirs = person(queue, as_(owner))
    theirs.answer(theirs.items()[0])
    late.answer(item)

    assert "surplus" in text(as_(owner).get(page(queue)))


def test_the_way_on_depends_on_role_and_state(queue, annotator, viewer, as_):
    label = f"/p/shop/queues/{queue.pk}/label/"
    assert label in text(as_(annotator).get(page(queue)))
    assert "Download" in text(as_(annotator).get(page(queue)))
    assert label not in text(as_(viewer).get(page(queue)))
    assert "Owners and annotators can export" in text(as_(viewer).get(page(queue)))
    Queue.objects.update(closed_at=timezone.now())
    assert label not in text(as_(annotator).get(page(queue)))


def test_a_guideline_is_shown_safely(project, viewer, as_):
    queues.set_question(
        project=project, key="good", text="Is it <good>?", guideline="**Look** <script>x</script>"
    )
    question = project.questions.get()
    queue = queues.make_queue(project=project, name="G", questions=[question])

    shown = text(as_(viewer).get(page(queue)))

    assert "Is it &lt;good&gt;?" in shown
    assert "<strong>Look</strong>" in shown
    assert "<script>x" not in shown


def test_who_may_look(queue, viewer, stranger, as_):
    for path in ("/p/shop/queues/", page(queue)):
        assert Client().get(path).status_code == 302
        assert as_(stranger).get(path).status_code == 404
        assert as_(viewer).get(path).status_code == 200
        assert as_(viewer).post(path).status_code == 405
    assert as_(viewer).get(f"/p/shop/queues/{uuid4()}/").status_code == 404
    elsewhere = make.queue(stranger.projects.get(), items=0)
    assert as_(viewer).get(page(elsewhere)).status_code == 404


@pytest.mark.parametrize("rows", [1, 15])
def test_the_number_of_queries_does_not_grow(project, owner, as_, rows, django_assert_num_queries):
    for _ in range(rows):
        queue = make.queue(project, items=20)
        worker = program(queue, "fast")
        worker.submit(*({"lease": item["lease"]} for item in worker.items(rows)))
    browser = as_(owner)

    with django_assert_num_queries(5):  # session, person, membership, queues, their fill
        browser.get("/p/shop/queues/")
    with django_assert_num_queries(9):  # …, queue, progress, questions, shares, latest, exports
        browser.get(page(queue))


def test_the_api_lists_queues_and_tells_progress(queue, viewer, stranger, as_):
    headers = make.bearer(make.api_key(queue.project, scopes=["export"]))
    listed = Client().get("/api/v1/queues", headers=headers).json()
    assert [found["name"] for found in listed] == ["Tuesday"]

    told = Client().get(f"/api/v1/queues/{queue.pk}", headers=headers).json()

    assert (told["items"], told["done_items"], told["labels"]) == (4, 0, 0)
    assert told["questions"] == [
        {
            "key": "good",
            "version": 1,
            "text": "Is it good?",
            "kind": "binary",
            "after": None,
            "stops_on": "",
            "guideline": "",
            "desirable": "",
        }
    ]
    assert as_(viewer).get(f"/api/v1/queues/{queue.pk}").status_code == 200
    assert as_(stranger).get(f"/api/v1/queues/{queue.pk}").status_code == 404
    assert as_(viewer).get("/api/v1/queues").status_code == 401
    ingest = make.bearer(make.api_key(queue.project, scopes=["ingest"]))
    assert Client().get("/api/v1/queues", headers=ingest).status_code == 403
