"""What end users disliked: at least one negative signal about it was known at the draw."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.models import Interaction, Polarity, Signal
from feedback.sampling import Stratum
from feedback.sources.registry import Source

NEGATIVE = (Polarity.NEGATIVE, Polarity.STRONG_NEGATIVE)


def members(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    about = Signal.objects.filter(
        project=OuterRef("project"), interaction=OuterRef("external_id"), polarity__in=NEGATIVE
    )
    return rows.filter(Exists(about))


def words(n: int) -> str:
    return ngettext("%(n)s that an end user disliked", "%(n)s that end users disliked", n) % {"n": n}


def why(stratum: Stratum) -> str:
    return _("end users disliked it: %(drawn)s of %(population)s such") % vars(stratum)


SOURCE = Source(
    "negative",
    title=gettext_lazy("With negative signals"),
    explains=gettext_lazy(
        "A thumb down, a correction, an answer asked for again: any that is known when the check is drawn."
    ),
    words=words,
    why=why,
    members=members,
    order=20,
)
