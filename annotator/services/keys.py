"""API keys: made once, stored hashed, checked on every call."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hmac import compare_digest

from django.utils import timezone

from annotator.models import ApiKey, Project, User
from annotator.queries.prepared import prepared_cursor

USE_IS_NOTED_EVERY = timedelta(minutes=1)

# Written out, for every call of a program begins with it: the ORM would compile it each time.
KEY_FIELDS = [field.attname for field in ApiKey._meta.concrete_fields]  # noqa: SLF001 - public by Django's docs
PROJECT_FIELDS = [field.attname for field in Project._meta.concrete_fields]  # noqa: SLF001
COLUMNS = ", ".join([*(f"k.{name}" for name in KEY_FIELDS), *(f"p.{name}" for name in PROJECT_FIELDS)])
KEY = f"""
    SELECT {COLUMNS} FROM annotator_apikey k JOIN annotator_project p ON p.id = k.project_id
    WHERE k.prefix = %s"""  # noqa: S608 - names of our own columns


def make_key(
    *,
    project: Project,
    name: str,
    scopes: Sequence[str],
    by: User | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """The row and the key itself, which is nowhere kept: show it now."""
    prefix = f"gnb_{secrets.token_hex(4)}"
    token = f"{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        project=project,
        name=name,
        prefix=prefix,
        secret_hash=_hash(token),
        scopes=list(scopes),
        created_by=by,
        expires_at=expires_at,
    )
    return key, token


def find_key(token: str) -> ApiKey | None:
    """The living key that `token` spells, with its project; notes its use at most once a minute."""
    prefix = token[:12]
    key = _stored(prefix) if prefix.isascii() and "\0" not in prefix else None
    expected = key.secret_hash if key else _hash("")
    if not compare_digest(_hash(token), expected) or key is None:
        return None
    now = timezone.now()
    if key.revoked_at or (key.expires_at and key.expires_at <= now):
        return None
    if key.last_used_at is None or now - key.last_used_at > USE_IS_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def _stored(prefix: str) -> ApiKey | None:
    with prepared_cursor() as cursor:
        cursor.execute(KEY, [prefix])
        row = cursor.fetchone()
        alias = cursor.db.alias
    if row is None:
        return None
    key = ApiKey.from_db(alias, KEY_FIELDS, row[: len(KEY_FIELDS)])
    key.project = Project.from_db(alias, PROJECT_FIELDS, row[len(KEY_FIELDS) :])
    return key


def revoke_key(key: ApiKey) -> None:
    """From now on the key is nobody's; the first time stays noted."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
