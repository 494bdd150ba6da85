"""Mirrored pairs: which item is one, and what its raters read as its name. Pure."""

from annotator.chance import veiled


def mirror_of(copy_of: int | None, *, adjudicates: bool) -> int | None:
    """The pair that this item shows again. In an adjudication queue a copy is of another queue's item."""
    return None if adjudicates else copy_of


def name_for_raters(external_id: str, *, item: int, copy_of: int | None, seed: int, adjudicates: bool) -> str:
    """The external id; of a mirrored pair one that does not say that it is one."""
    return external_id if mirror_of(copy_of, adjudicates=adjudicates) is None else veiled(seed, item)
