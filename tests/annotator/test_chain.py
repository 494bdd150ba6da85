"""Chains: which question comes next, in the rules and in the claim, in one go and by passes."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from annotator import chain_rules
from annotator.chain_faults import Link, faults
from annotator.chain_rules import Step
from annotator.models import Label, Place
from annotator.queries import places
from annotator.queries.queues import progress_of
from tests.annotator.asking import chain_queue
from tests.annotator.labeling import lapse, person, program

LANGUAGE = {"key": "language", "stops_on": "no"}
SUPPORTED = {"key": "supported"}
HARMFUL = {"key": "harmful", "after": ("supported", "no")}


@pytest.fixture
def queue(project):
    return chain_queue(project, LANGUAGE, SUPPORTED, HARMFUL)


def keys(item):
    return [question["key"] for question in item["questions"]]


@pytest.mark.django_db
def test_the_claim_tells_the_whole_chain_with_its_conditions(queue):
    [item] = program(queue).items()

    assert keys(item) == ["language", "supported", "harmful"]
    assert item["questions"][0]["stops_on"] == "no"
    assert item["questions"][2]["after"] == {"question": "supported", "answer": "no"}


@pytest.mark.django_db
def test_an_answer_that_stops_the_chain_ends_the_item(queue):
    me = program(queue)
    [item] = me.items()

    assert me.answer(item, "no", question="language")["state"] == "counted"

    assert Place.objects.get(item__external_id="item-0").done_at
    assert me.items()[0]["external_id"] == "item-1"
    refused = me.answer(item, "yes", question="supported")
    assert (refused["status"], "earlier answer" in refused["error"]) == (422, True)


@pytest.mark.django_db
def test_a_question_is_asked_only_where_its_condition_is_met(queue):
    me = program(queue)
    yes, no = me.items(2)
    for item in (yes, no):
        me.answer(item, "yes", question="language")

    assert me.answer(yes, "no", question="harmful")["status"] == 422  # nobody knows yet
    me.answer(yes, "yes", question="supported")
    me.answer(no, "no", question="supported")

    done = dict(Place.objects.values_list("item__external_id", "done_at"))
    assert done["item-0"]
    assert not done["item-1"]
    assert me.answer(no, "yes", question="harmful")["state"] == "counted"
    assert progress_of([queue])[queue.pk].done_items == 2


@pytest.mark.django_db
def test_an_answer_that_another_one_hangs_on_is_taken_back_after_it(queue):
    me = program(queue)
    [item] = me.items()
    for key, answer in (("language", "yes"), ("supported", "no"), ("harmful", "no")):
        me.answer(item, answer, question=key)

    refused = me.answer(item, "undo", question="supported")
    assert (refused["status"], refused["standing"]["answer"]) == (409, "no")

    assert me.answer(item, "undo", question="harmful")["state"] == "undone"
    assert me.answer(item, "undo", question="supported")["state"] == "undone"
    assert me.answer(item, "yes", question="supported")["state"] == "counted"
    assert Place.objects.get(item__external_id="item-0").done_at


@pytest.mark.django_db
def test_a_surplus_rater_who_finished_a_chain_is_not_asked_again(project):
    queue = chain_queue(project, LANGUAGE, SUPPORTED, items=1)
    slow, quick = program(queue, "slow"), program(queue, "quick")
    [late] = slow.items()
    lapse(queue)
    [item] = quick.items()
    assert slow.answer(late, "no", question="language")["state"] == "surplus"
    quick.release(leases=[item["lease"]])

    claim = slow.claim()

    assert claim["items"] == []
    assert claim["empty_because"]["code"] == "answered"


STEPS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["", "yes", "no"]), st.sampled_from(["", "yes", "no"])),
    min_size=1,
    max_size=5,
)


@given(steps=STEPS, said=st.dictionaries(st.integers(0, 4), st.sampled_from(["yes", "no"])))
def test_the_next_question_is_the_first_that_is_asked_and_open(steps, said):
    chain = _chain(steps)
    following = chain_rules.next_question(chain, said)
    walked = list(chain_rules.asked(chain, said))

    assert faults("binary", [_link(step) for step in chain]) == []
    assert following is None or (following in walked and following.question not in said)
    if following is None:
        assert all(step.question in said for step in walked)


def _link(step: Step) -> Link:
    after = "" if step.after is None else f"q{step.after}"
    return Link(f"q{step.question}", after, step.after_answer, step.stops_on)


def _chain(steps) -> tuple[Step, ...]:
    """Question n may hang on any before it."""
    return tuple(
        Step(
            n,
            after=after if n > after and answer else None,
            after_answer=answer if n > after else "",
            stops_on=stop,
        )
        if n > after and answer
        else Step(n, stops_on=stop)
        for n, (after, answer, stop) in enumerate(steps)
    )


@pytest.mark.django_db
def test_the_claims_sql_walks_a_chain_as_the_rules_do():
    """Every small chain with every set of answers: the database's word and the rule's."""
    cases = []
    conditions = [None, (0, "yes"), (0, "no"), (1, "yes")]
    for second in conditions[:3]:
        for third in conditions:
            for stop in ("", "no"):
                chain = (Step(0, stops_on=stop), _step(1, second), _step(2, third))
                cases += [(chain, said) for said in _all_answers(3)]
    with connection.cursor() as cursor:
        for chain, said in cases:
            answers = ", ".join(f"'{question}', '{answer}'" for question, answer in said.items())
            cursor.execute(
                f"SELECT {places._walked(chain)} FROM (SELECT jsonb_build_object({answers}) AS answers) said"  # noqa: S608
            )
            assert cursor.fetchone()[0] == (chain_rules.next_question(chain, said) is None), (chain, said)


def _step(question, condition) -> Step:
    after, answer = condition or (None, "")
    return Step(question, after=after, after_answer=answer)


def _all_answers(questions):
    found = [{}]
    for question in range(questions):
        found += [{**said, question: answer} for said in found for answer in ("yes", "no")]
    return found


def test_what_cannot_be_walked_is_named():
    chain = [
        Link("good", after="short", after_answer="yes"),
        Link("short", stops_on="tie"),
        Link("kind", after="short", after_answer="left"),
        Link("kind"),
        Link("last", after="good"),
    ]

    assert [(fault.step, fault.field, fault.code) for fault in faults("binary", chain)] == [
        (0, "after", "not_earlier"),
        (1, "stops_on", "answer"),
        (2, "after", "answer"),
        (3, "key", "twice"),
        (4, "after", "half"),
    ]


@pytest.mark.django_db
def test_by_passes_the_first_question_goes_over_all_items_before_the_second(project):
    queue = chain_queue(project, SUPPORTED, HARMFUL, {"key": "short"}, by_pass=True)
    me = program(queue, holder="tab")
    seen = []
    while items := me.items(2):
        for item in items:
            key = next(key for key in keys(item) if key not in item["done"] and _asked(item, key))
            seen.append((key, item["external_id"]))
            me.answer(item, "no" if item["external_id"] == "item-1" else "yes", question=key)

    assert seen == [
        ("supported", "item-0"),
        ("supported", "item-1"),
        ("supported", "item-2"),
        ("short", "item-0"),
        ("harmful", "item-1"),
        ("short", "item-2"),
        ("short", "item-1"),
    ]
    assert me.claim()["empty_because"]["code"] == "done"


def _asked(item, key):
    after = next(question["after"] for question in item["questions"] if question["key"] == key)
    return not after or item["done"].get(after["question"]) == after["answer"]


@pytest.mark.django_db
def test_between_passes_an_item_is_its_raters_for_a_day_and_then_anybodys(project):
    queue = chain_queue(project, SUPPORTED, {"key": "short"}, items=1, by_pass=True)
    ana, ben = program(queue, "ana"), program(queue, "ben")
    [item] = ana.items()
    ana.answer(item, "yes", question="supported")
    assert ben.claim()["empty_because"]["code"] == "leased"

    lapse(queue)
    [taken] = ben.items()

    assert taken["done"] == {}
    assert Label.objects.get(rater__name="ana").surplus
    assert ana.claim()["empty_because"]["code"] == "leased"


@pytest.mark.django_db
def test_signing_out_between_passes_keeps_what_was_begun(project, annotator, as_):
    queue = chain_queue(project, SUPPORTED, {"key": "short"}, items=2, by_pass=True)
    me = person(queue, as_(annotator))
    [item] = me.items()
    me.answer(item, "yes", question="supported")

    me.client.post("/signout/")

    assert not Label.objects.get().surplus
    assert Place.objects.get(item__external_id="item-0").owner is not None
