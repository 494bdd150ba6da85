"""Genba's side of a check. Questions that may be asked twice are asked again when it is busy or away."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from genba._answers import Backoff, read_object, retry_after
from genba._check.types import (
    Accepted,
    Checked,
    Count,
    Failure,
    Misused,
    Named,
    Outcome,
    Output,
    Suite,
    Unreachable,
)
from genba._json import line as as_json
from genba._version import __version__

MOST_TRIES = 8
LONGEST_WAIT = 60.0  # seconds that a Retry-After is heeded: CI is paid by the minute
BATCH = "/api/v1/check/batch"
MENDING = {
    401: "Is GENBA_API_KEY a key of this project, whole and not revoked?",
    403: "Give the key the scope “check”: Project → Settings → API keys.",
}


class TooLarge(Misused):
    """Fewer at once may do."""


class Server:
    def __init__(
        self, url: str, key: str, *, timeout: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._url, self._sleep = url, sleep
        self._http = httpx.Client(
            base_url=url,
            timeout=timeout,
            headers={"Authorization": f"Bearer {key}", "User-Agent": f"genba-python/{__version__}"},
        )

    def close(self) -> None:
        self._http.close()

    def suite(self, key: str) -> Suite:
        read = self._asked("GET", _of(key))
        with _ours(self._url):
            found = tuple(_named(one) for one in read["assertions"])
            suite = Suite(read["key"], read["name"], found)
        if not found:
            raise Misused(f"The suite “{key}” has no assertion: choose some on its page in Genba.")
        return suite

    def accepted(self, suite: str) -> Accepted | None:
        """None: no run of this suite was accepted yet."""
        read = self._asked("GET", f"{_of(suite)}/runs/accepted", missing={"no_run": None})
        if "no_run" in read:
            return None
        with _ours(self._url):
            counts = {
                one["assertion"]: Count(one["version"], one["passed"], one["failed"], one["uncertain"])
                for one in read["assertions"]
            }
            failed = frozenset(Failure(one["assertion"], one["id"], one["input"]) for one in read["failed"])
            return Accepted(
                read["accepted_at"], read["accepted_by"], read["git_ref"], counts, failed, read["complete"]
            )

    def accept(self, suite: str, run: dict[str, Any]) -> bool:
        """Whether it is a new one: the newest may be the same already."""
        return bool(self._asked("POST", f"{_of(suite)}/runs", run).get("created"))

    def check(
        self, outputs: Sequence[Output], *, keys: Sequence[str] | None, feature: str = "", judge: bool = False
    ) -> list[Checked]:
        """In the order of `outputs`. `keys` None: all assertions of the feature. TooLarge: send fewer."""
        body = {"assertions": keys, "judge": judge, "outputs": [one.record for one in outputs]}
        if feature:
            body["feature"] = feature
        read = self._asked("POST", BATCH, body)
        with _ours(self._url):
            by_id = {one["id"]: _outcomes(one["results"]) for one in read["results"]}
            return [Checked(one.id, one.input_hash, by_id[one.id]) for one in outputs]

    def _asked(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        missing: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The answer's object. `missing` is taken for an answer 404 whose code is `no_run`."""
        backoff = Backoff(most=10.0)
        for tries_left in range(MOST_TRIES - 1, -1, -1):
            got, fault = self._once(method, path, body)
            if got is not None and got.status_code not in {408, 425, 429} and got.status_code < 500:
                return self._read(got, missing)
            if not tries_left:
                break
            asked = retry_after(got.headers.get("Retry-After", "")) if got is not None else 0.0
            self._sleep(max(backoff.next(), min(asked, LONGEST_WAIT)))
        if got is not None:
            fault = f"answers {got.status_code}. {_message(got)}".rstrip()
        raise Unreachable(
            f"Genba at {self._url} {fault} ({MOST_TRIES} tries). Is it running, is the URL right?"
        )

    def _once(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[httpx.Response | None, str]:
        try:
            content = None if body is None else as_json(body)
            headers = {"Content-Type": "application/json"} if body is not None else {}
            return self._http.request(method, path, content=content, headers=headers), ""
        except httpx.TimeoutException:
            return None, "did not answer in time"
        except httpx.HTTPError as error:
            return None, f"cannot be reached: {type(error).__name__}"

    def _read(self, got: httpx.Response, missing: dict[str, Any] | None) -> dict[str, Any]:
        status, read = got.status_code, read_object(got.content)
        if 200 <= status < 300 and read:
            return read
        if status == 404 and missing is not None and read.get("code") == "no_run":
            return missing
        if status == 413:
            raise TooLarge(_message(got))
        if 400 <= status < 500 and "message" in read:
            raise Misused(" ".join(filter(None, (_message(got), MENDING.get(status, "")))))
        raise Unreachable(f"What answers at {self._url} is not Genba (status {status}). Is the URL right?")


class _ours:  # noqa: N801 - reads as a word of the with statement
    """What does not have Genba's shape is not Genba's, or of another version."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and issubclass(kind, (KeyError, TypeError, ValueError, AttributeError)):
            raise Unreachable(
                f"Genba at {self._url} answers in a shape that this client ({__version__}) does not know:"
                " upgrade the older of the two."
            ) from None


def _of(suite: str) -> str:
    return f"/api/v1/suites/{quote(suite, safe='')}"


def _named(read: dict[str, Any]) -> Named:
    return Named(str(read["key"]), int(read["version"]), str(read["name"]), str(read["kind"]))


def _outcomes(read: list[dict[str, Any]]) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(one["assertion"], int(one["version"]), _passed(one["passed"]), str(one["reason"] or ""))
        for one in read
    )


def _passed(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise ValueError("neither true, false nor null")


def _message(got: httpx.Response) -> str:
    return str(read_object(got.content).get("message", ""))[:500]
