"""A file of items through the page, in a real browser."""

from annotator.jobs import runner
from annotator.models import Item, Job
from tests import make
from tests.browser.axe import problems

LINES = 'nr,prompt,Answer,remark\n1,"Where is <b>it</b>?",Soon,a\n2,,,b\n3,And now?,Later,c\n'


def fits(page) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_csv_is_uploaded_its_mapping_corrected_and_a_line_refused(window, owner, project, tmp_path):
    queue = make.queue(project, items=0)
    page = window(owner).new_page()
    file = tmp_path / "answers.csv"
    file.write_text(LINES)

    page.goto(f"/p/shop/queues/{queue.pk}/")
    page.get_by_role("link", name="Upload").click()
    page.get_by_text("What a line may hold").click()
    assert problems(page) == []
    fits(page)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    assert page.get_by_label("prompt").input_value() == "input"
    assert page.get_by_label("Answer").input_value() == "output"
    assert page.get_by_text("Where is <b>it</b>?").is_visible()
    page.get_by_label("nr").select_option("external_id")
    page.get_by_label("remark").select_option("reason")
    assert problems(page) == []
    fits(page)
    page.get_by_role("button", name="Import the items").click()
    page.get_by_text("You may close this page").wait_for()

    runner.run(Job.objects.get().pk, queue="default")

    page.get_by_text("Line 3").wait_for()
    assert page.get_by_text("has neither an input nor an output").is_visible()
    assert problems(page) == []
    fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the refused lines").click()
    assert download.value.suggested_filename == "answers.csv.rejects.jsonl"
    page.get_by_role("link", name="To the queue").click()
    page.get_by_text("0 of 2 items answered").wait_for()
    found = list(Item.objects.order_by("position").values_list("external_id", "input", "output", "reason"))
    assert found == [("1", "Where is <b>it</b>?", "Soon", "a"), ("3", "And now?", "Later", "c")]
