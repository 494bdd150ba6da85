"""What assertions failed, or could not tell, by the time of the draw."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.models import AssertionResult, AssertionVersion, CheckOutcome, Interaction
from feedback.sampling import Stratum
from feedback.sources.registry import Source

TOLD = (CheckOutcome.FAILED, CheckOutcome.UNCERTAIN)


def members(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """What retired assertions said is not asked for any more, nor what earlier versions did."""
    newer = AssertionVersion.objects.filter(
        assertion=OuterRef("version__assertion"), number__gt=OuterRef("version__number")
    )
    about = AssertionResult.objects.filter(
        ~Exists(newer),
        project=OuterRef("project"),
        interaction=OuterRef("pk"),
        outcome__in=TOLD,
        version__assertion__retired_at=None,
    )
    return rows.filter(Exists(about))


def words(n: int) -> str:
    return ngettext(
        "%(n)s that assertions failed or could not tell", "%(n)s that assertions failed or could not tell", n
    ) % {"n": n}


def why(stratum: Stratum) -> str:
    return _("an assertion failed it or could not tell: %(drawn)s of %(population)s such") % vars(stratum)


SOURCE = Source(
    "assertions",
    title=gettext_lazy("Failed by assertions"),
    explains=gettext_lazy("At least one assertion failed it, or was uncertain, when the check is drawn."),
    words=words,
    why=why,
    members=members,
    order=30,
)
