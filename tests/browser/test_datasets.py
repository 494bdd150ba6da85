"""From labels to a file in one sitting: a live count, a version that appears by itself, a download."""

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from annotator.jobs import runner
from annotator.models import DatasetVersion
from annotator.services import queues
from tests import make
from tests.annotator.answering import answers


def test_an_owner_makes_a_dataset_and_takes_it_along(project, owner, page_of):
    queue = make.queue(project, items=0)
    asked = ("a chair", "one lamp", "this desk", "that bed")
    queues.add_items(
        queue,
        [
            queues.NewItem(external_id=f"call-{n}", input=f"How much is {thing}?", output=f"{n} euros")
            for n, thing in enumerate(asked)
        ],
    )
    answers(queue, "yy", "y", "nn", "yn")
    page = page_of(owner, "/p/shop/datasets/")
    page.get_by_role("link", name="Make the first dataset").click()

    count = page.get_by_role("complementary", name="Rows now")
    expect(count).to_contain_text("3 rows now")
    expect(count).to_contain_text("people disagree evenly")
    page.get_by_label("Only what several people answered, or adjudicated").check()
    expect(count).to_contain_text("2 rows now")
    expect(count).to_contain_text("only one person answered")
    page.get_by_label("Train, %").fill("100")
    page.get_by_label("Dev, %").fill("0")
    expect(count).to_contain_text("must make 100")
    page.get_by_label("Test, %").fill("0")
    expect(count).to_contain_text("2 rows now")
    page.get_by_label("Name").fill("Prices")
    page.get_by_role("button", name="Make version 1").click()

    expect(page.get_by_text("It starts as soon as a worker is free.")).to_be_visible()
    runner.run(DatasetVersion.objects.get().job_id, queue="default")
    page.get_by_role("link", name="See the version").click()
    page.get_by_label("Format", exact=True).select_option("few-shot-json")
    expect(page.get_by_label(re.compile("at most", re.IGNORECASE)).first).to_be_visible()
    page.get_by_label("Format", exact=True).select_option("classification-jsonl")
    expect(page.get_by_label(re.compile("at most", re.IGNORECASE))).to_have_count(0)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download").click()

    lines = Path(taken.value.path()).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["label"] for line in lines] == ["yes", "no"]
    assert taken.value.suggested_filename == "Prices v1 classification-jsonl train.jsonl"
