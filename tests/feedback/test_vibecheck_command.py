"""`manage.py vibecheck`: the same draw by hand, in words."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from feedback.models import VibeCheck
from tests.feedback import logged

pytestmark = pytest.mark.usefixtures("next_morning")


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("vibecheck", *arguments, stdout=out)
    return out.getvalue()


def test_yesterday_is_drawn_and_told(project, owner):
    logged.interactions(project, 130)
    logged.interactions(project, 70, feature="")

    text = said("--project", "shop")

    assert "The check of 2026-11-23 is drawn: 20 of 200 interactions." in text
    assert "13 of      130  email" in text
    assert "7 of       70  (no feature)" in text
    assert "On shift: olivia" in text
    assert "/p/shop/checks/2026-11-23/" in text


def test_again_it_says_so_and_draws_nothing(project, owner):
    logged.interactions(project, 30)
    said("--project", "shop", "--date", "2026-11-23")

    assert "was drawn before: 20 of 30" in said("--project", "shop", "--date", "2026-11-23")
    assert VibeCheck.objects.count() == 1


def test_a_day_without_interactions(project, owner):
    assert "No production interactions were logged on 2026-11-20" in said(
        "--project", "shop", "--date", "2026-11-20"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--project", "nowhere"), "There is no project “nowhere”"),
        (("--project", "shop", "--date", "23.11.2026"), "is not a day: write it as 2026-11-23"),
        (("--project", "shop", "--date", "2026-11-24"), "not over yet"),
    ],
)
def test_what_is_wrong_is_said(project, owner, arguments, words):
    with pytest.raises(CommandError, match=words):
        said(*arguments)
