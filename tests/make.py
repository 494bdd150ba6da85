"""A keyword maker per model: what a test does not say is something sensible."""

from annotator.models import Job, Membership, Project, Queue, User
from annotator.services import keys, queues


def project(*, slug: str = "shop", name: str = "Shop assistant", time_zone: str = "UTC") -> Project:
    return Project.objects.create(slug=slug, name=name, time_zone=time_zone)


def user(name: str, **more) -> User:
    return User.objects.create_user(username=name, **more)


def member(of: Project, name: str, *, role: str = "annotator") -> User:
    person = User.objects.filter(username=name).first() or user(name)
    Membership.objects.create(project=of, user=person, role=role)
    return person


def api_key(of: Project, *, scopes=("ingest", "label", "export"), name: str = "test") -> str:
    """The key itself."""
    return keys.make_key(project=of, name=name, scopes=scopes)[1]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def job(of: Project | None, *, kind: str = "test.nothing", **more) -> Job:
    more.setdefault("idempotency_key", f"job {Job.objects.count() + 1}")
    made = Job.objects.create(project=of, kind=kind, **more)
    made.refresh_from_db()
    return made


def queue(
    of: Project, *, items: int = 3, overlap: int = 1, questions=("good",), name: str = "Check", **more
) -> Queue:
    """A queue with items `item-0`, `item-1`, … and yes/no questions by key."""
    asked = [queues.set_question(project=of, key=key, text=f"Is it {key}?").question for key in questions]
    made = queues.make_queue(project=of, name=name, questions=asked, overlap=overlap, **more)
    queues.add_items(
        made,
        (
            queues.NewItem(
                external_id=f"item-{n}", input=f"Question {n}", output={"answer": n}, origin="test"
            )
            for n in range(items)
        ),
    )
    return made
