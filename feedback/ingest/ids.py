"""Ids that make a retry harmless: the same record always gets the same key.

The layout is UUIDv7's (RFC 9562): 48 bits of milliseconds, then version and variant, and
74 bits where UUIDv7 has chance and we have a hash of (project, external id). Rows thus
arrive in index order, and one id of two projects makes two keys.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from annotator.reading.times import EPOCH

MILLISECOND = timedelta(milliseconds=1)


def interaction_id(project_id: int, external_id: str, occurred_at: datetime) -> UUID:
    """The primary key. `occurred_at` is aware and not before 1970."""
    milliseconds = (occurred_at - EPOCH) // MILLISECOND
    name = b"%d:%b" % (project_id, external_id.encode())
    mark = int.from_bytes(blake2b(name, digest_size=10, person=b"genba-id").digest(), "big")
    return _layout(milliseconds, mark)


def first_id(moment: datetime) -> UUID:
    """The smallest id of that millisecond."""
    return _layout(max((moment - EPOCH) // MILLISECOND, 0), 0)


def ids_between(start: datetime, end: datetime) -> tuple[UUID, UUID]:
    """Of the ids of this span of time the first, and the first behind it: `low <= id < high`."""
    return first_id(start), first_id(end)


def new_external_id() -> str:
    """For a record that came without one."""
    return secrets.token_hex(16)


def _layout(milliseconds: int, mark: int) -> UUID:
    high = milliseconds << 80 | 0x7 << 76 | (mark >> 62 & 0xFFF) << 64
    return UUID(int=high | 0b10 << 62 | mark & (1 << 62) - 1)
