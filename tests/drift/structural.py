"""Days of a log whose answers have a usual length, for tests of what changes."""

import random
import zlib
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from annotator.models import Project
from feedback.ingest.ids import interaction_id
from feedback.models import Interaction
from tests.drift.rows import WORDS

DAY = date(2026, 11, 23)  # a Monday
LATER = datetime(2026, 11, 24, 9, tzinfo=UTC)
LONG = "Well, " + "as you will certainly know by now, " * 8 + "it will arrive."


def log(of: Project, day: date, n: int = 120, *, make=None, seed=0) -> None:
    """`n` interactions spread over the day. `make(rng, k)`: what of one is not as usual."""
    rng, first = random.Random(f"{seed} {day}"), datetime(day.year, day.month, day.day, tzinfo=UTC)
    rows = []
    for k in range(n):
        at, external_id = first + timedelta(hours=24 * k / n), f"{seed}-{day}-{k}"
        asked = " ".join(rng.choice(WORDS) for _ in range(rng.randint(5, 14)))
        answered = " ".join(rng.choice(WORDS) for _ in range(rng.randint(10, 30)))
        rows.append(
            Interaction(
                **{
                    "id": interaction_id(of.pk, external_id, at),
                    "project": of,
                    "external_id": external_id,
                    "occurred_at": at,
                    "feature": "orders",
                    "prompt_version": "11",
                    "end_user": f"person {k}",
                    "input": [{"role": "user", "content": asked}],
                    "output": answered,
                    "input_preview": asked,
                    "output_preview": answered[:240],
                    "input_hash": zlib.crc32(asked.encode()),
                    "content_hash": uuid4(),
                    **(make(rng, k) if make else {}),
                }
            )
        )
    Interaction.objects.bulk_create(rows)


def weeks(of: Project, before: int = 9, *, until: date = DAY, n: int = 120, make=None) -> None:
    """The days before `until`."""
    for back in range(1, before + 1):
        log(of, until - timedelta(days=back), n, make=make)


def version_12(rng, k):
    """From two o'clock in the afternoon on, with prompt version 12, answers are long."""
    return {"output": LONG, "output_preview": LONG[:240], "prompt_version": "12"} if k >= 70 else {}
