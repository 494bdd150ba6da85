"""Which inputs are held out: told from the words alone, so that no copy of one is ever an example."""

from uuid import UUID

from annotator.chance import share

HELD_OUT = 0.1  # of all inputs


def is_held_out(name: UUID) -> bool:
    """Of a text's hash (`annotator.datasets.words.text_hash`): one in ten, the same ones in all tasks."""
    return share(0, "held out", name) < HELD_OUT
