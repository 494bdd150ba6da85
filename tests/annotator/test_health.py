"""What is wrong, in words: the strip, /healthz and `manage.py doctor`."""

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from annotator import weights
from annotator.health import examine as examining
from annotator.health import facts as facts_module
from annotator.health.examine import examine
from annotator.jobs import broker as asked_broker
from annotator.jobs import heart
from annotator.models import Heartbeat
from tests import make

Usage = namedtuple("Usage", "total used free")
GIB = 1024**3


@pytest.fixture(autouse=True)
def ask_anew(monkeypatch):
    monkeypatch.setattr(asked_broker, "_last", None)


@pytest.fixture
def all_alive(db, broker):
    for name in ("beat", "sweep", "worker:default", "worker:ml", "worker:suggest"):
        heart.note(name)


def aged(name: str, minutes: int) -> None:
    Heartbeat.objects.filter(name=name).update(at=timezone.now() - timedelta(minutes=minutes))


def states() -> dict[str, str]:
    return {one.check.name: str(one.finding.state) for one in examine()}


def words(name: str) -> str:
    return " ".join(one.finding.text + one.finding.advice for one in examine() if one.check.name == name)


def test_all_is_well_and_the_strip_is_empty(all_alive, owner, as_):
    assert set(states().values()) <= {"ok", "info"}
    response = as_(owner).get(reverse("health-strip"))
    assert response.content == b""


def test_the_home_page_says_what_is_switched_off(all_alive, owner, as_, settings):
    settings.ANTHROPIC_API_KEY = ""
    browser = as_(owner)
    address = reverse("health-strip") + "?notes"
    assert f'hx-get="{address}"' in browser.get(reverse("home")).content.decode()
    seen = browser.get(address).content.decode()
    assert "No key for a language model is set" in seen
    assert "ANTHROPIC_API_KEY" in seen


def test_what_is_switched_off_is_told_to_who_could_switch_it_on(
    all_alive, owner, annotator, viewer, as_, project
):
    address = reverse("health-strip") + "?notes"
    for person in (annotator, viewer):
        assert as_(person).get(address).content == b""
    admin = make.user("root", is_superuser=True)
    for person in (owner, admin):
        assert "ANTHROPIC_API_KEY" in as_(person).get(address).content.decode()


def test_every_page_has_a_place_for_the_strip(project, owner, as_):
    page = as_(owner).get(reverse("jobs", args=[project.slug])).content.decode()
    assert f'hx-get="{reverse("health-strip")}"' in page


def test_the_strip_is_for_people_who_signed_in_and_costs_few_queries(
    all_alive, owner, as_, client, django_assert_num_queries
):
    assert client.get(reverse("health-strip")).status_code == 302
    assert as_(owner).post(reverse("health-strip")).status_code == 405
    browser = as_(owner)
    browser.get(reverse("health-strip"))
    with django_assert_num_queries(5):
        browser.get(reverse("health-strip"))


def test_no_worker_is_said(all_alive, owner, as_):
    aged("worker:default", 7)
    seen = as_(owner).get(reverse("health-strip")).content.decode()
    assert "silent for 7 minutes" in seen
    assert "manage.py up" in seen

    Heartbeat.objects.filter(name="worker:default").delete()
    assert "No worker is running" in words("worker")


def test_no_beat_is_said(all_alive):
    aged("beat", 90)
    assert states()["beat"] == "error"
    assert "90 minutes" in words("beat")


def test_a_fresh_start_is_not_alarming(all_alive, settings, monkeypatch):
    settings.ROLE = "web"
    Heartbeat.objects.all().delete()
    monkeypatch.setattr(settings, "STARTED", facts_module.time.monotonic() - 5)
    assert "starting" in words("worker")
    assert "error" not in states().values()

    monkeypatch.setattr(settings, "STARTED", facts_module.time.monotonic() - 61)
    assert states()["worker"] == "error"


def test_a_broker_that_is_away_is_the_only_complaint_about_it(all_alive, broker):
    broker.stop()
    aged("worker:default", 7)
    aged("worker:ml", 7)

    assert states()["broker"] == "error"
    assert states()["worker"] == "info"
    assert "nothing of it is lost" in words("broker")


def test_the_broker_is_asked_once_in_a_while(all_alive, broker):
    assert states()["broker"] == "ok"
    broker.stop()
    assert states()["broker"] == "ok"


def test_work_that_waits_while_workers_live_means_too_few_workers(all_alive, project):
    make.job(project, due_at=timezone.now() - timedelta(minutes=3))
    assert states()["backlog"] == "warning"
    assert "3 minutes" in words("backlog")

    aged("worker:default", 5)
    assert states()["backlog"] == "info"


def test_the_ml_worker_is_missed_only_when_work_waits_for_it(all_alive, project):
    Heartbeat.objects.filter(name="worker:ml").delete()
    assert states()["ml-worker"] == "info"
    make.job(project, celery_queue="ml")
    assert states()["ml-worker"] == "warning"


def test_without_the_ml_set_it_says_what_is_missing(all_alive, monkeypatch):
    Heartbeat.objects.filter(name="worker:ml").delete()
    monkeypatch.setattr(weights, "ML_PACKAGES", ("torch_that_is_not_there",))
    assert "torch_that_is_not_there" in words("ml-worker")
    assert states()["model"] == "info"


def test_a_failing_schedule_is_named(all_alive):
    heart.note("schedule:vibe checks")
    assert states()["schedules"] == "warning"
    assert "vibe checks" in words("schedules")


def test_missing_and_swapped_weights(all_alive, monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "ML_PACKAGES", ())
    monkeypatch.setattr(weights, "path", lambda: None)
    assert states()["model"] == "warning"

    swapped = tmp_path / "model.safetensors"
    swapped.write_bytes(b"something else")
    monkeypatch.setattr(weights, "path", lambda: swapped)
    assert states()["model"] == "error"
    assert "will not be loaded" in words("model")


def test_weights_are_read_once_until_the_file_changes(monkeypatch, tmp_path):
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"genuine")
    monkeypatch.setattr(weights, "SHA256", weights.hashlib.sha256(b"genuine").hexdigest())
    before = weights._sha256.cache_info().misses

    assert weights.are_genuine(file)
    assert weights.are_genuine(file)
    assert weights._sha256.cache_info().misses == before + 1
    file.write_bytes(b"genuine, but longer")
    assert not weights.are_genuine(file)


@pytest.mark.parametrize(
    ("free", "state"),
    [(50 * GIB, "ok"), (4 * GIB, "warning"), (GIB // 2, "error"), (GIB // 10, "error")],
)
def test_the_disk(all_alive, monkeypatch, free, state):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(100 * GIB, 0, free))
    assert states()["disk"] == state


def test_no_key_for_a_language_model_is_information(all_alive, settings):
    assert states()["llm-key"] == "info"
    settings.ANTHROPIC_API_KEY = "sk-secret"
    assert states()["llm-key"] == "ok"
    assert "sk-secret" not in str(examine())


def test_healthz_is_for_anybody_and_tells_no_path(all_alive, client, settings):
    response = client.get(reverse("healthz"))

    body = response.json()
    assert response.status_code == 200
    assert body["status"] == "ok"
    assert {"name", "state", "text", "advice"} == set(body["checks"][0])
    assert str(settings.VAR) not in response.content.decode()
    assert client.post(reverse("healthz")).status_code == 405
    assert client.head(reverse("healthz")).status_code == 200


def test_healthz_without_a_worker_is_degraded_and_still_200(all_alive, client):
    aged("worker:default", 7)
    response = client.get(reverse("healthz"))
    assert (response.status_code, response.json()["status"]) == (200, "degraded")


def test_healthz_with_old_tables_is_503(all_alive, client, monkeypatch):
    monkeypatch.setattr(examining.database, "_all_applied", False)
    monkeypatch.setattr(examining.database.MigrationExecutor, "migration_plan", lambda *args: ["one"])
    response = client.get(reverse("healthz"))
    assert (response.status_code, response.json()["status"]) == (503, "down")
    assert "1 migration waits" in response.content.decode()


def test_doctor_says_all_is_well_or_exits_with_1(all_alive, capsys, monkeypatch):
    call_command("doctor")
    assert "All is well" in capsys.readouterr().out

    Heartbeat.objects.all().delete()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")
    assert ended.value.code == 1
    assert "No worker is running" in capsys.readouterr().out


def test_doctor_can_be_asked_one_thing_and_looks_at_what_everything_needs(all_alive, capsys):
    aged("worker:default", 5)
    call_command("doctor", "--only", "beat")
    told = capsys.readouterr().out
    assert "The clock (beat) ticks" in told
    assert "PostgreSQL answers" in told
    assert "worker" not in told

    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--only", "worker")
    assert ended.value.code == 1


def test_doctor_and_healthz_speak_when_there_is_no_database(tmp_path):
    probe = (
        "import django; django.setup(); from django.test import Client;"
        "c = Client(); r = c.get('/healthz', headers={'host': 'localhost'});"
        "print('JSON', r.status_code, r.content.decode())"
    )
    away = {
        **os.environ,
        "GENBA_VAR": str(tmp_path),
        "DATABASE_URL": "postgresql://genba@127.0.0.1:1/genba",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DJANGO_SETTINGS_MODULE": "annotator.config.settings",
    }
    doctor = _python([str(Path(django_settings.ROOT, "manage.py")), "doctor"], away)
    healthz = _python(["-c", probe], away)

    assert doctor.returncode == 1
    assert "PostgreSQL does not answer" in doctor.stdout
    assert "Redis does not answer" in doctor.stdout
    status, body = healthz.stdout.split("JSON ")[1].split(" ", 1)
    assert status == "503"
    assert json.loads(body)["status"] == "down"


def _python(arguments, env) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments],
        env=env,
        cwd=django_settings.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
