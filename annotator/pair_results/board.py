"""The leaderboard: strengths, win rates, counts, and how many votes would tell neighbours apart.

Results are plain values, to be kept as JSON: rates and strengths as {"value", "low", "high",
"reason", ...}, None where nothing is known.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from annotator.pair_results.votes import Given
from annotator.stats import bradley_terry as ranks
from annotator.stats.intervals import Estimate
from annotator.stats.pairs import Vote

COLUMNS = ("wins", "losses", "ties", "both_bad")
COUNTED = {"left": ("wins", "losses"), "right": ("losses", "wins")}


def of_votes(votes: Sequence[Given]) -> dict[str, Any]:
    """People's votes on pairs whose sides have different names; all others are counted."""
    named = [vote for vote in votes if vote.left and vote.right]
    kept = [vote for vote in named if vote.left != vote.right]
    names = sorted({name for vote in kept for name in (vote.left, vote.right)})
    number = {name: n for n, name in enumerate(names)}
    ranking = ranks.rank(
        (Vote(vote.prompt, number[vote.left], number[vote.right], vote.outcome) for vote in kept),
        len(names),
    )
    cells = _cells(kept)
    return {
        "votes": len(kept),
        "nameless": len(votes) - len(named),
        "alike": len(named) - len(kept),
        "prompts": ranking.prompts,
        "people": len({vote.rater for vote in kept}),
        "parts": [_part(part, ranking, names, cells) for part in ranking.parts],
        "pairs": [{"one": one, "other": other, **cell} for (one, other), cell in sorted(cells.items())],
    }


def _cells(votes: Sequence[Given]) -> dict[tuple[str, str], dict[str, int]]:
    """How each did against each other, both ways."""
    cells: dict[tuple[str, str], Counter[str]] = {}
    for vote in votes:
        mine, theirs = COUNTED.get(vote.answer) or ("ties", "ties")
        if vote.answer == "both_bad":
            mine = theirs = "both_bad"
        cells.setdefault((vote.left, vote.right), Counter())[mine] += 1
        cells.setdefault((vote.right, vote.left), Counter())[theirs] += 1
    return {pair: {column: cell[column] for column in COLUMNS} for pair, cell in cells.items()}


def _part(
    part: ranks.Part, ranking: ranks.Ranking, names: Sequence[str], cells: dict[tuple[str, str], Any]
) -> dict[str, Any]:
    rows = []
    for place, variant in enumerate(part.variants):
        below = part.variants[place + 1] if place + 1 < len(part.variants) else None
        own = [cell for (one, _), cell in cells.items() if one == names[variant]]
        rows.append(
            {
                "name": names[variant],
                "strength": strength(part.strengths[place]),
                "win_rate": estimate(ranking.wins[variant]),
                **{column: sum(cell[column] for cell in own) for column in COLUMNS},
                "prompts": part.on[place],
                "next": None if below is None else _next(part, ranking, variant, below),
            }
        )
    return {
        "rows": rows,
        "votes": part.votes,
        "prompts": part.prompts,
        "helped": part.helped,
        "ties": strength(part.ties) if part.ties else None,
    }


def _next(part: ranks.Part, ranking: ranks.Ranking, one: int, below: int) -> dict[str, Any]:
    need = ranking.needed(one, below)
    return {
        "difference": strength(part.difference(one, below)),
        "beats": estimate(part.beats(one, below)),
        "votes": need.votes,
        "worthwhile": need.worthwhile,
        "reason": need.reason,
    }


def strength(found: ranks.Strength) -> dict[str, Any]:
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "se": found.se,
        "reason": found.reason,
    }


def estimate(found: Estimate) -> dict[str, Any]:
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "reason": found.reason,
    }
