"""What quotes an input goes when the input leaves the log."""

import os
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotator.jobs import leases, runner
from annotator.services import jobs
from drift.jobs import forget
from drift.models import (
    Alert,
    AlertGroup,
    Coverage,
    CoverageGroup,
    DriftGroup,
    MapDot,
    MappedDay,
    Topic,
    TopicMap,
    TopicShape,
    WeekCheck,
    WeekGroup,
)
from drift.services import found, references
from drift.services.reference_inputs import FILES
from feedback.models import Interaction
from tests.drift import drifted, mapped
from tests.drift import references as helper
from tests.feedback import logged
from tests.feedback.logged import DAY

SAID = ("my crypto wallet is empty, says Ann Smith", "a crypto wallet for my son", "which wallet is safest")


def night() -> dict:
    job = jobs.ask(kind=forget.NAME, key=str(timezone.now()))
    runner.run_claimed(leases.claim(job.pk))
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job.result or {}


@pytest.fixture
def rows(project):
    made = logged.interactions(project, 3)
    for row, text in zip(made, SAID, strict=True):
        row.input = text
    Interaction.objects.bulk_update(made, ["input"])
    return made


@pytest.fixture
def quoting(project, rows):
    """A group of a check, of an alert and of a reference, and a topic: all about the first input."""
    space, ids = drifted.space(project), [row.pk for row in rows]
    words = {"title": SAID[0], "keywords": ["crypto wallet", "wallet", "smith"], "nearest": ids[0]}
    check = drifted.judged(project, DAY, p=0.001, space=space)
    DriftGroup.objects.create(check_of_day=check, rank=1, kind="new", p=0.001, value=9, day_rows=ids, **words)
    alert = Alert.objects.create(project=project, day=DAY)
    AlertGroup.objects.create(alert=alert, rank=1, kind="new", p=0.001, rows=ids, space=space, **words)
    reference = helper.of_version(project, ["refund please"])
    day = Coverage.objects.create(reference=reference, space=space, day=DAY, verdict="judged", share=0.5)
    CoverageGroup.objects.create(coverage=day, rank=1, inputs=3, covered=0, rows=ids, **words)
    topic = Topic.objects.create(project=project, number=1, since=DAY, **words)
    fitted = mapped.map_of(space)
    TopicShape.objects.create(
        map=fitted, topic=topic, rows=3, centroid=[1.0] + [0.0] * 383, x=0, y=0, radius=1
    )
    counted = MappedDay.objects.create(map=fitted, day=DAY, rows=3)
    MapDot.objects.bulk_create(
        MapDot(day=counted, interaction=key, topic=topic, x=0, y=0, cosine=0.9 - 0.1 * n)
        for n, key in enumerate(ids)
    )


def told() -> list[tuple[str, list[str]]]:
    kinds = (DriftGroup, AlertGroup, CoverageGroup, Topic)
    return [(one.title, one.keywords) for kind in kinds for one in kind.objects.all()]


def test_a_title_goes_with_its_input_and_the_next_nearest_stands_in(quoting, rows):
    assert "titles" not in night()
    rows[0].delete()
    assert night()["titles"] == 4
    assert told() == [(SAID[1], ["crypto wallet", "wallet"])] * 4
    rows[1].delete()
    night()
    assert told() == [(SAID[2], ["wallet"])] * 4
    rows[2].delete()
    night()
    assert told() == [("", [])] * 4
    assert "titles" not in night()


def test_a_word_goes_with_the_only_input_that_has_it(quoting, rows):
    DriftGroup.objects.update(keywords=["safest", "wallet"])
    rows[2].delete()
    night()
    group = DriftGroup.objects.get()
    assert (group.title, group.keywords) == (SAID[0], ["wallet"])


@pytest.fixture
def week(quoting, project, rows):
    """An alert's group of a week: what is about wallets, and a topic that a person has named. The input that gave the
    first its title is not of the week."""
    Topic.objects.update(title=SAID[1], nearest=rows[1].pk)
    topic, of = Topic.objects.get(), TopicMap.objects.get()
    named = Topic.objects.create(project=project, number=2, since=DAY, name="Lost cards")
    check = WeekCheck.objects.create(
        project=project, day=DAY, map=of, verdict="judged", p=0.001, level=0.01, seed=1, now=[DAY]
    )
    told = WeekGroup.objects.create(
        check_of_week=check, rank=1, kind="grown", p=0.001, topics=[topic.pk, named.pk], topic=topic,
        rows=2, n=9, then_rows=1, then_n=9,
    )  # fmt: skip
    AlertGroup.objects.all().delete()
    MapDot.objects.filter(interaction=rows[1].pk).delete()
    group = found.of_topics(check, told, [topic, named])
    group.alert, group.rank, group.space = Alert.objects.get(), 1, of.space
    group.save()
    return group


def test_a_weeks_title_goes_with_the_input_that_it_begins_and_with_no_other(week, rows):
    assert (week.title, week.rows) == (SAID[1], [rows[0].pk, rows[2].pk])
    rows[2].delete()
    night()
    week.refresh_from_db()
    assert week.title == SAID[1]
    rows[1].delete()
    night()
    week.refresh_from_db()
    assert (week.title, week.nearest) == (SAID[0], rows[0].pk)


def test_names_of_topics_stay_with_a_week_until_the_topics_lose_their_words(week, rows):
    Topic.objects.filter(number=1).update(nearest=rows[0].pk)
    rows[2].delete()
    night()
    week.refresh_from_db()
    assert week.keywords == ["crypto wallet, wallet, smith", "Lost cards"]
    AlertGroup.objects.update(rows=[row.pk for row in rows])
    rows[0].delete()
    night()
    week.refresh_from_db()
    assert week.keywords == ["crypto wallet, wallet", "Lost cards"]
    rows[1].delete()
    Topic.objects.filter(number=1).update(keywords=["wallet"], title="", nearest=None)  # by a new fit
    night()
    week.refresh_from_db()
    assert week.keywords == ["Lost cards"]


def test_a_group_called_as_its_topic_is_mended_when_that_is_called_otherwise(quoting, rows):
    CoverageGroup.objects.update(topic=Topic.objects.get())
    rows[0].delete()
    night()
    assert CoverageGroup.objects.get().title == "crypto wallet, wallet"
    Interaction.objects.all().delete()
    night()
    group = CoverageGroup.objects.get()
    assert (group.title, group.keywords) == ("1", [])
    assert "titles" not in night()
    for called in ({"title": "x" * 240}, {"keywords": ["lost card", "card"]}, {"name": "Lost cards"}):
        Topic.objects.update(**called)
        night()
        assert CoverageGroup.objects.get().title == Topic.objects.get().shown_name
        assert "titles" not in night()


def test_what_has_shrunk_beside_a_reference_quotes_that_and_stays(quoting, rows):
    own = {"title": "refund please", "keywords": ["refund"], "nearest": None}
    DriftGroup.objects.update(kind="shrunk", reference_rows=[0], **own)
    rows[0].delete()
    night()
    group = DriftGroup.objects.get()
    assert (group.title, group.keywords) == ("refund please", ["refund"])


@pytest.mark.parametrize("left", [2, 0])
def test_an_ended_topic_that_quotes_nobody_knows_what_is_named_by_what_is_left(quoting, rows, left):
    Topic.objects.update(nearest=None)
    assert "titles" not in night()  # the next fit names it
    Topic.objects.update(ended_at=timezone.now())
    for row in rows[: 3 - left]:
        row.delete()
    night()
    topic = Topic.objects.get()
    assert (topic.title, topic.keywords) == ((SAID[1], ["crypto wallet", "wallet"]) if left else ("", []))
    DriftGroup.objects.all().delete()
    AlertGroup.objects.all().delete()
    CoverageGroup.objects.all().delete()
    assert "titles" not in night()


def test_files_of_projects_that_are_gone_are_deleted_by_the_clock(project, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    folder = FILES.folder()
    folder.mkdir()
    kept = FILES.model.objects.create(project=project, name="a.csv", size=1, shape={})
    references.make(project=project, name="Eval", of=references.Made(file=kept), by=None)
    lost, young, other = uuid4(), uuid4(), "README"
    old = time.time() - timedelta(days=2).total_seconds()
    for name in (str(kept.pk), str(lost), f"{lost}.rejects.jsonl", str(young), other):
        (folder / name).write_text("x")
        if name != str(young):
            os.utime(folder / name, (old, old))
    unused = FILES.model.objects.create(
        project=project, name="b.csv", size=1, shape={}, created_at=timezone.now() - timedelta(days=2)
    )
    night()
    assert {path.name for path in folder.iterdir()} == {str(kept.pk), str(young), other}
    assert not FILES.model.objects.filter(pk=unused.pk).exists()
