"""One signal: from the bytes that were sent to what is stored."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct

from annotator.reading import field_types as types
from annotator.reading import times
from annotator.reading.errors import BadRecord, gettext_noop
from annotator.reading.field_types import IDENTIFIER, Id, ObjectOrNull
from annotator.reading.records import Limits, RecordKind, with_unknown
from feedback.signals.kinds import KINDS
from feedback.verdicts import OURS

EVENT_ID = 128  # characters
LONGEST = 10_000  # characters of a text in the value
AHEAD = timedelta(minutes=5)  # clocks differ: a signal of that little in the future is of now
EARLIEST = timedelta(days=400)  # a browser whose clock was never set


EventId = Annotated[str, Meta(min_length=1, max_length=EVENT_ID)] | None


class Sent(Struct, gc=False):
    """One signal on the wire."""

    event_id: Annotated[
        EventId, Meta(description="Made once by the sender: the same one sent again changes nothing.")
    ] = None
    kind: Annotated[str | None, Meta(description=f"One of {', '.join(KINDS)}.")] = None
    interaction: Annotated[
        Id, Meta(description="The interaction's own id. A feedback token says it already.")
    ] = None
    occurred_at: Annotated[
        str | float | None, Meta(description="Left out: now.", examples=["2026-11-20T09:30:00.250Z"])
    ] = None
    value: Annotated[ObjectOrNull, Meta(description='What the kind carries, e.g. {"value": …, "ms": …}.')] = (
        msgspec.field(default_factory=Raw)
    )


RULES = {
    "event_id": gettext_noop("must be text of 1 to 128 characters"),
    "kind": gettext_noop("must be text"),
    "interaction": types.ID_RULE,
    "occurred_at": types.TIME_RULE,
    "value": types.OBJECT_RULE,
}
SIGNAL = RecordKind(Sent, RULES)


class SentSignal(Struct, gc=False):
    """A signal fit to be stored. `value` is JSON text or None."""

    index: int
    interaction: str
    event_id: str
    kind: str
    polarity: str
    occurred_at: datetime
    value: str | None
    repaired: int
    meant: datetime | None = None  # its own time, or its receipt, where `occurred_at` is not what was sent


def json_schema() -> dict[str, Any]:
    return SIGNAL.json_schema("Signal", required=["event_id", "kind"])


class SignalReader:
    """Reads the signals of one request. `about`: the interaction that a token is bound to, else None.

    `meanings`: the project's own polarities by kind. `now`: when they are received.
    """

    def __init__(self, limits: Limits, meanings: dict[str, str], now: datetime, about: str | None) -> None:
        self.limits, self.meanings, self.now, self.about = limits, meanings, now, about

    def read(self, index: int, sent: bytes) -> SentSignal:
        """BadRecord with the field and the reason when it is none."""
        opened = SIGNAL.opened(sent, self.limits)
        fields = opened.fields
        if fields.event_id is None:
            raise BadRecord("event_id", gettext_noop("is missing"))
        if fields.event_id.startswith(OURS):
            raise BadRecord("event_id", gettext_noop("must not begin with “%(ours)s”"), ours=OURS)
        kind = KINDS.get(fields.kind or "")
        if kind is None:
            raise BadRecord("kind", gettext_noop("must be one of %(kinds)s"), kinds=", ".join(KINDS))
        payload = SIGNAL.payload("value", fields.value)
        if not isinstance(payload[1], dict | None):
            raise SIGNAL.wrong("value")
        text, value = with_unknown(*payload, opened.unknown)
        given = {name: one for name, one in (value or {}).items() if one is not None}  # null: not said
        for name in kind.needs:
            if name not in given:
                raise BadRecord("value", gettext_noop("needs “%(name)s” for this kind"), name=name)
        for name, (fits, rule) in (*kind.needs.items(), *kind.may.items()):
            if name in given and not fits(given[name]):
                raise BadRecord(f"value.{name}", rule)
        if kind.whole is not None and not kind.whole[0](given):
            raise BadRecord("value", kind.whole[1])
        for name, one in given.items():
            if isinstance(one, str) and len(one) > LONGEST:
                raise BadRecord(
                    f"value.{name}", gettext_noop("has more than %(limit)s characters"), limit=LONGEST
                )
        when, meant = self._moment(fields)
        return SentSignal(
            index,
            self._interaction(fields),
            fields.event_id,
            kind.name,
            self.meanings.get(kind.name) or kind.polarity_of(given),
            when,
            text,
            opened.repaired,
            meant,
        )

    def _interaction(self, fields: Sent) -> str:
        named = (
            None if fields.interaction is None else SIGNAL.text("interaction", fields.interaction, IDENTIFIER)
        )
        if self.about is not None:
            if named not in {None, self.about}:
                raise BadRecord("interaction", gettext_noop("is not the one that this token is for"))
            return self.about
        if named is None:
            raise BadRecord("interaction", gettext_noop("is missing"))
        return named

    def _moment(self, fields: Sent) -> tuple[datetime, datetime | None]:
        """When it happened, and `meant`. A browser's clock may be wrong: nothing happens after its receipt."""
        if fields.occurred_at is None:
            return self.now, self.now
        when = times.moment("occurred_at", fields.occurred_at, self.limits.zone)
        if when > self.now + AHEAD and self.about is None:
            raise BadRecord("occurred_at", gettext_noop("lies in the future"))
        believed = when <= self.now and (when >= self.now - EARLIEST or self.about is None)
        return (when, None) if believed else (self.now, when)


def keep_order(signals: Iterable[SentSignal]) -> None:
    """Signals of one request whose times are not believed or not sent still follow each other as they were
    meant, a microsecond apart: of several verdicts the last one counts."""
    moved = [(one.meant, one.index, one) for one in signals if one.meant is not None]
    for n, (_meant, _index, one) in enumerate(sorted(moved, key=lambda its: its[:2], reverse=True)):
        one.occurred_at -= timedelta(microseconds=n)
