"""The output is in a given language."""

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from annotator.reading.errors import gettext_noop
from feedback.assertions.fields import Fault, Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, failed, uncertain

OTHER = gettext_noop("It is in another language: %(found)s.")
TOO_SHORT = gettext_noop("It is too short to tell its language.")
NOT_SURE = gettext_noop("Its language cannot be told for sure.")
UNKNOWN = gettext_noop("“%(code)s” is not known. There are: %(codes)s.")

READ = 1_500  # characters: more of them tell nothing more
LEAST = 20  # letters; of scripts beyond ASCII each tells as much as three
SURE = 0.9
TRIALS = 3  # of the library's seven: the sums below need no third digit, and each takes half a millisecond

_making = threading.Lock()


@lru_cache(maxsize=1)
def _factory() -> Any:
    from langdetect import detector_factory  # noqa: PLC0415 - reads 55 profiles

    factory = detector_factory.DetectorFactory()
    factory.load_profile(detector_factory.PROFILES_DIRECTORY)
    factory.set_seed(0)  # the same text, the same answer
    return factory


def codes() -> Sequence[str]:
    with _making:
        return sorted(_factory().langlist)


def detected(text: str) -> list[tuple[str, float]]:
    """(ISO 639-1 code, probability), the likeliest first, by letter n-grams (Shuyo 2010). Empty: nothing
    to go by; languages of less than a tenth are left out."""
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415

    with _making:
        detector = _factory().create()
    detector.n_trial = TRIALS
    detector.append(text[:READ])
    try:
        return [(one.lang, one.prob) for one in detector.get_probabilities()]
    except LangDetectException:
        return []


def check(settings: Settings, output: Output) -> Outcome:
    """Sure where the wanted languages together have nine tenths, or less than one: which of two others it
    is does not matter."""
    text = output.text[:READ]
    if sum(1 if letter.isascii() else 3 for letter in text if letter.isalpha()) < LEAST:
        return uncertain(TOO_SHORT)
    found = detected(text)
    wanted = sum(chance for code, chance in found if code in settings["languages"])
    if wanted >= SURE:
        return PASSED
    if found and wanted <= 1 - SURE:
        return failed(OTHER, found=found[0][0])
    return uncertain(NOT_SURE)


def faults(settings: Settings) -> Sequence[Fault]:
    known = codes()
    return [
        Fault("languages", UNKNOWN, {"code": code[:20], "codes": ", ".join(known)})
        for code in settings["languages"]
        if code not in known
    ]


KIND = Kind(
    "language",
    gettext_noop("Language"),
    gettext_noop("The output must be in one of the languages. Of very short ones it is uncertain."),
    (
        Field(
            "languages",
            "lines",
            gettext_noop("Languages"),
            gettext_noop("Codes, one a line: en, ko, de, zh-cn …"),
            required=True,
        ),
    ),
    check,
    faults,
)
