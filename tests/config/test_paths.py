"""Sockets work however long the path is, and the secret key is each instance's own."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.config import env, paths, secret
from annotator.config.supervisor.lock import Lock


def test_sockets_lie_in_the_state_folder_when_the_path_is_short():
    assert paths.sockets(Path("/srv/genba/var")) == Path("/srv/genba/var/run")


def test_a_long_path_has_a_short_stand_in_that_every_process_finds(monkeypatch):
    long = Path("/srv") / ("x" * 150)
    stand_in = paths.sockets(long)
    assert len(str(stand_in / ".s.PGSQL.5432.lock")) < 108
    monkeypatch.setenv("TMPDIR", "/somewhere/else")
    assert paths.sockets(long) == stand_in
    assert paths.sockets(long / "other") != stand_in


def test_the_limit_counts_bytes_not_letters():
    """A Korean letter takes three bytes of the 107."""
    assert paths.sockets(Path("/srv") / ("가" * 40)).is_relative_to("/tmp")
    assert paths.sockets(Path("/srv") / ("a" * 40)).is_relative_to("/srv")


def test_two_instances_have_two_keys_that_nobody_else_reads(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    assert len(secret.secret_key(one)) >= 50
    assert secret.secret_key(one) == secret.secret_key(one)
    assert secret.secret_key(one) != secret.secret_key(two)
    assert stat.S_IMODE((one / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(one.stat().st_mode) & 0o066 == 0


def test_a_key_that_is_given_is_not_written_down(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "given")
    assert secret.secret_key(tmp_path / "var") == "given"
    assert not (tmp_path / "var").exists()


def test_the_first_start_makes_the_folder_whoever_keeps_the_key(tmp_path):
    lock = Lock(tmp_path / "new" / "var", address="http://localhost:8000")
    lock.take()
    assert lock.path.exists()
    lock.release()


def test_processes_that_start_at_once_agree_on_one_key(tmp_path):
    ask = "import sys; from annotator.config.secret import secret_key; from pathlib import Path;"
    ask += " print(secret_key(Path(sys.argv[1])))"
    asked = [
        subprocess.Popen(
            [sys.executable, "-c", ask, str(tmp_path / "var")], stdout=subprocess.PIPE, cwd=paths.ROOT
        )
        for _ in range(6)
    ]
    assert len({process.communicate()[0] for process in asked}) == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(env.SettingError, match=r"file/var cannot be"):
        secret.secret_key(tmp_path / "file" / "var")
