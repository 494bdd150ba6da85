"""The demo's shop: a product's category is suggested, on pages of another origin than Genba's.

The pages are `feedback.demo.host`, which `manage.py up` starts beside everything else. Their key is
made with the demo and lies in the state folder, for whoever runs this instance alone.
"""

import os
from pathlib import Path

from django.conf import settings

from annotator.models import Project, Scope, User
from annotator.services.keys import make_key
from feedback.models import SuggestionTask, WidgetOrigin
from feedback.services import suggestion_tasks
from feedback.taxonomy.as_json import stored_form
from feedback.taxonomy.lines import of_lines

KEY = "category"
HOSTS = ("localhost", "127.0.0.1")


def make_shop(project: Project, owner: User) -> SuggestionTask:
    """The task, the origins of its pages and their key."""
    task = suggestion_tasks.make_task(project=project, key=KEY, name="Product category", by=owner)
    values = of_lines((Path(__file__).parent / "host" / "categories.txt").read_text(encoding="utf-8"))
    suggestion_tasks.set_up(
        task,
        instruction="The shelf of the shop where a customer would look for the product.",
        suggester="similar",
        values=stored_form(values),
        by=owner,
    )
    WidgetOrigin.objects.bulk_create(
        WidgetOrigin(project=project, origin=f"http://{host}:{settings.DEMO_PORT}") for host in HOSTS
    )
    _row, key = make_key(project=project, name="Demo pages", scopes=[Scope.SUGGEST, Scope.INGEST], by=owner)
    _keep(key)
    return task


def _keep(key: str) -> None:
    """Readable by this instance's own account only."""
    path = settings.VAR / settings.DEMO_KEY_NAME
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
