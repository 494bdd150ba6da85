"""The embedded engines: accounts, closed folders, recovery, refusals."""

import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from annotator.config.embedded import capability
from annotator.config.embedded.accounts import Account, account_for, become
from annotator.config.embedded.postgres import Postgres
from annotator.config.embedded.process import EngineError, identity, private_folder
from annotator.config.embedded.redis import Redis
from annotator.config.paths import ROOT
from tests.config.site import Site
from tests.pace import allowed

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def engines(folder):
    """`engines(var)`: a PostgreSQL and a Redis on that folder; stopped at the end."""
    made = []

    def make(var: Path) -> tuple[Postgres, Redis]:
        var.mkdir(parents=True, exist_ok=True)
        postgres = Postgres(var / "postgres", var / "run", log=var / "postgres.log", durable=False)
        broker = Redis(var / "redis", var / "run" / "redis.sock", log=var / "redis.log")
        made.extend((postgres, broker))
        return postgres, broker

    yield make
    for engine in made:
        engine.stop(signal.SIGKILL)


def answers(postgres: Postgres, broker: Redis) -> bool:
    with psycopg.connect(**postgres.url, dbname="genba") as connection:
        one = connection.execute("SELECT 1").fetchone()
    return one == (1,) and redis.Redis(unix_socket_path=str(broker.socket)).ping()


@pytest.mark.faults
def test_engines_run_as_nobody_else_than_an_account_without_rights(engines, folder):
    started = engines(folder / "var")
    for engine in started:
        engine.start()
        owner = Path(f"/proc/{engine.process.pid}").stat().st_uid
        assert owner != 0
        assert owner == (engine.account.uid if IS_ROOT else os.geteuid())
        assert stat.S_IMODE(engine.data.stat().st_mode) == 0o700
    assert answers(*started)


@pytest.mark.faults
def test_behind_a_closed_folder_engines_work_and_the_folder_stays_closed(engines, folder):
    """As root the engines' account cannot enter it; as an ordinary user it is one's own."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    started = engines(closed / "var")
    for engine in started:
        engine.start()
    assert answers(*started)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    status = Path(f"/proc/{started[0].process.pid}/status").read_text()
    rights = int(status.partition("CapPrm:")[2].split()[0], 16)
    assert rights in ({1 << capability.DAC_READ_SEARCH, 1 << capability.DAC_OVERRIDE} if IS_ROOT else {0})


@pytest.mark.faults
def test_killed_again_and_again_while_written_to_they_come_back_with_what_was_told(engines, folder):
    postgres, broker = engines(folder / "var")
    postgres.durable = True
    for engine in (postgres, broker):
        engine.start()
    with psycopg.connect(**postgres.url, dbname="genba", autocommit=True) as connection:
        connection.execute("CREATE TABLE told (n int PRIMARY KEY)")
    told = 0
    for _ in range(5):
        with psycopg.connect(**postgres.url, dbname="genba", autocommit=True) as connection:
            for _ in range(20):
                connection.execute("INSERT INTO told VALUES (%s)", [told])
                told += 1
            for engine in (postgres, broker):
                engine.process.kill()
                engine.process.wait()
        for engine in (postgres, broker):
            engine.start()
        with psycopg.connect(**postgres.url, dbname="genba") as connection:
            assert connection.execute("SELECT count(*) FROM told").fetchone() == (told,)


@pytest.mark.faults
def test_a_number_that_another_program_has_by_now_does_not_hold_up_the_start(engines, folder):
    """In a container the killed server's number soon belongs to somebody."""
    postgres, _ = engines(folder / "var")
    postgres.start()
    postgres.process.kill()
    postgres.process.wait()
    pid_file = postgres.data / "postmaster.pid"
    account = postgres.account if postgres.account.is_another else None
    other = subprocess.Popen(["sleep", "60"], user=account and account.uid, group=account and account.gid)
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
    try:
        postgres.start()
    finally:
        other.kill()
        other.wait()
    assert postgres.answers()


@pytest.mark.faults
def test_a_first_start_cut_short_leaves_no_half_cluster(engines, folder):
    postgres, _ = engines(folder / "var")
    half = folder / "var" / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("16\n")
    postgres.start()
    assert postgres.answers()
    assert not half.exists()


def test_a_cluster_of_another_major_version_is_refused_in_words(engines, folder):
    postgres, _ = engines(folder / "var")
    postgres.data.mkdir(parents=True)
    (postgres.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EngineError, match=r"made by PostgreSQL 16, and this is PostgreSQL 18"):
        postgres.start()


@pytest.mark.faults
def test_a_server_that_cannot_start_is_quoted(engines, folder):
    postgres, _ = engines(folder / "var")
    postgres.start()
    postgres.stop()
    (postgres.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EngineError, match=r"stopped while starting: .*(configuration|no_such_setting)"):
        postgres.start()


@pytest.mark.faults
def test_an_ordinary_user_runs_the_whole(folder):
    """As root: the account `nobody`. It may read this checkout even where others may not."""
    account = Account(65534, 65534) if IS_ROOT else Account(os.geteuid(), os.getegid())
    home = folder / "home"
    home.mkdir()
    if IS_ROOT:
        os.chown(home, *account)
    change = become(account, program=Path(sys.executable).resolve(), folders=[ROOT, Path(sys.prefix)])
    site = Site(home / "var", become=change, HOME=str(home), PYTHONDONTWRITEBYTECODE="1")
    site.start("--no-demo").until_ready()
    try:
        assert site.get().status == 200
        assert set(site.of_each(lambda process: process.uids().effective)) == {account.uid}
        assert stat.S_IMODE(site.var.stat().st_mode) == 0o700
    finally:
        took = site.stop()
    assert took < allowed(5)
    assert site.processes() == []


@pytest.mark.faults
def test_a_folder_that_an_ordinary_user_may_not_write_is_named(folder):
    account = Account(65534, 65534) if IS_ROOT else Account(os.geteuid(), os.getegid())
    (folder / "var").mkdir(mode=0o555)
    change = become(account, program=Path(sys.executable).resolve(), folders=[ROOT, Path(sys.prefix)])
    site = Site(folder / "var", become=change, PYTHONDONTWRITEBYTECODE="1").start("--no-demo")
    assert site.end() != 0
    assert "cannot be written" in site.text
    assert "Traceback" not in site.text


def test_a_strangers_folder_in_tmp_is_refused(folder):
    """Whoever may write to /tmp may put a folder, or a link, where our sockets would go."""
    folder.chmod(0o1777)
    (folder / "elsewhere").mkdir()
    (folder / "link").symlink_to(folder / "elsewhere")
    with pytest.raises(EngineError, match="in the way"):
        private_folder(folder / "link", None)
    if IS_ROOT:
        (folder / "theirs").mkdir()
        os.chown(folder / "theirs", 12345, 12345)
        with pytest.raises(EngineError, match="belongs to somebody else"):
            private_folder(folder / "theirs", None)


def test_what_an_account_lacks_is_told_by_the_mode_bits(folder):
    program = folder / "open" / "program"
    program.parent.mkdir(mode=0o755)
    program.touch(mode=0o755)
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    nobody = 65534
    assert capability.lacking(nobody, nobody, program=program, folders=[folder / "var"]) is None
    assert capability.barred(nobody, nobody, [closed / "var"]) == str(closed.resolve())
    assert capability.lacking(nobody, nobody, program=program, folders=[closed / "var"]) is not None
    assert capability.lacking(os.geteuid(), os.getegid(), program=program, folders=[closed / "var"]) is None
    program.chmod(0o700)
    assert capability.lacking(nobody, nobody, program=program, folders=[]) == capability.DAC_OVERRIDE


def test_the_account_is_the_owner_of_what_is_there(folder):
    data = folder / "postgres"
    if IS_ROOT:
        assert pwd.getpwuid(account_for(data).uid).pw_name in {"postgres", "nobody"}
        data.mkdir()
        os.chown(data, 12345, 12346)
        assert account_for(data) == Account(12345, 12346)
    else:
        assert account_for(data) == Account(os.geteuid(), os.getegid())


def test_a_process_is_told_apart_from_a_later_one_of_the_same_number():
    first = subprocess.Popen(["sleep", "60"])
    mark = identity(first.pid)
    assert mark
    assert mark == identity(first.pid)
    time.sleep(0.02)
    second = subprocess.Popen(["sleep", "60"])
    assert identity(second.pid) != mark
    for process in (first, second):
        process.kill()
    first.wait()
    assert identity(first.pid) == ""
    second.wait()
