"""Which vectors may be compared. Only the ml worker imports this module."""

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.encoding import loading, permitted
from annotator.encoding.loading import Model
from annotator.jobs.work import PermanentError
from drift.models import DriftPlan, Space
from drift.services import plans


class Changed(Exception):
    """The plan is another one than it was when the model was loaded."""


@transaction.atomic
def of_plan(plan: DriftPlan, model: Model) -> Space:
    """The space that the plan's days are embedded in from now on. `model`: the plan's encoder. Raises Changed: what
    somebody has set since must not be taken back by a job that began before."""
    now = DriftPlan.objects.select_for_update(no_key=True, of=("self",)).get(pk=plan.pk)
    if (now.encoder, plans.rule_of(now)) != (plan.encoder, plans.rule_of(plan)):
        raise Changed
    space, _made = Space.objects.get_or_create(
        project=plan.project,
        fingerprint=model.fingerprint,
        rule=plans.rule_of(plan).as_json(),
        defaults={"encoder": permitted.title(plan.encoder), "dimensions": model.dimensions},
    )
    if now.space_id != space.pk:
        DriftPlan.objects.filter(pk=plan.pk).update(space=space)
    plan.space = space
    return space


def model_of(space: Space) -> Model:
    """The model that the space's vectors were made by. PermanentError when it is not to be had any more."""
    model = loading.load(permitted.named(space.encoder))
    if model.fingerprint != space.fingerprint:
        raise PermanentError(
            _(
                "The model “%(name)s” is not the one that the other days were embedded by. “Embed the missing days” in"
                " the settings of drift embeds them anew."
            )
            % {"name": space.encoder}
        )
    return model
