"""manage.py import_logs: files of both kinds, line numbers in errors, harmless to run again."""

import csv
import gzip
import io
import json
import tracemalloc

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from feedback.models import Interaction
from tests.feedback.sending import record

pytestmark = pytest.mark.django_db


class Run:
    def __init__(self) -> None:
        self.out = self.err = ""

    def __call__(self, path, *arguments: str) -> None:
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("import_logs", str(path), "--project", "shop", *arguments, stdout=out, stderr=err)
        finally:
            self.out, self.err = out.getvalue(), err.getvalue()


@pytest.fixture
def run(project) -> Run:
    return Run()


def jsonl(path, *lines):
    data = b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
    )
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["day.jsonl", "day.jsonl.gz"])
def test_a_jsonl_file_and_again(run, tmp_path, name):
    path = jsonl(tmp_path / name, *[record(n) for n in range(2500)])
    run(path)
    assert run.out == "2500 stored, 0 there already, 0 refused.\n"
    run(path)
    assert run.out == "0 stored, 2500 there already, 0 refused.\n"
    assert Interaction.objects.count() == 2500


def test_refused_lines_are_numbered_kept_and_make_the_command_fail(run, tmp_path, capsys):
    path = jsonl(tmp_path / "day.jsonl", record(1), b"{oops", b"", record(2, latency_ms="x"), record(3))
    with pytest.raises(CommandError, match=r"day\.jsonl\.rejects\.jsonl"):
        run(path)
    assert run.out == "2 stored, 0 there already, 2 refused.\n"
    shown = capsys.readouterr().err
    assert "line 2: is not JSON" in shown
    assert "line 4: latency_ms must be a number" in shown
    kept = [json.loads(line) for line in (tmp_path / "day.jsonl.rejects.jsonl").read_text().splitlines()]
    assert [(one["line"], one["field"]) for one in kept] == [(2, None), (4, "latency_ms")]
    assert kept[0]["record"] == "{oops"


def test_lines_without_ids_are_stored_once_even_when_the_file_grew(run, tmp_path):
    lines = [{"input": "same"}, {"input": "same"}, {"input": "other"}]
    path = jsonl(tmp_path / "a.jsonl", *lines)
    run(path)
    jsonl(path, *lines, {"input": "same"})
    run(path)
    assert run.out == "1 stored, 3 there already, 0 refused.\n"
    assert Interaction.objects.count() == 4


def test_keys_of_another_tool_are_mapped_and_values_kept_byte_for_byte(run, tmp_path):
    path = jsonl(
        tmp_path / "a.jsonl",
        b'{"trace_id": "t-1", "timestamp": 1790000000, "messages": [{"role": "user", "content": "h\\u00e9"}],'
        b' "reply": "yes", "score": 1.50, "model": "m-1", "output": "unused"}',
    )
    run(path, "--map", "output=reply")
    row = Interaction.objects.get()
    assert (row.external_id, row.input_preview, row.output) == ("t-1", "hé", "yes")
    assert (row.model, row.metadata) == ("m-1", {"score": 1.5, "record.output": "unused"})
    assert "input=messages" in run.err


def test_a_csv_from_a_spreadsheet(run, tmp_path, project):
    project.time_zone = "Asia/Seoul"
    project.save()
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Zeit", "Prompt", "Response", "prompt tokens", "region"])
    writer.writerow(["2026-11-20 18:30:00", 'Wo ist\n"meine" Bestellung?', "Für Sie: morgen", "12", "eu"])
    writer.writerow(["2026-11-20 18:31:00", '[{"role": "user", "content": "hi"}]', "", "", ""])
    path = tmp_path / "log.csv"
    path.write_bytes(text.getvalue().encode("cp1252"))

    run(path, "--map", "occurred_at=Zeit")

    first, second = Interaction.objects.order_by("occurred_at")
    assert first.occurred_at.isoformat() == "2026-11-20T09:30:00+00:00"
    assert first.input == 'Wo ist\n"meine" Bestellung?'
    assert (first.output, first.input_tokens, first.metadata) == ("Für Sie: morgen", 12, {"region": "eu"})
    assert (second.input, second.output, second.metadata) == ([{"role": "user", "content": "hi"}], None, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_a_korean_csv_in_the_encodings_spreadsheets_write(run, tmp_path, encoding):
    path = tmp_path / "log.csv"
    path.write_bytes("id,input,output\n1,주문이 어디에 있나요?,내일 도착합니다\n".encode(encoding))
    run(path)
    assert Interaction.objects.get().input == "주문이 어디에 있나요?"


def test_crooked_rows_are_refused_by_line_and_the_others_stored(run, tmp_path, capsys):
    path = tmp_path / "log.csv"
    path.write_text('id,input\n1,a\n2,"two\nlines"\n3,b,too many\n\n4\n5,c\n')
    with pytest.raises(CommandError):
        run(path)
    shown = capsys.readouterr().err
    assert "line 5: has another number of cells than the header: 3, not 2" in shown
    assert "line 7: has another number of cells than the header: 1, not 2" in shown
    assert set(Interaction.objects.values_list("external_id", flat=True)) == {"1", "2", "5"}


def test_a_line_of_megabytes_is_refused_and_the_next_one_read(run, tmp_path, settings, capsys):
    settings.INGEST_MAX_RECORD_BYTES = 10_000
    path = jsonl(tmp_path / "a.jsonl", record(1), record(2, output="x" * 300_000), record(3))
    with pytest.raises(CommandError):
        run(path)
    assert "line 2: is larger than 10000 bytes" in capsys.readouterr().err
    assert Interaction.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 docx", "ZIP or Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"PAR1....", "Parquet"),
        (b"id,input\x00\x01", "not a text file"),
        (b'[{"input": "a"}]', "jq"),
        (b"id,input,id\n1,a,2\n", "Two columns"),
        (b"id,,input\n1,2,a\n", "Column 2 has no name"),
        (b",".join(b"c%d" % n for n in range(501)), "at most 500"),
        (b"id,input\n", "no record"),
        (gzip.compress(b'{"input": "a"}\n' * 1000, mtime=0)[:-20], "before the end"),
    ],
)
def test_files_that_are_no_log_say_why(run, tmp_path, content, words):
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        run(path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--map", "input=nowhere"), "no column “nowhere”"),
        (("--map", "password=id"), "FIELD is one of"),
        (("--time-zone", "Mars/Base"), "no time zone"),
        (("--format", "csv", "--encoding", "klingon"), "no encoding"),
    ],
)
def test_wrong_arguments_are_named(run, tmp_path, arguments, words):
    path = jsonl(tmp_path / "a.jsonl", record(1))
    with pytest.raises(CommandError, match=words):
        run(path, *arguments)


def test_a_key_that_comes_late_can_be_named(run, tmp_path):
    late = {**record(1), "id": "late", "went_wrong": "timeout"}
    path = jsonl(tmp_path / "a.jsonl", *(record(n) for n in range(1100)), late)
    run(path, "--map", "error=went_wrong")
    assert Interaction.objects.get(external_id="late").error == "timeout"


@pytest.mark.parametrize("delimiter", [";;", '"', "\n"])
def test_a_delimiter_is_one_character(run, tmp_path, delimiter):
    path = tmp_path / "a.csv"
    path.write_text("id;input\n1;a\n")
    with pytest.raises(CommandError, match="is no delimiter"):
        run(path, "--delimiter", delimiter)


@pytest.mark.parametrize("odd", ["20241120", "2024", "202411201530", "nan", "inf", "-1", "1e9", "1.7E+12"])
def test_a_number_that_is_no_time_for_sure_is_refused_and_never_guessed(run, tmp_path, odd):
    path = tmp_path / "a.csv"
    path.write_text(f"id,input,occurred_at\n1,a,{odd}\n2,b,1732060800\n3,c,1732060800123\n")
    if odd == "20241120":  # ISO 8601 knows this spelling of a day
        run(path)
        assert Interaction.objects.get(external_id="1").occurred_at.date().isoformat() == "2024-11-20"
    else:
        with pytest.raises(CommandError, match="refused"):
            run(path)
        assert not Interaction.objects.filter(external_id="1").exists()
    times = Interaction.objects.filter(external_id__in="23").order_by("external_id")
    assert [row.occurred_at.isoformat() for row in times] == [
        "2024-11-20T00:00:00+00:00",
        "2024-11-20T00:00:00.123000+00:00",
    ]


def test_a_header_of_any_length_is_read_whole(run, tmp_path):
    names = ["id", "input"]
    names += [f"a rather long name of a column number {n} {'x' * 180}" for n in range(400)]
    path = tmp_path / "a.csv"
    path.write_text(",".join(names) + "\n" + ",".join(["1", "a", *["v"] * 400]) + "\n")
    assert path.stat().st_size > 64 * 1024
    run(path)
    assert len(Interaction.objects.get().metadata) == 400


def test_an_unknown_project_and_a_missing_file(run, tmp_path):
    with pytest.raises(CommandError, match="There is no project “nope”"):
        call_command("import_logs", "x", "--project", "nope")
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "missing.jsonl")


def test_a_csv_line_of_any_length_takes_little_memory(run, tmp_path, settings):
    settings.INGEST_MAX_RECORD_BYTES = 1000
    path = tmp_path / "log.csv.gz"
    long = b"2," + b"x" * 40_000_000 + b"\n"
    path.write_bytes(gzip.compress(b"id,input\n1,first\n" + long + b'3,"a\nb"\n4,last,more\n', 1))
    tracemalloc.start()
    with pytest.raises(CommandError):
        run(path, "--encoding", "utf-8")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000
    assert sorted(Interaction.objects.values_list("external_id", flat=True)) == ["1", "3"]
    rejects = (tmp_path / "log.csv.gz.rejects.jsonl").read_text().splitlines()
    assert [json.loads(line)["line"] for line in rejects] == [3, 6]
