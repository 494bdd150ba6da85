"""Which prompt and model versions of the product the log knows."""

from annotator.models import Project
from feedback.models import Interaction
from feedback.queries.interactions import RECENT, Where, older

COLUMNS = ("prompt_version", "model")
KNOWN = 50


def known_versions(project: Project) -> list[str]:
    """Those of the newest rows, the newest first: the whole log is not asked. One query. A browser shows them
    as they are, so none with characters that would not be seen."""
    recent = Interaction.objects.filter(project=project).order_by("-id").values_list(*COLUMNS)[:RECENT]
    found = dict.fromkeys(value for row in recent for value in row if value and value.isprintable())
    return list(found)[:KNOWN]


def has_arrived(project: Project, version: str) -> bool | None:
    """Whether the log holds an interaction of it. None: not among the newest, and there was no time to look
    through all of it."""
    if version in known_versions(project):
        return True
    pages = [older(project, Where(equal=((column, version),)), size=1) for column in COLUMNS]
    if any(page.rows for page in pages):
        return True
    return None if any(page.searched_to for page in pages) else False
