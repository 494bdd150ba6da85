"""A check of two features, and the addresses of its pages."""

from django.urls import reverse

from annotator.models import Project, User
from feedback.models import VibeCheck
from feedback.services import handover
from tests.feedback import logged

LIST, DAY_PAGE = "/p/shop/checks/", "/p/shop/checks/2026-11-23/"
NOTE, DRAW, PANEL, MINE = f"{DAY_PAGE}note/", f"{DAY_PAGE}draw/", "/p/shop/checks/panel/", "/checks/mine/"


def two_features(project: Project, *people: User) -> VibeCheck:
    """20 of 100 interactions: 12 of e-mail, 8 of chat. The last of these people is on shift."""
    logged.interactions(project, 60)
    logged.interactions(project, 40, feature="chat")
    logged.plan(project, *people)
    return logged.check(project)


def end(check: VibeCheck) -> str:
    return reverse("check-end", args=["shop", check.queue_id])


def seen(check: VibeCheck) -> str:
    return handover.state_of(VibeCheck.objects.get(pk=check.pk))
