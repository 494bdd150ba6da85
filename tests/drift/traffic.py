"""Days of traffic in the log, with vectors made by hand: topics are directions with words of their own."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np

from annotator.models import Project
from drift import vectors
from drift.models import DriftPlan, EmbeddedDay, Space
from feedback.ingest.ids import interaction_id
from feedback.models import Interaction
from tests.drift.clouds import DIMENSIONS, Clouds, even
from tests.feedback.logged import DAY

TOPICS = 30
WORDS = (
    "refund",
    "delivery",
    "invoice",
    "password",
    "voucher",
    "address",
    "warranty",
    "newsletter",
    "size",
    "colour",
)
NEW = "crypto wallet"


@dataclass
class Traffic:
    """One project's days. Topic 0 is not there until it is asked for; its texts speak of a crypto wallet."""

    project: Project
    clouds: Clouds = field(default_factory=lambda: Clouds(11, topics=TOPICS))
    space: Space = None
    plan: DriftPlan = None

    def __post_init__(self):
        self.space = Space.objects.create(
            project=self.project,
            encoder="all-MiniLM-L6-v2",
            fingerprint="0" * 64,
            rule={"kind": "last_user"},
            dimensions=DIMENSIONS,
        )
        self.plan = DriftPlan.objects.create(
            project=self.project,
            space=self.space,
            starts_on=DAY - timedelta(days=90),
            rule={"kind": "last_user"},
        )

    def day(self, day: date, n: int = 90, *, new: int = 0, night: int = 0) -> EmbeddedDay:
        """`n` inputs of that day, `new` of them of the new topic, `night` of them at nine in the evening and about
        the last five topics alone."""
        counts = self.clouds.chance.multinomial(n - new - night, even(TOPICS, without=[0]))
        counts[0] = new
        rows_of, which = self.clouds.rows(counts)
        if night:
            late, of_late = self.clouds.rows([0] * (TOPICS - 5) + [night // 5] * 5)
            rows_of, which = np.concatenate([rows_of, late]), np.concatenate([which, of_late])
        made = EmbeddedDay.objects.create(
            space=self.space,
            day=day,
            population=n,
            sampled=n,
            finished_at=datetime(day.year, day.month, day.day, 23, tzinfo=UTC),
        )
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        at = [noon + timedelta(hours=9 if k >= n - night else 0, seconds=k) for k in range(n)]
        rows = [
            Interaction(
                id=interaction_id(self.project.pk, f"{day:%m%d}-{k}", at[k]),
                project=self.project,
                external_id=f"{day:%m%d}-{k}",
                occurred_at=at[k],
                feature="chat",
                input=f"please help with my {said(topic)} {topic}",
                output="Of course.",
                content_hash=UUID(int=k),
            )
            for k, topic in enumerate(which)
        ]
        if rows:
            Interaction.objects.bulk_create(rows)
            vectors.write(made, [row.pk for row in rows], rows_of, sampled=True)
        return made

    def weeks(self, days: int = 8, n: int = 90, night: int = 0) -> None:
        """The days before DAY."""
        for ago in range(days, 0, -1):
            self.day(DAY - timedelta(days=ago), n, night=night)


def said(topic: int) -> str:
    return NEW if topic == 0 else WORDS[topic % len(WORDS)]
