"""An eval set is pinned, made vectors of, and held against each day: what it covers, and what becomes of the rest."""

import gzip
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.asserts import assertContains, assertNotContains

from annotator.datasets.words import text_hash
from annotator.jobs import leases, runner
from annotator.models import DatasetRow, Item, Job, JobState, PlacedInput, Queue
from annotator.services import datasets, jobs
from drift.models import (
    Coverage,
    CoverageGroup,
    EmbeddedDay,
    EmbeddedReference,
    Reference,
    ReferenceVector,
    Verdict,
)
from drift.services import references as service
from drift.services import uncovered
from drift.services.reference_inputs import FILES, texts_at
from drift.texts import rule_of
from feedback.models import Interaction
from tests.annotator import frozen
from tests.drift import drifted
from tests.drift import references as made
from tests.drift.references import DAY, KINDS, texts
from tests.feedback import logged

LIST = "/p/shop/drift/references/"


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    made.use_the_fake(monkeypatch)


@pytest.fixture
def space(project):
    found = drifted.space(project)
    made.plan(project, found)
    return found


@pytest.fixture
def day(space):
    """150 inputs of six kinds."""
    return made.embedded_day(space, DAY, texts(KINDS, 25))


@pytest.fixture
def reference(project, owner, day):
    """Of four of the six, measured."""
    found = made.of_version(project, texts(KINDS[:4], 8, said="kindly"), by=owner)
    made.night()
    return found


def page(of: Reference) -> str:
    return f"{LIST}{of.pk}/"


def test_by_the_morning_the_day_is_held_against_it(reference):
    found = Coverage.objects.get(reference=reference, day=DAY)
    assert found.verdict == Verdict.JUDGED
    assert found.inputs == 150
    assert found.share == pytest.approx(100 / 150, abs=0.1)  # some of what is covered is called uncovered
    assert found.low < found.share < found.high
    assert found.reference_inputs == 32
    assert found.asked >= 28
    uncovered_kinds = {group.title.split()[0] for group in found.groups.all() if group.covered == 0}
    assert uncovered_kinds == {"colour", "size"}
    first = found.groups.first()
    assert first.inputs == len(first.rows) == 25
    assert any("colour" in word or "size" in word for word in first.keywords)


def test_asked_again_nothing_is_done_twice(reference):
    assert made.night() == []
    assert ReferenceVector.objects.count() == 32


def test_the_same_text_twice_is_one_vector_and_empty_ones_are_counted(project, owner, day):
    inputs = [*texts(KINDS[:4], 8), "  Refund please NUMBER 0 ", ""]
    found = made.of_version(project, inputs, by=owner)
    made.night()
    embedded = EmbeddedReference.objects.get(reference=found)
    assert (embedded.read, embedded.repeated, embedded.empty) == (34, 1, 1)
    assert embedded.vectors.count() == 32


def test_killed_after_any_chunk_it_goes_on_there(project, owner, day, monkeypatch):
    monkeypatch.setattr("drift.services.reference_inputs.CHUNK", 10)
    found = made.of_version(project, texts(KINDS[:4], 8), by=owner)
    (slot,) = service.slots(made.NOW)
    job = jobs.ask(kind=slot.kind, key=slot.key, project=project, arguments=slot.arguments)
    calls = []
    model = made.FakeModel()

    class Dying:
        def encode(self, asked):
            calls.append(len(asked))
            if len(calls) == 3:
                raise RuntimeError("killed")
            return model.encode(asked)

    monkeypatch.setattr("drift.services.spaces.model_of", lambda _space: Dying())
    runner.run_claimed(leases.claim(job.pk))
    assert ReferenceVector.objects.count() == 20
    Job.objects.filter(pk=job.pk).update(due_at=made.NOW)
    runner.run_claimed(leases.claim(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert calls == [10, 10, 10, 10, 2]
    assert found.spaces.get().vectors.count() == 32


def test_in_another_space_it_is_embedded_and_measured_anew(project, reference):
    other = drifted.space(project, encoder="other", fingerprint="1" * 64)
    project.drift_plan.space = other
    project.drift_plan.save()
    made.embedded_day(other, DAY.replace(day=24), texts(KINDS, 25, said="now"))
    kinds = [job.kind for job in made.night()]
    assert kinds == [service.EMBED, service.MEASURE]
    newest = Coverage.objects.first()
    assert (newest.space, newest.day) == (other, DAY.replace(day=24))


def test_a_day_with_too_little_says_so_and_has_no_share(project, owner, space, as_):
    made.embedded_day(space, DAY, texts(KINDS[:2], 10))
    found = made.of_version(project, texts(KINDS[:4], 8), by=owner)
    made.night()
    day = Coverage.objects.get(reference=found)
    assert (day.verdict, day.reason, day.share) == (Verdict.REFUSED, "production", None)
    assertContains(as_(owner).get(page(found)), "This day and those before have 20 inputs")


def test_the_page_says_how_much_is_covered_and_shows_what_is_not(reference, as_, annotator, viewer):
    for person in (annotator, viewer):
        shown = as_(person).get(page(reference))
        assertContains(shown, "of the day’s traffic is covered")
        assertContains(shown, "colour please number")
        assertNotContains(shown, "Label a sample")
    assertContains(as_(annotator).get(LIST), "Eval set")


def test_strangers_find_nothing(reference, as_, stranger, client):
    outside = as_(stranger)
    for address in (LIST, f"{LIST}new/", page(reference)):
        assert outside.get(address).status_code == 404
    for end in ("queue", "dataset", "delete"):
        assert outside.post(f"{page(reference)}{end}/").status_code == 404
    assert client.get(LIST).status_code == 302


def test_another_projects_reference_is_nowhere(reference, stranger, as_):
    assert as_(stranger).get(page(reference).replace("shop", "elsewhere")).status_code == 404


def test_only_owners_change_anything(reference, as_, annotator, viewer, owner):
    for person in (annotator, viewer):
        assert as_(person).get(f"{LIST}new/").status_code == 403
        for end in ("queue", "dataset", "delete"):
            assert as_(person).post(f"{page(reference)}{end}/").status_code == 403
    assert as_(owner).get(f"{page(reference)}queue/").status_code == 405
    assert as_(owner).post(page(reference)).status_code == 405


def test_one_click_brings_a_sample_of_a_group_into_a_queue_once(project, reference, owner, as_):
    day = Coverage.objects.get(reference=reference)
    group = day.groups.first()
    sent = {"coverage": day.pk, "group": group.rank, "n": 10}
    address = f"{page(reference)}queue/"
    first, second = (as_(owner).post(address, sent) for _ in range(2))
    queue = Queue.objects.get(project=project, origin="uncovered")
    assert first.url == second.url == f"/p/shop/queues/{queue.pk}/"
    items = list(queue.items.all())
    assert len(items) == 10
    assert {item.input.split()[0] for item in items} == {group.title.split()[0]}
    assert all(item.inclusion_probability == pytest.approx(10 / 25) for item in items)
    assert (
        items[0].reason
        == "drawn at random: 10 of 25 inputs of 23 November 2026 that “Eval set” does not cover"
    )
    assertContains(as_(owner).get(page(reference)), "Go to its queue")


def test_measured_again_its_groups_keep_their_queues(project, reference, owner):
    day = Coverage.objects.get()
    asked = day.groups.first()
    queue = uncovered.to_queue(uncovered.Asked(day, asked, 5), by=owner)
    EmbeddedDay.objects.update(finished_at=made.NOW + timedelta(days=1))
    Coverage.objects.update(measured_at=made.NOW)
    made.night()
    again = CoverageGroup.objects.get(queue=queue)
    assert again.pk != asked.pk
    assert again.title == asked.title


def test_the_days_sample_counts_in_the_chance(project, reference, owner, as_):
    """One in ten of the day was embedded."""
    day = Coverage.objects.get(reference=reference)
    day.space.days.update(population=1500)
    as_(owner).post(f"{page(reference)}queue/", {"coverage": day.pk, "n": 20})
    n = sum(len(group.rows) for group in day.groups.all())
    chances = {item.inclusion_probability for item in Item.objects.all()}
    assert chances == {0.1 * 20 / n}


def test_of_a_large_sample_a_part_is_held_against_it_which_counts_in_the_chance(
    reference, owner, as_, monkeypatch
):
    """75 of the 150 rows, had no more been held against it."""
    monkeypatch.setattr(uncovered, "MOST_ROWS", 75)
    day = Coverage.objects.get(reference=reference)
    group = day.groups.first()
    as_(owner).post(f"{page(reference)}queue/", {"coverage": day.pk, "group": group.rank, "n": 10})
    assert {item.inclusion_probability for item in Item.objects.all()} == {0.5 * 10 / 25}


def test_of_a_day_whose_vectors_are_gone_nobody_knows_the_chance(reference, owner, as_):
    day = Coverage.objects.get(reference=reference)
    day.space.days.all().delete()
    as_(owner).post(f"{page(reference)}queue/", {"coverage": day.pk, "n": 20})
    assert {item.inclusion_probability for item in Item.objects.all()} == {None}


def test_of_a_log_that_was_rotated_no_queue_is_made(reference, owner, as_):
    Interaction.objects.all().delete()
    day = Coverage.objects.get(reference=reference)
    answer = as_(owner).post(f"{page(reference)}queue/", {"coverage": day.pk, "n": 5}, follow=True)
    assertContains(answer, "the log has none of these inputs any more")
    assertContains(answer, "gone from the log")
    assert not Queue.objects.filter(origin="uncovered").exists()


@pytest.mark.parametrize("sent", [{}, {"n": 0}, {"n": 501}, {"n": "many"}])
def test_a_number_that_cannot_be_is_refused_in_words(reference, owner, as_, sent):
    day = Coverage.objects.get(reference=reference)
    answer = as_(owner).post(f"{page(reference)}queue/", {"coverage": day.pk, **sent}, follow=True)
    assertContains(answer, "say how many, from 1 to 500")


def _labelled_queue(reference, owner, n: int = 12) -> Queue:
    day = Coverage.objects.get(reference=reference)
    queue = uncovered.to_queue(uncovered.Asked(day, day.groups.first(), n), by=owner)
    logged.answer(queue, owner, "yn" * (n // 2))
    return queue


@pytest.mark.django_db(transaction=True)
def test_what_was_labelled_goes_into_the_next_version_for_training_alone(project, reference, owner, as_):
    _labelled_queue(reference, owner)
    dataset = datasets.make_dataset(
        project=project, name="Tuning", filters=frozen.Filters(train=0, dev=50, test=50)
    )
    assertContains(as_(owner).get(page(reference)), "12 of 12 uncovered inputs")
    answer = as_(owner).post(f"{page(reference)}dataset/", {"dataset": str(dataset.pk)})
    assert answer.url == f"/p/shop/datasets/{dataset.pk}/1/"
    version = dataset.versions.get()
    runner.run(version.job_id, queue="default")
    version.refresh_from_db()
    assert version.counts["splits"] == {"train": 12, "dev": 0, "test": 0}


@pytest.mark.django_db(transaction=True)
def test_a_frozen_test_input_stays_where_it_is_and_gives_no_row(project, reference, owner):
    queue = _labelled_queue(reference, owner)
    texts_of = list(queue.items.order_by("position").values_list("input", flat=True))
    dataset = datasets.make_dataset(
        project=project,
        name="Tuning",
        filters=frozen.Filters(sources=("uncovered",), duplicates="keep"),
    )
    PlacedInput.objects.create(project=project, text_hash=text_hash(texts_of[0]), split="test")
    version = frozen.again(dataset)
    rows = DatasetRow.objects.filter(version=version)
    assert set(rows.values_list("split", flat=True)) == {"train"}
    assert rows.count() == 11
    assert version.counts["left_out"] == {"crossing": 1}
    assert PlacedInput.objects.get(text_hash=text_hash(texts_of[0])).split == "test"


@pytest.mark.django_db(transaction=True)
def test_no_other_dataset_tests_with_what_was_labelled_here(project, reference, owner):
    _labelled_queue(reference, owner)
    version = frozen.made(project, train=0, dev=0, test=100)
    splits = DatasetRow.objects.filter(version=version).values_list("split", flat=True)
    assert set(splits) == {"train"}


def test_how_its_inputs_are_written_is_held_against_production(project, owner, day, as_):
    """Production writes in short and without an end; the reference does not."""
    for back in range(9):
        made.read_day(project, DAY - timedelta(days=back), texts(KINDS, 20))
    written = [f"{text}, and would you be so kind as to tell me why." for text in texts(KINDS[:4], 30)]
    found = made.of_version(project, written, by=owner)
    made.night()
    told = {f"{one['side']}.{one['feature']}": one for one in Coverage.objects.get(reference=found).structure}
    assert {"input.length", "input.end_mark"} <= set(told)
    assert told["input.end_mark"]["then"] == 0
    assert told["input.end_mark"]["now"] == 1
    assert told["input.length"]["then"] < told["input.length"]["now"]
    shown = as_(owner).get(page(found))
    assertContains(shown, "How its inputs are written")
    assertContains(shown, "0\u202f%")
    assertContains(shown, "100\u202f%")


def test_before_any_space_it_waits_and_says_for_what(project, owner, as_):
    made.plan(project)
    found = made.of_version(project, texts(KINDS[:4], 8), by=owner)
    assert made.night() == []
    assertContains(as_(owner).get(page(found)), "No day of this project is embedded yet")


def test_more_references_and_groups_ask_nothing_more(
    project, reference, owner, as_, django_assert_max_num_queries
):
    for n in range(5):
        made.of_version(project, texts(KINDS[:4], 8), name=f"Another {n}", by=owner)
    client = as_(owner)
    with django_assert_max_num_queries(8):
        client.get(LIST)
    with django_assert_max_num_queries(18):
        client.get(page(reference))


def test_deleting_it_leaves_the_queue(project, reference, owner, as_):
    queue = _labelled_queue(reference, owner)
    assert as_(owner).post(f"{page(reference)}delete/").status_code == 302
    assert not Reference.objects.exists()
    assert queue.items.count() == 12


def test_of_a_deleted_version_the_page_says_so(reference, owner, as_):
    datasets.delete_dataset(reference.version.dataset)
    assertContains(as_(owner).get(page(reference)), "deleted")


def _upload(client, content: bytes, *, name: str = "eval.jsonl", **more):
    sent = {"name": "Uploaded", "file": SimpleUploadedFile(name, content), **more}
    return client.post(f"{LIST}new/", sent)


JSONL = "\n".join(
    f'{{"question": "{text}", "id": {n}}}' for n, text in enumerate(texts(KINDS[:4], 8))
).encode()
CSV = ("utterance,intent\n" + "\n".join(f"{text},x" for text in texts(KINDS[:4], 8))).encode()


@pytest.mark.parametrize(
    ("name", "content"), [("a.jsonl", JSONL), ("a.csv", CSV), ("a.jsonl.gz", gzip.compress(JSONL))]
)
def test_an_uploaded_file_is_a_reference_too(project, owner, day, as_, name, content):
    answer = _upload(as_(owner), content, name=name)
    found = Reference.objects.get(name="Uploaded")
    assert answer.url == page(found)
    made.night()
    assert found.spaces.get().vectors.count() == 32
    assert Coverage.objects.get(reference=found).share == pytest.approx(100 / 150, abs=0.1)
    path = FILES.file_of(found.file)
    assert path.exists()  # another space needs it
    positions = list(found.spaces.get().vectors.order_by("position").values_list("position", flat=True))
    said = texts_at(found, [positions[1], positions[-1]], rule_of({"kind": "last_user"}))
    assert list(said.values()) == [texts(KINDS[:4], 8)[1], texts(KINDS[:4], 8)[-1]]
    as_(owner).post(f"{page(found)}delete/")
    assert not path.exists()
    assert texts_at(found, positions, rule_of({"kind": "last_user"})) == {}


def _files() -> set[str]:
    folder = FILES.folder()
    return {one.name for one in folder.iterdir()} if folder.exists() else set()


def test_a_column_is_asked_for_where_none_looks_like_an_input(project, owner, as_):
    content = b'{"a": "refund", "b": 1}\n'
    before = _files()
    answer = _upload(as_(owner), content)
    assert answer.status_code == 422
    assertContains(answer, "Say which column is the input. The file has: a, b", status_code=422)
    assert _files() == before
    assert _upload(as_(owner), content, column="a").status_code == 302


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "A"}, "Choose a version of a dataset."),
        ({"name": "A", "of": "file"}, "Choose a file."),
        ({"name": "A", "of": "letters"}, "Select a valid choice"),
        ({"name": "A", "file": SimpleUploadedFile("a.csv", b"")}, "is empty"),
        ({"name": "A", "file": SimpleUploadedFile("a.jsonl", b"\x89PNG\r\n")}, ""),
    ],
)
def test_what_is_missing_or_wrong_is_said(project, owner, as_, sent, told):
    answer = as_(owner).post(f"{LIST}new/", sent)
    assertContains(answer, told, status_code=422)
    assertContains(answer, 'class="errorlist"', status_code=422)
    assert not Reference.objects.exists()


def test_the_fields_of_the_other_kind_count_for_nothing(project, reference, owner, as_):
    """They are hidden while the other kind is chosen, with what somebody had put there."""
    both = {"version": str(reference.version.pk), "split": "", "column": "b"}
    wrong = SimpleUploadedFile("a.csv", b"")
    answer = as_(owner).post(f"{LIST}new/", {**both, "name": "Of a version", "of": "version", "file": wrong})
    assert answer.status_code == 302
    assert Reference.objects.get(name="Of a version").version == reference.version
    good = SimpleUploadedFile("a.jsonl", b'{"input": "refund", "b": "two"}\n')
    assert (
        as_(owner).post(f"{LIST}new/", {**both, "name": "F", "of": "file", "file": good}).status_code == 302
    )
    assert Reference.objects.get(name="F").version is None


def test_the_form_begins_with_what_there_is(project, owner, as_):
    assertContains(as_(owner).get(f"{LIST}new/"), '<input type="radio" name="of" value="file"')
    assert as_(owner).get(f"{LIST}new/").context["form"]["of"].value() == "file"  # there is no version


def test_a_name_is_taken_once(project, reference, owner, as_):
    version = reference.version
    sent = {"name": "Eval set", "version": str(version.pk), "split": ""}
    assertContains(as_(owner).post(f"{LIST}new/", sent), "There is a reference of this name", status_code=422)
    sent |= {"name": "Test rows", "split": "test"}
    assertContains(as_(owner).post(f"{LIST}new/", sent), "has no rows", status_code=422)
    sent |= {"split": "train"}
    version.counts["splits"]["train"] = 20_001
    version.save()
    assertContains(as_(owner).post(f"{LIST}new/", sent), "More than 20,000 rows", status_code=422)
    version.counts["splits"]["train"] = 32
    version.save()
    assert as_(owner).post(f"{LIST}new/", sent).status_code == 302


def test_of_many_groups_the_first_are_listed_and_the_others_when_asked_for(project, reference, as_, viewer):
    day = Coverage.objects.get(reference=reference)
    day.groups.all().delete()
    CoverageGroup.objects.bulk_create(
        CoverageGroup(coverage=day, rank=n, title=f"group {n} of them", inputs=9, covered=9)
        for n in range(1, 31)
    )
    first = as_(viewer).get(page(reference))
    assertContains(first, " of them", count=12)
    assertContains(first, f'href="?day={DAY}&amp;all=1#kinds">Show all 30</a>')
    everything = as_(viewer).get(f"{page(reference)}?all=1")
    assertContains(everything, " of them", count=30)
    assertNotContains(everything, "Show all")
