"""Questions: all wordings, a new one, and what the old ones got."""

import pytest
from django.test import Client

from annotator.models import Job, JobState, QuestionVersion, Queue
from annotator.services import queues
from tests import make
from tests.annotator.labeling import person, program

PAGE = "/p/shop/questions/good/"


def text(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content
    return " ".join(answer.content.decode().split())


@pytest.fixture
def queue(project):
    return make.queue(project, items=4, name="Tuesday")


@pytest.fixture
def answered(queue, annotator, as_) -> Queue:
    tab = person(queue, as_(annotator))
    for item in tab.items(2):
        tab.answer(item)
    return queue


def words(**more) -> dict:
    return {"text": "Is it good, really?", "guideline": "", "desirable": "yes", "seen": "1", **more}


def test_the_list_shows_each_question_in_its_wording(queue, project, viewer, as_):
    queues.set_question(project=project, key="good", text="Is it <b>fine</b>?")
    make.queue(project, items=0, questions=("good", "short"), name="Wednesday")

    shown = text(as_(viewer).get("/p/shop/questions/"))

    assert "Is it good?" in shown  # make.queue worded it back
    assert "version 3" in shown
    assert "2 queues" in shown
    assert "/p/shop/questions/short/" in shown
    assert "No question yet" not in shown


def test_no_question_says_what_comes(project, viewer, as_):
    assert "No question yet" in text(as_(viewer).get("/p/shop/questions/"))


def test_a_new_wording_and_what_the_old_one_got(answered, owner, as_):
    browser = as_(owner)

    shown = text(browser.post(PAGE, words(guideline="**Look** <script>x</script>"), follow=True))

    newest = QuestionVersion.objects.latest("number")
    assert (newest.number, newest.text, newest.desirable) == (2, "Is it good, really?", "yes")
    assert "Version 2 is asked from now on" in shown
    assert "2 answers were given to version 1." in shown
    assert "<strong>Look</strong>" in shown
    assert "<script>x" not in shown
    assert "hoped for: yes" in shown
    assert shown.index("version 2") < shown.index("version 1")
    assert "in force" in shown


def test_the_same_words_are_no_new_version(answered, owner, as_):
    same = words(text="Is it good?", desirable="")

    assert "Nothing changed" in text(as_(owner).post(PAGE, same, follow=True))
    assert QuestionVersion.objects.count() == 1


def test_a_preview_stores_nothing(answered, owner, as_):
    preview = words(guideline="- one\n- **two**", preview="yes")

    shown = text(as_(owner).post(PAGE, preview))
    assert "<strong>two</strong>" in shown
    assert "Is it good, really?" in shown
    fragment = text(as_(owner).post(PAGE, preview, headers={"HX-Request": "true"}))
    assert "<strong>two</strong>" in fragment
    assert "<html" not in fragment
    assert "The guideline is empty" in text(as_(owner).post(PAGE, words(preview="yes")))
    assert QuestionVersion.objects.count() == 1


def test_two_writers_and_nothing_is_lost(answered, owner, project, as_):
    queues.set_question(project=project, key="good", text="Somebody was quicker")
    browser = as_(owner)

    answer = browser.post(PAGE, words())

    shown = text(answer, 422)
    assert "Somebody wrote another wording meanwhile" in shown
    assert "Is it good, really?" in shown
    assert 'name="seen" value="2"' in shown
    browser.post(PAGE, words(seen="2"))
    assert QuestionVersion.objects.latest("number").number == 3


@pytest.mark.parametrize("wrong", [{"text": ""}, {"text": "x" * 301}, {"desirable": "maybe"}, {"seen": "x"}])
def test_a_bad_wording_is_explained_and_kept(answered, owner, as_, wrong):
    answer = as_(owner).post(PAGE, words(**{"guideline": "what I typed", **wrong}))

    assert "what I typed" in text(answer, 422)
    assert QuestionVersion.objects.count() == 1


def test_a_pair_question_has_no_answer_to_hope_for(project, owner, as_):
    queues.set_question(project=project, key="better", text="Which?", kind="pairwise")
    browser = as_(owner)

    assert "hopes for" not in text(browser.get("/p/shop/questions/better/"))
    browser.post("/p/shop/questions/better/", {"text": "Which is better?", "guideline": "", "seen": "1"})
    assert QuestionVersion.objects.latest("number").text == "Which is better?"


def test_asking_again_is_offered_on_the_queue_and_done_by_a_job(answered, owner, as_, broker):
    browser = as_(owner)
    queue_page = f"/p/shop/queues/{answered.pk}/"
    assert "was given to version" not in text(browser.get(queue_page))
    browser.post(PAGE, words())
    shown = text(browser.get(queue_page))
    assert "2 answers were given to version 1." in shown
    assert "Ask again" in shown

    answer = browser.post(PAGE, {"again": str(answered.pk)})

    job = Job.objects.get()
    assert answer["Location"] == f"/p/shop/jobs/{job.pk}/"
    assert (job.kind, job.state, job.asked_by) == ("annotator.ask_again", JobState.DUE, owner)
    page = text(browser.get(answer["Location"]))
    assert "Asking again" in page
    assert "Tuesday" in page


def test_nothing_to_ask_again_is_said(answered, owner, as_):
    shown = text(as_(owner).post(PAGE, {"again": str(answered.pk)}, follow=True))

    assert "Nothing to ask again" in shown
    Queue.objects.update(closed_at=answered.created_at)
    assert "closed: open it" in text(as_(owner).post(PAGE, {"again": str(answered.pk)}, follow=True))
    assert not Job.objects.exists()


def test_only_owners_change_questions(answered, owner, annotator, viewer, stranger, as_):
    as_(owner).post(PAGE, words())
    for who in (annotator, viewer):
        shown = text(as_(who).get(PAGE))
        assert "Is it good, really?" in shown
        assert "Save as a new version" not in shown
        assert "Ask again" not in shown
        assert "Ask again" not in text(as_(who).get(f"/p/shop/queues/{answered.pk}/"))
        for body in (words(), {"again": str(answered.pk)}):
            assert as_(who).post(PAGE, body).status_code == 403
    assert as_(stranger).get(PAGE).status_code == 404
    assert as_(stranger).get("/p/shop/questions/").status_code == 404
    assert Client().get(PAGE).status_code == 302
    assert as_(owner).get("/p/shop/questions/nosuch/").status_code == 404
    assert as_(owner).put(PAGE).status_code == 405


def test_a_strangers_queue_is_not_asked_again(answered, owner, stranger, as_):
    theirs = make.queue(stranger.projects.get(), items=1)
    for wrong in (str(theirs.pk), "nonsense", ""):
        assert as_(owner).post(PAGE, {"again": wrong}).status_code == 404


@pytest.mark.parametrize("many", [1, 12])
def test_the_number_of_queries_does_not_grow(project, owner, as_, many, django_assert_num_queries):
    for n in range(many):
        queue = make.queue(project, items=2, name=f"Queue {n}")
        robot = program(queue, "robot")
        robot.answer(robot.items()[0])
        queues.set_question(project=project, key="good", text=f"Wording {n}")
    browser = as_(owner)

    with django_assert_num_queries(4):  # session, person, membership, questions
        browser.get("/p/shop/questions/")
    with django_assert_num_queries(7):  # …, question, versions, queues, answers
        browser.get(PAGE)
    with django_assert_num_queries(10):  # as ever, and the answers to older wordings
        browser.get(f"/p/shop/queues/{queue.pk}/")
