"""The job that makes a reference's inputs vectors of the space in use, some hundred at a time."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.jobs.registry import Kind
from annotator.jobs.schedules import Schedule
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job
from annotator.reading.errors import BadFile
from drift import texts
from drift.jobs import judge
from drift.models import DriftCheck, DriftPlan, EmbeddedReference, Reference, ReferenceVector, Space
from drift.services import reference_inputs, references
from drift.services.judge import NotReady
from drift.services.reference_inputs import Gone, Part, Sent


def run(work: Work) -> None:
    """Arguments: {"reference": id, "space": id}. The cursor is the position of the last input that was read."""
    reference = Reference.objects.select_related("file").filter(pk=work.arguments["reference"]).first()
    space = Space.objects.filter(pk=work.arguments["space"]).first()
    if reference is None or space is None:
        raise PermanentError(_("The reference is gone."))
    embedded, _new = EmbeddedReference.objects.get_or_create(reference=reference, space=space)
    if embedded.finished_at is not None:
        return
    EmbeddedReference.objects.filter(pk=embedded.pk).update(job=work.job.pk)
    try:
        for part in reference_inputs.parts(reference, after=work.cursor or 0):
            _embed(work, embedded, part)
    except (Gone, BadFile) as error:
        raise PermanentError(str(error)) from error
    if not ReferenceVector.objects.filter(embedded=embedded).exists():
        raise PermanentError(
            _("No input of this reference has a text: choose another part, or another column.")
        )
    with work.chunk() as chunk:
        EmbeddedReference.objects.filter(pk=embedded.pk).update(finished_at=Now())
        _ask_for_days(embedded)
        chunk.last = True


def _embed(work: Work, embedded: EmbeddedReference, part: Part) -> None:
    from drift.services import spaces  # noqa: PLC0415 - of the ml worker alone

    if embedded.read + len(part.inputs) > references.MOST_INPUTS:
        raise PermanentError(
            _("The reference has more than %(most)s inputs: pin a sample of them.")
            % {"most": references.MOST_INPUTS}
        )
    wanted, empty = _different(embedded, part.inputs)
    vectors: Iterable[Any] = ()
    if wanted:
        with work.keep_alive():
            vectors = spaces.model_of(embedded.space).encode([text for _position, _key, text in wanted])
    with work.chunk() as chunk:
        ReferenceVector.objects.bulk_create(
            ReferenceVector(embedded=embedded, position=position, key=key, vector=vector)
            for (position, key, _text), vector in zip(wanted, vectors, strict=True)
        )
        embedded.read += len(part.inputs)
        embedded.empty += empty
        embedded.repeated += len(part.inputs) - empty - len(wanted)
        embedded.save(update_fields=["read", "empty", "repeated"])
        work.result = {"reference": str(embedded.reference_id)}
        chunk.done = embedded.read
        chunk.total = _total(embedded)
        chunk.cursor = part.last


def _ask_for_days(embedded: EmbeddedReference) -> None:
    """Have the days judged that were to be compared with it before it was there."""
    if DriftPlan.objects.filter(reference=embedded.reference_id, space=embedded.space_id).exists():
        waiting = DriftCheck.objects.filter(
            project=embedded.space.project_id, space=embedded.space_id, reason=NotReady.REFERENCE_NOT_EMBEDDED
        )
        for check in waiting.order_by("day"):
            judge.ask_again(check)


def _different(embedded: EmbeddedReference, inputs: Sequence[Sent]) -> tuple[list[tuple[int, int, str]], int]:
    """(position, key, text) of those whose text none before had, and how many have none."""
    rule = texts.rule_of(embedded.space.rule)
    made = [(one.position, texts.made(one.payload, rule).text) for one in inputs]
    keyed = [(position, texts.key_of(text), text) for position, text in made if text]
    known = set(
        ReferenceVector.objects.filter(embedded=embedded, key__in={key for _p, key, _t in keyed}).values_list(
            "key", flat=True
        )
    )
    found = []
    for position, key, text in keyed:
        if key not in known:
            known.add(key)
            found.append((position, key, text))
    return found, len(made) - len(keyed)


def _total(embedded: EmbeddedReference) -> int | None:
    """As far as it is known: a file is counted when it is read."""
    version, split = embedded.reference.version, embedded.reference.split
    if version is None or not version.counts:
        return None
    return int(version.counts.get("splits", {}).get(split, 0)) if split else version.rows


def page(job: Job) -> str:
    if job.project is None or not job.result:
        return ""
    return reverse("drift-reference", args=[job.project.slug, job.result["reference"]])


def names(jobs: Sequence[Job]) -> dict[UUID, str]:
    asked = {job.pk: job.arguments["reference"] for job in jobs}
    known = {
        str(key): name
        for key, name in Reference.objects.filter(pk__in=asked.values()).values_list("pk", "name")
    }
    return {pk: known[key] for pk, key in asked.items() if key in known}


KIND = Kind(
    references.EMBED,
    run,
    queue="ml",
    title=gettext_lazy("Embed a reference"),
    result_url=page,
    details=names,
)
SCHEDULE = Schedule("drift.references", references.slots)
