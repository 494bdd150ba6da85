"""The Python code in the output runs, and passes a test. Off unless this instance allows it."""

import re

from annotator.reading.errors import gettext_noop
from feedback.assertions import sandbox
from feedback.assertions.fields import Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, Span, failed, not_applicable, uncertain
from feedback.assertions.texts import shortened

OFF = gettext_noop("Running code is switched off on this instance.")
NO_LOCK = gettext_noop("This machine cannot lock code in, so nothing was run.")
NO_CODE = gettext_noop("There is no Python code in it.")
RAISES = gettext_noop("The code ends with %(error)s.")
TEST_FAILS = gettext_noop("The test ends with %(error)s.")
ENDED = gettext_noop("The code ends the process before the test.")
TOO_LONG = gettext_noop("The code takes longer than %(seconds)s s.")
TOO_LARGE = gettext_noop("The code takes more than %(mb)s MB, or writes too much.")
CANNOT_TELL = gettext_noop("Only the code itself could say: %(why)s.")
NEEDS = gettext_noop("The code needs “%(module)s”, which it does not get here.")

_BLOCK = re.compile(r"```[ \t]*+(\w*+)[^\n]*+(?:\n(.*?)(?:\n```|\Z)|\Z)", re.DOTALL)
_PYTHON = ("python", "py", "python3")


def check(settings: Settings, output: Output) -> Outcome:
    if not output.tools.execute:
        return uncertain(OFF)
    found = code_of(output.text)
    if found is None:
        return not_applicable(NO_CODE)
    code, span = found
    ran = sandbox.run(code, settings["test"], seconds=settings["seconds"])
    match ran.how:
        case sandbox.How.RAN:
            return PASSED
        case sandbox.How.NO_LOCK:
            return uncertain(NO_LOCK)
        case sandbox.How.NEEDS:
            return uncertain(NEEDS, module=shortened(ran.what))
        case sandbox.How.CANNOT_TELL:
            return uncertain(CANNOT_TELL, why=shortened(ran.what, 200))
        case sandbox.How.RAISED:
            return failed(RAISES, error=shortened(ran.what, 200), spans=[span])
        case sandbox.How.TEST_RAISED:
            return failed(TEST_FAILS, error=shortened(ran.what, 200), spans=[span])
        case sandbox.How.TOO_LONG:
            return failed(TOO_LONG, seconds=settings["seconds"], spans=[span])
        case sandbox.How.TOO_LARGE:
            return failed(TOO_LARGE, mb=sandbox.MEMORY_MB, spans=[span])
    return failed(ENDED, spans=[span])


def code_of(text: str) -> tuple[str, Span] | None:
    """The first block that says it is Python, or else the first that says nothing; without blocks the
    whole text, if it is Python."""
    blocks = list(_BLOCK.finditer(text))
    for wanted in (_PYTHON, ("",)):
        for block in blocks:
            if block[2] is not None and block[1].lower() in wanted:
                return block[2], Span(*block.span(2))
    if blocks or not text.strip():
        return None
    try:
        compile(text, "<output>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return text, Span(0, len(text))


KIND = Kind(
    "execution",
    gettext_noop("Python code runs"),
    gettext_noop(
        "The first block of Python in the output is run in a process of its own that can open no file, reach"
        " no network and start nothing: only the standard library’s modules for computing. It ends after its"
        " time, or with more than 256 MB. Your test runs in another, calls what the code defines, and"
        " compares there what it gives."
    ),
    (
        Field(
            "test",
            "code",
            gettext_noop("Test"),
            gettext_noop(
                "Python that runs after it, for example: assert add(2, 2) == 4. Compare with plain values: what an"
                " object of the code’s own says of itself only the code could say. Without a test a pass means"
                " no more than that the code says that it came to its end."
            ),
            empty="",
            most=20_000,
        ),
        Field("seconds", "whole", gettext_noop("Seconds"), empty=2, low=1, high=10),
    ),
    check,
    slow=True,
    owners=True,
)
