"""Items and labels out of a file, through the page: who may, what is guessed, what becomes of the lines."""

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from annotator.jobs import runner
from annotator.models import Item, ItemImport, Job, JobState, Label, Place, Prelabel
from annotator.queries.queues import progress_of
from annotator.reading import plans
from annotator.reading.rejects import Rejects
from annotator.services import import_items
from annotator.services.items import NewItem, add_items
from annotator.services.queue_files import ITEMS
from annotator.services.queues import make_queue, set_question
from tests import data, make

CSV = "Nr,prompt,Answer,gold\n1,Where is it?,Tomorrow,yes\n2,,,\n3,And now?,Soon,maybe\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def olivia(as_, owner):
    return as_(owner)


@pytest.fixture
def queue(project):
    return make.queue(project, items=0)


@pytest.fixture
def pairs(project):
    asked = set_question(project=project, key="better", kind="pairwise", text="Which is better?")
    return make_queue(project=project, name="Pairs", kind="pairwise", questions=[asked.question], overlap=3)


def page_of(queue) -> str:
    return reverse("queue-upload", args=[queue.project.slug, queue.pk])


def upload(client, queue, content: str | bytes = CSV, name: str = "day.csv", what: str = "items"):
    body = content.encode() if isinstance(content, str) else content
    return client.post(page_of(queue), {"what": what, "file": SimpleUploadedFile(name, body)})


def start(client, where: str, *fields: str):
    """Say which column is what, in the order of the columns."""
    answer = client.post(where, {f"column-{n}": field for n, field in enumerate(fields)})
    assert answer.status_code == 302, answer.content.decode()


def run() -> Job:
    job = Job.objects.order_by("-created_at")[0]
    runner.run(job.pk, queue="default")
    job.refresh_from_db()
    return job


def files() -> list[Path]:
    folder = ITEMS.folder()
    return sorted(folder.iterdir()) if folder.exists() else []


def lines(*records: dict) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in records).encode()


def test_from_upload_to_the_queue(olivia, owner, queue):
    where = upload(olivia, queue).url
    page = olivia.get(where).content.decode()
    assert "Where is it?" in page
    kept = ItemImport.objects.get()
    assert kept.mapping == {"gold": "gold", "input": "prompt", "output": "Answer"}
    assert [path.name for path in files()] == [str(kept.pk)]

    start(olivia, where, "external_id", "input", "output", "gold")
    assert olivia.post(where, {"column-0": "input"}).status_code == 302  # once more: nothing new
    job = Job.objects.get()
    assert (job.kind, job.asked_by, job.state) == ("import_items", owner, JobState.DUE)
    assert "You may close this page" in olivia.get(where).content.decode()
    job = run()

    assert (job.state, job.done, job.total) == (JobState.DONE, len(CSV), len(CSV))
    assert (job.result["accepted"], job.result["duplicates"], job.result["rejected"]) == (1, 0, 2)
    item = Item.objects.get()
    assert (item.external_id, item.input, item.output) == ("1", "Where is it?", "Tomorrow")
    assert (item.gold, item.origin) == ({"good": "yes"}, "upload")
    page = olivia.get(where).content.decode()
    assert "Line 3" in page
    assert "has neither an input nor an output" in page
    assert "Line 4" in page
    assert "must be yes or no" in page
    refused = olivia.get(f"{where}rejects.jsonl")
    assert refused["Content-Disposition"] == 'attachment; filename="day.csv.rejects.jsonl"'
    told = [json.loads(line) for line in b"".join(refused.streaming_content).splitlines()]
    assert [(one["line"], one["field"]) for one in told] == [(3, None), (4, "gold:good")]
    assert str(kept.pk) not in [path.name for path in files()]
    assert olivia.get(f"/p/shop/jobs/{job.pk}/").content.decode().count("day.csv") >= 1


def test_the_same_file_again_adds_nothing_and_says_which_texts_differ(olivia, queue):
    for content in (
        lines({"id": "a", "output": "x"}, {"id": "b", "output": "y"}),
        lines({"id": "a", "output": "x"}, {"id": "b", "output": "<b>other</b>"}),
    ):
        where = upload(olivia, queue, content, "day.jsonl").url
        start(olivia, where, "external_id", "output")
        job = run()
    assert (job.result["accepted"], job.result["duplicates"], job.result["changed"]) == (0, 2, 1)
    page = olivia.get(where).content.decode()
    assert "already with other texts" in page
    assert queue.items.get(external_id="b").output == "y"
    assert Place.objects.count() == 2


def test_prelabels_and_packed_files(olivia, queue):
    content = gzip.compress(lines({"id": 1, "output": "x", "prelabel:good": "no", "confidence:good": 0.7}))
    where = upload(olivia, queue, content, "day.jsonl.gz").url
    start(olivia, where, "external_id", "output", "prelabel:good", "confidence:good")
    run()
    before = Prelabel.objects.get()
    assert (before.answer, before.confidence, before.rater.name) == ("no", 0.7, "model")


def test_pairs_that_give_a_model_away_are_held_and_the_page_says_so(olivia, pairs):
    same = {"id": "same", "left": "I am text.", "right": "I am text."}
    where = upload(olivia, pairs, lines(same, {"id": "p", "left": "One.", "right": "Two."}), "p.jsonl").url
    start(olivia, where, "external_id", "left", "right")
    job = run()
    assert (job.result["accepted"], job.result["held"]) == (2, 1)
    assert "1 pair is held back" in olivia.get(where).content.decode()
    assert Place.objects.filter(item__external_id="same").count() == 0


def test_a_job_that_was_killed_goes_on_behind_the_last_chunk(olivia, queue, monkeypatch):
    content = [
        {"id": f"i{n}", "output": f"t{n}", "gold": "odd" if n % 5 == 0 else None} for n in range(1, 31)
    ]
    where = upload(olivia, queue, lines(*content), "day.jsonl").url
    start(olivia, where, "external_id", "output", "gold")
    monkeypatch.setattr(plans, "CHUNK_RECORDS", 7)
    stored, killed = import_items.store_chunk, []

    def dies_in_the_third(queue, reader, plan, chunk, told):
        found, rejected = stored(queue, reader, plan, chunk, told)
        if chunk.line == 21 and not killed:
            killed.append(chunk.line)
            # As a kill would leave it: the rejects written, the transaction not committed.
            job = Job.objects.get()
            Rejects(ITEMS.rejects_of(job.item_import), keep=job.cursor["rejects"]).add(chunk, rejected)
            raise ConnectionError("killed")
        return found, rejected

    monkeypatch.setattr(import_items, "store_chunk", dies_in_the_third)
    run()
    assert Item.objects.count() == 12
    Job.objects.update(due_at=timezone.now())
    job = run()

    assert job.state == JobState.DONE
    assert (job.result["accepted"], job.result["duplicates"], job.result["rejected"]) == (24, 0, 6)
    assert Item.objects.count() == Place.objects.count() == 24
    refused = [
        json.loads(line)["line"] for line in ITEMS.rejects_of(job.item_import).read_text().splitlines()
    ]
    assert refused == [5, 10, 15, 20, 25, 30]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (("external_id", "", ""), "Say which column is the output"),
        (("output", "output", ""), "Two columns cannot both be"),
        (("left", "output", ""), "left"),
    ],
)
def test_a_mapping_that_cannot_be_is_shown_again(olivia, queue, fields, words):
    where = upload(olivia, queue, "a,b,c\n1,2,3\n").url
    answer = olivia.post(where, {f"column-{n}": field for n, field in enumerate(fields)})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Job.objects.count() == 0


def test_a_pair_needs_both_sides(olivia, pairs):
    where = upload(olivia, pairs, "id,answer_a\n1,2\n").url
    answer = olivia.post(where, {"column-0": "external_id", "column-1": "left"})
    assert answer.status_code == 422
    assert "left and right" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "The file is empty."), (b"PK\x03\x04", "ZIP or Excel"), (b"a,b\n", "a header and no rows")],
)
def test_a_file_that_holds_no_lines_is_refused_with_a_reason_and_not_kept(olivia, queue, content, words):
    answer = upload(olivia, queue, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (files(), ItemImport.objects.count()) == ([], 0)


def test_labels_out_of_a_file(olivia, queue, project):
    project.time_zone = "Asia/Seoul"
    project.save()
    add_items(queue, [NewItem(external_id=f"item-{n}", output="x") for n in range(2)])
    content = (
        "item,label,annotator,date,colour\n"
        "item-0,TRUE,Rosa,2026-11-10 09:00,red\n"
        "item-9,0,Rosa,,red\n"
        "item-1,0,Ravi,2099-01-01,red\n"
        "item-1,0,,,\n"
        "item-0,no,Ravi,2026-11-10 10:00,red\n"
    )
    where = upload(olivia, queue, content, what="labels").url
    page = olivia.get(where).content.decode()
    assert "not used" in page
    assert "These are items" in page
    start(olivia, where, "external_id", "answer", "rater", "created_at", "")
    job = run()

    assert job.kind == "import_labels"
    assert (job.result["accepted"], job.result["surplus"], job.result["rejected"]) == (2, 1, 3)
    label = Label.objects.get(surplus=False)
    assert (label.answer, label.rater.name, label.rater.kind, label.imported) == (
        "yes",
        "Rosa",
        "human",
        True,
    )
    assert label.created_at.isoformat() == "2026-11-10T00:00:00+00:00"
    page = olivia.get(where).content.decode()
    assert [words in page for words in ("names no item", "lies in the future", "is missing", "Surplus")] == [
        True
    ] * 4


def test_one_may_notice_only_now_that_the_file_holds_labels(olivia, queue):
    add_items(queue, [NewItem(external_id="item-0", output="x")])
    where = upload(olivia, queue, lines({"id": "item-0", "label": "no", "annotator": "Rosa"}), "l.jsonl").url
    start(olivia, where + "?what=labels", "external_id", "answer", "rater")
    assert run().result["accepted"] == 1


@pytest.mark.parametrize(
    ("questions", "fields", "words"),
    [
        (("good",), ("", "answer", "rater"), "external_id"),
        (("good",), ("external_id", "", "rater"), "the answer"),
        (("good",), ("external_id", "answer", ""), "who gave the answer"),
        (("good", "kind"), ("external_id", "answer", "rater"), "asks several"),
    ],
)
def test_labels_need_an_item_an_answer_and_a_rater(olivia, project, questions, fields, words):
    queue = make.queue(project, items=1, questions=questions)
    where = upload(olivia, queue, "a,b,c\n1,2,3\n", what="labels").url
    answer = olivia.post(where, {f"column-{n}": field for n, field in enumerate(fields)})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_the_items_of_an_adjudication_come_from_its_queue(olivia, project, queue):
    decides = make.queue(project, items=0, name="Decide")
    decides.adjudicates = queue
    decides.save()
    answer = upload(olivia, decides)
    assert answer.status_code == 422
    assert "it fills itself" in answer.content.decode()
    where = upload(olivia, decides, what="labels").url
    assert olivia.post(where.partition("?")[0], {"column-1": "input"}).status_code == 422


def test_a_queue_that_was_drawn_by_chance_takes_no_file(olivia, project):
    drawn = make.queue(project, items=0, origin="vibecheck")
    answer = upload(olivia, drawn)
    assert answer.status_code == 422
    assert "drawn by chance" in answer.content.decode()
    assert files() == []


def test_an_upload_can_be_deleted_before_it_starts(olivia, queue):
    where = upload(olivia, queue).url
    assert olivia.get(f"{where}discard/").status_code == 405
    assert olivia.post(f"{where}discard/").url == page_of(queue)
    assert (files(), ItemImport.objects.count()) == ([], 0)


def test_uploads_that_nobody_started_are_swept(olivia, queue):
    upload(olivia, queue)
    ItemImport.objects.update(created_at=timezone.now() - timedelta(days=2))
    make.job(None, kind="annotator.tidy")
    run()
    assert (files(), ItemImport.objects.count()) == ([], 0)


def test_a_file_that_is_gone_is_said(olivia, queue):
    where = upload(olivia, queue).url
    ITEMS.file_of(ItemImport.objects.get()).unlink()
    answer = olivia.get(where, follow=True)
    assert answer.redirect_chain == [(page_of(queue), 302)]
    assert "upload it again" in answer.content.decode()


def test_who_may(as_, owner, annotator, viewer, stranger, client, queue):
    where = upload(as_(owner), queue).url
    for person, status in ((owner, 200), (annotator, 403), (viewer, 403), (stranger, 404)):
        assert as_(person).get(page_of(queue)).status_code == status
        assert as_(person).get(where).status_code == status
        assert as_(person).get(f"{where}rejects.jsonl").status_code == (404 if status == 200 else status)
    for person, status in ((annotator, 403), (viewer, 403), (stranger, 404)):
        assert upload(as_(person), queue).status_code == status
        assert as_(person).post(where, {"column-1": "input"}).status_code == status
        assert as_(person).post(f"{where}discard/").status_code == status
    assert client.get(page_of(queue)).status_code == 302
    assert as_(owner).put(page_of(queue)).status_code == 405
    assert ItemImport.objects.count() == 1


def test_another_queues_upload_is_not_there(olivia, queue, project):
    where = upload(olivia, queue).url
    other = make.queue(project, items=0, name="Other")
    moved = where.replace(str(queue.pk), str(other.pk))
    assert olivia.get(moved).status_code == 404
    assert olivia.post(f"{moved}discard/").status_code == 404
    assert len(files()) == 1


def test_the_list_asks_the_same_however_long_it_is(olivia, queue, django_assert_max_num_queries):
    for _ in range(8):
        upload(olivia, queue)
    with django_assert_max_num_queries(9):
        olivia.get(page_of(queue))


def test_pairs_of_a_real_comparison_come_in_by_file_and_their_votes_over_the_api(olivia, pairs, client):
    """The votes of people on pairs of answers: ids, models and votes as published, texts made up."""
    known = data.read("llmfao")[:60]
    content = lines(
        *(
            {
                "id": one["id"],
                "prompt": f"About {one['prompt_slug']}",
                "answer_a": f"First answer to {one['id']}.",
                "answer_b": f"Second answer to {one['id']}.",
                "model_a": one["model_a"],
                "model_b": one["model_b"],
            }
            for one in known
        )
    )
    where = upload(olivia, pairs, content, "pairs.jsonl").url
    start(olivia, where, "external_id", "input", "left", "right", "left_variant", "right_variant")
    assert run().result["accepted"] == len(known)
    item = pairs.items.get(external_id=known[0]["id"])
    assert (item.left_variant, item.right_variant) == (known[0]["model_a"], known[0]["model_b"])

    said = {"a": "left", "b": "right", "tie": "tie"}
    votes = [
        {"external_id": one["id"], "answer": said[vote], "rater": worker}
        for one in known
        for worker, vote in one["votes"]
    ]
    key = make.bearer(make.api_key(pairs.project, scopes=["queues"]))
    for expected in ((len(votes), 0), (0, len(votes))):
        answer = client.generic(
            "POST",
            f"/api/v1/queues/{pairs.pk}/labels",
            json.dumps(votes),
            content_type="application/json",
            headers=key,
        )
        told = answer.json()
        assert (told["accepted"], told["duplicates"]) == expected
    filled = sum(min(3, len(one["votes"])) for one in known)
    progress = progress_of([pairs])[pairs.pk]
    assert (progress.items, progress.places, progress.done_places) == (60, 180, filled)
    assert Label.objects.filter(queue=pairs).count() == len(votes)
    assert Label.objects.filter(queue=pairs, surplus=False).count() == filled
    for answer in said.values():
        assert Label.objects.filter(answer=answer).count() == sum(v["answer"] == answer for v in votes)
