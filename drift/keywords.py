"""What a group of texts is about, in three terms: class-based TF-IDF (Grootendorst 2022, BERTopic, section 3.3). Pure.

A term is a word or two words that stand side by side. Which languages:

- Words between blanks, marks and brackets taken off, in small letters: English and most others.
- Korean: words are between blanks, too, but carry particles; the common ones are cut off where at least two
  syllables stay (환불을, 환불은: 환불). It is a list, no grammar: some words keep an ending.
- Chinese, Japanese, Thai and others that write without blanks: each two characters side by side are a word, as
  in search engines. Two of those side by side make no term of two words.

Numbers alone are no words. Words are not cut to stems, and there is no list of stop words: what is as frequent
everywhere is none.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from operator import itemgetter

MOST = 3
FEW_TEXTS = 2  # a term of one text says what that text says, not what the group does: such come last
TELLING = 3  # times as frequent in the group as elsewhere, or it is a word such as "the"
COMMON = 0.01  # of all words elsewhere: such a word, "an" or "for", makes no term with another

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_NO_BLANKS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_NO_BLANKS}]+|[^{_NO_BLANKS}]+")
_UNSPACED = re.compile(rf"[{_NO_BLANKS}]")
_HANGUL = re.compile(r"^[\uac00-\ud7a3]+$")
_PARTICLES = sorted(
    [
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "의",
        "에",
        "도",
        "만",
        "와",
        "과",
        "로",
        "으로",
        "에서",
        "에게",
        "한테",
        "부터",
        "까지",
        "보다",
        "처럼",
        "이나",
        "나",
        "랑",
        "이랑",
        "하고",
        "께서",
    ],
    key=len,
    reverse=True,
)


@dataclass(frozen=True)
class Terms:
    """How often each word and two-word term comes in some texts, and in how many of them."""

    words: Counter[str]
    pairs: Counter[str]
    texts: Counter[str]

    @property
    def total(self) -> int:
        return self.words.total()

    def __add__(self, other: "Terms") -> "Terms":
        return Terms(self.words + other.words, self.pairs + other.pairs, self.texts + other.texts)


def words_of(text: str) -> list[list[str]]:
    """The text's words in runs: two words side by side in one run make a term."""
    runs: list[list[str]] = [[]]
    for match in _WORD.finditer(text.casefold()):
        for part in _RUN.findall(match.group()):
            if _UNSPACED.match(part):
                runs += [[two] for two in (map("".join, pairwise(part)) if len(part) > 1 else [part])]
                runs.append([])
            elif any(letter.isalpha() for letter in part):
                runs[-1].append(_stem(part))
            else:
                runs.append([])
    return [run for run in runs if run]


def terms_of(texts: Iterable[str]) -> Terms:
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for text in texts:
        runs = words_of(text)
        here = [word for run in runs for word in run]
        twos = [f"{one} {two}" for run in runs for one, two in pairwise(run) if one != two]
        words.update(here)
        pairs.update(twos)
        seen.update({*here, *twos})
    return Terms(words, pairs, seen)


def keywords(group: Terms, everything: Terms, most: int = MOST) -> list[str]:
    """The terms that tell the group from the rest, the most telling first; fewer where there are no more.

    `everything`: the group's own texts and those it is to be told from. The weight of a term t is
    `sqrt(share of t in the group's words) * log(1 + A / number of t in everything)`, A the mean number of words
    of the two classes; the root keeps frequent words down (BERTopic's `reduce_frequent_words`). A term that says
    again what is chosen is passed over, and so are words hardly more frequent here than elsewhere, and pairs with
    such a word. Of equals, two words come before one, and what was said first before what came later.
    """
    if not group.total:
        return []
    mean = everything.total / 2
    rest = everything.total - group.total
    few = min(FEW_TEXTS, max(group.texts.values()))

    def telling(word: str) -> bool:
        n = group.words[word]
        return n * rest >= TELLING * group.total * (everything.words[word] - n)

    def rare(word: str) -> bool:
        return everything.words[word] - group.words[word] <= COMMON * rest

    def weight(times: int, of: int) -> float:
        return sqrt(times / group.total) * log(1 + mean / max(of, times))

    found = [
        (group.texts[pair] < FEW_TEXTS, -weight(n, everything.pairs[pair]), pair)
        for pair, n in group.pairs.items()
        if group.texts[pair] >= few and all(telling(word) and rare(word) for word in pair.split())
    ]
    found += [
        (group.texts[word] < FEW_TEXTS, -weight(n, everything.words[word]), word)
        for word, n in group.words.items()
        if len(word) > 1 and telling(word)
    ]
    chosen: list[str] = []
    for _rare, _weight, term in sorted(found, key=itemgetter(0, 1)):
        if not _said(term, chosen):
            chosen.append(term)
        if len(chosen) == most:
            break
    return chosen


def name(group: Sequence[str], others: Iterable[str], most: int = MOST) -> list[str]:
    """The keywords of some texts beside others."""
    mine = terms_of(group)
    return keywords(mine, mine + terms_of(others), most)


def _said(term: str, chosen: list[str]) -> bool:
    words = set(term.split())
    return any(words <= set(one.split()) for one in chosen)


def _stem(word: str) -> str:
    if not _HANGUL.match(word):
        return word
    for particle in _PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= 2:
            return word[: -len(particle)]
    return word
