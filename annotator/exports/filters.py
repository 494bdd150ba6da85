"""Which labels an export holds. Only what is named here can be asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from annotator.chain_rules import ANSWERS
from annotator.models import RaterKind

NAMES = ("include", "question", "rater_kind", "rater", "since")
EXTRAS = ("skipped", "surplus")


class BadFilter(ValueError):
    """A filter that does not exist or makes no sense, in words for whoever sent it."""


@dataclass(frozen=True)
class Filters:
    """By default: answers that stand and count. `include` adds what was skipped, what is surplus."""

    include: tuple[str, ...] = ()
    question: str | None = None
    rater_kind: str | None = None
    rater: str | None = None
    since: datetime | None = None

    @property
    def answers(self) -> list[str]:
        return [*chain.from_iterable(ANSWERS.values()), *(["skip"] if "skipped" in self.include else [])]

    @property
    def surplus(self) -> bool:
        """End users' labels fill no place, so that whoever asks for those wants surplus ones."""
        return "surplus" in self.include or self.rater_kind == RaterKind.END_USER

    def as_dict(self) -> dict[str, Any]:
        """As the manifest and the job's arguments hold them; `read` takes it back."""
        values: dict[str, Any] = {
            "include": ",".join(self.include),
            "question": self.question,
            "rater_kind": self.rater_kind,
            "rater": self.rater,
            "since": self.since.isoformat().replace("+00:00", "Z") if self.since else None,
        }
        return {name: value for name, value in values.items() if value}


def given(query: QueryDict) -> dict[str, str]:
    """A query string or form as `read` takes it: `include` may come several times."""
    return {name: ",".join(query.getlist(name)) for name in query if name != "csrfmiddlewaretoken"}


def read(given: Mapping[str, str], *, questions: list[str] | None = None) -> Filters:
    """From a query string or a form. `questions`: the keys of the queue, to name what is possible."""
    unknown = [name for name in given if name not in NAMES]
    if unknown:
        raise BadFilter(
            _("There is no filter “%(name)s”. Filters: %(names)s.")
            % {"name": unknown[0][:40], "names": ", ".join(NAMES)}
        )
    question = given.get("question") or None
    if question and questions is not None and question not in questions:
        raise BadFilter(_one_of("question", question, questions))
    kind = given.get("rater_kind") or None
    if kind and kind not in RaterKind.values:
        raise BadFilter(_one_of("rater_kind", kind, RaterKind.values))
    rater = given.get("rater") or None
    if rater and "\0" in rater:
        raise BadFilter(_one_of("rater", rater, []))
    return Filters(_include(given.get("include", "")), question, kind, rater, _since(given.get("since", "")))


def _include(text: str) -> tuple[str, ...]:
    asked = {word.strip() for word in text.split(",") if word.strip()}
    if unknown := sorted(asked - set(EXTRAS)):
        raise BadFilter(_one_of("include", unknown[0], list(EXTRAS)))
    return tuple(extra for extra in EXTRAS if extra in asked)


def _since(text: str) -> datetime | None:
    if not text:
        return None
    try:
        day = parse_date(text)
        moment = parse_datetime(text) if day is None else datetime(day.year, day.month, day.day)  # noqa: DTZ001
        if moment is not None:
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadFilter(_("since: write a date or a time, such as 2026-11-24 or 2026-11-24T08:00:00Z."))


def _one_of(name: str, value: str, allowed: list[str]) -> str:
    return _("%(name)s: “%(value)s” is not one of: %(allowed)s.") % {
        "name": name,
        "value": value[:60],
        "allowed": ", ".join(allowed),
    }
