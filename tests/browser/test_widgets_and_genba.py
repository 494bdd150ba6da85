"""From a page on somebody else's origin to Genba's database: each event once, whatever happens to Genba."""

import html
import signal
from collections import Counter

import pytest
from playwright.sync_api import Page

from feedback import tokens
from feedback.models import Signal, Suggestion, WidgetOrigin
from tests.browser.hosts import Host, form, select
from tests.browser.labeling import back_online
from tests.browser.widgets import LOST, press, until
from tests.feedback import judged

VALUES = ("Knives", "Boards", "Pans")


@pytest.fixture
def shop(server, project, guard, window):
    """A site whose pages may talk to the project."""
    site = Host(server)
    guard.also(site.url)
    guard.allow(LOST)
    WidgetOrigin.objects.create(project=project, origin=site.url)
    yield site
    site.stop()


def element(name: str, row: Suggestion, more: str = "") -> str:
    token = tokens.make(row.task.project_id, str(row.pk))[0]
    given = (
        f'id="{name}" token="{token}" value="{html.escape(row.value)}" confidence="0.8" alternatives="Pans"'
    )
    return f"<genba-suggest {given} {more}>{select(name, *VALUES)}</genba-suggest>"


def click(page: Page, element: str, name: str) -> None:
    page.locator(f"#{element}").get_by_role("button", name=name).first.click()


def verdicts(rows: dict[str, Suggestion]) -> dict[str, tuple[str, str]]:
    for row in rows.values():
        row.refresh_from_db()
    return {name: (row.verdict, row.final_value) for name, row in rows.items()}


def test_each_event_is_stored_once_while_genba_is_killed_and_comes_back(page_of, shop, server, project):
    task = judged.task(project)
    rows = {name: judged.suggestion(task, name, "Knives") for name in ("taken", "changed", "refused", "left")}
    answer = tokens.make(project.pk, "call-1")[0]
    again = tokens.make(project.pk, "call-2")[0]
    endpoint = f'endpoint="{server.url}"'
    parts = "".join(element(name, row, endpoint) for name, row in rows.items())
    chat = f'<genba-feedback id="answer" token="{answer}" actions="thumbs copy regenerate" {endpoint}>Boil it.</genba-feedback>'
    address = shop.page(form(parts) + chat, source=shop.script())
    page = page_of(None, address)
    until(page, lambda: Signal.objects.filter(kind="shown").exists(), True)

    click(page, "taken", "Accept:")
    until(page, lambda: verdicts(rows)["taken"], ("accepted", "Knives"))
    server.stop(signal.SIGKILL)
    click(page, "changed", "Pans")
    click(page, "refused", "Reject")
    press(page, "Good answer")
    press(page, "Bad answer")
    page.evaluate(
        """token => document.addEventListener("genba:regenerate", event =>
             event.detail.respondWith(Promise.resolve({ token, interaction: "call-2" })))""",
        again,
    )
    press(page, "New answer")
    press(page, "Copy")
    other = page.context.new_page()  # finds what waits, too
    other.goto(address)
    server.start()
    for one in (page, other):
        back_online(one)
    wanted = {
        "taken": ("accepted", "Knives"),
        "changed": ("edited", "Pans"),
        "refused": ("rejected", ""),
        "left": ("", ""),
    }
    until(page, lambda: verdicts(rows), wanted)
    page.select_option("[name=left]", "Boards")
    page.get_by_role("button", name="Save").click()
    until(page, lambda: verdicts(rows)["left"], ("ignored", "Boards"))

    about = {"call-1": ["thumbs_down", "thumbs_up"], "call-2": ["copied"]}
    for name, kinds in about.items():
        sent = Signal.objects.filter(interaction=name, kind__in=(*kinds, "regenerated"))
        until(
            page,
            lambda sent=sent: sorted(sent.exclude(kind="regenerated").values_list("kind", flat=True)),
            kinds,
        )
    assert Signal.objects.get(kind="regenerated").value["new"] == "call-2"
    said = Counter(
        Signal.objects.exclude(kind__in=("shown", "viewed", "left")).values_list("interaction", "kind")
    )
    assert set(said.values()) == {1}
    assert set(Signal.objects.values_list("by_token", flat=True)) == {True}
