"""`manage.py import_labels`: what is guessed, what is said, what it ends with."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from annotator.models import Label
from tests import make


@pytest.fixture
def queue(project):
    return make.queue(project, items=3)


def call(queue, path, *more: str) -> str:
    out = StringIO()
    project = queue.project.slug
    call_command(
        "import_labels",
        str(path),
        "--project",
        project,
        "--queue",
        str(queue.pk),
        *more,
        stdout=out,
        stderr=out,
    )
    return out.getvalue()


def test_a_file_of_labels_twice(queue, tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text("item_id,label,annotator\nitem-0,1,Rosa\nitem-1,0,Ravi\n")
    assert "2 stored (0 of them surplus), 0 there already, 0 refused." in call(queue, file)
    assert "0 stored (0 of them surplus), 2 there already" in call(queue, file)
    assert sorted(Label.objects.values_list("answer", "rater__name")) == [("no", "Ravi"), ("yes", "Rosa")]
    assert list(tmp_path.iterdir()) == [file]


def test_refused_lines_are_named_and_kept(queue, tmp_path):
    file = tmp_path / "labels.jsonl"
    good = {"external_id": "item-0", "answer": "yes", "who": "Rosa"}
    file.write_text("\n".join(json.dumps(one) for one in (good, {**good, "external_id": "item-9"})) + "\n{")
    with pytest.raises(CommandError, match=r"labels\.jsonl\.rejects\.jsonl"):
        call(queue, file, "--map", "rater=who")
    refused = [
        json.loads(line) for line in (tmp_path / "labels.jsonl.rejects.jsonl").read_text().splitlines()
    ]
    assert [(one["line"], one["field"]) for one in refused] == [(2, "external_id"), (3, None)]
    assert Label.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ((), "No column is recognised as rater"),
        (("--map", "rater=nobody"), "no column “nobody”"),
        (("--map", "colour=who"), "write FIELD=COLUMN"),
        (("--map", "rater"), "write FIELD=COLUMN"),
    ],
)
def test_what_cannot_be_read_that_way(queue, tmp_path, more, words):
    file = tmp_path / "labels.csv"
    file.write_text("id,answer,who\nitem-0,yes,Rosa\n")
    with pytest.raises(CommandError, match=words):
        call(queue, file, *more)
    assert Label.objects.count() == 0


def test_no_such_queue_project_or_file(queue, tmp_path, stranger):
    file = tmp_path / "labels.csv"
    with pytest.raises(CommandError, match="cannot be read"):
        call(queue, file)
    for project, name in (("elsewhere", str(queue.pk)), ("shop", "7")):
        with pytest.raises(CommandError, match="There is no queue"):
            call_command("import_labels", str(file), "--project", project, "--queue", name)
