"""The script and the language of a text.

Scripts are told by their letters' places in Unicode. A script of one language tells that too; the others
are told by their commonest small words, and what those leave open by the library that the assertion
“Language” asks, with its seed. Short texts are “unsure”: of three words any language may be said.
"""

import re
import unicodedata
from functools import lru_cache

from annotator.reading.errors import gettext_noop
from drift.structure.feature import SIDES, Feature, Shape, Side, of_text
from drift.structure.rows import Text
from feedback.assertions.kinds.language import SURE, detected

UNSURE, NO_LETTERS, MIXED = "unsure", "none", "mixed"
OF_ONE_LANGUAGE = {
    "hangul": "ko", "kana": "ja", "thai": "th", "greek": "el", "hebrew": "he", "georgian": "ka",
    "armenian": "hy", "tamil": "ta", "telugu": "te", "bengali": "bn",
}  # fmt: skip
HEAVY = 3  # a letter of these writes about as much as so many Latin ones
_HEAVY = {"hangul", "han", "kana"}
MIX = 0.2  # a second script with so much of the letters makes a text mixed
LEAST = 24  # letters before the library is asked
READ = 300
ENOUGH = 0.15  # small words among all words that settle the language alone
SMALL = {
    "en": "the a an is are was were to of in on for my me i you your it this that what how do does can with and"
    " have has not be at please when where which why who will would could should from as or if so there here",
    "de": "der die das ist sind war zu von im auf für mein meine mir ich du sie ihr es dies was wie kann mit und"
    " haben hat nicht ein eine einen den dem wann wo welche warum wer wird würde aus als oder wenn bitte",
    "fr": "le la les est sont était de du des dans sur pour mon ma mes je tu vous votre il elle ce cette que quoi"
    " comment avec et avoir ai pas un une quand où quel pourquoi qui sera ou si au aux",
    "es": "el la los las es son era de del en sobre para por mi mis yo tú usted su lo este esta qué cómo puedo con"
    " y haber tengo no un una cuándo dónde cuál quién será o si al está",
    "it": "il lo gli è sono era di della nel sul per mio mia io tu lei suo questo questa che come posso con e ho ha"
    " non un una quando dove quale perché chi sarà o se alla",
    "pt": "o os as é são era de do da dos em no na para por meu minha eu você seu este esta que como posso com e"
    " tenho não um uma quando onde qual quem será ou se ao está",
    "nl": "de het een is zijn was te van in op voor mijn mij ik jij u uw dit dat wat hoe kan met en heb heeft niet"
    " wanneer waar welke waarom wie zal zou uit als of",
}
_OF_WORD: dict[str, tuple[str, ...]] = {}
for _code, _words in SMALL.items():
    for _one in set(_words.split()):
        _OF_WORD[_one] = (*_OF_WORD.get(_one, ()), _code)
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=20_000)
def script_of(letter: str) -> str:
    """By the first word of its name in Unicode; empty for what is no letter."""
    if letter.isascii():
        return "latin" if letter.isalpha() else ""
    if unicodedata.category(letter)[0] != "L":
        return ""
    name = unicodedata.name(letter, "").split(" ")[0].lower()
    if name == "cjk":
        return "han"
    return "kana" if name in ("hiragana", "katakana") else name


def counts(text: Text) -> dict[str, int]:
    """Letters by script, those of heavy scripts as three."""
    if "scripts" not in text.cache:
        found: dict[str, int] = {}
        for letter, count in text.letters.items():
            if script := script_of(letter):
                found[script] = found.get(script, 0) + count * (HEAVY if script in _HEAVY else 1)
        text.cache["scripts"] = found
    result: dict[str, int] = text.cache["scripts"]
    return result


def script(text: Text) -> str:
    """The script of nearly all letters, or “mixed”. Japanese, which is written in two, is “kana”."""
    found = dict(counts(text))
    if found.get("kana", 0) > 0.1 * found.get("han", 0):
        found["kana"] = found.get("kana", 0) + found.pop("han", 0)
    if not found:
        return NO_LETTERS
    (first, _most), *rest = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    if rest and rest[0][1] >= MIX * sum(found.values()):
        return MIXED
    return first


def language(text: Text) -> str:
    """A code of ISO 639-1, or “unsure”."""
    if "language" not in text.cache:
        text.cache["language"] = _language(text)
    result: str = text.cache["language"]
    return result


def _language(text: Text) -> str:
    found = counts(text)
    if not found:
        return NO_LETTERS
    main = max(found, key=lambda one: (found[one], one))
    if main == "han" and found.get("kana", 0) > 0.1 * found["han"]:
        main = "kana"
    if main in OF_ONE_LANGUAGE:
        return OF_ONE_LANGUAGE[main]
    if main == "latin" and (told := _by_small_words(text.prose[: 2 * READ])):
        return told
    if sum(found.values()) < LEAST:
        return UNSURE
    chances = _detected(text.prose[:READ])
    return chances[0][0] if chances and chances[0][1] >= SURE else UNSURE


@lru_cache(maxsize=2_000)  # what a script asks all day
def _detected(beginning: str) -> list[tuple[str, float]]:
    return detected(beginning)


def _by_small_words(head: str) -> str:
    """The language with most of them, if it has enough and no other comes near; else empty."""
    words = _WORD.findall(head.lower())
    hits: dict[str, int] = {}
    for word in words:
        for code in _OF_WORD.get(word, ()):
            hits[code] = hits.get(code, 0) + 1
    if not hits:
        return ""
    (first, most), *rest = sorted(hits.items(), key=lambda one: (-one[1], one[0]))
    alone = not rest or most >= rest[0][1] + 1 + most // 4
    return first if alone and most >= ENOUGH * len(words) and most >= 1 + (len(words) > 8) else ""


def _both(side: Side) -> tuple[Feature, ...]:
    return (
        Feature(
            f"{side}.language", side, Shape.CATEGORY, gettext_noop("Language"), of_text(language, side), 0.02
        ),
        Feature(f"{side}.script", side, Shape.CATEGORY, gettext_noop("Script"), of_text(script, side), 0.01),
    )


FEATURES = tuple(feature for side in SIDES for feature in _both(side))
