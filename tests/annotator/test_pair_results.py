"""Results of pairs: what is counted, what is left out, and known numbers of public votes."""

from dataclasses import dataclass
from datetime import timedelta
from math import log
from time import process_time

import pytest
from django.db import transaction
from django.utils import timezone

from annotator.chance import in_random_share
from annotator.jobs import registry, runner, schedules
from annotator.models import Item, Job, JobState, Label, Report
from annotator.pair_results import biases, job, judges, result
from annotator.pair_results.votes import Given
from annotator.queries.votes import votes_in
from annotator.services.import_labels import Imported
from annotator.services.pair_results import ask_results
from annotator.stats import bias, bradley_terry
from annotator.stats.pairs import Vote
from tests import make
from tests.annotator.asking import fill, pair_queue
from tests.annotator.pairs import compute, llmfao, result_of, voted
from tests.annotator.rated import items, label, rater
from tests.pace import allowed

pytestmark = pytest.mark.django_db


def rows(result: dict, part: int = 0) -> dict[str, dict]:
    return {row["name"]: row for row in result["board"]["parts"][part]["rows"]}


def test_two_variants_with_ties(project):
    """50 wins, 25 losses, 25 undecided: ln 2 apart, its error 0.244949 by vote (statistics known)."""
    queue = voted(
        project,
        [("a", "b", "left", 50), ("a", "b", "right", 25), ("b", "a", "tie", 15), ("b", "a", "both_bad", 10)],
    )
    result = result_of(queue)

    board, found = result["board"], rows(result)
    assert (board["votes"], board["people"], board["prompts"], len(board["parts"])) == (100, 1, 100, 1)
    assert list(found) == ["a", "b"]
    assert found["a"]["strength"]["value"] == pytest.approx(log(2) / 2)
    assert found["b"]["strength"]["value"] == pytest.approx(-log(2) / 2)
    assert found["a"]["next"]["difference"]["se"] == pytest.approx(0.244949, abs=0.01)
    assert [found["a"][name] for name in ("wins", "losses", "ties", "both_bad")] == [50, 25, 15, 10]
    assert [found["b"][name] for name in ("wins", "losses", "ties", "both_bad")] == [25, 50, 15, 10]
    assert found["a"]["win_rate"]["value"] == 0.625
    assert found["a"]["next"]["votes"] == 0
    assert found["b"]["next"] is None
    (one, other) = board["pairs"]
    assert (one["one"], one["other"], one["wins"], one["losses"]) == ("a", "b", 50, 25)
    assert (other["one"], other["other"], other["wins"], other["losses"]) == ("b", "a", 25, 50)


def test_votes_on_one_prompt_widen_the_interval(project):
    """The same votes, on a hundred prompts and on ten that always say the same."""
    votes = [("a", "b", "left", 60), ("a", "b", "right", 40)]
    alone = rows(result_of(voted(project, votes)))["a"]["strength"]
    queue = voted(make.project(slug="two"), votes)
    for n, item in enumerate(items(queue)):
        item.input = f"In {n // 10}"
        item.save()
    together = rows(result_of(queue))["a"]["strength"]

    assert together["value"] == pytest.approx(alone["value"])
    assert together["se"] > 2 * alone["se"]


def test_no_interval_on_few_prompts(project):
    result = result_of(voted(project, [("a", "b", "left", 6), ("a", "b", "right", 4)], prompts=2))

    strength = rows(result)["a"]["strength"]
    assert (strength["low"], strength["reason"]) == (None, "few_prompts")
    assert rows(result)["a"]["next"]["reason"] == "few_prompts"


def test_parts_that_no_vote_connects_are_ranked_apart(project):
    result = result_of(
        voted(
            project,
            [("a", "b", "left", 6), ("a", "b", "right", 4), ("c", "d", "left", 5), ("c", "d", "right", 3)],
        )
    )

    assert [list(rows(result, part)) for part in (0, 1)] == [["a", "b"], ["c", "d"]]


def test_whoever_never_lost_gets_half_a_win_each_way(project):
    """10 to 0 becomes ln(10.5 / 0.5)."""
    result = result_of(voted(project, [("a", "b", "left", 10)]))

    assert result["board"]["parts"][0]["helped"]
    assert rows(result)["a"]["next"]["difference"]["value"] == pytest.approx(3.044522)


def test_nameless_and_alike_pairs_are_counted_and_rank_nobody(project):
    result = result_of(
        voted(
            project, [("a", "b", "left", 6), ("a", "", "left", 2), ("", "", "tie", 1), ("a", "a", "right", 3)]
        )
    )

    board = result["board"]
    assert (board["votes"], board["nameless"], board["alike"]) == (6, 3, 3)


def test_gold_and_repeats_and_what_was_taken_back_rank_nobody(project):
    queue = voted(project, [("a", "b", "left", 3), ("a", "b", "right", 2)])
    one, two, three, *_ = items(queue)
    Item.objects.filter(pk=one.pk).update(gold={"better": "left"})
    (again,) = fill(
        queue,
        [
            {
                "external_id": "p1~mirror",
                "input": "In 1",
                "left": "So.",
                "right": "Thus.",
                "left_variant": "a",
                "right_variant": "b",
                "copy_of": two,
            }
        ],
        places=False,
    )
    rosa = rater(queue, "Rosa")
    label(queue, again, "left", rosa, swapped=False)
    before = Label.objects.get(item=three)
    label(queue, three, "undo", rosa, supersedes=before)

    board = result_of(queue)["board"]
    assert board["votes"] == 3
    assert {(cell["one"], cell["wins"]) for cell in board["pairs"]} == {("a", 1), ("b", 2)}


def test_programs_are_listed_apart(project):
    queue = voted(project, [("a", "b", "left", 6), ("a", "b", "right", 4)])
    robot = rater(queue, "robot", "llm")
    for item in items(queue):
        label(queue, item, "left", robot, swapped=None)

    result = result_of(queue)

    assert result["board"]["votes"] == 10
    (judge,) = result["judges"]
    assert (judge["name"], judge["kind"], judge["votes"]) == ("robot", "llm", 10)
    assert (judge["agreement"]["value"], judge["agreement"]["n"]) == (0.6, 10)
    assert judge["biases"]["known"] == 0


def test_the_majority_is_the_single_top_answer_else_a_tie(project):
    queue = pair_queue(project, items=3, overlap=4)
    for item, answers in zip(
        items(queue), (("left", "left", "tie"), ("left", "right"), ("both_bad", "tie", "left")), strict=True
    ):
        for n, answer in enumerate(answers):
            label(queue, item, answer, rater(queue, f"r{n}"))

    found = judges.majorities(list(votes_in(queue)))

    assert [found[item.pk] for item in items(queue)] == ["first", "tie", "tie"]


def shown_first(project, wins: int, losses: int, *, swapped) -> dict:
    queue = voted(project, [("a", "b", "left", wins), ("a", "b", "right", losses)], swapped=swapped)
    return result_of(queue)["biases"]


def test_what_is_shown_first_is_what_the_label_says(project):
    """Left was A in all of them but for the swapped ones."""
    found = shown_first(project, 70, 50, swapped=lambda n: n >= 70)

    assert (found["known"], found["unknown"]) == (120, 0)
    assert found["position"]["first"]["n"] == 120
    assert found["position"]["first"]["value"] == 1  # A won each time: left as A, or right as A


def test_position_and_models_as_in_a_known_table(project):
    """A first: A wins 70 of 100; B first: B wins 50 of 100: b0 is logit(0.7) / 2."""
    queue = voted(
        project,
        [("a", "b", "left", 70), ("a", "b", "right", 30), ("b", "a", "left", 50), ("b", "a", "right", 50)],
        swapped=lambda n: False,
    )
    found = result_of(queue)["biases"]["position"]

    assert found["value"] == pytest.approx(0.423649, abs=1e-5)
    assert found["strengths"]
    assert found["p"] < 0.01


def test_an_unknown_order_says_nothing_of_position(project):
    found = shown_first(project, 70, 50, swapped=lambda n: None)

    assert (found["known"], found["unknown"]) == (0, 120)
    assert found["position"]["first"]["value"] is None
    assert found["position"]["reason"] == "no_votes"


def test_repeats_of_the_same_person_are_compared(project):
    queue = pair_queue(project, items=4)
    rosa, ravi = rater(queue, "Rosa"), rater(queue, "Ravi")
    originals = items(queue)
    copies = fill(
        queue,
        [
            {
                "external_id": f"{item.external_id}~mirror",
                "left": item.left,
                "right": item.right,
                "copy_of": item,
            }
            for item in originals
        ],
        places=False,
    )
    for item, copy, first, second in zip(
        originals, copies, ("left", "left", "left", "tie"), ("left", "right", "tie", "tie"), strict=True
    ):
        label(queue, item, first, rosa, swapped=False)
        label(queue, copy, second, rosa, swapped=True)
    label(queue, originals[0], "left", ravi, swapped=False)  # he saw it once

    found = biases.repeats(list(votes_in(queue)))

    assert (found["n"], found["unclear"]) == (4, 1)
    assert (found["consistent"]["value"], found["consistent"]["n"]) == (0.5, 4)
    assert (found["first"]["value"], found["first"]["n"]) == (1.0, 1)  # left as A, then right as A


def test_lengths_are_characters(project):
    queue = pair_queue(project, items=0)
    fill(queue, [{"external_id": "p", "input": None, "left": "é\U0001f600", "right": ["a", "b"]}])
    label(queue, items(queue)[0], "left", rater(queue, "Rosa"))

    (vote,) = votes_in(queue)

    assert (vote.left_length, vote.right_length) == (2, len('["a", "b"]'))


def test_pairs_without_an_input_are_prompts_of_their_own(project):
    queue = voted(project, [("a", "b", "left", 3)])
    Item.objects.filter(queue=queue).update(input=None)

    assert len({vote.prompt for vote in votes_in(queue)}) == 3


# --- the job ------------------------------------------------------------------------------------


def test_asking_twice_is_one_job_and_after_it_another(project):
    queue = voted(project, [("a", "b", "left", 3)])
    assert ask_results(queue=queue).pk == ask_results(queue=queue).pk

    done = compute(queue)

    assert done.state == JobState.DONE
    assert registry.result_url(done) == f"/p/shop/queues/{queue.pk}/results/"
    report = Report.objects.get()
    assert (report.kind, report.result["labels"], report.job) == ("pairs", 3, done)
    assert report.last_label == Label.objects.latest("pk").pk
    assert ask_results(queue=queue).pk != done.pk


def test_a_failed_one_is_tried_again(project):
    queue = voted(project, [("a", "b", "left", 3)])
    failed = ask_results(queue=queue)
    Job.objects.update(state=JobState.FAILED, finished_at=timezone.now(), error="no")

    again = ask_results(queue=queue)

    assert (again.pk, again.state) == (failed.pk, JobState.DUE)


def test_a_slower_job_keeps_the_newer_result(project):
    queue = voted(project, [("a", "b", "left", 3)])
    compute(queue)
    Report.objects.update(last_label=10**9, result={"labels": 10**9, "questions": {}})

    compute(queue)

    assert Report.objects.get().last_label == 10**9


def test_other_queues_and_gone_ones_fail_with_a_word(project):
    plain = ask_results(queue=make.queue(project))
    gone = Job.objects.create(
        project=project,
        kind=job.NAME,
        idempotency_key="x",
        arguments={"queue": "0" * 8 + "-0000-4000-8000-" + "0" * 12},
    )
    for one, word in ((plain, "Only queues of pairs"), (gone, "was deleted")):
        runner.run(one.pk, queue="default")
        one.refresh_from_db()
        assert one.state == JobState.FAILED
        assert word in one.error


def test_once_an_hour_while_there_are_newer_labels(project):
    queue = voted(project, [("a", "b", "left", 3)])
    pair_queue(make.project(slug="empty"))  # nothing was answered in it
    make.queue(project)
    now = timezone.now().replace(minute=20)

    def asked(at) -> list[Job]:
        return [one for one in schedules.ask_due(at) if one.kind == job.NAME]

    (first,) = asked(now)
    assert first.arguments == {"queue": str(queue.pk)}
    assert asked(now + timedelta(minutes=5)) == []
    compute(queue)
    assert asked(now + timedelta(hours=1)) == []
    label(queue, items(queue)[0], "right", rater(queue, "Ravi"))
    assert len(asked(now + timedelta(hours=2))) == 1


# --- public votes --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Public:
    told: Imported
    votes: list[Given]
    result: dict
    seconds: float


@pytest.fixture(scope="module")
def public(django_db_setup, django_db_blocker) -> Public:
    """5,138 votes of 124 people on 1,235 pairs, with two judges: imported and computed once."""
    with django_db_blocker.unblock(), transaction.atomic():
        queue, told = llmfao(make.project(slug="llmfao"))
        begun = process_time()
        computed = result_of(queue)
        found = Public(told, list(votes_in(queue)), computed, process_time() - begun)
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def evalica():
    """Another library's numbers. It takes seconds to import."""
    import evalica

    return evalica


def test_public_votes_are_imported_and_ranked_as_by_another_library(public, evalica):
    assert (public.told.known, public.told.unknown) == (0, ())
    people = [vote for vote in public.votes if vote.kind == "human"]
    assert (len(people), len({vote.rater for vote in people})) == (5138, 124)
    assert public.seconds < allowed(20)

    board = public.result["board"]
    assert (board["votes"], board["people"], board["prompts"]) == (5138, 124, 13)
    (part,) = board["parts"]
    order = [row["name"] for row in part["rows"]]
    assert order[0] == "GPT 4"
    assert sum(row["strength"]["value"] for row in part["rows"]) == pytest.approx(0, abs=1e-6)
    assert all(
        row["strength"]["low"] < row["strength"]["value"] < row["strength"]["high"] for row in part["rows"]
    )

    winners = {"first": evalica.Winner.X, "second": evalica.Winner.Y, "tie": evalica.Winner.Draw}
    scores = evalica.bradley_terry(
        [vote.left for vote in people],
        [vote.right for vote in people],
        [winners[vote.outcome] for vote in people],
        tolerance=1e-10,
        limit=10_000,
    ).scores.map(log)
    scores -= scores.mean()
    names = sorted(order)
    (halves,) = bradley_terry.rank(
        (Vote(vote.prompt, names.index(vote.left), names.index(vote.right), vote.outcome) for vote in people),
        len(names),
        halves=True,
    ).parts
    for variant, strength in zip(halves.variants, halves.strengths, strict=True):
        assert strength.value == pytest.approx(scores[names[variant]], abs=1e-4)
    # Ties as ties, or as two halves: the same order but for neighbours that are not told apart.
    theirs = list(scores.sort_values(ascending=False).index)
    for row in part["rows"]:
        name = row["name"]
        assert abs(order.index(name) - theirs.index(name)) <= 2
        if row["next"] and row["next"]["votes"] == 0:
            assert scores[name] > scores[order[order.index(name) + 1]]
        # With ties as halves a strength is drawn towards the mean, and lies within the interval.
        assert row["strength"]["low"] <= scores[name] * 1.6 <= row["strength"]["high"]


def test_public_judges_agree_as_known(public):
    found = {judge["name"]: judge for judge in public.result["judges"]}

    for name, share, decided, n in (("gpt-4", 0.3838, 0.7441, 598), ("gpt-3.5", 0.3409, 0.6571, 557)):
        assert found[name]["agreement"]["value"] == pytest.approx(share, abs=5e-5)
        assert found[name]["decided"]["value"] == pytest.approx(decided, abs=5e-5)
        assert found[name]["decided"]["n"] == n


def test_public_biases_are_as_known(public):
    """Position and length without the models; the first side being shown as A."""
    by = {}
    for vote in public.votes:
        by.setdefault("people" if vote.kind == "human" else vote.name, []).append(vote.duel)

    for who, n, position, length in (
        ("people", 3099, (0.1380, 0.0361), (0.0303, 0.0120)),
        ("gpt-4", 1194, (-0.1756, 0.0598), (-0.1522, 0.0195)),
        ("gpt-3.5", 1127, (0.8422, 0.0661), (0.0999, 0.0207)),
    ):
        found = bias.one_order(by[who])
        assert found.votes == n
        assert (found.position.value, found.position.vote_se) == pytest.approx(position, abs=6e-5)
        assert (found.length.value, found.length.vote_se) == pytest.approx(length, abs=6e-5)


def test_a_judge_that_prefers_what_stands_first_is_found(public):
    found = {judge["name"]: judge for judge in public.result["judges"]}["gpt-3.5"]

    assert found["biases"]["position"]["value"] > 0.5
    assert found["biases"]["position"]["p"] < 0.001
    assert found["minus_people"]["position"]["value"] > 0.3
    assert found["minus_people"]["position"]["p"] < 0.05


def test_of_pairs_put_in_front_for_being_uncertain_the_random_share_alone_ranks(project):
    queue = voted(project, [("a", "b", "left", 40), ("a", "b", "right", 20)])
    drawn = [item.pk for item in queue.items.all() if in_random_share(queue.seed, item.external_id, 0.5)]
    assert 0 < len(drawn) < 60
    queue.labels.exclude(item__in=drawn).update(chosen=True)

    assert result_of(queue)["chosen"] == 0  # all are answered: nothing was chosen among them
    fill(queue, [{"external_id": "left over", "left": "x", "right": "y"}])

    found = result_of(queue)
    assert (found["board"]["votes"], found["chosen"]) == (len(drawn), 60 - len(drawn))
    [row_a] = [row for row in found["board"]["parts"][0]["rows"] if row["name"] == "a"]
    assert row_a["wins"] == queue.labels.filter(item__in=drawn, answer="left").count()


def test_twenty_thousand_votes_are_quick():
    """Seconds, so that “compute now” is a wait and no errand."""
    answers = ("left", "right", "tie", "left", "both_bad")
    votes = [
        Given(
            question=1,
            item=n // 4,
            original=None,
            rater=n % 40,
            kind="human",
            name="",
            prompt=f"In {n // 4 % 500}",
            left=f"m{n % 8}",
            right=f"m{(n + 1 + n // 8 % 7) % 8}",
            left_length=n % 900,
            right_length=n % 700,
            answer=answers[n * 7 % 31 % 5],
            swapped=n % 3 == 0,
        )
        for n in range(20_000)
    ]
    begun = process_time()
    found = result.of_votes(votes)

    assert found["1"]["board"]["votes"] == 20_000
    assert process_time() - begun < 10
