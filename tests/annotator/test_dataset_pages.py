"""Datasets for people: made in a form, looked at by split and label, followed back to labels."""

from dataclasses import replace
from time import monotonic

import pytest
from django.utils.html import escape

from annotator.datasets import registry, told
from annotator.datasets.filters import Filters
from annotator.datasets.told import MOST_LABELS, Tally
from annotator.forms.datasets import FiltersForm
from annotator.jobs import runner
from annotator.models import Dataset, DatasetVersion, Job
from annotator.queries.datasets import preview
from annotator.services import queues
from annotator.web.dataset_words import filters_in_words
from tests import make
from tests.annotator import frozen
from tests.annotator.answering import answers
from tests.annotator.rated import text

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Refund answers",
    "sources": ["answers", "preferences"],
    "rater_kinds": ["human", "end_user"],
    "min_votes": "1",
    "agreement": "0",
    "duplicates": "near",
    "train": "80",
    "dev": "10",
    "test": "10",
    "seed": "0",
}


@pytest.fixture
def queue(project):
    found = make.queue(project, items=0)
    queues.add_items(
        found,
        [
            queues.NewItem(external_id=f"call-{n}", input=f"How much is {word}?", output=f"{n} euros")
            for n, word in enumerate(("a chair", "one lamp", "this desk", "that bed"))
        ],
    )
    answers(found, "y", "n", "yn", ".")
    return found


def test_the_list_says_what_to_do(project, owner, annotator, as_, queue):
    assert "Make the first dataset" in text(as_(owner).get("/p/shop/datasets/"))
    assert "An owner of the project makes the first one." in text(as_(annotator).get("/p/shop/datasets/"))


def test_nothing_labelled_leads_to_the_queues(project, owner, as_):
    assert "Nothing is labelled so far" in text(as_(owner).get("/p/shop/datasets/"))


@pytest.mark.django_db(transaction=True)
def test_a_dataset_is_made_in_a_form_and_its_version_followed_to_the_end(project, owner, as_, queue):
    browser = as_(owner)
    page = text(browser.get("/p/shop/datasets/new/"))
    assert "Whose answers count" in page
    answer = browser.post("/p/shop/datasets/new/", FORM)
    dataset = Dataset.objects.get()
    assert answer["Location"] == f"/p/shop/datasets/{dataset.pk}/1/"
    waiting = text(browser.get(answer["Location"]))
    assert "It starts as soon as a worker is free." in waiting

    runner.run(Job.objects.get(kind="annotator.dataset").pk, queue="default")

    page = text(browser.get(answer["Location"]))
    assert "people disagree evenly" in page
    assert "The test split has" in page
    rows = text(browser.get(answer["Location"] + "rows/"))
    assert "How much is a chair?" in rows
    assert "0 euros" in rows
    row = text(browser.get(answer["Location"] + "rows/1/"))
    assert "call-0" in row
    assert "good, version 1" in row
    assert f"/p/shop/queues/{queue.pk}/items/" in row


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"train": "50"}, "Train, dev and test must make 100 together."),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "This is before the day that it begins with."),
        ({"sources": []}, "This field is required."),
        ({"queues": ["not-ours"]}, "Select a valid choice."),
        ({"min_votes": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(project, owner, as_, queue, change, words):
    answer = as_(owner).post("/p/shop/datasets/new/", {**FORM, **change})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Dataset.objects.exists()


def test_queues_of_people_are_offered_before_those_of_each_day(project):
    for name, origin in (("Refunds", ""), ("Check 1", "vibecheck"), ("Tone", ""), ("Check 2", "vibecheck")):
        made = make.queue(project, items=0, name=name)
        made.origin = origin
        made.save()

    offered = FiltersForm(project).fields["queues"].choices

    assert [name for _, name in offered] == ["Tone", "Refunds", "Check 2", "Check 1"]


def test_two_of_one_name_are_refused_and_a_change_is_for_the_next_version(project, owner, as_, queue):
    made = frozen.version(project, name="Refund answers")
    other = frozen.version(project, name="Other")
    browser = as_(owner)

    again = browser.post("/p/shop/datasets/new/", FORM)
    renamed = browser.post(f"/p/shop/datasets/{other.dataset_id}/setup/", FORM)
    changed = browser.post(f"/p/shop/datasets/{made.dataset_id}/setup/", {**FORM, "min_votes": "2"})

    assert "There is a dataset of this name" in again.content.decode()
    assert renamed.status_code == 422
    assert changed.status_code == 302
    assert Dataset.objects.get(pk=made.dataset_id).filters["min_votes"] == 2
    assert DatasetVersion.objects.get(pk=made.pk).filters["min_votes"] == 1


def test_the_count_beside_the_form_is_what_a_version_would_read(project, owner, as_, queue):
    browser = as_(owner)
    query = {**FORM, "name": ""}

    page = text(browser.get("/p/shop/datasets/preview/", query))
    wrong = text(browser.get("/p/shop/datasets/preview/", {**query, "train": "50"}))

    assert '<p class="figure">2</p>' in page
    assert "people disagree evenly" in page
    assert "must make 100" in wrong
    found = preview(project, Filters())
    assert (found.rows, dict(found.left), found.whole) == (2, {"undecided": 1}, True)
    assert not preview(project, Filters(), looking=-1).whole


def test_a_count_that_takes_too_long_says_what_it_knows_by_then(project, owner, as_, queue, monkeypatch):
    """A source of which one statement alone takes longer than there is time, and gives no row before."""

    def slow(reading):
        with reading.using.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")
        yield from ()

    source = replace(registry._sources["preferences"], rows=slow)
    monkeypatch.setitem(registry._sources, "preferences", source)
    began = monotonic()

    page = text(as_(owner).get("/p/shop/datasets/preview/", {**FORM, "name": ""}))

    assert monotonic() - began < 10
    assert '<p class="figure">at least 2</p>' in page
    assert "a version looks at everything" in page
    assert "take a filter out" not in page


def test_ten_labels_are_seen_and_the_others_are_in_a_fold(project, viewer, as_):
    rows = [frozen.rated(100 * n + copy, f"class {n:02}") for n in range(13) for copy in range(20 - n)]
    version = frozen.version(project, rows=rows)
    browser = as_(viewer)

    page = text(browser.get(f"/p/shop/datasets/{version.dataset_id}/1/"))
    seen, folded = page.split("3 more labels")

    assert "class 09" in seen
    assert "class 10" not in seen
    assert all(f"class {n}" in folded for n in (10, 11, 12))
    assert "more label" not in text(
        browser.get(f"/p/shop/datasets/{frozen.version(project, name='Two').dataset_id}/1/")
    )


def test_of_very_many_labels_those_with_most_rows_are_counted_in_all_splits():
    tally = Tally()
    for n in range(MOST_LABELS + 5):
        for split, rows in (("train", n + 1), ("test", 2 if n < 5 else 1)):
            for _ in range(rows):
                tally.add(frozen.rated(n, f"class {n}"), split, {}, n)

    labels = tally.as_json()["labels"]

    assert set(labels["train"]) == set(labels["test"])
    assert len(labels["train"]) == MOST_LABELS


def test_rows_by_split_and_label_a_page_at_a_time(project, viewer, as_, django_assert_max_num_queries):
    version = frozen.version(project, rows=120)
    base = f"/p/shop/datasets/{version.dataset_id}/1/rows/"
    browser = as_(viewer)

    with django_assert_max_num_queries(8):
        first = text(browser.get(base))
    second = text(browser.get(base + "?after=50"))
    labelled = text(browser.get(base + "?label=no&split=train"))
    none = text(browser.get(base + "?split=dev"))

    assert first.count('class="item-row"') == 50
    assert "?after=50" in first
    assert "Question 51" in second
    assert "Question 50" not in second
    assert labelled.count('class="item-row"') == 40
    assert "No row is like that." in none
    assert browser.get(base + "?split=gold").status_code == 400


def test_pages_ask_as_much_for_many_as_for_few(project, owner, as_, django_assert_max_num_queries):
    versions = [frozen.version(project, name=f"Set {n}") for n in range(12)]
    for _ in range(8):
        frozen.another(versions[0])
    browser = as_(owner)

    with django_assert_max_num_queries(7):
        browser.get("/p/shop/datasets/")
    with django_assert_max_num_queries(12):
        browser.get(f"/p/shop/datasets/{versions[0].dataset_id}/")


def test_the_list_goes_on_over_pages(project, viewer, as_, monkeypatch):
    from annotator.views import datasets as views

    monkeypatch.setattr(views, "PAGE", 2)
    made = [frozen.version(project, name=f"Set {n}").dataset for n in range(3)]
    browser = as_(viewer)

    first = text(browser.get("/p/shop/datasets/"))
    second = text(browser.get(f"/p/shop/datasets/?after={made[1].pk}"))

    assert "Set 2" in first and "Set 1" in first and "Set 0" not in first  # noqa: PT018
    assert f"?after={made[1].pk}" in first
    assert "Set 0" in second
    assert "Set 1" not in second
    assert browser.get("/p/shop/datasets/?after=nonsense").status_code == 404


def test_what_changed_between_versions_with_examples(project, viewer, as_):
    made = frozen.version(project, rows=[frozen.rated(n) for n in range(1, 6)])
    newer = frozen.another(
        made,
        rows=[
            frozen.rated(1, "no"),
            frozen.rated(2, text="Said better"),
            frozen.rated(3),
            frozen.rated(4),
            frozen.rated(9),
        ],
    )

    page = text(as_(viewer).get(f"/p/shop/datasets/{made.dataset_id}/{newer.number}/since/1/"))

    for words in ("Added", "Removed", "Another label", "Other texts"):
        assert f">{words}</a>" in page
    assert "Question 9" in page
    assert "Question 5" in page
    assert "Said better" in page
    assert ">Moved to another split</a>" not in page


def test_a_hostile_row_is_shown_as_text(project, owner, as_):
    evil = '<img src=x onerror="alert(1)">{{ 7*7 }}'
    version = frozen.version(project, rows=[frozen.rated(1, text=evil), frozen.pair(2)], name=evil[:100])
    base = f"/p/shop/datasets/{version.dataset_id}/1/"
    browser = as_(owner)

    for path in ("", "rows/", "rows/1/", "rows/2/"):
        page = browser.get(base + path).content.decode()
        assert evil not in page
        assert "<img" not in page
    assert escape("<img") in browser.get(base + "rows/").content.decode()


def test_options_of_a_format_come_with_it(project, owner, as_):
    version = frozen.version(project)
    base = f"/p/shop/datasets/{version.dataset_id}/1/format/"

    page = text(as_(owner).get(base + "?format=few-shot-json"))

    assert 'name="most"' in page
    assert 'value="train"' in page


def test_without_rows_there_is_nothing_to_choose(project, owner, as_):
    version = frozen.version(project, rows=[])

    assert as_(owner).get(f"/p/shop/datasets/{version.dataset_id}/1/format/").status_code == 404


def test_a_dataset_that_chooses_no_sources_names_those_it_takes(project):
    words = dict(filters_in_words(Filters(), project))

    assert "Answers to yes/no questions" in words["Rows"]
    assert "Failure modes" not in words["Rows"]


def test_warnings_say_what_not_to_rely_on():
    counts = {
        "splits": {"train": 950, "dev": 30, "test": 20},
        "labels": {"train": {"yes": 940, "no": 10}, "dev": {"yes": 30}, "test": {"yes": 20}},
        "stale": 3,
        "largest_group": 500,
        "crossing_inputs": 1,
    }

    found = " ".join(told.warnings(counts))

    for words in (
        "3 rows answer an older wording",
        "The test split has 20 rows",
        "99 % of the rows are of one class",
        "The test split has no row of: no.",
        "50 % of the rows have nearly the same input",
        "1 input is left out",
    ):
        assert words in found


def test_labels_that_the_test_split_lacks_are_counted_where_not_all_are_named():
    train = {f"rare {n:02}": 50 + n for n in range(13)}
    counts = {
        "splits": {"train": 1000, "dev": 0, "test": 400},
        "labels": {"train": {**train, "yes": 400}, "dev": {}, "test": {"yes": 400}},
        "stale": 0,
        "largest_group": 1,
    }

    (found,) = [words for words in told.warnings(counts) if "no row of" in words]

    assert found.startswith("The test split has no row of: rare 12, rare 11, ")
    assert found.endswith(" rare 03. And 3 more.")


def test_of_an_empty_test_split_no_uncertainty_is_told():
    counts = {
        "splits": {"train": 82, "dev": 2, "test": 0},
        "labels": {"train": {"yes": 56, "no": 26}, "dev": {"yes": 2}, "test": {}},
        "stale": 0,
        "largest_group": 1,
    }

    assert [one.split(":")[0] for one in told.warnings(counts)] == ["The test split is empty"]
