"""Two projects with one of everything, and everybody who may come to the door.

For the tests that walk all routes. Roles are named as the columns of routes.csv.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from annotator.datasets import exporting
from annotator.exports.file import path_of
from annotator.models import (
    ApiKey,
    DatasetExport,
    DatasetVersion,
    Export,
    ItemImport,
    JobState,
    Membership,
    Project,
    Queue,
    Report,
    User,
)
from annotator.services import invitations, people
from annotator.services.questions import set_question
from annotator.services.queue_files import ITEMS
from drift.models import (
    Alert,
    AlertGroup,
    DriftCheck,
    DriftGroup,
    EmbeddedDay,
    MapDot,
    MappedDay,
    Space,
    Topic,
    TopicMap,
    WeekCheck,
    WeekGroup,
)
from drift.services import plans as drift_plans
from drift.services import references
from drift.services.references import Made
from feedback.ingest.ids import interaction_id
from feedback.models import (
    Absence,
    AcceptedRun,
    Channel,
    Delivery,
    Holiday,
    Interaction,
    Notice,
    SuggestionTask,
    Suite,
    Swap,
    VibeCheck,
    WidgetOrigin,
)
from feedback.services import assertions, modes, plans, rota, suggestion_tasks, suites, uploads
from tests import make
from tests.annotator import frozen
from tests.annotator.asking import pair_queue
from tests.drift import drifted
from tests.feedback import asserted, judged

PEOPLE = ("nobody", "stranger", "viewer", "annotator", "owner", "admin", "removed")
KEYS = ("ingest", "label", "export", "revoked", "expired", "other")
ROLES = (*PEOPLE, *KEYS)
DAY = date(2026, 11, 20)


@dataclass
class World:
    clients: dict[str, Client]
    tokens: dict[str, str]  # of API keys
    ids: dict[str, Any]  # what stands in the addresses of our project
    foreign: dict[str, Any]  # the same of the stranger's
    files: list["KeptFile"]
    lease: str = ""  # of an item that the annotator holds

    def call(self, role: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """As a browser sends a form (a dict), or as a program sends JSON (a string)."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"} if role in KEYS else {}
        client = self.clients.get(role, self.clients["nobody"])
        if isinstance(body, str):
            more["content_type"] = "application/json"
        elif method in {"PUT", "PATCH", "DELETE", "OPTIONS", "GET", "HEAD"}:
            body = None
        kept = SimpleCookie(client.cookies)
        answer = getattr(client, method.lower())(
            path, body, headers={**headers, **more.pop("headers", {})}, **more
        )
        client.cookies = kept  # whoever was signed in still is
        for file in self.files:
            file.bring_back()
        return answer


class KeptFile:
    """A transaction that is undone brings rows back, no files: this does."""

    def __init__(self, path: Path) -> None:
        self.path, self.content = path, path.read_bytes()
        self.seen = self._now()

    def bring_back(self) -> None:
        """Looks only whether something happened to it: ten files are not written anew for each question."""
        if self._now() != self.seen:
            self.path.write_bytes(self.content)
            self.seen = self._now()

    def _now(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_ctime_ns


def build() -> World:
    ours = make.project()
    theirs = make.project(slug="elsewhere", name="Elsewhere")
    persons = {role: make.member(ours, role, role=role) for role in ("viewer", "annotator", "owner")}
    persons["stranger"] = make.member(theirs, "stranger", role="owner")
    persons["admin"] = make.user("admin", is_superuser=True, is_staff=True)
    persons["removed"] = make.member(ours, "removed", role="owner")
    clients = {"nobody": Client(), **{role: _signed_in(person) for role, person in persons.items()}}
    people.remove_member(Membership.objects.get(project=ours, user=persons["removed"]))
    keys = _keys(ours, theirs)
    world = World(clients, keys, _one_of_each(ours), _one_of_each(theirs), [])
    shelves: tuple[Any, ...] = (uploads.LOGS, ITEMS)
    for shelf in shelves:
        for row in shelf.model.objects.all():
            shelf.rejects_of(row).write_text("{}\n")
            world.files += [KeptFile(shelf.file_of(row)), KeptFile(shelf.rejects_of(row))]
    world.files += [KeptFile(exporting.path_of(made.pk)) for made in DatasetExport.objects.all()]
    claim = f"/api/v1/queues/{world.ids['queue_id']}/claim"
    world.lease = world.call("annotator", "POST", claim, '{"size": 1}').json()["items"][0]["lease"]
    return world


def _signed_in(person: Any) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def _keys(ours: Project, theirs: Project) -> dict[str, str]:
    tokens = {
        scope: make.api_key(ours, scopes=[scope], name=scope) for scope in ("ingest", "label", "export")
    }
    tokens |= {state: make.api_key(ours, name=state) for state in ("revoked", "expired")}
    now = timezone.now()
    ApiKey.objects.filter(name="revoked").update(revoked_at=now)
    ApiKey.objects.filter(name="expired").update(expires_at=now - timedelta(seconds=1))
    return {**tokens, "other": make.api_key(theirs, name="other")}


def _one_of_each(project: Project) -> dict[str, Any]:
    guest = invitations.invite(project=project, username=f"guest-{project.slug}", role="viewer").person
    queue = make.queue(project, items=2, origin="vibecheck")
    job = make.job(project, state=JobState.FAILED, finished_at=timezone.now(), attempts=5)
    pairs = pair_queue(project, items=1)
    Report.objects.create(queue=pairs, kind="pairs", result={"labels": 0, "questions": {}})
    export = _export(queue, project)
    VibeCheck.objects.create(project=project, day=DAY, queue=queue, population=100)
    make.api_key(project, name="spare")
    suite = _suite(project)
    asked = "removed" if project.slug == "shop" else "admin"
    invitations.invite(project=project, username=asked, role="annotator")
    return {
        "slug": project.slug,
        "invitation_id": project.invitations.get().pk,
        "member_id": Membership.objects.get(user=guest).pk,
        "key_id": ApiKey.objects.get(project=project, name="spare").pk,
        "queue_id": queue.pk,
        "pairs_id": pairs.pk,
        "item_id": queue.items.order_by("position")[0].pk,
        "export_id": export.pk,
        **_dataset(project),
        "job_id": job.pk,
        **_mapped(project, _interaction(project)),
        "task_key": _task(project).key,
        "mode_id": modes.named(project, "Invents a policy", guest).pk,
        "assertion_key": asserted.assertion(project, f"no-{project.slug}").assertion.key,
        "origin_id": WidgetOrigin.objects.create(project=project, origin=f"https://{project.slug}.test").pk,
        "upload_id": uploads.keep(project=project, file=_log_file(), by=guest).pk,
        "import_id": _item_file(queue, guest).pk,
        "day": DAY.isoformat(),
        "rank": _judged(project).rank,
        "suite_key": suite.key,
        "assertion_id": suite.assertions.get().pk,
        "name": "labels.jsonl",
        "key": _question(project),
        "token": people.signin_link(guest).split("/")[-2],
        **_rotation(project),
        **_embedded(project),
        "alert_id": _alert(project),
        **_reference(project),
    }


def _embedded(project: Project) -> dict[str, Any]:
    """A plan whose space holds DAY, with one input that was sent again and again."""
    plan = drift_plans.ensure_plan(project, now=timezone.now())
    plan.space = drifted.space(project)
    plan.save()
    repeats = {
        "rows": 1,
        "groups": {"retries": 1},
        "inputs": {"retries": 3},
        "largest": [{"what": "retries", "inputs": 3, "users": 1, "interaction": str(uuid4())}],
    }
    EmbeddedDay.objects.create(
        space=plan.space, day=DAY, population=9, sampled=3, repeats=repeats, finished_at=timezone.now()
    )
    return {}


def _reference(project: Project) -> dict[str, Any]:
    """A reference that is not embedded yet."""
    version = DatasetVersion.objects.filter(dataset__project=project).first()
    made = references.make(project=project, name="Eval set", of=Made(version=version), by=None)
    return {"reference_id": made.pk}


def _rotation(project: Project) -> dict[str, Any]:
    """A date of each kind, a link, and a notice that did not arrive."""
    today = timezone.now().date()
    plans.ensure_plan(project, now=timezone.now())
    labelers = project.memberships.exclude(role="viewer").order_by("pk")
    person = next((one.user for one in labelers if one.role == "annotator"), labelers[0].user)
    soon = today + timedelta(days=20)
    taker = make.member(project, f"taker-{project.slug}")
    channel = Channel.objects.create(
        project=project, kind="webhook", url="https://hooks.example/x", nonce="n", tells=["ready"]
    )
    notice = Notice.objects.create(project=project, kind="ready", person=person, day=DAY)
    return {
        "absence_id": Absence.objects.create(project=project, person=person, first=soon, last=soon).pk,
        "holiday_id": Holiday.objects.create(project=project, day=soon, name="Founders’ day").pk,
        "swap_id": Swap.objects.create(
            project=project, day=soon, giver=person, taker=taker, asked_by=person
        ).pk,
        "channel_id": channel.pk,
        "delivery_id": Delivery.objects.create(
            notice=notice, channel=channel, people=["x"], state="failed", answer="answered 404"
        ).pk,
        "feed": rota.token_of(rota.make_link(project, person)),
    }


def _question(project: Project) -> str:
    """A question that only this project has."""
    own = f"only-{project.slug}"
    return set_question(project=project, key=own, text="Is it ours?").question.key


def _export(queue: Queue, project: Project) -> Export:
    job = make.job(project, state=JobState.DONE, finished_at=timezone.now())
    made = Export.objects.create(queue=queue, job=job, rows=0, sha256="0" * 64, manifest={})
    path_of(made.pk).parent.mkdir(parents=True, exist_ok=True)
    path_of(made.pk).write_text("")
    return made


def _dataset(project: Project) -> dict[str, Any]:
    """Two versions of one dataset, and a file that was made of it."""
    made = frozen.version(project, rows=3, name=f"Answers of {project.slug}")
    newer = frozen.another(made)
    return {
        "dataset_id": made.dataset_id,
        "number": newer.number,
        "other": made.number,
        "position": 1,
        "dataset_export_id": frozen.export(newer).pk,
    }


def _log_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("log.jsonl", b'{"input": "a", "output": "b"}\n')


def _item_file(queue: Queue, by: User) -> ItemImport:
    file = SimpleUploadedFile("items.jsonl", b'{"id": 1, "note": "a"}\n')
    return ITEMS.keep(file=file, by=by, guess=lambda columns: {}, queue=queue)


def _task(project: Project) -> SuggestionTask:
    """Something to suggest, with a verdict of each kind."""
    task = suggestion_tasks.make_task(project=project, key=f"colour-{project.slug}", name="Colour")
    suggestion_tasks.set_up(
        task,
        instruction="",
        suggester="rule",
        settings={"rules": 'contains "rose" -> Red'},
        values=[{"name": "Red"}, {"name": "Blue"}],
    )
    for n, verdict in enumerate(("accepted", "edited", "rejected", "ignored")):
        row = judged.suggestion(task, f"a rose, {n}", "Red")
        value = {"accepted": {"value": "Red"}, "edited": {"value": "Blue"}}.get(verdict, {})
        judged.signal(project, row.pk, verdict, None, **value)
    return task


def _suite(project: Project) -> Suite:
    """Of one assertion, with an accepted run."""
    version = assertions.make(
        project=project,
        key=f"polite-{project.slug}",
        name="Polite",
        kind="contains",
        settings={"phrases": ["please"]},
    )
    made = suites.make(project=project, key=f"ci-{project.slug}", name="CI", assertions=[version.assertion])
    count = {"assertion": version.assertion.key, "version": 1, "passed": 1, "failed": 1, "uncertain": 0}
    AcceptedRun.objects.create(
        id=uuid4(), project=project, suite=made.key, outputs=2, counts=[count],
        failed=[[version.assertion.key, "case-1", "0" * 32]], digest="0" * 64,
    )  # fmt: skip
    return made


def _mapped(project: Project, interaction: UUID) -> dict[str, Any]:
    """The interaction as a dot of a topic."""
    space = Space.objects.create(
        project=project, encoder="small", fingerprint="1" * 64, rule={"kind": "last_user"}, dimensions=2
    )
    topic_map = TopicMap.objects.create(
        project=project, number=1, space=space, first_day=DAY, last_day=DAY, rows=1, seed=1, how="eom",
        smallest=1, floor=0.5, edge=0.5, noise=0, across=[1, 0], up=[0, 1], in_force_at=timezone.now(),
    )  # fmt: skip
    topic = Topic.objects.create(project=project, number=1, title="How?", since=DAY, keywords=["how"])
    day = MappedDay.objects.create(map=topic_map, day=DAY, rows=1)
    MapDot.objects.create(day=day, interaction=interaction, topic=topic, x=0.5, y=0.5, cosine=1)
    week = WeekCheck.objects.create(
        project=project, day=DAY, map=topic_map, verdict="judged", p=0.001, level=0.005, alarm=True, seed=1
    )
    numbers = {"p": 0.001, "rows": 420, "n": 7_000, "then_rows": 630, "then_n": 21_000}
    WeekGroup.objects.create(
        check_of_week=week, rank=1, topic=topic, topics=[topic.pk], kind="grown", **numbers
    )
    return {"interaction_id": interaction, "topic_id": topic.pk}


def _alert(project: Project) -> int:
    """Of one group, which is the logged interaction."""
    logged = Interaction.objects.filter(project=project).values_list("pk", flat=True)
    alert = Alert.objects.create(project=project, day=DAY)
    AlertGroup.objects.create(
        alert=alert, rank=1, kind="new", p=0.001, rows=list(logged), n=100, share=0.05, keywords=["roses"]
    )
    return alert.pk


def _interaction(project: Project) -> UUID:
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    return Interaction.objects.create(
        id=interaction_id(project.pk, "call-1", at),
        input_hash=1,
        output_hash=2,
        project=project,
        external_id="call-1",
        occurred_at=at,
        input="How?",
        output="So.",
        content_hash=uuid4(),
    ).pk


def _judged(project: Project) -> DriftGroup:
    """A day with a group behind its alarm."""
    check = DriftCheck.objects.create(
        project=project, day=DAY, verdict="judged", p=0.001, topics_p=0.0005, level=0.005, alarm=True
    )
    return DriftGroup.objects.create(check_of_day=check, rank=1, kind="new", p=0.0005, value=6.0)
