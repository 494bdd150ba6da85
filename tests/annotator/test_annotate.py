"""The labeling screen's page and the session endpoint, without a browser."""

import pytest
from django.urls import reverse

from annotator.queries.chains import chain_of
from annotator.services import labeling, queues
from annotator.web import panels
from tests import make

QUERIES = 8  # session, person, membership, queue, its questions, answered, left, skipped


def where(queue) -> str:
    return reverse("annotate", kwargs={"slug": queue.project.slug, "queue_id": queue.pk})


def test_annotators_and_owners_get_it(project, annotator, owner, as_):
    queue = make.queue(project, items=3)
    for person in (annotator, owner):
        answer = as_(person).get(where(queue))
        assert answer.status_code == 200
        assert b"Is it good?" in answer.content
        assert answer.headers["Cache-Control"] == "no-store, private"


def test_viewers_strangers_and_nobody_do_not(project, viewer, stranger, as_, client):
    queue = make.queue(project)
    assert as_(viewer).get(where(queue)).status_code == 403
    assert as_(stranger).get(where(queue)).status_code == 404
    assert client.get(where(queue)).status_code == 302
    other = make.queue(make.project(slug="other", name="Other"))
    assert as_(viewer).get(where(other)).status_code == 404


def test_it_is_only_read(project, annotator, as_):
    queue = make.queue(project)
    for method in ("post", "put", "delete", "patch"):
        assert getattr(as_(annotator), method)(where(queue)).status_code == 405


def test_the_number_of_queries_is_the_same_for_a_long_queue(
    project, annotator, as_, django_assert_num_queries
):
    browser = as_(annotator)
    for items in (2, 300):
        queue = make.queue(project, items=items, name=f"{items} items")
        with django_assert_num_queries(QUERIES):
            browser.get(where(queue))


def test_progress_is_the_persons_own(project, annotator, owner, as_):
    queue = make.queue(project, items=5)
    rater = labeling.rater_of(project, annotator)
    (leased,) = labeling.claim(queue=queue, rater=rater, chain=chain_of(queue), size=1).items
    labeling.submit(
        answers=[labeling.Sent(lease=leased.lease, question="good", answer="yes", idempotency_key="k")],
        by=rater,
    )
    config = as_(annotator).get(where(queue)).context["config"]
    assert (config["answered"], config["total"]) == (1, 5)
    config = as_(owner).get(where(queue)).context["config"]
    assert (config["answered"], config["total"]) == (0, 4)


def test_the_guideline_is_rendered_safely(project, annotator, as_):
    version = queues.set_question(
        project=project, key="q", text="<b>OK?</b>", guideline="**Look** <script>alert(1)</script>"
    )
    queue = queues.make_queue(project=project, name="<i>Q</i>", questions=[version.question])
    html = as_(annotator).get(where(queue)).content.decode()
    assert "<strong>Look</strong>" in html
    assert "<script>alert" not in html
    assert "<b>OK?" not in html
    assert "<i>Q</i>" not in html


def test_an_upper_apps_panel_is_found_by_origin(project, annotator, as_, monkeypatch):
    monkeypatch.setattr(panels, "_queue_ends", {})
    panels.register_queue_end("test", "queue")  # any route with slug and queue_id
    panels.register_queue_end("test", "queue")
    queue = make.queue(project, origin="test")
    end = reverse("queue", kwargs={"slug": project.slug, "queue_id": queue.pk})
    assert f'hx-get="{end}"' in as_(annotator).get(where(queue)).content.decode()
    assert "end-panel" not in as_(annotator).get(where(make.queue(project, name="Plain"))).content.decode()
    with pytest.raises(ValueError, match="end with"):
        panels.register_queue_end("test", "annotate")


def test_the_session_tells_who_is_here(annotator, as_, client):
    answer = as_(annotator).get("/session/")
    assert answer.json()["user"] == str(annotator.pk)
    assert answer.json()["csrf"]
    assert client.get("/session/").status_code == 401
    assert client.post("/session/").status_code == 405
