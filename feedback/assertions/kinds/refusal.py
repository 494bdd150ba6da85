"""The output does not refuse to answer."""

import re

from annotator.reading.errors import gettext_noop
from feedback.assertions import phrases
from feedback.assertions.fields import Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, Span, failed
from feedback.assertions.texts import shortened

REFUSES = gettext_noop("It refuses: “%(text)s”.")
BEGINNING = 500  # characters: a refusal comes first; further down the words may be part of an answer

# How models refuse, in the languages of their users. Alternatives without repeats: they take no time.
WAYS = (
    r"I(?:['’]m| am) (?:sorry|afraid),? (?:but )?(?:I )?(?:can(?:no|['’])t|am (?:not able|unable)|won['’]t)",
    r"I (?:can(?:no|['’])t|am unable to|am not able to|won['’]t be able to|must decline to|will not)"
    r" (?:help|assist|answer|provide|comply|do that|fulfil|fulfill|discuss|support|create|generate|write|share)",
    r"I(?:['’]m| am) (?:unable|not able) to (?:help|assist|answer|provide|comply|fulfil|fulfill|discuss)",
    r"(?:as|being) an? (?:AI|artificial intelligence)(?: language)?(?: model| assistant)?,? I (?:can|am|do|don)",
    r"(?:this|that|your) (?:request|question) (?:violates|goes against|is against)",
    r"죄송(?:하지만|합니다만|스럽지만)[^.!?\n]{0,80}(?:없습니다|어렵습니다|못합니다)",
    r"(?:도와드릴|답변(?:해 )?드릴|제공(?:해 )?드릴) 수(?:가|는)? 없",
    r"(?:Es )?tut mir leid,? (?:aber )?(?:ich kann|das kann ich|dabei kann ich)",
    r"ich kann (?:Ihnen |dir )?(?:dabei|damit|darauf|das) (?:leider )?nicht",
    r"(?:je suis )?désolé[e]?,? (?:mais )?je ne (?:peux|suis)",
    r"lo siento,? (?:pero )?no puedo",
    r"申し訳(?:ありません|ございません)[^。\n]{0,60}(?:できません|いたしかねます)",
    r"(?:很)?抱歉[，,]?[^。\n]{0,40}(?:无法|不能)",
)
_REFUSAL = re.compile("|".join(f"(?:{way})" for way in WAYS), re.IGNORECASE)


def refuses(text: str) -> bool:
    """Whether it begins by refusing, in the words that models use."""
    return _REFUSAL.search(text[:BEGINNING]) is not None


def check(settings: Settings, output: Output) -> Outcome:
    text = output.text[:BEGINNING]
    found = _REFUSAL.search(text)
    span = Span(*found.span()) if found else None
    for phrase in settings["more"]:
        span = span or phrases.find(text, phrase)
    if span is None:
        return PASSED
    return failed(REFUSES, text=shortened(text[span.start : span.end]), spans=[span])


KIND = Kind(
    "refusal",
    gettext_noop("No refusal"),
    gettext_noop("The output must not begin with “I’m sorry, I can’t …” and its like, in seven languages."),
    (
        Field(
            "more",
            "lines",
            gettext_noop("Other words that refuse"),
            gettext_noop("One phrase a line, as your product says it."),
            empty=[],
        ),
    ),
    check,
    phrase="more",
)
