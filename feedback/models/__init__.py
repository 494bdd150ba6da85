"""What production says: the log, what end users did about it, suggestions, and the daily look."""

from feedback.models.checks import RotationMember, Turn, VibeCheck, VibePlan
from feedback.models.log import Environment, Interaction, LogImport
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
    "CachedSuggestion",
    "Environment",
    "Interaction",
    "LogImport",
    "Polarity",
    "Regeneration",
    "ReviewRule",
    "RotationMember",
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
