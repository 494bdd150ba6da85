"""The image is built by the Makefile's steps, and the compose file runs the roles of `up`."""

import re
import shlex

import pytest
import yaml

from annotator.config.embedded.postgres import MAJOR
from annotator.config.paths import ROOT
from annotator.config.supervisor.roles import ROLES
from annotator.health import examine  # noqa: F401 - registers the checks
from annotator.health.registry import registered
from tests.config.test_settings import documented

DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
ENV_EXAMPLE = (ROOT / "docker" / ".env.example").read_text(encoding="utf-8")
COMPOSE_TEXT = (ROOT / "docker" / "compose.yaml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
SERVICES = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "genba" in service.get("image", "")]


def run_lines():
    whole = DOCKERFILE.replace("\\\n", " ")
    return re.findall(r"^RUN (.+)$", whole, re.MULTILINE)


def make_targets(text):
    return re.findall(r"\bmake ([a-z][a-z-]*)", text)


def test_every_step_of_the_image_is_a_step_of_the_makefile():
    used = [target for line in run_lines() if "apt-get" not in line for target in make_targets(line)]
    assert used == ["install-core", "install-ml", "static"]
    for target in used:
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


def test_nothing_is_installed_past_the_makefile():
    assert not re.search(r"\b(pip|uv|poetry|conda) +(install|sync|add)", DOCKERFILE)
    assert "collectstatic" not in DOCKERFILE
    packages = [line for line in run_lines() if "apt-get" in line]
    assert [re.search(r"--no-install-recommends (.+?) *&&", line)[1] for line in packages] == ["make"]


def test_make_run_installs_by_the_same_targets():
    recipe = re.search(r"^install: (.*)\nifeq.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe[1].split("#")[0].split() == ["install-core"]
    assert "install-ml" in recipe[2]
    assert re.search(r"^run: install\b", MAKEFILE, re.MULTILINE)


def test_what_the_steps_need_is_copied_before_them():
    steps = [line for line in DOCKERFILE.splitlines() if re.match(r"(COPY|RUN|ENV|ARG)", line)]
    first = next(i for i, line in enumerate(steps) if "make install-core" in line)
    copied = {word for line in steps[:first] if line.startswith("COPY") for word in line.split()[1:]}
    assert {"Makefile", "requirements", "scripts"} <= copied


def test_the_image_does_not_run_as_root():
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    user = re.findall(r"^USER (\S+)$", last, re.MULTILINE)
    assert user == ["10001"]
    assert f"--uid {user[0]}" in last


def test_the_image_has_a_python_that_the_project_takes():
    minor = int(re.search(r"^FROM python:3\.(\d+)", DOCKERFILE, re.MULTILINE)[1])
    wanted = re.search(r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text())[1]
    assert minor >= int(wanted)
    assert f"Python 3.{minor}" in (ROOT / "requirements" / "core.txt").read_text()


def test_each_role_of_up_has_its_service():
    commands = {name: SERVICES[name].get("command") for name in OURS}
    for role in ROLES:
        assert commands.pop(role) == ["python", "manage.py", "up", "--only", role]
    assert commands == {"setup": ["python", "manage.py", "setup"]}
    assert shlex.join(["python", "manage.py", "up"]) in DOCKERFILE.replace('", "', " ").replace('"', "")


def test_all_wait_for_the_setup_and_it_for_the_database():
    for role in ROLES:
        assert SERVICES[role]["depends_on"]["setup"]["condition"] == "service_completed_successfully"
    assert SERVICES["setup"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_the_engines_are_new_enough_and_keep_what_they_are_told():
    assert SERVICES["postgres"]["image"] == f"pgvector/pgvector:pg{MAJOR}"  # the one that tests run on
    assert "postgres:/var/lib/postgresql" in SERVICES["postgres"]["volumes"]
    assert int(re.match(r"redis:(\d+)", SERVICES["redis"]["image"])[1]) >= 7
    for flag in ("--appendonly yes", "--maxmemory-policy noeviction"):
        assert flag in " ".join(SERVICES["redis"]["command"])
    for name in ("postgres", "redis"):
        assert SERVICES[name]["healthcheck"]["test"]
        assert SERVICES[name]["volumes"][0].split(":")[0] in COMPOSE["volumes"]
        assert "ports" not in SERVICES[name]


def test_the_roles_are_asked_what_the_project_can_answer():
    """Workers hear nobody over the broker: their signs of life are in the database."""
    names = {check.name for check in registered()}
    for role in ("worker", "beat"):
        *command, name = SERVICES[role]["healthcheck"]["test"]
        assert command == ["CMD", "python", "manage.py", "doctor", "--only"]
        assert name in names
    assert "celery" not in COMPOSE_TEXT


@pytest.mark.parametrize("name", [*ROLES, "setup"])
def test_secrets_come_from_files_and_variables_are_known(name):
    service = SERVICES[name]
    known = documented()
    for variable, value in service["environment"].items():
        assert variable.removesuffix("_FILE") in known, variable
        if variable.endswith("_FILE"):
            secret = value.removeprefix("/run/secrets/")
            assert secret in service["secrets"]
            assert COMPOSE["secrets"][secret]["file"].startswith("./secrets/")
    assert {"DATABASE_URL_FILE", "SECRET_KEY_FILE"} <= set(service["environment"])


def test_what_mail_webhooks_and_their_signatures_need_is_passed_to_every_role():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    section = text[text.index("## Mail and webhooks") :].split("\n## ")[0]
    wanted = set(re.findall(r"^\| `([A-Z_]+)`", section, re.MULTILINE)) | {"SECRET_KEY_FALLBACKS"}
    assert {"EMAIL_HOST", "EMAIL_PASSWORD", "WEBHOOK_HOSTS"} < wanted
    for name in OURS:
        given = SERVICES[name]["environment"]
        assert wanted <= {variable.removesuffix("_FILE") for variable in given}
        assert "EMAIL_PASSWORD" not in given
        assert "SECRET_KEY_FALLBACKS" not in given  # secrets come from files


def test_the_page_of_the_deployment_makes_each_secret():
    page = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
    steps = page[page.index("mkdir -m 700 docker/secrets") : page.index("sudo chown 10001")]
    for secret in COMPOSE["secrets"]:
        assert re.search(rf"(> |touch .*){secret}\b", steps), secret


def test_the_example_names_what_the_compose_file_reads():
    read = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE_TEXT))
    given = set(re.findall(r"^([A-Z_]+)=", ENV_EXAMPLE, re.MULTILINE))
    assert read <= given
    assert given - read == {"COMPOSE_PROFILES"}  # read by compose itself


def test_the_arguments_of_the_build_are_those_of_the_image():
    arguments = set(SERVICES["web"]["build"]["args"])
    assert arguments == set(re.findall(r"^ARG ([A-Z_]+)", DOCKERFILE, re.MULTILINE))


def test_secrets_and_state_stay_out_of_the_image():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {"var", ".venv", ".git", "docker/secrets", "docker/.env"} <= set(ignored)
