"""The whole day: the log comes in, twenty answers by keyboard, the web server dies, the dataset goes out."""

import hashlib
import json
import signal
from datetime import UTC, datetime, timedelta

import httpx
from django.core.management import call_command
from playwright.sync_api import expect

from annotator.models import Label
from feedback.models import Interaction, VibeCheck
from feedback.services import plans
from tests import make
from tests.browser.labeling import back_online, press, wait_saved

FEATURES = ("email", "chat", "call")
KEYS = "yynyysyyynyyyynyyyyy"
WORDS = {"y": "yes", "n": "no", "s": "skip"}


def records(day: datetime, n: int) -> list[dict]:
    return [
        {
            "id": f"call-{k}",
            "occurred_at": (day + timedelta(minutes=k)).isoformat(),
            "feature": FEATURES[k % 3],
            "input": [{"role": "user", "content": f"Question {k}?"}],
            "output": f"Answer {k}.",
            "model": "m-1",
        }
        for k in range(n)
    ]


def test_a_log_becomes_a_dataset(project, owner, page_of, guard, server):
    guard.allow(r"Failed to load resource|ERR_CONNECTION_REFUSED|NetworkError|Failed to fetch")
    yesterday = datetime.now(UTC).replace(hour=0, minute=30, second=0, microsecond=0) - timedelta(days=1)
    headers = {**make.bearer(make.api_key(project)), "Content-Type": "application/x-ndjson"}
    lines = "\n".join(json.dumps(record) for record in records(yesterday, 90)).encode()

    for accepted, duplicates in ((90, 0), (0, 90)):  # the sender tries again: nothing changes
        told = httpx.post(f"{server.url}/api/v1/interactions", content=lines, headers=headers).json()
        assert (told["accepted"], told["duplicates"], told["rejected"]) == (accepted, duplicates, [])
    assert Interaction.objects.filter(project=project).count() == 90

    plans.ensure_plan(project, now=datetime.now(UTC))
    for _ in range(2):  # drawn twice, there once
        call_command("vibecheck", project=project.slug, date=yesterday.date().isoformat())
    queue = VibeCheck.objects.get().queue
    assert queue.items.count() == 20

    page = page_of(owner, f"/p/{project.slug}/queues/{queue.pk}/label/")
    pressed: dict[str, str] = {}
    try:
        for n, key in enumerate(KEYS):
            if n == 8:
                server.stop(signal.SIGKILL)
            if n == 12:
                expect(page.locator("#saved")).not_to_have_text("All saved")
                server.start()
            expect(page.locator("#progress")).to_have_text(f"{n + 1} of 20")
            shown = page.locator("#stage [data-part=output]").inner_text()
            pressed[shown.strip()] = WORDS[key]
            press(page, key)
            if key == "n":
                press(page, "Enter")  # nothing to say of how it fails
    finally:
        server.start()  # other tests want it too
    back_online(page)
    wait_saved(page)
    expect(page.locator("#end-panel")).to_contain_text("19 of 20 answered")

    address = f"{server.url}/api/v1/queues/{queue.pk}/export"
    dataset = httpx.get(f"{address}.jsonl", headers=headers).content
    manifest = httpx.get(f"{address}.manifest.json", headers=headers).json()
    rows = [json.loads(line) for line in dataset.splitlines()]
    answered = {output: answer for output, answer in pressed.items() if answer != "skip"}
    assert {row["output"]: row["answer"] for row in rows} == answered
    assert {row["inclusion_probability"] for row in rows} <= {n / 30 for n in range(1, 31)}
    assert manifest["sha256"] == hashlib.sha256(dataset).hexdigest()
    assert Label.objects.filter(queue=queue).count() == 20
