"""What production says: the log, what end users did about it, suggestions, and the daily look."""

from feedback.models.checks import RotationMember, Turn, VibeCheck, VibePlan
from feedback.models.log import Environment, Interaction, LogImport
from feedback.models.modes import (
    Alike,
    Expectation,
    FailureMode,
    FailureModeVersion,
    Intern,
    InternAnswer,
    LookAgain,
    Severity,
    Sighting,
)
from feedback.models.notices import Channel, Delivery, DeliveryState, Notice
from feedback.models.rota import Absence, CalendarLink, Holiday, Swap, SwapState
from feedback.models.signals import Polarity, ReviewRule, Signal, SignalMeaning, WidgetOrigin
from feedback.models.suggestions import (
    CachedSuggestion,
    Regeneration,
    Suggestion,
    SuggestionTask,
    SuggestionVector,
    Suggests,
    TaskVersion,
    Taxonomy,
    Verdict,
)

__all__ = [
    "Absence",
    "Alike",
    "CachedSuggestion",
    "CalendarLink",
    "Channel",
    "Delivery",
    "DeliveryState",
    "Environment",
    "Expectation",
    "FailureMode",
    "FailureModeVersion",
    "Holiday",
    "Interaction",
    "Intern",
    "InternAnswer",
    "LogImport",
    "LookAgain",
    "Notice",
    "Polarity",
    "Regeneration",
    "ReviewRule",
    "RotationMember",
    "Severity",
    "Sighting",
    "Signal",
    "SignalMeaning",
    "Suggestion",
    "SuggestionTask",
    "SuggestionVector",
    "Suggests",
    "Swap",
    "SwapState",
    "TaskVersion",
    "Taxonomy",
    "Turn",
    "Verdict",
    "VibeCheck",
    "VibePlan",
    "WidgetOrigin",
]
