"""Raters of a queue: speed, gold, drift and streaks, each to those who may see them."""

import re

import pytest
from django.utils import timezone

from annotator.models import Item, Place
from annotator.queries.raters import Hits, workers_of
from tests import make
from tests.annotator.asking import pair_queue
from tests.annotator.rated import items, label, minutes, person_of, queue_of, rater, text


def page(queue) -> str:
    return f"/p/shop/queues/{queue.pk}/people/"


def finish(queue) -> None:
    Place.objects.filter(queue=queue).update(done_at=timezone.now())


def one(queue, name: str = "Rosa"):
    return next(worker for worker in workers_of(queue).workers if worker.name == name)


def gold(queue, right: str, *, n: int, key: str = "good") -> list[Item]:
    some = items(queue)[:n]
    Item.objects.filter(pk__in=[item.pk for item in some]).update(gold={key: right})
    return some


def test_nobody_yet(project, owner, as_):
    shown = text(as_(owner).get(page(queue_of(project, 2))))

    assert "Nobody has answered yet." in shown
    assert "/label/" in shown


def test_thinking_and_waiting_are_apart(project, owner, as_):
    queue = queue_of(project, 3)
    rosa = rater(queue, "Rosa")
    for item, ms, wait in zip(items(queue), (2000, 4000, None), (100, 300, None), strict=True):
        label(queue, item, "yes", rosa, ms=ms, wait_ms=wait)

    found = one(queue)
    assert (found.thinking.n, found.thinking.middle, found.waiting.middle) == (2, 3.0, 0.2)
    assert found.thinking.long == pytest.approx(3.9)
    shown = text(as_(owner).get(page(queue)))
    assert "3.0" in shown
    assert "to 3.9" in shown
    assert "of 2 timed" in shown


def test_a_rater_without_times_is_not_timed(project, owner, as_):
    queue = queue_of(project, 1)
    label(queue, items(queue)[0], "yes", rater(queue, "robot", "llm"))

    assert "not timed" in text(as_(owner).get(page(queue)))


def test_gold_counts_answers_that_stand_and_says_how_sure_it_is(project, owner, as_):
    queue = queue_of(project, 5)
    rosa = rater(queue, "Rosa")
    some = gold(queue, "yes", n=4)
    for item, answer in zip(some, ("yes", "yes", "no", "no"), strict=True):
        first = label(queue, item, answer, rosa)
    label(queue, some[3], "yes", rosa, supersedes=first)  # a change of mind
    label(queue, items(queue)[4], "no", rosa)

    assert one(queue).gold == {"good": Hits(3, 4)}
    shown = text(as_(owner).get(page(queue)))
    assert "3 of 4" in shown
    assert "75\u202f%" in shown
    assert "(30–95\u202f%)" in shown


def test_gold_is_counted_by_question(project, owner, as_):
    queue = queue_of(project, 2, questions=("good", "safe"))
    Item.objects.filter(queue=queue).update(gold={"good": "yes", "safe": "no"})
    rosa = rater(queue, "Rosa")
    for item in items(queue):
        label(queue, item, "yes", rosa, question="good")
        label(queue, item, "yes", rosa, question="safe")

    assert one(queue).gold == {"good": Hits(2, 2), "safe": Hits(0, 2)}
    assert one(queue).all_gold == Hits(2, 4)
    assert "safe: 0 of 2" in text(as_(owner).get(page(queue)))


def test_a_skip_and_what_was_taken_back_are_no_answers(project):
    queue = queue_of(project, 2)
    rosa = rater(queue, "Rosa")
    one_, two = gold(queue, "yes", n=2)
    label(queue, one_, "skip", rosa)
    label(queue, two, "undo", rosa, supersedes=label(queue, two, "no", rosa))

    assert workers_of(queue).workers == []


def sitting(queue, by, answers: str, *, start: float = 0, skip: int = 0) -> None:
    """One answer a minute; `y` or `n` each."""
    for n, (item, letter) in enumerate(zip(items(queue)[skip:], answers, strict=False)):
        label(queue, item, {"y": "yes", "n": "no"}[letter], by, created_at=minutes(start + n), ms=3000)


def test_drift_compares_the_first_and_the_last_third_of_each_sitting(project, owner, as_):
    queue = queue_of(project, 60)
    rosa = rater(queue, "Rosa")
    sitting(queue, rosa, "y" * 10 + "yn" * 5 + "n" * 10)
    sitting(queue, rosa, "y" * 10 + "yn" * 5 + "n" * 10, start=29 + 31, skip=30)

    drift = one(queue).drift
    assert (drift.sittings, drift.early, drift.late) == (2, Hits(20, 20), Hits(0, 20))
    assert drift.change.value == -1
    shown = text(as_(owner).get(page(queue)))
    assert "Yes is said less often late in a sitting: by 100 points (77 to 100)." in shown
    assert "First thirds 20 of 20, last thirds 0 of 20, in 2 sittings." in shown


def test_a_pause_of_30_minutes_is_the_same_sitting(project):
    queue = queue_of(project, 6)
    rosa = rater(queue, "Rosa")
    sitting(queue, rosa, "yyy")
    sitting(queue, rosa, "nnn", start=2 + 30, skip=3)

    assert one(queue).drift.sittings == 1
    assert one(queue).drift.early == Hits(2, 2)


def test_no_drift_is_said_as_such_and_few_answers_are_not_compared(project, owner, as_):
    queue = queue_of(project, 30, order="random")
    sitting(queue, rater(queue, "Rosa"), "yn" * 15)
    sitting(queue, rater(queue, "Ravi"), "yny")

    shown = text(as_(owner).get(page(queue)))

    assert "No change shows over a sitting in how often yes is said: 0 points (−37 to 37)." in shown
    assert "Of 1 person there are too few answers" in shown
    assert "do not come at random" not in shown


def test_what_is_asked_weighs_the_same_early_and_late(project):
    """One question after the other: their rates differ, the person does not."""
    queue = queue_of(project, 30, questions=("good", "safe"), by_pass=True)
    rosa = rater(queue, "Rosa")
    for n, item in enumerate(items(queue)):
        label(queue, item, "yes", rosa, question="good", created_at=minutes(n))
        label(queue, item, "no", rosa, question="safe", created_at=minutes(30 + n))

    drift = one(queue).drift
    assert (drift.early, drift.late) == (Hits(10, 20), Hits(10, 20))


def test_of_pairs_the_ties_are_watched(project):
    queue = pair_queue(project, items=6)
    rosa = rater(queue, "Rosa")
    answers = ("left", "right", "left", "left", "tie", "both_bad")
    for n, (item, answer) in enumerate(zip(items(queue), answers, strict=True)):
        label(queue, item, answer, rosa, created_at=minutes(n))

    drift = one(queue).drift
    assert (drift.early, drift.late) == (Hits(0, 2), Hits(2, 2))


def test_fast_streaks_are_shown_neutrally_and_count_like_all_others(project, owner, as_):
    queue = queue_of(project, 40)
    steady, quick = rater(queue, "Steady"), rater(queue, "Quick")
    for n, item in enumerate(items(queue)):
        label(queue, item, "yes", steady, ms=5000, created_at=minutes(n))
    for n, item in enumerate(items(queue)[:21]):
        ms = 5000 if n == 10 else 300
        label(queue, item, "yes", quick, ms=ms, created_at=minutes(n))

    found = workers_of(queue)
    assert found.bound_ms == 500
    assert [(streak.n, streak.since, streak.until) for streak in one(queue, "Quick").streaks] == [
        (10, minutes(0), minutes(9)),
        (10, minutes(11), minutes(20)),
    ]
    assert one(queue, "Steady").streaks == []
    assert one(queue, "Quick").answers == 21
    shown = text(as_(owner).get(page(queue)))
    assert "10 answers in a row" in shown
    assert "each given in less than 0.50 seconds" in shown
    assert not re.search(r"suspicious|cheat|bad rater", shown, re.IGNORECASE)


def test_nine_are_no_streak_and_a_second_is_never_fast(project):
    queue = queue_of(project, 20)
    slow, quick = rater(queue, "Slow"), rater(queue, "Quick")
    for item in items(queue):
        label(queue, item, "yes", slow, ms=60_000)
    for n, item in enumerate(items(queue)):
        label(queue, item, "yes", quick, ms=900 if n < 9 else 1000)

    assert workers_of(queue).bound_ms == 1000
    assert one(queue, "Quick").streaks == []


def test_an_annotator_sees_only_themselves_until_all_is_answered(project, annotator, viewer, owner, as_):
    queue = queue_of(project, 4)
    some = gold(queue, "yes", n=2)
    amir, rosa = person_of(queue, annotator), rater(queue, "Rosa")
    for item in some:
        label(queue, item, "yes", amir)
        label(queue, item, "no", rosa)

    shown = text(as_(annotator).get(page(queue)))
    assert "amir" in shown
    assert "Rosa" not in shown
    assert "gold" not in shown.lower()
    assert "2 of 2" not in shown
    for person in (viewer, owner):
        assert "0 of 2" in text(as_(person).get(page(queue)))

    finish(queue)
    shown = text(as_(annotator).get(page(queue)))
    assert "Rosa" in shown
    assert "2 of 2" in shown


def test_names_are_text(project, owner, as_):
    queue = queue_of(project, 1)
    label(queue, items(queue)[0], "yes", rater(queue, "<b>Rosa</b>\u202e"))

    shown = text(as_(owner).get(page(queue)))
    assert "&lt;b&gt;Rosa" in shown
    assert "<b>Rosa" not in shown


def test_the_page_asks_as_much_for_many_raters_as_for_one(project, owner, as_, django_assert_num_queries):
    queue = queue_of(project, 12)
    browser = as_(owner)

    def asked(n: int) -> int:
        with django_assert_num_queries(12) as found:
            browser.get(page(queue))
        return len(found)

    sitting(queue, rater(queue, "Rosa"), "y" * 12)
    one_rater = asked(1)
    for n in range(5):
        sitting(queue, rater(queue, f"Rater {n}"), "yn" * 6)
    assert asked(6) == one_rater


def test_strangers_and_other_projects(project, stranger, as_):
    queue = queue_of(project, 1)
    elsewhere = make.queue(stranger.memberships.get().project)

    assert as_(stranger).get(page(queue)).status_code == 404
    assert (
        as_(make.member(project, "someone")).get(f"/p/shop/queues/{elsewhere.pk}/people/").status_code == 404
    )
    assert as_(make.member(project, "other")).post(page(queue)).status_code == 405


def test_where_all_only_click_it_is_still_seen(project):
    queue = queue_of(project, 20)
    quick = rater(queue, "Quick")
    for item in items(queue):
        label(queue, item, "yes", quick, ms=200)

    assert workers_of(queue).bound_ms == 250
    assert [streak.n for streak in one(queue, "Quick").streaks] == [20]
