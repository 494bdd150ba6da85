"""Settings of widgets: sites, meanings, what comes before people."""

import pytest

from feedback.models import ReviewRule, SignalMeaning, WidgetOrigin
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/p/shop/widgets/"


def test_sites_come_and_go(owner, as_, project):
    page = as_(owner)
    assert "No site yet" in page.get(PAGE).content.decode()
    page.post(PAGE, {"origin": "https://Shop.Example:443/"})
    found = WidgetOrigin.objects.get()
    assert (found.project, found.origin) == (project, "https://shop.example")
    page.post(PAGE, {"origin": "https://shop.example"})
    assert WidgetOrigin.objects.count() == 1
    page.post(f"{PAGE}origins/{found.pk}/remove/")
    assert not WidgetOrigin.objects.exists()


@pytest.mark.parametrize(
    "origin",
    ["", "shop.example", "ftp://shop.example", "https://", "https://*.example", "null", "https://shop.example/path",
     "https://user@shop.example", "https://shop.example:99999", "https://shop.example?x", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(owner, as_, origin):
    assert as_(owner).post(PAGE, {"origin": origin}).status_code == 422
    assert not WidgetOrigin.objects.exists()


def test_a_port_of_its_own_is_part_of_it(owner, as_):
    as_(owner).post(PAGE, {"origin": "http://localhost:8100"})

    assert WidgetOrigin.objects.get().origin == "http://localhost:8100"


def test_meanings_are_the_projects_own(owner, as_, project):
    as_(owner).post(f"{PAGE}meanings/", {"copied": "neutral", "comment": "negative"})
    as_(owner).post(f"{PAGE}meanings/", {"copied": "positive"})

    assert list(SignalMeaning.objects.values_list("kind", "polarity")) == [("copied", "positive")]
    assert as_(owner).post(f"{PAGE}meanings/", {"copied": "great"}).status_code == 422


def test_what_comes_before_people(owner, as_, project):
    queue = make.queue(project, name="Disliked")
    as_(owner).post(f"{PAGE}review/", {"queue": str(queue.pk), "negatives": "on", "a_day": "7"})

    rule = ReviewRule.objects.get()
    assert (rule.queue, rule.negatives, rule.a_day) == (queue, True, 7)
    assert "Disliked" in as_(owner).get(PAGE).content.decode()
    as_(owner).post(f"{PAGE}review/", {"queue": "", "a_day": "7"})
    rule.refresh_from_db()
    assert rule.queue is None


def test_a_strangers_queue_is_none(owner, as_, stranger):
    theirs = make.queue(stranger.projects.get())

    assert as_(owner).post(f"{PAGE}review/", {"queue": str(theirs.pk), "a_day": "7"}).status_code == 422
