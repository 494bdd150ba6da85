"""A dataset of some topics: rows whose inputs, as they were logged, are about them."""

from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from annotator.datasets import make as making
from annotator.datasets.filters import Filters
from annotator.datasets.gather import Left
from annotator.datasets.registry import Reading
from annotator.models import Dataset, DatasetVersion
from annotator.services import datasets, queues
from annotator.web.dataset_words import filters_in_words
from drift.models import MapDot, Topic
from feedback.models import Interaction
from tests import make
from tests.annotator.answering import answers
from tests.drift import drifted, mapped

NEW, PREVIEW = "/p/shop/datasets/new/", "/p/shop/datasets/preview/"
SENT = {
    "name": "Refunds",
    "sources": ["answers"],
    "rater_kinds": ["human"],
    "min_votes": "1",
    "agreement": "0",
    "duplicates": "keep",
    "train": "80",
    "dev": "10",
    "test": "10",
    "seed": "0",
}


@pytest.fixture
def topics(project) -> dict[str, Topic]:
    """Of refunds 5 inputs are labelled, of invoices 3, of what is in no topic 2, and one that came from elsewhere."""
    space = drifted.space(project)
    mapped.plan(project, space)
    mapped.days(space, 4, (24, 18, 12, 10), noise=4)
    mapped.fit(project)
    found = {topic.keywords[0]: topic for topic in Topic.objects.filter(project=project)}
    dots = MapDot.objects.order_by("interaction")
    keys = [
        *dots.filter(topic=found["refund"]).values_list("interaction", flat=True)[:5],
        *dots.filter(topic=found["invoice"]).values_list("interaction", flat=True)[:3],
        *dots.filter(topic=None).values_list("interaction", flat=True)[:2],
    ]
    assert len(keys) == 10
    said = dict(Interaction.objects.values_list("pk", "input"))
    queue = make.queue(project, items=0)
    items = [
        queues.NewItem(
            external_id=str(key), input=said[key], output="Yes", metadata={"interaction": str(key)}
        )
        for key in keys
    ]
    queues.add_items(
        queue,
        [*items, queues.NewItem(external_id="else", input="please help with my refund elsewhere", output="")],
    )
    answers(queue, *("y" * 11))
    return found


def read(project, *values):
    """Words of the inputs that give rows, and why others give none."""
    filters = Filters(within={"topics": tuple(str(one) for one in values)} if values else {})
    found = list(making.read(Reading(project, filters, connection)))
    rows = Counter(bytes(one.input).split()[4].decode() for one in found if not isinstance(one, Left))
    return rows, Counter(one.reason for one in found if isinstance(one, Left))


def test_rows_are_of_the_chosen_topics_and_the_others_are_counted(project, topics):
    refund, invoice = topics["refund"].pk, topics["invoice"].pk
    assert sum(read(project)[0].values()) == 11
    assert read(project, refund) == ({"refund": 5}, {"outside": 6})
    assert read(project, refund, invoice) == ({"refund": 5, "invoice": 3}, {"outside": 3})
    rows, left = read(project, "none")
    assert (sum(rows.values()), left) == (
        2,
        {"outside": 9},
    )  # what was never embedded is not known to be of none


def test_what_took_a_topic_over_stands_in_for_it(project, topics):
    old = Topic.objects.create(
        project=project, number=99, name="Money back", since=mapped.LAST, ended_at=timezone.now(),
        heir=topics["refund"],
    )  # fmt: skip
    assert read(project, old.pk) == ({"refund": 5}, {"outside": 6})
    told = filters_in_words(Filters(within={"topics": (str(old.pk),)}), project)
    assert ("Only these topics", "Money back") in told


def test_a_topic_of_another_project_has_no_row_here(project, topics, stranger):
    theirs = Topic.objects.create(
        project=stranger.memberships.get().project, number=1, name="Theirs", since=mapped.LAST
    )
    assert read(project, theirs.pk) == ({}, {"outside": 11})


def test_a_narrowing_whose_app_is_gone_lets_nothing_in(project, topics):
    filters = Filters(within={"moods": ("glad",)})
    assert {type(one) for one in making.read(Reading(project, filters, connection))} == {Left}


def test_an_owner_chooses_topics_by_name_and_sees_how_many_rows_there_are(
    project, topics, as_, owner, annotator, stranger
):
    refund = topics["refund"]
    page = f"/p/shop/drift/topics/{refund.pk}/"
    assertContains(as_(owner).get(page), f'href="{NEW}?topics={refund.pk}"')
    assertNotContains(as_(annotator).get(page), "dataset of its labelled inputs")
    form = as_(owner).get(f"{NEW}?topics={refund.pk}&topics=oops")
    assertContains(form, "Only these topics")
    assertContains(form, f'value="{refund.pk}"')
    assertContains(form, 'name="topics"', count=5)
    assertContains(form, f'value="{refund.pk}" id="id_topics_0" checked')
    assertNotContains(form, 'value="oops"')
    counted = as_(owner).get(PREVIEW, SENT | {"topics": [str(refund.pk)]})
    assertContains(counted, "5")
    assertContains(counted, "of none of the chosen topics")
    assert as_(stranger).get(PREVIEW).status_code == 404
    made = as_(owner).post(NEW, SENT | {"topics": [str(refund.pk)]})
    assert made.status_code == 302
    dataset = Dataset.objects.get(project=project)
    assert dataset.filters["within"] == {"topics": [str(refund.pk)]}
    assert DatasetVersion.objects.get().filters == dataset.filters
    assertContains(as_(annotator).get(made.url), refund.shown_name)
    wrong = as_(owner).post(NEW, SENT | {"name": "Other", "topics": ["999999"]})
    assertContains(wrong, "999999 is not one of the available choices", status_code=422)


def test_a_chosen_topic_that_is_not_asked_any_more_stays_chosen(project, topics, as_, owner):
    old = Topic.objects.create(
        project=project, number=99, name="Money back", since=mapped.LAST, ended_at=timezone.now()
    )
    dataset = datasets.make_dataset(
        project=project, name="Old", filters=Filters(within={"topics": (str(old.pk),)})
    )
    setup = f"/p/shop/datasets/{dataset.pk}/setup/"
    assertContains(as_(owner).get(setup), "Money back")
    assert as_(owner).post(setup, SENT | {"topics": [str(old.pk)]}).status_code == 302
    dataset.refresh_from_db()
    assert dataset.filters["within"] == {"topics": [str(old.pk)]}


def test_a_project_without_topics_has_no_such_field(project, as_, owner):
    assertNotContains(as_(owner).get(NEW), "Only these topics")


def test_many_topics_cost_the_form_no_more_questions(
    project, topics, as_, owner, django_assert_max_num_queries
):
    client = as_(owner)
    with django_assert_max_num_queries(16):
        client.get(NEW)
