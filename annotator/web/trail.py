"""What happened to one item, in words and in the order of time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.models import Answer, Consensus, ConsensusSource, Item, Label, Lease, Rater
from annotator.queries.places import PARKED
from annotator.queries.trail import Facts
from annotator.services.ask_again import KEY as ASKED_AGAIN

BACK, LAPSED = "back", "lapsed"  # how a hand-out came to nothing


@dataclass(frozen=True)
class Event:
    """One line of the trail. `kind` is for its looks; `details` stand below it, small.

    `until`: somebody has the item in hand till then. `subject`: a text from outside, such as a
    question's, shown with the words. `again`: who and how, where such events in a row are told as one.
    """

    at: datetime
    kind: str
    words: str
    details: list[str] = field(default_factory=list)
    subject: str = ""
    note: str = ""
    answer: str = ""
    answer_words: str = ""
    flagged: bool = False
    gone: bool = False
    until: datetime | None = None
    again: tuple[str, str] | None = None


@dataclass(frozen=True)
class Eyes:
    """Who reads. `variants`: may know what made each side; `prelabels`: what a model suggested."""

    variants: bool
    prelabels: bool


def events_of(facts: Facts, eyes: Eyes, questions: Mapping[int, str], now: datetime) -> list[Event]:
    """Oldest first. Of the same moment, what was handed out comes before what was answered.

    `questions`: by id, in the wording in force.
    """
    events = [
        *_arrived(facts.item),
        *(event for lease in facts.leases for event in _lease(lease, facts, now)),
        *(_label(label, facts, eyes) for label in facts.labels),
        *(_decided(label, facts.item, eyes) for label in facts.decided),
        *(_consensus(one, facts.item, eyes, _wording(one, facts, questions)) for one in facts.consensus),
    ]
    return list(_folded(sorted(events, key=lambda event: event.at)))


def _folded(events: Iterable[Event]) -> Iterator[Event]:
    """Hand-outs to one person that came to nothing, one after the other, are one line."""
    for again, run in groupby(events, key=lambda event: event.again):
        first, *others = run
        if again is None or not others:
            yield from (first, *others)
        else:
            yield replace(first, words=_came_to_nothing(again, 1 + len(others)))


def _came_to_nothing(again: tuple[str, str], n: int) -> str:
    name, how = again
    if how == BACK:
        return ngettext("Handed to %(name)s, given back", "Handed to %(name)s %(n)s times, given back", n) % {
            "name": name,
            "n": n,
        }
    return ngettext(
        "Handed to %(name)s, until the time ran out",
        "Handed to %(name)s %(n)s times, until the time ran out",
        n,
    ) % {"name": name, "n": n}


def _wording(one: Consensus, facts: Facts, questions: Mapping[int, str]) -> str:
    """The newest that had an answer when it was computed."""
    asked = [
        label.question_version
        for label in (*facts.labels, *facts.decided)
        if label.question_id == one.question_id
        and label.answer != "undo"
        and label.created_at <= one.computed_at
    ]
    newest = max(asked, key=lambda version: version.number, default=None)
    return newest.text if newest else questions.get(one.question_id, "")


def name_of(rater: Rater) -> str:
    return rater.user.shown_name if rater.user else rater.name


def answer_words(answer: str, item: Item, *, variants: bool) -> str:
    """“Left (gpt-4)” when the reader may know what made it."""
    words = str(Answer(answer).label)
    variant = {"left": item.left_variant, "right": item.right_variant}.get(answer, "") if variants else ""
    return f"{words} ({variant})" if variant else words


def _arrived(item: Item) -> Iterator[Event]:
    details = [_("why: %(reason)s") % {"reason": item.reason}] if item.reason else []
    if item.inclusion_probability is not None:
        details.append(_("drawn with probability %(p).3g") % {"p": item.inclusion_probability})
    yield Event(item.created_at, "arrived", _("Put into the queue"), details)


def _lease(lease: Lease, facts: Facts, now: datetime) -> Iterator[Event]:
    name, place = name_of(lease.rater), lease.place
    held = place.lease_id == lease.pk and place.done_at is None and place.lease_until is not None
    in_hand = held and place.lease_until is not None and place.lease_until > now
    details = [place.reason] if place.reason and place.lease_id == lease.pk else []
    if in_hand and place.holder == PARKED:
        details.append(_("kept for the next question"))
    answered = any(label.lease_id == lease.pk and label.answer != "undo" for label in facts.labels)
    if not answered and not in_hand:
        again = (name, BACK if lease.released_at else LAPSED)
        yield Event(lease.leased_at, "lease", _came_to_nothing(again, 1), details, again=again)
        return
    yield Event(
        lease.leased_at,
        "lease",
        _("Handed to %(name)s") % {"name": name},
        details,
        until=place.lease_until if in_hand and place.holder != PARKED else None,
    )
    if lease.released_at:
        yield Event(lease.released_at, "back", _("Given back by %(name)s") % {"name": name})
    elif held and not in_hand and place.lease_until is not None:
        yield Event(place.lease_until, "back", _("The time of %(name)s ran out") % {"name": name})


def _label(label: Label, facts: Facts, eyes: Eyes) -> Event:
    name = name_of(label.rater)
    if label.answer == Answer.UNDO:
        return _undo(label, name, facts, eyes)
    words = {
        "skip": _("%(name)s skipped"),
        "import": _("Imported: an answer of %(name)s"),
    }.get("import" if label.imported else label.answer, _("%(name)s answered"))
    return Event(
        label.created_at,
        "label",
        words % {"name": name},
        _details(label, facts, eyes),
        subject=label.question_version.text,
        note=label.note,
        answer=label.answer,
        answer_words=answer_words(label.answer, facts.item, variants=eyes.variants),
        flagged=label.flagged,
        gone=label.pk in facts.superseded,
    )


def _undo(label: Label, name: str, facts: Facts, eyes: Eyes) -> Event:
    before = next((one for one in facts.labels if one.pk == label.supersedes_id), None)
    said = answer_words(before.answer, facts.item, variants=eyes.variants) if before else ""
    if not label.idempotency_key.startswith(ASKED_AGAIN):
        words = _("%(name)s took it back") % {"name": name}
        return Event(
            label.created_at,
            "undo",
            words,
            subject=label.question_version.text,
            note=label.note,
            answer="undo",
            answer_words=said,
        )
    by = label.by.shown_name if label.by else _("An owner")
    words = _("%(by)s asked %(name)s again, because the wording changed") % {"by": by, "name": name}
    version = _("from now on version %(n)s") % {"n": label.question_version.number}
    subject = (before or label).question_version.text
    return Event(
        label.created_at, "again", words, [version], subject=subject, answer="undo", answer_words=said
    )


def _details(label: Label, facts: Facts, eyes: Eyes) -> list[str]:
    found = [_("version %(n)s") % {"n": label.question_version.number}]
    if label.swapped is not None:
        side = Answer.RIGHT if label.swapped else Answer.LEFT
        found.append(
            _("shown as A: %(side)s") % {"side": answer_words(side, facts.item, variants=eyes.variants)}
        )
    if label.ms is not None:
        found.append(_("%(seconds).1f s") % {"seconds": label.ms / 1000})
    if label.wait_ms and label.wait_ms >= 1000:
        found.append(_("the machine made them wait %(seconds).1f s") % {"seconds": label.wait_ms / 1000})
    if label.prelabel_shown is not None and eyes.prelabels:
        found.append(_("suggestion shown") if label.prelabel_shown else _("suggestion hidden"))
    if label.marks:
        found.append(ngettext("%(n)s mark", "%(n)s marks", len(label.marks)) % {"n": len(label.marks)})
    if label.surplus:
        found.append(_why_surplus(label, facts))
    return found


def _why_surplus(label: Label, facts: Facts) -> str:
    if label.imported:
        return _("surplus: no place was free when it was imported")
    others = [place for place in facts.places if not place.extra and place.owner_id != label.rater_id]
    if others and all(place.done_at for place in others):
        return _("surplus: others have filled the places of this item")
    return _("surplus: it has no place at present")


def _decided(label: Label, item: Item, eyes: Eyes) -> Event:
    words = _("%(name)s took the decision back") if label.answer == "undo" else _("%(name)s decided")
    return Event(
        label.created_at,
        "decided",
        words % {"name": name_of(label.rater)},
        [_("in the adjudication queue"), _("version %(n)s") % {"n": label.question_version.number}],
        subject=label.question_version.text,
        note=label.note,
        answer=label.answer,
        answer_words=answer_words(label.answer, item, variants=eyes.variants),
        flagged=label.flagged,
    )


def _consensus(one: Consensus, item: Item, eyes: Eyes, question: str) -> Event:
    sources = {
        ConsensusSource.ADJUDICATED: _("decided in adjudication"),
        ConsensusSource.AGREED: _("all agree"),
        ConsensusSource.ALONE: _("one person has answered"),
        ConsensusSource.MAJORITY: _("by majority"),
        ConsensusSource.NONE: _("no answer has a majority"),
    }
    same = round(one.share * one.n)
    details = [
        sources[ConsensusSource(one.source)],
        ngettext("%(same)s of %(n)s answer", "%(same)s of %(n)s answers", one.n) % {"same": same, "n": one.n},
    ]
    if one.second_opinion:
        details.append(
            _("weighing raters by how reliable they are: %(answer)s")
            % {"answer": answer_words(one.second_opinion, item, variants=eyes.variants)}
        )
    return Event(
        one.computed_at,
        "consensus",
        _("Consensus") if one.answer else _("No consensus"),
        details,
        subject=question,
        answer=one.answer or "undo",
        answer_words=answer_words(one.answer, item, variants=eyes.variants) if one.answer else "",
    )
