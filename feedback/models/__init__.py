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
    "Alike",
    "CachedSuggestion",
    "Environment",
    "Expectation",
    "FailureMode",
    "FailureModeVersion",
    "Interaction",
    "Intern",
    "InternAnswer",
    "LogImport",
    "LookAgain",
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
    "TaskVersion",
    "Taxonomy",
    "Turn",
    "Verdict",
    "VibeCheck",
    "VibePlan",
    "WidgetOrigin",
]
