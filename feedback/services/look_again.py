"""After a mode was reworded: what was told under an older wording is looked at again, the doubtful first.

Each item is asked in a queue of its own; the answer is a sighting under the wording in force.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from annotator import weights
from annotator.models import Answer, Item, Job, Queue, Rater, User
from annotator.services import jobs
from annotator.services.beside import Beside, Said, Told
from annotator.services.items import NewItem, add_items
from annotator.services.questions import free_key, set_question
from annotator.services.queues import make_queue
from feedback.models import FailureMode, FailureModeVersion, LookAgain
from feedback.queries.modes import stale_items
from feedback.services import sightings
from feedback.services.modes import newest_version

ORIGIN = "failure-mode"
JOB_KIND = "feedback.look_again"
MOST = 2_000  # items a queue


class NothingStale(ValueError):
    """All that was told of the mode was told under the wording in force."""


@transaction.atomic
def begin(mode: FailureMode, by: User) -> tuple[Queue, Job | None]:
    """The queue of the wording in force, and the job that fills it, if one does. Raises NothingStale.

    Asked twice it is the same queue. Without the packages of the ml worker it is filled at once, the
    newest items first.
    """
    row = FailureMode.objects.select_for_update(no_key=True).select_related("project").get(pk=mode.pk)
    version = newest_version(row)
    found = LookAgain.objects.filter(version=version).select_related("queue").first()
    if found is not None:
        return found.queue, None
    if not stale_items(row).exists():
        raise NothingStale
    queue = _queue(row, version, by)
    LookAgain.objects.create(queue=queue, mode=row, version=version)
    if weights.missing_packages():
        fill(queue, row, [(item, None) for item in stale_items(row).order_by("-pk")[:MOST]])
        return queue, None
    job = jobs.ask(
        kind=JOB_KIND, key=str(version.pk), project=row.project, arguments={"queue": str(queue.pk)}, by=by
    )
    return queue, job


def _queue(mode: FailureMode, version: FailureModeVersion, by: User) -> Queue:
    question = set_question(
        project=mode.project,
        key=free_key(mode.project, f"mode-{mode.pk}-{version.number}"),
        text=_("Does it fail like this: “%(name)s”?") % {"name": version.name},
        guideline=guideline(version),
    ).question
    name = _("Looking again: %(name)s, version %(n)s") % {"name": version.name, "n": version.number}
    return make_queue(project=mode.project, name=name, questions=[question], origin=ORIGIN, by=by)


def guideline(version: FailureModeVersion) -> str:
    """The wording as Markdown."""
    parts = [version.description]
    if version.examples_bad:
        parts.append(f"## {_('Fails like this')}\n\n{version.examples_bad}")
    if version.examples_good:
        parts.append(f"## {_('Looks like it, and does not')}\n\n{version.examples_good}")
    return "\n\n".join(part for part in parts if part)


def fill(queue: Queue, mode: FailureMode, items: Iterable[tuple[Item, float | None]]) -> int:
    """Copies of these items, in order; with each the chance that it still shows the mode, if known."""
    return add_items(queue, [_copy(item, mode, chance) for item, chance in items]).added


def _copy(item: Item, mode: FailureMode, chance: float | None) -> NewItem:
    if chance is None:
        reason = _("told under an older wording")
    else:
        reason = _("told under an older wording; likeness to the others says %(chance)s %%") % {
            "chance": round(100 * chance)
        }
    return NewItem(
        external_id=str(item.pk),
        input=item.input,
        output=item.output,
        context=item.context,
        error=item.error,
        metadata={**(item.metadata if isinstance(item.metadata, dict) else {}), "item": item.pk},
        origin=ORIGIN,
        reason=reason,
    )


def take(told: Sequence[Told]) -> None:
    """An answer in such a queue says of the original item whether it shows the mode."""
    copies = Item.objects.in_bulk([one.item for one in told])
    found = LookAgain.objects.filter(queue__in={copy.queue_id for copy in copies.values()})
    versions = {row.queue_id: row.version for row in found.select_related("version")}
    originals = Item.objects.select_related("queue__project").in_bulk(
        [int(copy.external_id) for copy in copies.values()]
    )
    raters = Rater.objects.in_bulk([one.rater for one in told])
    for one in told:
        copy = copies[one.item]
        original, version = originals.get(int(copy.external_id)), versions.get(copy.queue_id)
        if original is None or version is None:
            continue  # deleted since
        if one.answer in {Answer.YES, Answer.NO}:
            sightings.judge(original, raters[one.rater], version, present=one.answer == Answer.YES)
        else:
            sightings.unjudge(original, raters[one.rater], version)


def fault(_said: Said) -> str:
    return "Nothing is taken beside an answer in this queue."


BESIDE = Beside(fault=fault, take=take, every=True)
