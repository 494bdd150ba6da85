"""A queue is filled from the log: by filters, all or a sample, singles or pairs, and once."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotator.jobs import leases, registry, runner
from annotator.models import Job, JobState, Place
from annotator.queries.jobs import shown
from annotator.services import queue_settings, queues
from feedback.jobs import fill_from_log
from feedback.models import Interaction
from feedback.queries import matching
from feedback.queries.interactions import Where
from feedback.services import from_log
from feedback.services.from_log import Wanted
from tests import make
from tests.feedback.logged import check, interactions, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(project):
    return make.queue(project, items=0, name="Refunds")


@pytest.fixture
def pairs(project):
    better = queues.set_question(project=project, key="better", text="Which?", kind="pairwise").question
    return queues.make_queue(project=project, name="A or B", kind="pairwise", questions=[better])


def address(queue, query=""):
    return f"/p/shop/queues/{queue.pk}/from-log/{query}"


def sent(**more):
    return {"how": "sample", "n": "5", "seed": "7", "token": str(uuid4()), **more}


def fill(queue, where=None, *, n=None, seed=7, apart="", token=None) -> Job:
    """Asked for and run to its end."""
    wanted = Wanted(where or Where(), n, seed, apart)
    job = from_log.start(queue, wanted, token=token or uuid4(), by=None)
    return run(job)


def run(job: Job) -> Job:
    claimed = leases.claim(job.pk)
    if claimed is not None:
        runner.run_claimed(claimed)
    job.refresh_from_db()
    return job


def told(job: Job) -> str:
    return shown([job], timezone.now())[0].detail


# The page.


def test_an_owner_counts_by_filters_and_fills(as_, owner, queue, project):
    interactions(project, 12)
    interactions(project, 3, feature="chat")
    browser = as_(owner)

    page = browser.get(address(queue, "?feature=email"))
    assert page.status_code == 200
    assert "<strong>12</strong> interactions match" in page.content.decode()
    assert "feature=email" in page.content.decode()

    answer = browser.post(address(queue, "?feature=email"), sent(n="5"))
    job = Job.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/p/shop/jobs/{job.pk}/"
    assert run(job).state == JobState.DONE
    done = browser.get(answer["Location"]).content.decode()
    assert f"/p/shop/queues/{queue.pk}/" in done
    assert "Refunds · 5 added, of 12 that matched" in done

    items = list(queue.items.order_by("position"))
    assert len(items) == 5
    assert {item.metadata["feature"] for item in items} == {"email"}
    assert {item.origin for item in items} == {"interaction"}
    assert {item.reason for item in items} == {"drawn at random: 5 of 12 that matched in the log"}
    assert Place.objects.filter(queue=queue).count() == 5


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_owners_come_in(as_, annotator, viewer, stranger, queue, method):
    for person, status in ((annotator, 403), (viewer, 403), (stranger, 404)):
        assert getattr(as_(person), method)(address(queue), sent()).status_code == status
    assert not Job.objects.exists()


def test_a_queue_of_another_project_is_not_found(as_, owner, stranger, queue, project):
    other = make.queue(stranger.memberships.get().project)
    assert as_(owner).get(address(other)).status_code == 404
    assert as_(stranger).get(f"/p/elsewhere/queues/{queue.pk}/from-log/").status_code == 404


def test_a_queue_that_may_not_be_filled_says_why(as_, owner, queue, project):
    queue_settings.close(queue)
    page = as_(owner).get(address(queue))
    assert "open it again first" in page.content.decode()
    assert "<form" not in page.content.decode().split("<h2>")[1].split("</main>")[0]
    assert as_(owner).post(address(queue), sent()).status_code == 422
    assert not Job.objects.exists()


def test_a_checks_queue_stays_as_it_was_drawn(as_, owner, project, next_morning):
    interactions(project, 30)
    plan(project, owner)
    drawn = check(project).queue
    assert "drawn by chance" in as_(owner).get(address(drawn)).content.decode()
    assert as_(owner).post(address(drawn), sent()).status_code == 422


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"n": ""}, "Say how many to draw."),
        ({"n": "0"}, "greater than or equal to 1"),
        ({"n": "10001"}, "less than or equal to 10000"),
        ({"seed": "x"}, "Enter a whole number"),
        ({"how": "some"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_said_at_its_place_and_nothing_starts(as_, owner, queue, project, body, said):
    interactions(project, 3)
    answer = as_(owner).post(address(queue), sent(**body))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Job.objects.exists()


def test_filters_that_match_nothing_or_are_wrong(as_, owner, queue, project):
    interactions(project, 3)
    answer = as_(owner).post(address(queue, "?feature=nosuch"), sent())
    assert answer.status_code == 422
    assert "Nothing in the log matches these filters" in answer.content.decode()
    wrong = as_(owner).get(address(queue, "?since=2026-11-24&until=2026-11-20"))
    assert wrong.status_code == 400
    assert "This day lies before the first one." in wrong.content.decode()
    assert as_(owner).post(address(queue, "?since=never"), sent()).status_code == 400
    assert not Job.objects.exists()


def test_no_match_offers_the_way_out_instead_of_the_form(as_, owner, queue, project):
    interactions(project, 3)
    page = as_(owner).get(address(queue, "?feature=nosuch")).content.decode()
    assert "Clear the filters" in page
    assert "Size of the sample" not in page


def test_an_empty_log_leads_to_the_way_to_fill_it(as_, owner, queue):
    page = as_(owner).get(address(queue)).content.decode()
    assert "Nothing has been logged yet." in page
    assert 'href="/p/shop/log/"' in page


def test_a_second_sample_is_warned_of(as_, owner, queue, project):
    interactions(project, 9)
    assert "holds a random sample already" not in as_(owner).get(address(queue)).content.decode()
    fill(queue, n=3)
    assert "holds a random sample already" in as_(owner).get(address(queue)).content.decode()


def test_sent_twice_it_is_one_job_and_with_other_filters_another(as_, owner, queue, project):
    interactions(project, 3)
    body = sent(how="all")
    for _ in "ab":
        as_(owner).post(address(queue), body)
    assert Job.objects.count() == 1
    as_(owner).post(address(queue, "?feature=email"), body)
    assert Job.objects.count() == 2


def test_all_of_too_many_is_refused(as_, owner, queue, project, monkeypatch):
    monkeypatch.setattr("feedback.services.from_log.MOST", 4)
    monkeypatch.setattr("feedback.forms.from_log.MOST", 4)
    interactions(project, 5)
    answer = as_(owner).post(address(queue), sent(how="all"))
    assert "More than 4 match: draw a random sample" in answer.content.decode()
    job = fill(queue)  # came while the job waited
    assert job.state == JobState.FAILED
    assert "More than 4 match" in job.error
    assert not queue.items.exists()


def test_the_page_costs_the_same_for_a_short_and_a_long_log(
    as_, owner, queue, project, django_assert_num_queries
):
    browser = as_(owner)
    for n in (3, 60):
        interactions(project, n, name=f"of-{n}")
        browser.get(address(queue))
        with django_assert_num_queries(11):
            browser.get(address(queue))


# Counting.


def test_counting_stops_when_it_is_enough_or_its_time_is_up(project, monkeypatch):
    monkeypatch.setattr(matching, "FIRST_STEP", 4)
    interactions(project, 20)
    assert matching.counted(project, Where(), most=100) == matching.Count(20)
    assert matching.counted(project, Where(), most=3) == matching.Count(4 + 1, more=True)
    stopped = matching.counted(project, Where(equal=(("feature", "x"),)), most=100, patience=0)
    assert stopped.n == 0
    assert not stopped.is_all


# Singles.


def test_all_come_in_the_order_of_time_with_everything_that_was_logged(queue, project):
    interactions(
        project, 3, model="m-1", prompt_version="p-2", variant="b", context=["doc"], metadata={"k": 1}
    )
    job = fill(queue)

    items = list(queue.items.order_by("position"))
    row = Interaction.objects.get(external_id="email-0")
    assert [item.external_id for item in items] == ["email-0", "email-1", "email-2"]
    first = items[0]
    assert (first.input, first.output, first.context) == ("Question 0", "Answer 0", ["doc"])
    assert first.metadata["interaction"] == str(row.pk)
    assert (first.metadata["model"], first.metadata["prompt_version"]) == ("m-1", "p-2")
    assert (first.metadata["variant"], first.metadata["metadata"]) == ("b", {"k": 1})
    assert first.inclusion_probability == 1
    assert first.reason == "all 3 that matched in the log"
    assert (job.done, job.total, job.result["added"]) == (3, 3, 3)


def test_filters_of_every_sort_reach_the_job(queue, project):
    interactions(project, 4)
    interactions(project, 2, name="bad", error="Timeout", output=None)
    interactions(project, 2, name="said", output="the refund is wrong")
    ids = sorted(Interaction.objects.values_list("pk", flat=True))
    where = Where(first=ids[0], end=ids[-1], equal=(("feature", "email"),), failed=True, text="time")
    assert Wanted.of_json(Wanted(where, 3, 1, "model").as_json()) == Wanted(where, 3, 1, "model")

    fill(queue, Where(failed=True))
    assert queue.items.count() == 2
    fill(queue, Where(text="REFUND"))
    assert queue.items.count() == 4


def test_the_probabilities_of_a_sample_sum_up_to_the_log(queue, project):
    interactions(project, 40)
    interactions(project, 7, feature="chat")
    fill(queue, n=10)
    chances = list(queue.items.values_list("inclusion_probability", flat=True))
    assert len(chances) == 10
    assert sum(1 / chance for chance in chances) == pytest.approx(47)


def test_each_is_drawn_equally_often(project):
    interactions(project, 10)
    found = list(matching.keys(project, Where()))
    drawn = Counter(key for seed in range(2_000) for key in from_log._sample(iter(found), 3, seed).keys)
    assert len(drawn) == 10
    assert max(abs(times - 600) for times in drawn.values()) < 5 * (2_000 * 0.3 * 0.7) ** 0.5


def test_the_same_seed_draws_the_same_and_another_one_another(queue, project):
    interactions(project, 50)
    fill(queue, n=10, seed=1)
    again = fill(queue, n=10, seed=1)
    assert (again.result["added"], again.result["known"]) == (0, 10)
    assert "10 were there already" in told(again)
    other = make.queue(project, items=0)
    fill(other, n=10, seed=2)
    ids = [set(one.items.values_list("external_id", flat=True)) for one in (queue, other)]
    assert ids[0] != ids[1]


def test_twice_is_once(queue, project):
    interactions(project, 6)
    fill(queue)
    interactions(project, 2, name="new")
    again = fill(queue)
    assert (again.result["added"], again.result["known"], again.result["changed"]) == (2, 6, 0)
    assert queue.items.count() == 8
    assert Place.objects.filter(queue=queue).count() == 8


def test_one_external_id_at_two_times_is_two_items_whichever_comes_first(queue, project):
    interactions(project, 1, name="call")
    later = interactions(project, 1, name="call", at=timezone.now())[0]
    fill(queue, Where(first=later.pk))
    assert [item.external_id for item in queue.items.all()] == [str(later.pk)]
    fill(queue)
    assert set(queue.items.values_list("external_id", flat=True)) == {"call-0", str(later.pk)}


def test_the_item_leads_back_to_its_interaction(as_, owner, queue, project):
    row = interactions(project, 1)[0]
    fill(queue)
    answer = as_(owner).get(f"/p/shop/log/item/{queue.items.get().pk}/")
    assert answer["Location"] == f"/p/shop/log/{row.pk}/"
    assert "Refunds" in as_(owner).get(answer["Location"]).content.decode()


def test_another_projects_log_is_never_touched(queue, project, stranger):
    interactions(stranger.memberships.get().project, 5)
    job = fill(queue)
    assert not queue.items.exists()
    assert told(job) == "Refunds · nothing matched"


# Killed, cancelled, and a queue that changed.


def test_a_killed_job_goes_on_where_it_was_and_adds_each_once(queue, project, monkeypatch):
    monkeypatch.setattr(fill_from_log, "CHUNK", 3)
    interactions(project, 10)
    job = from_log.start(queue, Wanted(Where(), 8, 7), token=uuid4(), by=None)
    copied = fill_from_log.add_items

    def killed_at_the_second(to, items):
        added = copied(to, items)
        if to.items.count() > 3:
            raise KeyboardInterrupt
        return added

    monkeypatch.setattr(fill_from_log, "add_items", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        runner.run_claimed(leases.claim(job.pk))
    job.refresh_from_db()
    assert (job.done, job.total, queue.items.count()) == (3, 8, 3)

    monkeypatch.setattr(fill_from_log, "add_items", copied)
    interactions(project, 30, name="meanwhile")
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run(job)
    assert (job.state, job.done, job.result["added"], job.result["population"]) == ("done", 8, 8, 10)
    assert not queue.items.filter(external_id__startswith="meanwhile").exists()
    assert {item.inclusion_probability for item in queue.items.all()} == {0.8}


def test_cancelled_between_two_chunks_keeps_what_was_added(queue, project, monkeypatch):
    monkeypatch.setattr(fill_from_log, "CHUNK", 3)
    interactions(project, 10)
    job = from_log.start(queue, Wanted(Where()), token=uuid4(), by=None)
    copied = fill_from_log.add_items

    def asked_to_stop(to, items):
        Job.objects.update(cancel_asked=True)
        return copied(to, items)

    monkeypatch.setattr(fill_from_log, "add_items", asked_to_stop)
    assert run(job).state == JobState.CANCELLED
    assert queue.items.count() == 3


def test_what_is_gone_from_the_log_meanwhile_is_counted(queue, project, monkeypatch):
    rows = interactions(project, 4)
    choose = from_log.choose

    def and_rotated(to, wanted):
        chosen = choose(to, wanted)
        rows[1].delete()
        return chosen

    monkeypatch.setattr(from_log, "choose", and_rotated)
    job = fill(queue)
    assert (job.result["added"], job.result["gone"]) == (3, 1)
    assert "1 is gone from the log" in told(job)


def test_a_queue_that_was_closed_or_deleted_meanwhile_fails_with_words(queue, project):
    interactions(project, 2)
    job = from_log.start(queue, Wanted(Where()), token=uuid4(), by=None)
    queue_settings.close(queue)
    assert run(job).state == JobState.FAILED
    assert "open it again first" in job.error
    gone = from_log.start(queue, Wanted(Where()), token=uuid4(), by=None)
    queue.delete()
    assert run(gone).error == "The queue is gone."
    assert told(gone) == ""
    assert registry.title(gone.kind) == "Fill a queue from the log"


# Pairs.


def answers(project, variant, *texts, column="variant", **more):
    """One interaction an input `Question k`, answered by a variant."""
    rows = []
    for k, text in enumerate(texts):
        values = {"output": text, "input": f"Question {k}", column: variant, **more}
        rows += interactions(project, 1, name=f"{variant}-{k}-{text[:9]}", **values)
    return rows


def test_pairs_are_made_of_the_same_input_and_two_variants(pairs, project):
    right = answers(project, "b", "Soon, by post.", "Never, I fear.")
    left = answers(project, "a", "Within a week.", "Always, of course.", "Only asked once.")
    job = fill(pairs, apart="variant")

    items = sorted(pairs.items.all(), key=lambda item: item.input)
    assert [item.input for item in items] == ["Question 0", "Question 1"]
    first = items[0]
    assert (first.left, first.right) == ("Within a week.", "Soon, by post.")
    assert (first.left_variant, first.right_variant) == ("a", "b")
    assert first.external_id == f"{left[0].pk}:{right[0].pk}"
    assert first.metadata["left"]["interaction"] == str(left[0].pk)
    assert first.metadata["right"]["interaction"] == str(right[0].pk)
    assert first.output is None
    assert first.inclusion_probability == 1
    assert (job.done, job.total, job.result["population"]) == (2, 2, 2)


def test_the_newest_of_each_variant_one_pair_for_two_variants(pairs, project):
    answers(project, "a", "An old answer it was.")
    answers(project, "a", "A new answer it is.", at=timezone.now())
    answers(project, "b", "The second said so.")
    answers(project, "c", "The third said no.")
    fill(pairs, apart="variant")
    found = {(item.left_variant, item.right_variant): item.left for item in pairs.items.all()}
    assert set(found) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert found["a", "b"] == "A new answer it is."


def test_twice_makes_no_pair_twice(pairs, project):
    answers(project, "a", "Within a week.")
    answers(project, "b", "Soon, by post.")
    fill(pairs, apart="variant")
    again = fill(pairs, apart="variant")
    assert (again.result["added"], again.result["known"]) == (0, 1)
    assert pairs.items.count() == 1


@pytest.mark.parametrize("column", ["model", "prompt_version"])
def test_something_else_may_tell_them_apart(pairs, project, column):
    answers(project, "m-2", "Within a week.", column=column)
    answers(project, "m-1", "Soon, by post.", column=column)
    nothing = fill(pairs, apart="variant")
    assert "no pairs" in told(nothing)
    fill(pairs, apart=column)
    item = pairs.items.get()
    assert (item.left_variant, item.right_variant) == ("m-1", "m-2")


def test_same_outputs_are_held_back_and_missing_ones_make_no_pair(pairs, project):
    answers(project, "a", "The very same words.", "Fine, as it seems.")
    answers(project, "b", "The very same words.")
    answers(project, "c", "", input="Question 1", error="Timeout")
    interactions(project, 1, name="none", input="Question 1", output=None, variant="d")
    job = fill(pairs, apart="variant")
    item = pairs.items.get()
    assert item.held
    assert [one["kind"] for one in item.findings] == ["same"]
    assert job.result["held"] == 1
    assert "1 is held back" in told(job)


def test_filters_bound_the_pairs_and_a_sample_has_its_chance(pairs, project):
    for variant in "ab":
        answers(project, variant, *(f"Answer {k} of {variant} is here." for k in range(6)))
    answers(project, "c", "From another feature.", feature="chat")
    fill(pairs, Where(equal=(("feature", "email"),)), n=2, apart="variant")
    items = list(pairs.items.all())
    assert len(items) == 2
    assert sum(1 / item.inclusion_probability for item in items) == pytest.approx(6)


def test_a_context_is_shown_when_both_had_the_same(pairs, project):
    answers(project, "a", "Within a week.", context=["same"])
    answers(project, "b", "Soon, by post.", context=["same"])
    fill(pairs, apart="variant")
    assert pairs.items.get().context == ["same"]
    answers(project, "c", "Who can say it.", context=["other"])
    fill(pairs, apart="variant")
    assert pairs.items.get(left_variant="a", right_variant="c").context is None


def test_the_page_of_a_pairwise_queue_asks_what_tells_them_apart(as_, owner, pairs, project):
    answers(project, "a", "Within a week.")
    page = as_(owner).get(address(pairs)).content.decode()
    assert "What tells the two outputs apart" in page
    assert as_(owner).post(address(pairs), sent()).status_code == 422
    assert as_(owner).post(address(pairs), sent(apart="id")).status_code == 422
    assert as_(owner).post(address(pairs), sent(apart="model")).status_code == 302
    assert Job.objects.get().arguments["apart"] == "model"


def test_a_filter_by_what_tells_them_apart_leaves_no_pair(as_, owner, pairs, project):
    answers(project, "a", "Within a week.")
    refused = as_(owner).post(address(pairs, "?variant=a"), sent(apart="variant"))
    assert refused.status_code == 422
    assert "The filters let only one of these through" in refused.content.decode()
    assert not Job.objects.exists()


# From the log's list.


def test_the_log_leads_to_the_queues_with_its_filters(as_, owner, annotator, queue, project):
    interactions(project, 3)
    closed = make.queue(project, name="Shut")
    queue_settings.close(closed)
    page = as_(owner).get("/p/shop/log/?feature=email").content.decode()
    assert 'href="/p/shop/log/to-queue/?feature=email"' in page
    chosen = as_(owner).get("/p/shop/log/to-queue/?feature=email").content.decode()
    assert f'href="/p/shop/queues/{queue.pk}/from-log/?feature=email"' in chosen
    assert "Shut" not in chosen
    assert "to-queue" not in as_(annotator).get("/p/shop/log/").content.decode()


def test_without_a_queue_the_next_step_is_to_make_one(as_, owner, annotator, stranger, project):
    page = as_(owner).get("/p/shop/log/to-queue/").content.decode()
    assert "No open queue can be filled by hand yet." in page
    assert 'href="/p/shop/queues/new/"' in page
    assert as_(annotator).get("/p/shop/log/to-queue/").status_code == 403
    assert as_(stranger).get("/p/shop/log/to-queue/").status_code == 404
    assert as_(owner).get("/p/shop/log/to-queue/?since=never").status_code == 400
