"""A language model answers a question about the output."""

from annotator.reading.errors import gettext_noop
from feedback.assertions.fields import Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, NoJudgement, Outcome, Output, failed, uncertain
from feedback.assertions.texts import shortened

SAYS_NO = gettext_noop("The judge says no: %(why)s")
NOT_ASKED = gettext_noop("No language model can be asked here.")
NO_REPLY = gettext_noop("The judge gave no answer: %(why)s.")
MOST = 30_000  # characters of the output, and of the input


def check(settings: Settings, output: Output) -> Outcome:
    if output.tools.judge is None:
        return uncertain(NOT_ASKED)
    try:
        reply = output.tools.judge(settings["question"], output.input_text[:MOST], output.text[:MOST])
    except NoJudgement as error:
        return uncertain(NO_REPLY, why=str(error))
    return PASSED if reply.good else failed(SAYS_NO, why=shortened(reply.why, 200))


KIND = Kind(
    "judge",
    gettext_noop("A question to the judge"),
    gettext_noop("A language model answers yes or no. It costs money, and the day’s budget holds it."),
    (
        Field(
            "question",
            "long",
            gettext_noop("Question"),
            gettext_noop("“Does it answer what was asked?” Yes must be the good answer."),
            required=True,
            most=2_000,
        ),
    ),
    check,
    slow=True,
    owners=True,
)
