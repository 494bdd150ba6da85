"""A day to embed on the stage: run as `python -m tests.faults.embedded FOLDER INPUTS`, says the job's id."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import django

django.setup()

from annotator.services import jobs  # noqa: E402
from drift.models import DriftCheck, Verdict  # noqa: E402
from drift.services import plans  # noqa: E402
from drift.services.embedding import EMBED  # noqa: E402
from feedback.models import Interaction  # noqa: E402
from tests import make  # noqa: E402
from tests.annotator import small_model  # noqa: E402
from tests.feedback import logged  # noqa: E402

SLUG = "embedded"


def main(folder: str, inputs: str) -> None:
    small_model.save(Path(folder))
    project = make.project(slug=SLUG, name="Embedded")
    logged.interactions(project, int(inputs))
    assert Interaction.objects.filter(project=project).count() == int(inputs)
    plan = plans.ensure_plan(project, now=datetime.now(UTC))
    plan.encoder = "small"
    plan.save()
    # Judged before: this is about vectors.
    DriftCheck.objects.create(project=project, day=logged.DAY, verdict=Verdict.JUDGED, p=0.5, topics_p=0.5)
    arguments = {"day": logged.DAY.isoformat()}
    print(jobs.ask(kind=EMBED, key=SLUG, project=project, arguments=arguments).pk)


if __name__ == "__main__":
    main(*sys.argv[1:])
