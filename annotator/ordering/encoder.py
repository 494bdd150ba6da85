"""The built-in model, as the order of a queue and the suggesters use it. Only workers import this module."""

from annotator.encoding import loading
from annotator.encoding.loading import Encoder, Vectors

__all__ = ["Encoder", "Vectors", "load"]


def load() -> Encoder:
    """all-MiniLM-L6-v2 from its package, 384 numbers a text. PermanentError when it is not as expected."""
    return loading.load().encode
