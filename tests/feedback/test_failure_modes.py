"""Failure modes: reworded, merged, split, mended, retired; nothing that was seen is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.services.raters import rater_of
from feedback.models import Sighting
from feedback.queries.modes import by_version, items_of, modes_on, offered, seen_mode, seen_modes, stale_items
from feedback.services import modes
from tests.feedback import logged, looking


@pytest.fixture
def items(project, owner, next_morning):
    logged.interactions(project, 6, prompt_version="v7", model="big")
    logged.plan(project, owner)
    return list(logged.check(project).queue.items.order_by("position"))


def counts(project) -> dict[str, tuple[int, int]]:
    """By name: items in all, stale ones."""
    return {one.mode.name: (one.items, one.stale) for one in seen_modes(project)}


def test_an_item_counts_once_whoever_saw_it(project, items, owner, annotator):
    looking.see(items[0], owner, "Rude")
    looking.see(items[0], annotator, "Rude")
    (rude,) = looking.see(items[1], owner, "Rude")

    seen = seen_mode(rude)

    assert (seen.items, seen.lately, seen.stale, seen.state) == (2, 2, 0, "open")
    assert (seen.first.date(), seen.last.date()) == (logged.DAY, logged.DAY)
    assert [(one.prompt_version, one.model, one.items) for one in by_version(rude)] == [("v7", "big", 2)]


def test_other_words_make_what_was_seen_stale_and_the_same_words_do_not(project, items, owner):
    (rude,) = looking.see(items[0], owner, "Rude")
    newest = modes.newest_version(rude)

    same, new = modes.reword(rude, modes.Words("Rude "), severity="critical", seen=newest.number, by=owner)
    assert (same, new) == (newest, False)
    assert counts(project) == {"Rude": (1, 0)}

    looking.reword(rude, owner, name="Unfriendly")
    assert counts(project) == {"Unfriendly": (1, 1)}
    assert list(stale_items(rude)) == [items[0]]

    looking.see(items[1], owner, "unfriendly")
    assert counts(project) == {"Unfriendly": (2, 1)}


def test_two_who_reword_at_once_are_told(project, owner):
    rude = modes.named(project, "Rude", owner)
    looking.reword(rude, owner)

    with pytest.raises(modes.ChangedMeanwhile):
        modes.reword(rude, modes.Words("Mine"), severity="minor", seen=1, by=owner)


def test_merged_modes_count_as_one_and_come_apart_again(project, items, owner):
    looking.see(items[0], owner, "Rude", "Unfriendly")
    looking.see(items[1], owner, "Rude")
    rude, unfriendly = (modes.named(project, name, owner) for name in ("Rude", "Unfriendly"))

    modes.merge(rude, unfriendly)

    assert seen_mode(unfriendly).items == 2
    assert {item.pk for item in items_of(unfriendly)} == {items[0].pk, items[1].pk}
    assert [mode.name for mode in offered(project)] == ["Unfriendly"]
    assert {mode.name for mode in modes_on([items[1].pk])[items[1].pk]} == {"Unfriendly"}
    with pytest.raises(modes.Circle):
        modes.merge(unfriendly, rude)

    modes.unmerge(rude)
    assert {name: n for name, (n, _stale) in counts(project).items()} == {"Rude": 2, "Unfriendly": 1}


def test_a_name_that_was_taken_meanwhile_stands_in_the_way_of_coming_back(project, owner):
    rude = modes.named(project, "Rude", owner)
    modes.retire(rude, timezone.now())
    modes.named(project, "rude", owner)

    with pytest.raises(modes.NameTaken):
        modes.bring_back(rude)


def test_split_takes_over_what_was_seen_on_the_chosen_items(project, items, owner, annotator):
    (rude,) = looking.see(items[0], owner, "Rude")
    looking.see(items[0], annotator, "Rude")
    looking.see(items[1], owner, "Rude")

    new = modes.split(rude, modes.Words("Sarcastic"), items[:1], by=owner)

    assert new.split_from == rude
    assert counts(project) == {"Rude": (1, 0), "Sarcastic": (1, 0)}
    raters = {rater_of(project, one).pk for one in (owner, annotator)}
    assert set(Sighting.objects.filter(mode=new, current=True).values_list("rater", flat=True)) == raters
    assert Sighting.objects.filter(mode=rude, current=False).count() == 2


def test_seen_again_after_it_was_mended_it_is_back(project, items, owner):
    (rude,) = looking.see(items[0], owner, "Rude")
    modes.fix(rude, "v8", timezone.now() + timedelta(days=1))
    rude.refresh_from_db()
    assert seen_mode(rude).state == "fixed"

    modes.fix(rude, "v8", logged.NEXT_MORNING - timedelta(days=2))
    rude.refresh_from_db()
    assert seen_mode(rude).state == "back"

    modes.open_again(rude)
    rude.refresh_from_db()
    assert seen_mode(rude).state == "open"


def test_the_list_asks_the_same_few_queries_however_many_there_are(
    project, items, owner, django_assert_max_num_queries
):
    for n, item in enumerate(items[:5]):
        looking.see(item, owner, *(f"Mode {n}-{k}" for k in range(4)))

    with django_assert_max_num_queries(4):
        assert len(seen_modes(project)) == 20
