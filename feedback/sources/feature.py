"""So many of each feature, however small it is."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from feedback.sampling import EACH_MOST, each
from feedback.sources.registry import Source
from feedback.sources.words import of_feature


def words(n: int) -> str:
    return ngettext("%(n)s of each feature", "%(n)s of each feature", n) % {"n": n}


SOURCE = Source(
    "feature",
    title=_("Of each feature"),
    explains=_(
        "So many of each, beside what came at random: the rates of small features become more certain. "
        "At most %(most)s in all, the largest features first."
    )
    % {"most": EACH_MOST},
    words=words,
    why=of_feature,
    divide=each,
    order=10,
)
