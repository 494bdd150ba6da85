"""What a queue's results say, in sentences. Of plain values: see `annotator.pair_results`."""

from math import exp, log
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.stats.intervals import Estimate
from annotator.templatetags.estimates import interval, p_value, percent, spoken, whole


def rate(found: dict[str, Any]) -> Estimate:
    return Estimate(found["value"], found["low"], found["high"], found["n"])


def rests_on(board: dict[str, Any]) -> str:
    votes = ngettext("%(n)s vote", "%(n)s votes", board["votes"]) % {"n": whole(board["votes"])}
    people = ngettext("%(n)s person", "%(n)s people", board["people"]) % {"n": whole(board["people"])}
    prompts = ngettext("%(n)s prompt", "%(n)s prompts", board["prompts"]) % {"n": whole(board["prompts"])}
    return _("%(votes)s of %(people)s on %(prompts)s.") % {
        "votes": votes,
        "people": people,
        "prompts": prompts,
    }


def left_out(board: dict[str, Any], chosen: int) -> list[str]:
    """Votes that rank nobody. `chosen`: those on pairs that a classifier put in front."""
    said = []
    if chosen:
        said.append(
            ngettext(
                "%(n)s vote is left out of the ranking: its pair came first for being uncertain, and such pairs"
                " are closer than others. The random share alone ranks.",
                "%(n)s votes are left out of the ranking: their pairs came first for being uncertain, and such"
                " pairs are closer than others. The random share alone ranks.",
                chosen,
            )
            % {"n": whole(chosen)}
        )
    if board["nameless"]:
        said.append(
            ngettext(
                "%(n)s vote is left out: its pair does not say which variants were compared.",
                "%(n)s votes are left out: their pairs do not say which variants were compared.",
                board["nameless"],
            )
            % {"n": whole(board["nameless"])}
        )
    if board["alike"]:
        said.append(
            ngettext(
                "%(n)s vote is left out: both sides of its pair are of one variant.",
                "%(n)s votes are left out: both sides of their pairs are of one variant.",
                board["alike"],
            )
            % {"n": whole(board["alike"])}
        )
    return said


def roughly(n: int) -> int:
    """Up to two digits: what is extrapolated from noise knows no more."""
    step: int = 10 ** max(0, len(str(n)) - 2)
    return -(-n // step) * step


def apart_from_next(found: dict[str, Any], *, noted: bool) -> str:
    """What a variant is to the one below it, and how many votes would tell.

    `noted`: why too few prompts tell nothing is said once for all, see `part_notes`.
    """
    least = found["worthwhile"]
    if found["reason"] == "few_prompts" and noted:
        return _("Too few prompts.")
    if found["reason"] == "few_prompts":
        return _("Too few prompts to tell it from the next: there are intervals from 5 on.")
    if found["votes"] == 0:
        return _("Ahead of the next.")
    if found["votes"] is not None:
        return ngettext(
            "Not told from the next: about %(n)s more vote, spread like those so far, would do.",
            "Not told from the next: about %(n)s more votes, spread like those so far, would do.",
            found["votes"],
        ) % {"n": whole(roughly(found["votes"]))}
    if least:
        return ngettext(
            "As good as the next so far: about %(n)s more vote, spread like those so far, would show a difference of 55 to 45.",
            "As good as the next so far: about %(n)s more votes, spread like those so far, would show a difference of 55 to 45.",
            least,
        ) % {"n": whole(roughly(least))}
    return _("As good as the next: a difference of 55 to 45 would have shown.")


def has_few_prompts(part: dict[str, Any]) -> bool:
    return any(row["strength"]["reason"] == "few_prompts" for row in part["rows"])


def part_notes(part: dict[str, Any]) -> list[str]:
    notes = []
    if part["helped"]:
        notes.append(
            _(
                "Some of these never lost to some others, so strengths have no bound: half a win each way"
                " was added to every pair that was compared."
            )
        )
    if has_few_prompts(part):
        notes.append(
            _(
                "Where there are votes on fewer than 5 prompts, no interval can be given: votes on one"
                " prompt depend on each other."
            )
        )
    return notes


def position(found: dict[str, Any]) -> list[str]:
    """Whether what is shown first wins more often."""
    at = found["position"]
    said = []
    if not found["known"]:
        return (
            [
                _(
                    "Position: it is not known which side was shown first, so nothing can be said. Imported labels bring it only if their file says so."
                )
            ]
            if found["unknown"]
            else [_("Position: there are no votes yet.")]
        )
    if not at["even"]["n"]:
        said.append(_("Position: only ties so far, so nothing can be said."))
    else:
        first = rate(at["first"])
        fair = at["even"]["p"] >= 0.05
        if at["value"] is not None and at["p"] is not None:
            fair = at["p"] >= 0.05
        text = (
            _("Position: no preference for what is shown first shows: A won %(rate)s of %(n)s decided votes.")
            if fair
            else _("Position: what is shown first wins too often: A won %(rate)s of %(n)s decided votes.")
            if first.value is not None and first.value > 0.5
            else _("Position: what is shown first wins too seldom: A won %(rate)s of %(n)s decided votes.")
        )
        said.append(text % {"rate": spoken(first), "n": whole(first.n)})
        said.append(_position_test(at))
    if found["unknown"]:
        said.append(
            ngettext(
                "Of %(n)s vote the shown order is not known; it is left out here.",
                "Of %(n)s votes the shown order is not known; they are left out here.",
                found["unknown"],
            )
            % {"n": whole(found["unknown"])}
        )
    return said


def _position_test(at: dict[str, Any]) -> str:
    if at["value"] is None or at["p"] is None:
        return _("Against one half: %(p)s (exact binomial test).") % {"p": p_value(at["even"]["p"])}
    within = Estimate(_odds(at["value"]), _odds(at["low"]), _odds(at["high"]))
    text = (
        _(
            "Of two equally strong and long answers the first wins %(rate)s: %(p)s (logistic regression by prompt)."
        )
        if at["strengths"]
        else _("Of two equally long answers the first wins %(rate)s: %(p)s (logistic regression by prompt).")
    )
    return text % {"rate": spoken(within), "p": p_value(at["p"])}


def length(found: dict[str, Any]) -> list[str]:
    """Whether what is longer wins more often."""
    of = found["length"]
    if of["value"] is None or of["p"] is None or of["low"] is None:
        return [_("Length: %(why)s") % {"why": _why_no_length(of["reason"])}]
    value, low, high = (_odds(of[end] * log(2)) for end in ("value", "low", "high"))
    twice = Estimate(value, low, high)
    text = (
        _(
            "Length: no preference for length shows: an answer twice as long as an equally strong one wins %(rate)s of decided votes: %(p)s (logistic regression by prompt, %(n)s votes)."
        )
        if of["p"] >= 0.05
        else _(
            "Length: longer answers win more often: one twice as long as an equally strong one wins %(rate)s of decided votes: %(p)s (logistic regression by prompt, %(n)s votes). Longer may be better."
        )
        if of["value"] > 0
        else _(
            "Length: shorter answers win more often: one twice as long as an equally strong one wins only %(rate)s of decided votes: %(p)s (logistic regression by prompt, %(n)s votes)."
        )
    )
    said = [text % {"rate": spoken(twice), "p": p_value(of["p"]), "n": whole(of["votes"])}]
    return said if of["strengths"] else [*said, _("Its variants’ strengths could not be taken out of this.")]


def _why_no_length(reason: str | None) -> str:
    return {
        "no_votes": _("nothing was decided yet, so nothing can be said."),
        "one_sided": _("one slot won every time, so length cannot be told from position."),
        "no_solution": _("there are too few votes to tell length from strength."),
        "position_not_identified": _("the same variants stood first every time, so nothing can be said."),
        "length_not_identified": _(
            "all answers are equally long, or one variant’s always are longer, so length cannot be told from strength."
        ),
        "few_prompts": _("votes on fewer than 5 prompts are too few to say how sure it is."),
    }.get(reason or "", _("nothing can be said."))


def repeats(found: dict[str, Any], *, mirrored: bool) -> str:
    """Of pairs shown twice to the same person, sides exchanged. `mirrored`: the queue has such pairs."""
    if not found["n"] and mirrored:
        return _("Repeats: nobody has answered a pair twice with its sides exchanged so far.")
    if not found["n"]:
        return _(
            "Repeats: nobody has answered a pair twice with its sides exchanged."
            " A queue’s set-up can have a share of pairs shown again."
        )
    said = ngettext(
        "Repeats: the same side won both times in %(rate)s of %(n)s pair that one person saw twice, sides exchanged.",
        "Repeats: the same side won both times in %(rate)s of %(n)s pairs that one person saw twice, sides exchanged.",
        found["n"],
    ) % {"rate": spoken(rate(found["consistent"])), "n": whole(found["n"])}
    first = rate(found["first"])
    if first.value is None:
        return said
    more = ngettext(
        "Where the same place won twice, it was A in %(rate)s of %(n)s: %(p)s (exact binomial test).",
        "Where the same place won twice, it was A in %(rate)s of %(n)s: %(p)s (exact binomial test).",
        first.n,
    ) % {"rate": spoken(first), "n": whole(first.n), "p": p_value(found["test"]["p"])}
    return f"{said} {more}"


def judge(found: dict[str, Any]) -> list[str]:
    """A program beside the majority of people."""
    agreement, decided = rate(found["agreement"]), rate(found["decided"])
    if not agreement.n:
        return [_("It voted on no pair that people have voted on.")]
    said = [
        ngettext(
            "It agrees with the majority of people on %(rate)s of %(n)s pair, ties being an answer of their own.",
            "It agrees with the majority of people on %(rate)s of %(n)s pairs, ties being an answer of their own.",
            agreement.n,
        )
        % {"rate": spoken(agreement), "n": whole(agreement.n)}
    ]
    if decided.n:
        said.append(
            ngettext(
                "Where neither calls a tie: on %(rate)s of %(n)s pair.",
                "Where neither calls a tie: on %(rate)s of %(n)s pairs.",
                decided.n,
            )
            % {"rate": spoken(decided), "n": whole(decided.n)}
        )
    return [
        *said,
        *position(found["biases"]),
        *length(found["biases"]),
        *_minus_people(found["minus_people"]),
    ]


def _minus_people(found: dict[str, Any]) -> list[str]:
    said = []
    for of, text in (
        (
            found["position"],
            _("Beside people on the same pairs: it prefers what is shown first %(how)s, %(p)s."),
        ),
        (found["length"], _("Beside people on the same pairs: it prefers what is longer %(how)s, %(p)s.")),
    ):
        if not of or of["value"] is None or of["p"] is None:
            continue
        if of["p"] >= 0.05:
            how = _("as much as they do")
        else:
            how = _("more than they do") if of["value"] > 0 else _("less than they do")
        said.append(text % {"how": how, "p": p_value(of["p"])})
    return said


def _odds(value: float) -> float:
    return 1 / (1 + exp(-value)) if value > -700 else 0.0


def win_rate(row: dict[str, Any]) -> tuple[str, str]:
    """The rate and its interval, empty when there is none."""
    found = rate(row["win_rate"])
    return (percent(found.value) if found.value is not None else "", interval(found))
