"""The job that holds a day against a reference. In one step: killed in it, it is done again."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.jobs.registry import Kind, days_of
from annotator.jobs.work import PermanentError, Work
from annotator.models import Job
from drift.models import DriftPlan, EmbeddedReference
from drift.services import references


def run(work: Work) -> None:
    """Arguments: {"reference": id, "day": "2026-11-23"}. In the space that is in use."""
    from drift.services import covering  # noqa: PLC0415 - of the ml worker alone

    plan = DriftPlan.objects.filter(project=work.job.project_id, space__isnull=False).first()
    embedded = (
        EmbeddedReference.objects.select_related("space", "reference")
        .filter(
            reference=work.arguments["reference"],
            space=plan.space_id if plan else None,
            finished_at__isnull=False,
        )
        .first()
    )
    if embedded is None:
        raise PermanentError(_("The reference is gone, or not embedded with the model that is in use."))
    with work.keep_alive():
        found = covering.measure(embedded, date.fromisoformat(work.arguments["day"]))
    with work.chunk() as chunk:
        work.result = {
            "reference": work.arguments["reference"],
            "inputs": found.inputs,
            "covered": found.covered,
        }
        chunk.done = chunk.total = found.inputs
        chunk.last = True


def page(job: Job) -> str:
    if job.project is None:
        return ""
    return reverse("drift-reference", args=[job.project.slug, job.arguments["reference"]])


KIND = Kind(
    references.MEASURE,
    run,
    queue="ml",
    title=gettext_lazy("Hold a day against a reference"),
    result_url=page,
    details=days_of,
)
