"""How far seeing pre-labels moves people, and how right pre-labels are to who did not see them."""

from annotator.queries.raters import Hits, suggested_in
from annotator.web.rater_words import influence_sentence, rightness_sentence
from tests.annotator.asking import prelabel
from tests.annotator.rated import items, label, person_of, queue_of, rater, text


def told(
    queue, *, shown: tuple[int, int], hidden: tuple[int, int], model: str = "small", skip: int = 0
) -> None:
    """So many of so many who agreed with a pre-label "yes"; one item each."""
    rosa = rater(queue, "Rosa")
    answers = [
        (seen, "yes" if n < x else "no")
        for seen, (x, total) in ((True, shown), (False, hidden))
        for n in range(total)
    ]
    for item, (seen, answer) in zip(items(queue)[skip:], answers, strict=False):
        prelabel(item, "good", "yes", name=model)
        label(queue, item, answer, rosa, prelabel_shown=seen)


def test_agreement_when_shown_and_when_hidden(project, owner, as_):
    """56 of 70 against 48 of 80: 20 points, 5 to 33 (Newcombe)."""
    queue = queue_of(project, 150)
    told(queue, shown=(56, 70), hidden=(48, 80))

    (found,) = suggested_in(queue)

    assert (found.name, found.shown, found.hidden) == ("small", Hits(56, 70), Hits(48, 80))
    shown = text(as_(owner).get(f"/p/shop/queues/{queue.pk}/people/"))
    assert "Seeing them moves answers 20 points (5 to 33) towards the suggestion." in shown
    assert "They say what people say who did not see them in 60\u202f% (49–70\u202f%) of 80 answers." in shown
    assert "56 of 70 who saw it" in shown
    assert "48 of 80 from whom chance hid it" in shown


def test_away_from_the_suggestion(project):
    queue = queue_of(project, 150)
    told(queue, shown=(48, 80), hidden=(56, 70))

    assert (
        influence_sentence(suggested_in(queue)[0])
        == "Seeing them moves answers 20 points (5 to 33) away from the suggestion."
    )


def test_no_effect_is_no_zero(project):
    queue = queue_of(project, 20)
    told(queue, shown=(5, 10), hidden=(5, 10))

    assert influence_sentence(suggested_in(queue)[0]).startswith(
        "No effect of seeing them shows: 0 points (−"
    )


def test_what_cannot_be_said_is_said(project):
    few, all_shown, none_shown, later = (queue_of(project, 30, name=name) for name in "abcd")
    told(few, shown=(3, 4), hidden=(1, 2))
    told(all_shown, shown=(20, 20), hidden=(0, 0))
    told(none_shown, shown=(0, 0), hidden=(15, 20))
    label(later, items(later)[0], "yes", rater(later, "Rosa"))
    prelabel(items(later)[0], "good", "yes")

    assert "4 saw the pre-label and 2 did not; 10 of each are needed" in influence_sentence(
        suggested_in(few)[0]
    )
    assert "Every pre-label was shown" in influence_sentence(suggested_in(all_shown)[0])
    assert "nobody has answered without seeing them" in rightness_sentence(suggested_in(all_shown)[0])
    assert "nothing to compare" in influence_sentence(suggested_in(none_shown)[0])
    assert "Nobody has answered yet since there are pre-labels" in influence_sentence(suggested_in(later)[0])
    assert "of 1 answer." in rightness_sentence(suggested_in(later)[0])


def test_each_model_and_all_together(project):
    queue = queue_of(project, 60)
    told(queue, shown=(10, 10), hidden=(5, 10), model="small")
    told(queue, shown=(0, 10), hidden=(5, 10), model="large", skip=20)

    found = suggested_in(queue)

    assert [one.name for one in found] == ["", "large", "small"]
    assert (found[0].shown, found[0].hidden) == (Hits(10, 20), Hits(10, 20))


def test_programs_are_not_moved_and_nothing_taken_back_counts(project):
    queue = queue_of(project, 3)
    one, two, three = items(queue)
    for item in (one, two, three):
        prelabel(item, "good", "yes")
    rosa = rater(queue, "Rosa")
    label(queue, one, "yes", rater(queue, "robot", "llm"), prelabel_shown=True)
    label(queue, two, "undo", rosa, supersedes=label(queue, two, "yes", rosa, prelabel_shown=True))
    label(queue, three, "no", rosa, prelabel_shown=True)

    assert suggested_in(queue)[0].shown == Hits(0, 1)


def test_an_annotator_who_may_still_be_asked_sees_none_of_it(project, annotator, owner, as_):
    queue = queue_of(project, 2)
    prelabel(items(queue)[0], "good", "yes")
    label(queue, items(queue)[0], "yes", person_of(queue, annotator), prelabel_shown=True)

    assert "Pre-labels" not in text(as_(annotator).get(f"/p/shop/queues/{queue.pk}/people/"))
    assert "Pre-labels" in text(as_(owner).get(f"/p/shop/queues/{queue.pk}/people/"))
