"""What changed between two versions of a dataset, told by the keys of their rows."""

from dataclasses import dataclass

from django.db import connection

from annotator.models import DatasetVersion

EXAMPLES = 20

_CHANGE = """CASE WHEN a.key IS NULL THEN 'added' WHEN b.key IS NULL THEN 'removed'
                  WHEN a.label <> b.label THEN 'label' WHEN a.digest <> b.digest THEN 'texts'
                  WHEN a.split <> b.split THEN 'split' END"""

# Counted without the texts.
COUNT = f"""
    SELECT {_CHANGE} AS change, count(*), count(*) FILTER (WHERE a.split <> b.split)
    FROM (SELECT key, label, digest, split FROM annotator_datasetrow WHERE version_id = %(old)s) a
    FULL JOIN (SELECT key, label, digest, split FROM annotator_datasetrow WHERE version_id = %(new)s) b
         ON a.key = b.key
    GROUP BY 1"""  # noqa: S608 - constants only
FIND = """
    SELECT key, a.label, b.label, a.split, b.split, a.position, b.position, a.id, b.id
    FROM (SELECT id, key, label, digest, split, position FROM annotator_datasetrow WHERE version_id = %(old)s) a
    FULL JOIN (SELECT id, key, label, digest, split, position FROM annotator_datasetrow
               WHERE version_id = %(new)s) b USING (key)
    WHERE {which} ORDER BY coalesce(b.position, a.position) LIMIT %(most)s"""
WHICH = {
    "added": "a.id IS NULL",
    "removed": "b.id IS NULL",
    "label": "a.label <> b.label",
    "texts": "a.label = b.label AND a.digest <> b.digest",
    "split": "a.split <> b.split",
}


@dataclass(frozen=True)
class Change:
    """One row as it was and is; None where it was, or is, not there. Ids are those of DatasetRow."""

    key: str
    old_label: str | None
    new_label: str | None
    old_split: str | None
    new_split: str | None
    old_position: int | None
    new_position: int | None
    old_id: int | None
    new_id: int | None


def counts(old: DatasetVersion, new: DatasetVersion) -> dict[str, int]:
    """By what changed; "same" for the rest. A row of which the label and the texts changed counts as
    "label". "split" counts all that moved, whatever else changed."""
    found = dict.fromkeys([*WHICH, "same"], 0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"old": old.pk, "new": new.pk})
        told: list[tuple[str | None, int, int]] = cursor.fetchall()
    found |= {change or "same": n for change, n, _moved in told}
    found["split"] = sum(moved for _change, _n, moved in told)
    return found


def examples(old: DatasetVersion, new: DatasetVersion, which: str, *, most: int = EXAMPLES) -> list[Change]:
    """The first rows of this change, a key of WHICH, without their texts."""
    with connection.cursor() as cursor:
        cursor.execute(FIND.format(which=WHICH[which]), {"old": old.pk, "new": new.pk, "most": most})
        return [Change(*row) for row in cursor.fetchall()]
