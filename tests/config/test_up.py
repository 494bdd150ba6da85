"""`manage.py up` on a real machine: first start, later starts, refusals, ends."""

import os
import re
import signal
import socket
import subprocess
import time

import psutil
import pytest
from psycopg import connect, sql

from annotator.config.paths import sockets
from tests import schema
from tests.config.site import Site, gone
from tests.pace import allowed

pytestmark = pytest.mark.faults


def test_the_first_start_prints_an_address_and_a_link_that_signs_in(running):
    address = re.search(r"is ready: +(\S+)", running.first_words)[1]
    link = re.search(r"http://\S+/signin/\S+/", running.first_words)[0]
    assert address == f"http://localhost:{running.port}"
    assert running.get().status == 200
    assert running.get(link.removeprefix(address)).status == 200


def test_another_link_comes_from_the_command_that_it_names(running):
    command = re.search(r"Another link later: +(.+)", running.first_words)[1]
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True, cwd="/")  # noqa: S602
    assert re.search(r"http://localhost:\d+/signin/\S+/", done.stdout)


@pytest.mark.timed
def test_a_later_start_serves_its_first_page_within_five_seconds(running):
    running.stop()
    running.start()
    took = running.until_page()
    running.until_ready()
    print(f"first page after {took:.1f} s")
    assert took < allowed(5)
    assert "/signin/ " in running.text or "/signin/\n" in running.text
    assert "works once" not in running.text


@pytest.mark.timed
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_leaves_nothing_within_five_seconds(running, how):
    tree = running.tree()
    assert len(tree) >= 8
    took = running.stop(how)
    print(f"stopped after {took:.1f} s")
    assert took < allowed(5)
    assert gone(tree, 0.5) == []
    assert running.processes() == []
    assert running.process.returncode == 0


def test_a_second_start_is_refused_and_told_who_holds_the_folder(running):
    second = Site(running.var).start()
    assert second.end() != 0
    assert "already runs" in second.text
    assert f"process {running.process.pid}" in second.text
    assert f"http://localhost:{running.port}" in second.text
    assert running.get().status == 200


def test_two_starts_at_once_on_an_empty_folder_make_one(site):
    other = Site(site.var)
    other.port = site.port
    site.start("--no-demo")
    other.start("--no-demo")
    end = time.monotonic() + 60
    while site.process.poll() is None and other.process.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
    loser, winner = (site, other) if site.process.poll() is not None else (other, site)
    assert loser.end() != 0
    assert "already runs" in loser.text
    winner.until_ready()
    assert winner.get().status == 200
    winner.stop()


def test_a_port_in_use_is_named_before_anything_starts(site):
    with socket.socket() as other:
        other.bind(("127.0.0.1", site.port))
        other.listen()
        assert site.start().end() != 0
    assert f"Port {site.port} is taken" in site.text
    assert not (site.var / "postgres").exists()


def test_after_kill_9_of_everything_the_next_start_recovers(running):
    running.process.send_signal(signal.SIGSTOP)  # so that nothing is started again in between
    assert len(running.of_each(psutil.Process.kill)) >= 8
    running.process.kill()
    running.process.wait()
    running.start().until_ready()
    assert running.get().status == 200


def test_killed_children_that_were_stopped_do_not_hold_up_the_next_start(running):
    """The worst leftover: a process that does not listen any more."""
    web, postgres = running.child("granian"), running.child("bin/postgres")
    for process in (web, *web.children()):
        process.suspend()
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    running.start().until_ready()
    assert running.get().status == 200
    assert gone([web, postgres], 5) == []


def test_without_their_supervisor_the_children_end_by_themselves(running):
    tree = running.tree()
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    assert gone(tree) == []


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("granian", ""),
        ("bin/postgres", ""),
        ("redis-server", ""),
        ("celery.beat", "beat"),
        ("default@", "worker:default"),
        ("ml@", "worker:ml"),
    ],
)
def test_what_dies_is_started_again_and_works(running, name, sign):
    before, signed = running.child(name), running.sign_of_life(sign)
    before.kill()
    end = time.monotonic() + 20
    while True:
        try:
            if running.child(name).pid != before.pid:
                break
        except (StopIteration, psutil.Error):
            pass
        assert time.monotonic() < end, f"{name} stayed away"
        time.sleep(0.1)
    running.until_well()
    while sign and running.sign_of_life(sign) == signed:
        assert time.monotonic() < end + 40, f"{name} does nothing"
        time.sleep(0.1)


def test_the_engines_listen_on_no_tcp_port(running):
    ports = {
        connection.laddr.port
        for connections in running.of_each(lambda process: process.net_connections("inet"))
        for connection in connections
        if connection.status == psutil.CONN_LISTEN
    }
    assert ports == {running.port}
    assert sockets(running.var).stat().st_mode & 0o777 == 0o700
    assert running.var.stat().st_mode & 0o066 == 0


def test_a_folder_that_cannot_be_written_is_named(folder):
    (folder / "file").touch()
    site = Site(folder / "file" / "var").start()
    assert site.end() != 0
    assert str(folder / "file" / "var") in site.text
    assert "Traceback" not in site.text


def test_with_servers_of_ones_own_nothing_is_embedded_and_roles_run_alone(folder, postgres, redis_server):
    with connect(**postgres.url, dbname="postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS bring_your_own"))
        connection.execute(sql.SQL("CREATE DATABASE bring_your_own"))
    schema.fill(postgres, "bring_your_own")
    site = Site(
        folder / "var",
        DATABASE_URL=f"postgresql://genba@{str(postgres.sockets).replace('/', '%2F')}:5432/bring_your_own",
        REDIS_URL=f"redis+socket://{redis_server.socket}",
    )
    site.start("--no-demo").until_ready()
    commands = site.of_each(lambda process: " ".join(process.cmdline()))
    site.stop()
    assert not any("bin/postgres" in command or "redis-server" in command for command in commands)
    assert not (site.var / "postgres").exists()
    assert not (site.var / "redis").exists()

    # What a container runs: one role, no engines, no migration, signals straight to the server.
    site.start("--only", "web")
    site.until_page()
    assert "granian" in " ".join(psutil.Process(site.process.pid).cmdline())
    assert site.stop(signal.SIGTERM) < 5
