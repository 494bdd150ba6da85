"""The catalogues: complete, in step with the source, and safe to fill in."""

import re

import polib
import pytest

from annotator.config import messages
from annotator.config.paths import ROOT
from tests import make

CATALOGUES = {
    language: polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))
    for language in messages.LANGUAGES
}
HOLES = re.compile(r"%\((\w+)\)[.\d]*([sdf])|\{(\w+)\}|(%%)")
TAGS = re.compile(r"</?\w+|href=\"[^\"]*\"")


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_catalogue_holds_what_the_source_holds(language):
    """If not: make messages."""
    known = {(e.msgid, e.msgid_plural, e.msgctxt or "") for e in CATALOGUES[language]}
    used = {(m.text, m.plural, m.context) for m in messages.all_messages()}
    assert used - known == set(), "not in the catalogue: run make messages"
    assert known - used == set(), "no longer used: run make messages"
    assert not CATALOGUES[language].obsolete_entries()


def test_everything_is_in_korean():
    assert [e.msgid for e in CATALOGUES["ko"] if not e.translated() or e.fuzzy] == []


def test_translations_have_the_holes_and_tags_of_their_source():
    wrong = []
    for entry in CATALOGUES["ko"]:
        for translation in translations(entry):
            # A plural form may leave out nothing either: Korean has one form for all numbers.
            source = entry.msgid_plural or entry.msgid
            holes = [sorted(set(HOLES.findall(text))) for text in (source, translation)]
            tags = [sorted(TAGS.findall(text)) for text in (source, translation)]
            if holes[0] != holes[1] or tags[0] != tags[1]:
                wrong.append((source, translation))
    assert wrong == []


def test_no_text_is_looked_up_both_alone_and_as_the_first_of_a_plural():
    """gettext keeps one entry per first text; the other would stay English."""
    alone = {(e.msgid, e.msgctxt) for e in CATALOGUES["ko"] if not e.msgid_plural}
    counted = {(e.msgid, e.msgctxt) for e in CATALOGUES["ko"] if e.msgid_plural}
    assert alone & counted == set()


def test_words_that_were_decided_are_kept():
    """WORDS.md: one word per thing in Korean too."""
    for source, word in (
        ("Vibe checks", "바이브 체크"),
        ("Queues", "큐"),
        ("Interaction", "상호작용"),
        ("Owner", "소유자"),
    ):
        assert word in CATALOGUES["ko"].find(source).msgstr


def test_pages_speak_korean_when_the_browser_does(client, db, as_):
    assert "로그인" in client.get("/signin/", headers={"accept-language": "ko"}).content.decode()
    page = as_(make.user("nadia", language="ko")).get("/").content.decode()
    assert "아직 속한 프로젝트가 없습니다" in page


# --- how texts are found -------------------------------------------------------------------------


def test_texts_are_found_in_python():
    source = (
        'a = _("one" "two")\nb = ngettext("%(n)s hen", "%(n)s hens", 3)\n'
        'c = pgettext_lazy("a verb", "Open")\nd = other("no")\ne = _(kept)\n'
    )
    assert list(messages.in_python(source)) == [
        messages.Message("onetwo"),
        messages.Message("%(n)s hen", "%(n)s hens"),
        messages.Message("Open", context="a verb"),
    ]


@pytest.mark.parametrize("put_together", ['_(f"{n} hens")', '_("a" + b)', '_("{}".format(n))', '_("%s" % n)'])
def test_a_text_put_together_before_it_is_looked_up_is_a_mistake(put_together):
    with pytest.raises(messages.NotConstant):
        list(messages.in_python(put_together))


def test_texts_are_found_in_templates_as_django_looks_them_up():
    source = """{% load i18n partials %}{% if a %}{% translate "One %" %}{% endif %}
    {% partialdef part %}{% blocktranslate with b=c %}Two {{ b }} 5%{% endblocktranslate %}{% endpartialdef %}
    {% blocktranslate count n=d %}{{ n }} hen{% plural %}{{ n }} hens{% endblocktranslate %}
    {% translate "Open" context "a verb" as e %}{% include "x.html" with f=_("Three") %}"""
    assert set(messages.in_template(source)) == {
        messages.Message("One %%"),
        messages.Message("Two %(b)s 5%%"),
        messages.Message("%(n)s hen", "%(n)s hens"),
        messages.Message("Open", context="a verb"),
        messages.Message("Three"),
    }
