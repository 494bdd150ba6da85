"""Starting again what ended, with patience that grows; and what the console repeats of the logs."""

import polib

from annotator.config import catalogues
from annotator.config.supervisor import logs
from annotator.config.supervisor.logs import Tail
from annotator.config.supervisor.watch import FIRST_WAIT, LONGEST_WAIT, Watch


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Fragile:
    name = "web"

    def __init__(self):
        self.running, self.starts, self.fails = True, 0, False

    def launch(self):
        if self.fails:
            raise OSError(28, "No space left on device")
        self.running, self.starts = True, self.starts + 1

    def is_running(self):
        return self.running


def watch():
    said, clock, what = [], Clock(), Fragile()
    return Watch(what, said.append, log="web.log", clock=clock), what, clock, said


def seconds_until_start(watched, clock):
    began = clock.now
    while not watched.look():
        clock.now += 0.25
    return clock.now - began


def test_each_end_in_a_row_doubles_the_wait():
    watched, what, clock, said = watch()
    waits = []
    for _ in range(9):
        what.running = False
        waits.append(seconds_until_start(watched, clock))
    assert waits[:4] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT, 8 * FIRST_WAIT]
    assert waits[-1] == LONGEST_WAIT
    assert said[0] == "web ended; starting it again in 0.5 s (log: web.log)"


def test_one_that_ran_calmly_starts_again_at_once():
    watched, what, clock, _ = watch()
    for _ in range(5):
        what.running = False
        seconds_until_start(watched, clock)
    clock.now += 61
    what.running = False
    assert seconds_until_start(watched, clock) == FIRST_WAIT


def test_a_start_that_fails_is_told_and_tried_again():
    watched, what, clock, said = watch()
    what.running, what.fails = False, True
    for _ in range(40):
        clock.now += 0.25
        assert not watched.look()
    assert any("No space left" in line for line in said)
    what.fails = False
    assert seconds_until_start(watched, clock) <= LONGEST_WAIT
    assert what.starts == 1


def test_only_important_new_lines_reach_the_console(tmp_path):
    log, said = tmp_path / "web.log", []
    log.write_text("2026 ERROR old news\n")
    tail = Tail("web", log, said.append)
    with log.open("a") as more:
        more.write("2026 INFO a page\n2026 ERROR half a")
    tail.look()
    assert said == []
    with log.open("a") as more:
        more.write(" line\nFATAL:  the database system is starting up\n")
    tail.look()
    assert said == ["[web] 2026 ERROR half a line"]


def test_a_flood_is_cut_with_a_hint_where_the_rest_is(tmp_path):
    log, said = tmp_path / "web.log", []
    tail = Tail("web", log, said.append)
    log.write_text("WARNING again\n" * 100)
    tail.look()
    assert len(said) == logs.LINES_A_MINUTE + 1
    assert str(log) in said[-1]


def test_a_log_is_rotated_under_its_writer(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "MOST_BYTES", 1000)
    log, said = tmp_path / "web.log", []
    tail = Tail("web", log, said.append)
    with log.open("a") as writer:
        writer.write("x" * 1500 + "\n")
        writer.flush()
        tail.look()
        writer.write("ERROR after\n")
        writer.flush()
        tail.look()
    assert log.read_text() == "ERROR after\n"
    assert log.with_suffix(".log.1").stat().st_size == 1501
    assert said == ["[web] ERROR after"]


def test_a_catalogue_is_compiled_once_for_each_change(tmp_path):
    folder = tmp_path / "locale" / "ko" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    book = polib.POFile()
    book.append(polib.POEntry(msgid="Yes", msgstr="예"))
    book.save(str(folder / "django.po"))
    assert catalogues.compile_stale(tmp_path) == 1
    assert catalogues.compile_stale(tmp_path) == 0
    assert polib.mofile(str(folder / "django.mo"))[0].msgstr == "예"
    book[0].msgstr = "네"
    book.save(str(folder / "django.po"))
    assert catalogues.compile_stale(tmp_path) == 1
    assert polib.mofile(str(folder / "django.mo"))[0].msgstr == "네"


def test_a_log_that_is_deleted_stops_nothing_and_is_read_when_it_is_back(tmp_path):
    log, said = tmp_path / "web.log", []
    log.write_text("2026 INFO a page\n")
    tail = Tail("web", log, said.append)
    log.unlink()
    tail.look()
    log.write_text("ERROR new\n")
    tail.look()
    assert said == ["[web] ERROR new"]


def test_a_log_that_cannot_be_rotated_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "MOST_BYTES", 10)
    log, said = tmp_path / "web.log", []
    tail = Tail("web", log, said.append)
    (tmp_path / "web.log.1").mkdir()
    log.write_text("2026 INFO a page\n")
    tail.look()
    assert "cannot be read or rotated" in said[0]
