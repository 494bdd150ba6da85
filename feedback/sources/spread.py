"""The base of most plans: at random, spread over the features."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from feedback.sampling import allocate
from feedback.sources.registry import Source
from feedback.sources.words import of_feature


def words(n: int) -> str:
    return ngettext(
        "%(n)s at random",
        "%(n)s at random, spread over the features (at least two of each, the rest by size)",
        n,
    ) % {"n": n}


SOURCE = Source(
    "spread",
    title=_("Spread over the features: at least two of each, the rest by size"),
    explains=_("Within a feature every interaction is equally likely."),
    words=words,
    why=of_feature,
    divide=allocate,
    order=0,
    base=True,
)
