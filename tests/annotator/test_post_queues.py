"""Queues made by programs."""

import pytest

from annotator.models import Question, Queue
from annotator.services import queues
from tests import make

URL = "/api/v1/queues"
GOOD = {"key": "good", "text": "Is it good?"}


@pytest.fixture
def send(client, project):
    headers = make.bearer(make.api_key(project, scopes=["queues"]))

    def post(**body):
        body.setdefault("name", "Night shift")
        body.setdefault("questions", [GOOD])
        return client.post(URL, body, content_type="application/json", headers=headers)

    return post


def refused(answer) -> str:
    assert answer.status_code == 422, answer.content
    assert not Queue.objects.exists()
    return answer.json()["message"]


def test_a_queue_of_one_question(send, project):
    answer = send()

    assert answer.status_code == 201
    queue = Queue.objects.get()
    assert answer.json()["id"] == str(queue.pk)
    assert (queue.project, queue.name, queue.kind, queue.overlap) == (project, "Night shift", "binary", 1)
    assert (queue.origin, queue.restricted) == ("api", False)
    assert [(one["key"], one["text"]) for one in answer.json()["questions"]] == [("good", "Is it good?")]
    assert answer.json()["items"] == 0


def test_a_chain_with_conditions_and_every_setting(send, annotator):
    steps = [
        {"key": "better", "text": "Which is better?", "guideline": "**Left** if …", "stops_on": "both_bad"},
        {"key": "why", "text": "Which is truer?", "after": {"question": "better", "answer": "tie"}},
    ]
    settings = {
        "kind": "pairwise",
        "overlap": 3,
        "order": "uncertain",
        "by_pass": True,
        "marks": True,
        "gold_rate": 0.1,
        "mirror_share": 0.25,
        "hidden_share": 0.5,
        "random_share": 0.3,
        "seed": 5,
    }
    answer = send(questions=steps, people=["amir"], **settings)

    assert answer.status_code == 201
    queue = Queue.objects.get()
    assert {name: getattr(queue, name) for name in settings} == settings
    assert (queue.restricted, list(queue.people.all())) == (True, [annotator])
    first, second = queue.chain.select_related("question", "after")
    assert (first.question.key, first.question.kind, first.stops_on) == ("better", "pairwise", "both_bad")
    assert (second.after, second.after_answer) == (first.question, "tie")


def test_a_known_question_is_asked_as_it_is_or_gets_new_words(send, project):
    queues.set_question(project=project, key="good", text="Is it good?", guideline="Old.")

    assert send(questions=[{"key": "good"}]).json()["questions"][0]["version"] == 1
    again = send(questions=[{"key": "good", "text": "Is it good?", "guideline": "New."}])

    assert again.json()["questions"][0]["version"] == 2
    assert Question.objects.count() == 1


@pytest.mark.parametrize(
    ("questions", "where"),
    [
        ([{"key": "nosuch"}], "questions.0.text: There is no question"),
        ([GOOD, GOOD], "questions.1.key: This question is asked already"),
        (
            [{**GOOD, "after": {"question": "b", "answer": "yes"}}, {"key": "b", "text": "B?"}],
            "questions.0.after",
        ),
        ([{**GOOD, "stops_on": "tie"}], "questions.0.stops_on: That is no answer"),
        (
            [{"key": "better", "text": "?"}],
            "questions.0.key: There is a question with this key, of the other",
        ),
        ([], "questions: List should have at least 1"),
        ([{"key": "sp ace", "text": "?"}], "questions.0.key"),
        ([{**GOOD, "guidline": "typo"}], "questions.0.guidline: Extra inputs"),
    ],
)
def test_a_chain_that_cannot_be_asked_is_refused_by_place(send, project, questions, where):
    queues.set_question(project=project, key="better", text="Better?", kind="pairwise")

    assert refused(send(questions=questions)).startswith(where)
    assert Question.objects.count() == 1


@pytest.mark.parametrize(
    ("setting", "where"),
    [
        ({"overlap": 11}, "overlap"),
        ({"overlap": "2"}, "overlap"),
        ({"gold_rate": 1.1}, "gold_rate"),
        ({"kind": "stars"}, "kind"),
        ({"name": "  "}, "name: is empty"),
        ({"name": "x" * 121}, "name"),
        ({"mirror_share": 0.5}, "mirror_share: only pairs"),
        ({"people": ["olivia", "nobody"]}, "people: nobody who labels in this project is called “nobody”"),
        ({"seed": 2**31}, "seed"),
        ({"overlapp": 2}, "overlapp"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(send, owner, setting, where):
    assert refused(send(**setting)).startswith(where)


def test_of_another_kind_there_is_no_desirable_answer(send):
    asked = [{"key": "better", "text": "Better?", "desirable": "yes"}]
    assert "neither is the desirable answer" in refused(send(kind="pairwise", questions=asked))


def test_unstorable_characters_are_replaced(send):
    assert send(name="a\0b").status_code == 201
    assert Queue.objects.get().name == "a\ufffdb"


def test_only_a_key_for_queues_makes_one(client, project, owner, as_):
    for scopes in (["label"], ["ingest"], ["export"]):
        headers = make.bearer(make.api_key(project, scopes=scopes))
        body = {"name": "Q", "questions": [GOOD]}
        answer = client.post(URL, body, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert as_(owner).post(URL, {"name": "Q"}, content_type="application/json").status_code == 401
    assert not Queue.objects.exists()


def test_a_key_for_queues_reads_them_and_no_labels(client, send, project):
    made = send().json()["id"]
    headers = make.bearer(make.api_key(project, scopes=["queues"]))

    assert client.get(f"{URL}/{made}", headers=headers).json()["items"] == 0
    assert [one["id"] for one in client.get(URL, headers=headers).json()] == [made]
    assert client.get(f"{URL}/{made}/export.jsonl", headers=headers).status_code == 403
