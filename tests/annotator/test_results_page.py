"""The results page: who sees it, when it was computed, what it says, and its downloads."""

import csv
from datetime import timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.utils import timezone

from annotator.models import Job, JobState, Place, Report
from annotator.web.result_words import roughly
from annotator.web.results_page import ranks
from tests import make
from tests.annotator.asking import fill, pair_queue
from tests.annotator.pairs import compute, voted
from tests.annotator.rated import items, label, person_of, rater, text

VOTES = [("a", "b", "left", 30), ("a", "b", "right", 10), ("b", "c", "left", 13), ("b", "c", "right", 8), ("a", "c", "tie", 4), ("a", "c", "both_bad", 2)]  # fmt: skip


def page(queue, more: str = "results/") -> str:
    return f"/p/{queue.project.slug}/queues/{queue.pk}/{more}"


@pytest.fixture
def queue(project):
    return voted(project, VOTES)


def test_nothing_yet_says_what_comes(project, owner, as_):
    shown = text(as_(owner).get(page(pair_queue(project))))

    assert "Nothing is computed yet." in shown
    assert "Nobody has answered yet." in shown


def test_compute_now_and_see(queue, owner, as_, broker):
    browser = as_(owner)
    shown = text(browser.get(page(queue)))
    assert "There are 67 labels." in shown
    assert "Compute now" in shown

    answer = browser.post(page(queue, "results/compute/"))

    assert answer["Location"] == page(queue)
    job = Job.objects.get()
    assert (job.asked_by, job.state) == (owner, JobState.DUE)
    shown = text(browser.get(page(queue)))
    assert "It is being computed" in shown
    assert 'hx-trigger="every 2s"' in shown
    assert "Compute now" not in shown

    compute(queue)
    shown = text(browser.get(page(queue)))
    assert "No label is newer." in shown
    assert "being computed" not in shown
    assert "Compute now" not in shown


def test_votes_that_a_classifier_chose_are_counted_and_rank_nobody(queue, owner, as_):
    queue.labels.filter(item__position__lt=20).update(chosen=True)
    fill(queue, [{"external_id": "left over", "left": "x", "right": "y"}])
    compute(queue)

    assert "20 votes are left out of the ranking" in text(as_(owner).get(page(queue)))


def test_the_leaderboard_with_its_intervals(queue, owner, as_):
    compute(queue)

    shown = text(as_(owner).get(page(queue)))

    assert "67 votes of 1 person on 67 prompts." in shown
    order = [shown.index(f'<th scope="row" dir="auto">{name}</th>') for name in "abc"]
    assert order == sorted(order)
    assert "Ahead of the next." in shown
    assert "Not told from the next: about" in shown
    assert "30–10–0" in shown
    assert "0–0–6" in shown
    assert "Both bad" in shown
    assert "(no interval)" not in shown
    assert "Position: " in shown
    assert "Length: one variant" not in shown
    assert "Repeats: nobody has answered a pair twice" in shown


def test_newer_labels_are_counted(queue, owner, as_):
    compute(queue)
    label(queue, items(queue)[0], "right", rater(queue, "Ravi"))

    shown = text(as_(owner).get(page(queue)))

    assert "1 label is newer." in shown
    assert "Compute now" in shown


def test_a_failed_job_is_said(queue, owner, as_):
    as_(owner).post(page(queue, "results/compute/"))
    Job.objects.update(state=JobState.FAILED, finished_at=timezone.now(), error="no")

    shown = text(as_(owner).get(page(queue)))

    assert "The last try failed" in shown
    assert "Compute now" in shown


def test_what_is_undefined_is_a_sentence(project, owner, as_):
    queue = voted(
        project, [("a", "b", "left", 3), ("a", "", "tie", 2), ("c", "c", "left", 1)], swapped=lambda n: None
    )
    compute(queue)

    shown = text(as_(owner).get(page(queue)))

    assert "2 votes are left out: their pairs do not say which variants were compared." in shown
    assert "1 vote is left out: both sides of its pair are of one variant." in shown
    assert "half a win each way" in shown
    assert "it is not known which side was shown first" in shown
    assert "(no interval)" in shown
    assert not {"nan", "None", "inf"} & set(shown.replace("<", " ").replace(">", " ").split())


def test_parts_are_ranked_apart(project, owner, as_):
    queue = voted(project, [(one, other, "left", 3) for one, other in ("ab", "cd")])
    compute(queue)

    shown = text(as_(owner).get(page(queue)))

    assert "No vote connects these parts" in shown
    assert "Part 2" in shown


def test_only_programs_have_voted(project, owner, as_):
    queue = pair_queue(project, items=3)
    for item in items(queue):
        label(queue, item, "left", rater(queue, "robot", "llm"))
    compute(queue)

    shown = text(as_(owner).get(page(queue)))

    assert "No person has voted yet" in shown
    assert "robot" in shown
    assert "It voted on no pair that people have voted on." in shown


def test_a_program_is_listed_apart(queue, owner, as_):
    for item in items(queue):
        label(queue, item, "left", rater(queue, "robot", "llm"), swapped=False)
    compute(queue)

    shown = text(as_(owner).get(page(queue)))

    assert "Programs that voted" in shown
    assert "It agrees with the majority of people on" in shown


def test_names_are_text(project, owner, as_):
    queue = voted(project, [("<b>one</b>", "two" * 60, "left", 6), ("<b>one</b>", "two" * 60, "right", 5)])
    compute(queue)

    shown = text(as_(owner).get(page(queue)))

    assert "&lt;b&gt;one" in shown
    assert "<b>one" not in shown


def test_an_annotator_sees_it_when_everything_is_answered(project, annotator, viewer, as_):
    queue = pair_queue(project, items=1)
    compute(queue)
    label(queue, items(queue)[0], "left", person_of(queue, annotator))

    shown = text(as_(annotator).get(page(queue)))
    assert "The results are shown when everything is answered." in shown
    assert "kestrel" not in shown
    assert as_(annotator).get(page(queue, "results.json")).status_code == 403
    assert as_(annotator).post(page(queue, "results/compute/")).status_code == 403
    assert "As of" in text(as_(viewer).get(page(queue)))

    Place.objects.update(done_at=timezone.now())
    compute(queue)
    assert "kestrel" in text(as_(annotator).get(page(queue)))
    assert as_(annotator).post(page(queue, "results/compute/")).status_code == 302


def test_a_viewer_reads_and_computes_nothing(queue, viewer, as_):
    assert "Compute now" not in text(as_(viewer).get(page(queue)))
    assert as_(viewer).post(page(queue, "results/compute/")).status_code == 403
    assert not Job.objects.exists()


def test_the_wrong_queue_person_and_method(project, queue, owner, stranger, as_):
    plain = make.queue(project)
    assert as_(owner).get(page(plain)).status_code == 404
    assert as_(stranger).get(page(queue)).status_code == 404
    assert as_(owner).post(page(queue)).status_code == 405
    assert as_(owner).get(page(queue, "results/compute/")).status_code == 405
    assert as_(owner).get(page(queue, "results.json")).status_code == 404  # nothing is computed


def test_a_queue_of_yes_and_no_has_no_such_tab(project, owner, as_):
    plain, pairs = make.queue(project), pair_queue(project)

    assert "results/" not in text(as_(owner).get(f"/p/shop/queues/{plain.pk}/"))
    assert "results/" in text(as_(owner).get(f"/p/shop/queues/{pairs.pk}/"))


def test_downloads(project, owner, as_):
    queue = voted(project, [("=cmd()", "b", "left", 6), ("=cmd()", "b", "right", 5)])
    compute(queue)

    rows = list(csv.DictReader(StringIO(as_(owner).get(page(queue, "results.csv")).content.decode())))
    document = as_(owner).get(page(queue, "results.json")).json()

    assert [(row["rank"], row["variant"], row["wins"], row["losses"]) for row in rows] == [
        ("1", "'=cmd()", "6", "5"),
        ("2", "b", "5", "6"),
    ]
    assert float(rows[0]["low"]) < float(rows[0]["strength"]) < float(rows[0]["high"])
    assert document["labels"] == 11
    assert document["questions"]["better"]["board"]["parts"][0]["rows"][0]["name"] == "=cmd()"


def test_as_many_queries_for_many_variants(project, owner, as_, django_assert_num_queries):
    small = voted(project, VOTES)
    names = [f"v{n}" for n in range(15)]
    elsewhere = make.project(slug="two")
    make.member(elsewhere, owner.username, role="owner")
    large = voted(elsewhere, [(one, other, "left", 1) for one, other in pairwise(names)])
    compute(small)
    compute(large)
    browser = as_(owner)
    for queue in (small, large):
        with django_assert_num_queries(10):
            browser.get(page(queue))
    assert "The strongest only" in text(browser.get(page(large)))
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("votes", "said"), [(7, 7), (99, 99), (101, 110), (25_538, 26_000), (99_500, 100_000)]
)
def test_votes_still_needed_are_said_in_two_digits(votes, said):
    assert roughly(votes) == said


def test_a_page_with_old_numbers_has_them_computed_by_itself(queue, owner, viewer, as_):
    by_itself = 'hx-trigger="load"'
    assert by_itself in as_(owner).get(page(queue)).content.decode()
    assert by_itself not in as_(viewer).get(page(queue)).content.decode()

    compute(queue)
    assert by_itself not in as_(owner).get(page(queue)).content.decode()
    label(queue, items(queue)[0], "tie", rater(queue, "Late"))
    assert by_itself not in as_(owner).get(page(queue)).content.decode()  # a minute is not old

    Report.objects.update(computed_at=timezone.now() - timedelta(minutes=2))
    assert by_itself in as_(owner).get(page(queue)).content.decode()


def test_equal_strengths_share_a_rank():
    rows = [{"strength": {"value": value}} for value in (1.5, 1.5 - 1e-13, 0.2, 0.2, 0.2, -1.0)]
    assert ranks(rows) == [1, 1, 3, 3, 3, 6]
    assert ranks([]) == []


def test_too_few_prompts_are_explained_once(project, owner, as_):
    queue = voted(project, [(one, other, "left", 2) for one, other in pairwise("abcd")])
    compute(queue)
    shown = text(as_(owner).get(page(queue)))
    assert shown.count("no interval can be given") == 1
    assert "Too few prompts." in shown
    assert "there are intervals from 5 on" not in shown


def test_a_queue_that_mirrors_pairs_is_not_told_to(queue, owner, as_):
    compute(queue)
    advice = "A queue’s set-up can have a share of pairs shown again."
    assert advice in text(as_(owner).get(page(queue)))
    queue.mirror_share = 0.2
    queue.save()
    shown = text(as_(owner).get(page(queue)))
    assert advice not in shown
    assert "nobody has answered a pair twice with its sides exchanged so far" in shown
