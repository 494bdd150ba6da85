"""JavaScript made small: the same program in fewer bytes."""

import gzip
from pathlib import Path

import pytest

from annotator.web import bundle
from annotator.web.squeeze import SqueezeError, squeeze

STATIC = Path(__file__).resolve().parents[2] / "static"


def test_comments_spaces_and_marks_go_and_declarations_are_joined():
    source = (
        "// one\nconst alpha = 1; /* two */\nconst beta = alpha + +alpha;\nrun({\n  a: [alpha, beta,],\n});\n"
    )
    assert squeeze(source) == "const a=1,b=a+ +a;run({a:[a,b,]});\n"


def test_local_names_are_short_and_properties_stay():
    source = """function add(first, { second, third: other }) {
      const text = 1; return first.text + { second, text: other };
    }"""
    assert squeeze(source) == "function a(b,{second,third:c}){const d=1;return b.text+{second,text:c}}\n"


def test_members_of_a_class_stay_but_private_ones_become_short():
    source = """class Box extends Other {
      #inner = 1; shown = 2; get size() { return this.#inner; } grow(by) { this.#inner += by; }
    }"""
    assert (
        squeeze(source)
        == "class a extends Other{#a=1;shown=2;get size(){return this.#a}grow(a){this.#a+=a}}\n"
    )


def test_texts_and_patterns_are_left_alone():
    source = (
        'const found = "a  // b" + `${one}  ${ { two: `x ${three}` }.two }` + word.replace(/[/"`]+/g, "`");'
    )
    assert (
        squeeze(source)
        == 'const a="a  // b"+`${one}  ${{two:`x ${three}`}.two}`+word.replace(/[/"`]+/g,"`");\n'
    )


def test_a_text_of_several_lines_is_a_style_sheet():
    assert (
        squeeze("style(`\n  a, b { color: red; }\n  i > b { top: 0.5em; left: 10.5em; }\n`);")
        == "style(`a,b{color:red}i > b{top:.5em;left:10.5em}`);\n"
    )


def test_what_cannot_be_read_is_an_error():
    with pytest.raises(SqueezeError, match="cannot read"):
        squeeze("const a = 'one';")


def test_one_scope_for_all_modules():
    files = {
        "a.js": 'import { two } from "./b.js";\nconst one = two();\nsay(one);\n',
        "b.js": "export function two() {\n  return 2;\n}\n",
        "c.js": 'import { two as other } from "./b.js";\n',
        "d.js": 'import { two } from "./b.js";\nconst two = 1;\n',
    }
    assert bundle.small_module("a.js", files.__getitem__) == "function b(){return 2}const a=b();say(a);\n"
    with pytest.raises(bundle.BundleError, match="into one scope"):
        bundle.small_module("c.js", files.__getitem__)
    with pytest.raises(bundle.BundleError, match="declared in two modules: two"):
        bundle.small_module("d.js", files.__getitem__)


def test_the_script_for_other_peoples_pages_is_at_most_8_kilobytes():
    made = bundle.small_module("feedback/genba.js", lambda name: (STATIC / name).read_text("utf-8"))
    assert len(gzip.compress(made.encode(), 9)) <= 8192
