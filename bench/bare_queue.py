"""The yardstick of the labeling benchmark: a hand-written queue over HTTP, without rules, rights or a framework.

`POST /claim {"size", "holder"}` and `POST /label {"item", "answer", "key"}`: one statement each
and a commit. Where the database is comes in BARE_DATABASE, as JSON.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

TABLES = """
    CREATE TABLE bare (id bigserial PRIMARY KEY, body text, owner text, done_at timestamptz);
    CREATE INDEX ON bare (id) WHERE owner IS NULL;
    CREATE TABLE bare_label (id bigserial PRIMARY KEY, item bigint REFERENCES bare, key uuid UNIQUE, answer text)"""
FILL = "INSERT INTO bare (body) SELECT repeat('x', 800) FROM generate_series(1, %s)"
CLAIM = """
    UPDATE bare SET owner = %s WHERE id IN (
        SELECT id FROM bare WHERE owner IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
    RETURNING id, body"""
LABEL = """
    WITH done AS (UPDATE bare SET done_at = clock_timestamp() WHERE id = %(item)s AND done_at IS NULL RETURNING id)
    INSERT INTO bare_label (item, key, answer) SELECT id, %(key)s::uuid, %(answer)s FROM done RETURNING id"""

_local = threading.local()


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(**json.loads(os.environ["BARE_DATABASE"]))
    kept: psycopg.Connection[Any] = _local.connection
    return kept


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    asked = json.loads(environ["wsgi.input"].read() or b'{"size": 0, "holder": ""}')
    with _connection().transaction():
        if environ["PATH_INFO"] != "/label":
            found = _connection().execute(CLAIM, [asked["holder"], asked["size"]]).fetchall()
            answer: Any = {"items": [{"id": item, "body": body} for item, body in found]}
        else:
            stored = _connection().execute(LABEL, asked).fetchone()
            answer = {"label": stored and stored[0]}
    body = json.dumps(answer).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
