"""What end users did about an interaction, for its page."""

from annotator.models import Project
from feedback.models import Interaction, Signal
from feedback.signals.kinds import KINDS

MOST = 50
SHOWN = ("text", "value", "suggested", "new")  # of what a signal carries: the words in it


def signals_of(project: Project, interaction: Interaction) -> list[Signal]:
    """The newest, in the order in which they happened."""
    rows = Signal.objects.filter(project=project, interaction=interaction.external_id)
    found = list(rows.order_by("-occurred_at", "-pk")[:MOST])
    return found[::-1]


def words_of(signal: Signal) -> str:
    """What somebody wrote or chose, if it is a signal with words."""
    carried = signal.value if isinstance(signal.value, dict) else {}
    known = KINDS.get(signal.kind)
    fields = {**known.needs, **known.may} if known else {}
    return next((str(carried[name]) for name in SHOWN if name in fields and carried.get(name)), "")
