"""Any order of claim, answer, repeat, skip, undo, lapse, release and renew keeps the promises."""

from itertools import count
from uuid import uuid4

import pytest
from django.db.models import Count
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from annotator.models import Label, Place
from annotator.queries.chains import chain_of
from annotator.queries.labels import current_labels
from annotator.queries.queues import progress_of
from annotator.services import labeling
from tests import make
from tests.annotator.labeling import lapse

PEOPLE, ITEMS = 3, 3
numbers = count()
people = st.integers(0, PEOPLE - 1)


class Story(RuleBasedStateMachine):
    leases = Bundle("leases")  # (person, lease, external id)
    sent = Bundle("sent")  # (person, what was sent, its label)

    @initialize(overlap=st.integers(1, 2), chain=st.integers(1, 2))
    def begin(self, overlap: int, chain: int) -> None:
        project = make.project(slug=f"story-{next(numbers)}")
        self.questions = ["first", "second"][:chain]
        self.queue = make.queue(project, items=ITEMS, overlap=overlap, questions=self.questions)
        self.chain = chain_of(self.queue)
        self.raters = [labeling.named_rater(project, f"rater-{n}") for n in range(PEOPLE)]
        self.newest: dict[tuple[int, str, str], str] = {}  # person, item, question: answer
        self.acknowledged: set[int] = set()

    def standing(self, person: int, item: str) -> list[str]:
        found = (self.newest.get((person, item, question)) for question in self.questions)
        return [answer for answer in found if answer not in {None, "undo"}]

    @rule(target=leases, person=people, size=st.integers(1, 3), tab=st.sampled_from(["a", "b"]))
    def claim(self, person: int, size: int, tab: str):
        claim = labeling.claim(
            queue=self.queue, rater=self.raters[person], chain=self.chain, size=size, holder=tab
        )
        assert len({item.external_id for item in claim.items}) == len(claim.items) <= size
        for item in claim.items:
            standing = self.standing(person, item.external_id)
            assert "skip" not in standing
            assert len(standing) < len(self.questions)
        if not claim.items:
            assert claim.empty.code in {"done", "leased", "other_tab", "answered"}
        return multiple(*((person, item.lease, item.external_id) for item in claim.items))

    @rule(
        target=sent,
        lease=leases,
        question=st.sampled_from(["first", "second"]),
        answer=st.sampled_from(["yes", "no", "skip", "undo"]),
    )
    def submit(self, lease, question: str, answer: str):
        person, lease_id, item = lease
        sent = labeling.Sent(lease_id, question, answer, str(uuid4()))
        before = self.newest.get((person, item, question))
        stands = before not in {None, "undo"}

        [result] = labeling.submit(answers=[sent], by=self.raters[person])

        if question not in self.questions:
            assert result.status == 422
            return multiple()
        if stands != (answer == "undo"):
            assert result.status == 409
            return multiple()
        assert result.status == 201
        self.newest[person, item, question] = answer
        self.acknowledged.add(result.label)
        return person, sent, result.label

    @rule(what=sent)
    def repeat(self, what) -> None:
        person, sent, label = what
        [result] = labeling.submit(answers=[sent], by=self.raters[person])
        assert (result.state, result.label) == ("repeated", label)

    @rule(lease=leases, answer=st.sampled_from(["yes", "undo"]))
    def somebody_else(self, lease, answer: str) -> None:
        person, lease_id, _ = lease
        other = self.raters[(person + 1) % PEOPLE]
        [result] = labeling.submit(answers=[labeling.Sent(lease_id, "first", answer, str(uuid4()))], by=other)
        assert result.status == 409

    @rule()
    def time_passes(self) -> None:
        lapse(self.queue)

    @rule(lease=consumes(leases))
    def release(self, lease) -> None:
        person, lease_id, _ = lease
        labeling.give_back(queue=self.queue, rater=self.raters[person], leases=[lease_id])

    @rule(lease=leases)
    def renew(self, lease) -> None:
        person, lease_id, _ = lease
        labeling.renew(queue=self.queue, rater=self.raters[person], leases=[lease_id])

    @invariant()
    def what_was_acknowledged_is_there(self) -> None:
        if hasattr(self, "queue"):
            stored = set(Label.objects.filter(queue=self.queue).values_list("pk", flat=True))
            assert stored == self.acknowledged

    @invariant()
    def what_stands_is_what_was_said_last(self) -> None:
        if not hasattr(self, "queue"):
            return
        stands = current_labels(self.queue).values_list(
            "rater__name", "item__external_id", "question__key", "answer"
        )
        said = {
            (f"rater-{person}", item, question, answer)
            for (person, item, question), answer in self.newest.items()
            if answer != "undo"
        }
        assert set(stands) == said

    @invariant()
    def places_hold_what_counts(self) -> None:
        if not hasattr(self, "queue"):
            return
        owners = set(
            Place.objects.filter(queue=self.queue, owner__isnull=False).values_list("item_id", "owner_id")
        )
        answers = current_labels(self.queue).filter(answer__in=["yes", "no"])
        for label in answers:
            assert label.surplus == ((label.item_id, label.rater_id) not in owners)
        counted = answers.filter(surplus=False).values("item", "question").annotate(n=Count("pk"))
        assert all(row["n"] <= self.queue.overlap for row in counted)
        for place in Place.objects.filter(queue=self.queue):
            given = answers.filter(item=place.item_id, rater=place.owner_id).count() if place.owner_id else 0
            assert (place.done_at is not None) == (given == len(self.questions))
        progress = progress_of([self.queue])[self.queue.pk]
        assert progress.done_places == Place.objects.filter(queue=self.queue, done_at__isnull=False).count()


@pytest.mark.django_db
def test_any_story():
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
