"""What chance decides in a queue, told again from its seed: nothing of it needs to be stored.

Each decision has a purpose of its own, so that no two hang together.
"""

from hashlib import blake2b

WHOLE = 1 << 64


def share(seed: int, purpose: str, *what: object) -> float:
    """A number in [0, 1), the same for the same things; over many things, even."""
    name = "\x1f".join((str(seed), purpose, *map(str, what)))
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / WHOLE


def swapped(seed: int, item: int, rater: int, *, mirror_of: int | None = None) -> bool:
    """Whether the right side of a pair is shown as A. A mirrored pair shows what its original did not."""
    first = share(seed, "swap", item if mirror_of is None else mirror_of, rater) < 0.5
    return first if mirror_of is None else not first


def hides_prelabel(seed: int, item: int, rater: int, hidden_share: float) -> bool:
    """Whether this rater answers this item without seeing what a model would say."""
    return share(seed, "hide", item, rater) < hidden_share


def veiled(seed: int, item: int) -> str:
    """What a mirrored pair is called where its own name would say that it is one."""
    return blake2b(f"{seed}:{item}".encode(), digest_size=8).hexdigest()


def draws_gold(seed: int, item: int, rater: int, gold_rate: float) -> bool:
    """Whether finishing this item brings this rater a gold item."""
    return share(seed, "gold", item, rater) < gold_rate


def is_mirrored(seed: int, external_id: str, mirror_share: float) -> bool:
    """Whether this pair is shown a second time, sides swapped."""
    return share(seed, "mirror", external_id) < mirror_share


def in_random_share(seed: int, external_id: str, random_share: float) -> bool:
    """Whether this item keeps its random turn, whatever a classifier thinks of it."""
    return share(seed, "random share", external_id) < random_share


def lot(seed: int, external_id: str) -> int:
    """A position at random, below 2^30."""
    return int(share(seed, "order", external_id) * (1 << 30))
