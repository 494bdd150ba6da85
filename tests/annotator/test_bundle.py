"""Several sources served as one file."""

import pytest

from annotator.web import bundle

FILES = {
    "js/a.js": 'import { two } from "./sub/b.js";\nimport "./sub/c.js";\nconst one = 1;\nconsole.log(one + two());\n',
    "js/sub/b.js": 'import { base as root } from "./c.js";\nconst one = 40;\nexport function two() {\n  return one + root;\n}\n',
    "js/sub/c.js": "export const base = 1;\nexport class Unused {}\nexport async function later() {}\n",
    "css/all.css": '@import "one.css";\n@import "more/two.css";\nb { color: red; }\n',
    "css/one.css": "i { color: blue; }\n",
    "css/more/two.css": '@import "../one.css";\n',
}


def read(name: str) -> str:
    return FILES[name]


def test_each_module_stands_once_after_what_it_needs_and_keeps_its_scope():
    made = bundle.module("js/a.js", read)
    assert made.index("js/sub/c.js") < made.index("js/sub/b.js") < made.index("js/a.js")
    assert made.count("const base") == 1
    assert "import" not in made
    assert "export" not in made
    assert made.count("const one") == 2


def test_style_sheets_stand_where_they_were_imported():
    made = bundle.style_sheet("css/all.css", read)
    assert made == "i { color: blue; }\n\ni { color: blue; }\n\n\nb { color: red; }\n"


@pytest.mark.parametrize(
    "line", ['import * as all from "./x.js";', "export default 1;", "export { one };", "export let changing;"]
)
def test_a_form_that_is_not_understood_is_an_error(line):
    with pytest.raises(bundle.BundleError, match="cannot bundle"):
        bundle.module("js/x.js", lambda name: line + "\n")


def test_a_ring_of_imports_is_an_error():
    ring = {"a.js": 'import "./b.js";\n', "b.js": 'import "./a.js";\n'}
    with pytest.raises(bundle.BundleError, match="imports itself"):
        bundle.module("a.js", ring.__getitem__)
