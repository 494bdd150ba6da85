"""What the demo's team made of the failures that it named: assertions, a suite of them, a dataset."""

from typing import Any

from annotator.datasets.filters import Filters
from annotator.models import Project, User
from annotator.services import datasets
from feedback.assertions import registry
from feedback.demo import words
from feedback.jobs import measure
from feedback.models import FailureMode
from feedback.services import assertions, suites

SUITE = "email-summary"

# (key, name, kind, settings, the failure mode that it watches for)
WATCHED: list[tuple[str, str, str, dict[str, Any], str]] = [
    (
        "numbers-from-the-source",
        "Every number stands in the source",
        "numbers",
        {"input": True, "below": 4},
        "Wrong name, number or date",
    ),
    ("short", "At most 120 words", "length", {"unit": "words", "low": None, "high": 120}, ""),
    ("no-refusal", "Is a summary and no refusal", "refusal", {}, ""),
]


def make_flywheel(project: Project, owner: User) -> None:
    """Measured and made by the workers, as if somebody had asked."""
    modes = {mode.name: mode for mode in FailureMode.objects.filter(project=project)}
    versions = [
        assertions.make(
            project=project,
            key=key,
            name=name,
            kind=kind,
            settings=registry.settings(kind, settings),
            features=[words.EMAIL],
            mode=modes.get(mode),
            by=owner,
        )
        for key, name, kind, settings, mode in WATCHED
    ]
    for version in versions:
        measure.ask(version, owner)
    suites.make(
        project=project,
        key=SUITE,
        name="E-mail summaries",
        assertions=[version.assertion for version in versions],
        by=owner,
    )
    made = datasets.make_dataset(
        project=project,
        name="Summaries, supported or not",
        filters=Filters(features=(words.EMAIL, words.CALL), train=60, dev=20, test=20),  # few inputs
    )
    datasets.ask_version(made, by=owner)
