"""Assertions, made as a person makes them."""

from uuid import uuid4

from annotator.models import Label, Queue
from annotator.services.questions import set_question
from annotator.services.queues import NewItem, add_items, make_queue
from annotator.services.raters import rater_of
from feedback.assertions import registry
from feedback.models import AssertionVersion
from feedback.services import assertions


def assertion(of, key="no-rose", kind="lacks", settings=None, **more) -> AssertionVersion:
    """Its version. Unless something else is said: the output must not hold “rose”."""
    sent = {"phrases": ["rose"]} if settings is None else settings
    return assertions.make(
        **{
            "project": of,
            "key": key,
            "name": key.replace("-", " ").capitalize(),
            "kind": kind,
            "settings": registry.settings(kind, sent),
            **more,
        }
    )


def labelled(of, by, *, bad=(), good=(), feature="email", question="good") -> Queue:
    """A queue of outputs that this person called bad or good, in that order."""
    asked = set_question(project=of, key=question, text="Is it good?", desirable="yes").question
    queue = make_queue(project=of, name="Labelled", questions=[asked])
    outputs = [*((output, "no") for output in bad), *((output, "yes") for output in good)]
    add_items(
        queue,
        (
            NewItem(
                external_id=f"{n}",
                input="?",
                output=output,
                origin="interaction",
                metadata={"feature": feature},
            )
            for n, (output, _) in enumerate(outputs)
        ),
    )
    rater = rater_of(of, by)
    for item, (_, answer) in zip(queue.items.order_by("position"), outputs, strict=True):
        Label.objects.create(
            queue=queue,
            item=item,
            question=asked,
            question_version=asked.versions.last(),
            rater=rater,
            answer=answer,
            idempotency_key=str(uuid4()),
        )
    return queue
