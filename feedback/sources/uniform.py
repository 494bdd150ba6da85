"""The plainest base: every interaction of the day is equally likely."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.sampling import Stratum
from feedback.sources.registry import Source


def words(n: int) -> str:
    return ngettext("%(n)s uniformly at random", "%(n)s uniformly at random", n) % {"n": n}


def why(stratum: Stratum) -> str:
    return _("drawn at random: %(drawn)s of %(population)s") % vars(stratum)


SOURCE = Source(
    "uniform",
    title=gettext_lazy("Uniformly: every interaction equally likely"),
    explains=gettext_lazy("Small features may be missing on some days."),
    words=words,
    why=why,
    order=1,
    base=True,
)
