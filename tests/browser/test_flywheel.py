"""From a bad output that a person sees to a red build, within one session of a browser."""

import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

from genba._command import main
from playwright.sync_api import Page, expect

from annotator.jobs import runner
from annotator.models import DatasetRow, DatasetVersion
from feedback import days
from feedback.models import Expectation, FailureMode, VibeCheck
from feedback.queries.shifts import zone_of
from feedback.services import plans, vibecheck
from tests.browser.labeling import press, wait_saved
from tests.clients.checking import lines, output
from tests.feedback import logged

REFUSAL = "I'm sorry, but I can't help with that."
RIGHT = "You have it back within 14 days."


def drawn(project) -> VibeCheck:
    """Yesterday's six, one of which refused; the owner is on shift."""
    now = datetime.now(UTC)
    day = days.day_of(now, zone_of(project)) - timedelta(days=1)
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    logged.interactions(project, 5, feature="refunds", at=at)
    logged.interactions(
        project, 1, feature="refunds", at=at, name="refused", input="Where is my money?", output=REFUSAL
    )
    plans.ensure_plan(project, now=now)
    return vibecheck.draw(project=project, day=day, now=now)


def looks(page: Page) -> None:
    """Five good ones by key; of the bad one how it fails, in a new name, and what it should have been."""
    for n in range(1, 7):
        expect(page.locator("#progress")).to_have_text(f"{n} of 6")
        if page.locator("#stage [data-part=output]").inner_text().strip() != REFUSAL:
            press(page, "y")
            continue
        press(page, "n")
        page.keyboard.type("Turns people away")
        page.keyboard.press("Enter")
        page.get_by_label("Should have been").fill(RIGHT)
        page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 6 not good.")).to_be_visible()
    wait_saved(page)
    page.get_by_label("Hand-over note").fill("It turns people away who ask for their money.")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("Handed over. Thank you for looking.")).to_be_visible()


def makes_an_assertion(page: Page) -> None:
    """From the check to the failure mode, and from there what would have caught it."""
    page.get_by_role("link", name="Turns people away").click()
    expect(page.get_by_role("heading", level=1, name="Turns people away")).to_be_visible()
    page.get_by_role("link", name="Make an assertion").click()
    page.get_by_role("link", name="No refusal").click()
    expect(page.get_by_label("refunds")).to_be_checked()
    page.get_by_label("Name", exact=True).fill("Answers")
    page.get_by_role("button", name="Try it on what is labelled").click()
    expect(page.locator("#dry-run")).to_contain_text("1 of 1 bad items")
    expect(page.locator("#dry-run")).to_contain_text("0 of 5 good items")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Version 1 runs on what arrives from now on.")).to_be_visible()
    page.get_by_role("link", name="The item that it was made from").click()
    expect(page.get_by_role("link", name="Turns people away")).to_be_visible()
    expect(page.get_by_text(RIGHT)).to_be_visible()
    page.get_by_role("link", name="Answers", exact=True).click()


def makes_a_dataset(page: Page) -> DatasetVersion:
    page.get_by_role("link", name="Datasets", exact=True).click()
    page.get_by_role("link", name="Make the first dataset").click()
    page.get_by_label("Name").fill("Refunds")
    page.get_by_role("button", name="Make version 1").click()
    expect(page.get_by_text("It starts as soon as a worker is free.")).to_be_visible()
    version = DatasetVersion.objects.get()
    runner.run(version.job_id, queue="default")
    page.get_by_role("link", name="See the version").click()
    page.get_by_role("link", name="Rows", exact=True).click()
    expect(page.get_by_text(REFUSAL).first).to_be_visible()
    return version


def makes_a_key(page: Page) -> str:
    """For the build, as the page of the assertion's suite says."""
    page.get_by_role("link", name="Failures", exact=True).click()
    page.get_by_role("link", name="Assertions", exact=True).click()
    page.get_by_role("link", name="Answers", exact=True).click()
    page.get_by_role("region", name="Suites").get_by_role("link", name="refunds").click()
    expect(page.get_by_text("genba check outputs.jsonl --suite refunds", exact=True)).to_be_visible()
    page.get_by_role("link", name="make one").click()
    page.get_by_label("Name").fill("Our build")
    page.get_by_label(re.compile("check", re.IGNORECASE)).check()
    page.get_by_role("button", name="Make the key").click()
    return page.locator("#key").inner_text()


def test_what_a_person_saw_turns_a_build_red(project, owner, page_of, server, tmp_path, monkeypatch, capsys):
    check = drawn(project)
    page = page_of(owner, f"/p/shop/queues/{check.queue_id}/label/")
    looks(page)
    bad = check.queue.items.get(external_id="refused-0")
    assert FailureMode.objects.get().sightings.get(current=True).item == bad
    assert Expectation.objects.get(current=True).text == RIGHT

    makes_an_assertion(page)
    version = makes_a_dataset(page)
    rated = {row.key: row for row in DatasetRow.objects.filter(version=version, kind="rated")}
    assert sorted(row.label for row in rated.values()) == ["no", *["yes"] * 5]
    (row,) = (json.loads(one.content) for one in rated.values() if one.label == "no")
    assert (row["output"], row["provenance"]["item"]) == (REFUSAL, bad.pk)

    (right,) = DatasetRow.objects.filter(version=version, kind="demonstration")
    shown = json.loads(right.content)
    assert (shown["output"], shown["rejected"]) == (RIGHT, REFUSAL)
    assert right.group == next(one.group for one in rated.values() if one.label == "no")

    monkeypatch.setenv("GENBA_URL", server.url)
    monkeypatch.setenv("GENBA_API_KEY", makes_a_key(page))
    file, report = tmp_path / "outputs.jsonl", tmp_path / "junit.xml"
    file.write_text(lines(output("q-1", RIGHT), output("q-2", REFUSAL)))
    assert main(["check", str(file), "--suite", "refunds", "--junit", str(report)]) == 1
    assert "RED: 1 new failure" in capsys.readouterr().out
    cases = ET.fromstring(report.read_bytes()).iter("testcase")  # noqa: S314 - our own
    failed = [case.attrib for case in cases if case.find("failure") is not None]
    assert len(failed) == 1
    assert "answers" in json.dumps(failed)
    assert "q-2" in json.dumps(failed)
    file.write_text(lines(output("q-1", RIGHT), output("q-2", RIGHT)))
    assert main(["check", str(file), "--suite", "refunds"]) == 0
