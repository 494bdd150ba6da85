"""Rules about the source that no other tool holds. Each names the files that may differ."""

import ast
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sorted(
    [*ROOT.glob("annotator/**/*.py"), *ROOT.glob("feedback/**/*.py"), *ROOT.glob("drift/**/*.py")]
)
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
SCRIPTS = sorted([*ROOT.glob("static/js/**/*.js"), *ROOT.glob("static/feedback/*.js")])
STYLES = sorted(ROOT.glob("static/css/**/*.css"))


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def lines_with(pattern: str, paths: list[Path], *, but: Collection[str] = ()) -> list[str]:
    """`file:line: text` wherever the pattern is found outside the files that may."""
    wanted = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{n}: {line.strip()[:100]}"
        for path in paths
        if str(path.relative_to(ROOT)) not in but
        for n, line in enumerate(text(path).splitlines(), 1)
        if wanted.search(line)
    ]


@pytest.mark.parametrize(
    ("why", "pattern", "paths", "but"),
    [
        ("every door checks the CSRF token or needs a key", r"csrf_exempt", PYTHON, set()),
        (
            "HTML is made in one place only",
            r"mark_safe|SafeString\(|SafeText\(|format_html\(|autoescape off",
            [*PYTHON, *TEMPLATES],
            {"annotator/web/render.py"},
        ),
        ("text stays text", r"\|\s*safe\b|\|\s*safeseq\b|{%\s*autoescape", TEMPLATES, set()),
        (
            "work is put on a queue by its row first",
            r"\.delay\(|\.apply_async\(|\.delay_on_commit\(|send_task\(",
            PYTHON,
            # The others are waited for: no work.
            {"annotator/tasks.py", "feedback/suggesting/line.py", "feedback/services/guardrail.py"},
        ),
        (
            "a request names no columns",
            r"filter\(\*\*request|order_by\(\*?request|exclude\(\*\*request",
            PYTHON,
            set(),
        ),
        (
            "no pickles, and no text is run",
            r"import pickle|pickle\.|joblib|yaml\.load\(|\beval\(|\bexec\(",
            PYTHON,
            # Behind their lock: see docs/decisions/0020.
            {"feedback/assertions/boxed/guest.py", "feedback/assertions/boxed/trial.py"},
        ),
        (
            "nothing is fetched",
            r"\brequests\.(get|post)|urlopen\(|httpx\.",
            PYTHON,
            {"feedback/demo/host/genba.py"},
        ),
        (
            "settings are read at one place",
            r"os\.environ\b|os\.getenv",
            PYTHON,
            {
                "annotator/config/env.py",
                "annotator/config/wsgi.py",
                "annotator/config/celery.py",
                # hand the environment on to processes, or show it
                "annotator/config/supervisor/roles.py",
                "annotator/config/embedded/engine.py",
                "annotator/management/commands/up.py",
                "feedback/management/commands/demo.py",  # the machine's time zone
                "feedback/demo/host/__main__.py",  # another product's
            },
        ),
        ("colours are tokens", r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", STYLES, {"static/css/tokens.css"}),
        (
            "scripts make no HTML of texts",
            r"\binsertAdjacentHTML|document\.write|\.outerHTML\s*=",
            SCRIPTS,
            set(),
        ),
        ("scripts run no texts", r"\beval\(|new Function\(", SCRIPTS, set()),
        (
            "no Django signals between our apps",
            r"django\.dispatch|django\.db\.models\.signals|django\.core\.signals",
            PYTHON,
            set(),
        ),
    ],
)
def test_nothing_in_the_source_breaks(why: str, pattern: str, paths: list[Path], but: set[str]):
    assert lines_with(pattern, paths, but=but) == [], why
    for name in but:
        assert (ROOT / name).exists(), f"{name} is gone: take it off the list"


# --- templates ---------------------------------------------------------------------------------


def tags(path: Path) -> Iterator[str]:
    """Opening tags of a template, with Django's own tags taken out."""
    source = re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", "", text(path), flags=re.DOTALL)
    source = re.sub(r"{%.*?%}|{{.*?}}", "", source, flags=re.DOTALL)
    yield from re.findall(r"<[a-zA-Z][^>]*>", source)


def test_no_inline_style_script_or_handler():
    """The Content-Security-Policy would refuse them."""
    wrong = [
        f"{path.relative_to(ROOT)}: {tag[:100]}"
        for path in TEMPLATES
        for tag in tags(path)
        if re.search(r"\s(style|on\w+|hx-on[\w:-]*|hx-vals|hx-vars)\s*=", tag)
        or (re.match(r"<script\b", tag) and "src=" not in tag and "application/json" not in tag)
        or re.match(r"<style\b", tag)
    ]
    assert wrong == []


def test_every_button_says_its_type_and_every_form_that_writes_has_its_token():
    for path in TEMPLATES:
        for tag in tags(path):
            if tag.startswith("<button"):
                assert "type=" in tag, f"{path.relative_to(ROOT)}: {tag}"
        for form in re.findall(r"<form\b.*?</form>", text(path), re.DOTALL):
            if re.search(r'method="post"', form, re.IGNORECASE):
                assert "csrf_token" in form, f"{path.relative_to(ROOT)}: {form[:80]}"


# What stands in templates as it is in every language.
AS_IT_IS = re.compile(
    r"^(Genba( · Genba)?|[\W\d_]*|curl\b.*|-[HdX]\b.*|manage\.py.*|N|Y|u|s|y|n|f|Esc|Enter|Backspace|API|ID|JSON|CSV)$"
)
NOT_PROSE = {"script", "style", "code", "pre", "kbd", "svg", "samp"}


def test_every_text_is_marked_for_translation():
    """Words between tags, or in what screen readers say, outside {% translate %}."""
    wrong = []
    for path in TEMPLATES:
        source = re.sub(r"{#.*?#}", "", text(path), flags=re.DOTALL)
        source = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", source, flags=re.DOTALL)
        source = re.sub(
            r"{%\s*blocktrans(late)?\b.*?{%\s*endblocktrans(late)?\s*%}", "", source, flags=re.DOTALL
        )
        for name in NOT_PROSE:
            source = re.sub(rf"<{name}\b.*?</{name}>", "", source, flags=re.DOTALL)
        source = re.sub(r"{%.*?%}|{{.*?}}", " ", source, flags=re.DOTALL)
        words = re.findall(r">([^<>]+)<", f">{source}<")
        words += re.findall(r'\s(?:aria-label|title|placeholder|alt)="([^"]*)"', source)
        wrong += [
            f"{path.relative_to(ROOT)}: {' '.join(word.split())[:80]}"
            for word in words
            if re.search(r"[A-Za-z]{2}", word)
            and not AS_IT_IS.match(" ".join(word.split()))
            and not word.strip().startswith("&")
            and "=" not in word
        ]
    assert wrong == []


# --- Python --------------------------------------------------------------------------------------


def test_views_fetch_by_the_access_helpers_only():
    """`objects.get(` in a view knows nothing of the project in the address."""
    views = [path for path in PYTHON if {"views", "api"} & set(path.relative_to(ROOT).parts[:-1])]
    assert lines_with(r"objects\.get\(|get_object_or_404|objects\.all\(", views) == []


def test_every_view_says_its_methods_and_who_may():
    """Decorators of each view function that a route names."""
    open_to_all = {"signin", "by_link", "signout", "preferences", "session", "healthz", "calendar_feed"}
    open_to_all.add("metrics")  # has a key of its own
    from django.urls import URLPattern, get_resolver

    views = {}

    def walk(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                views[pattern.callback.__qualname__, pattern.callback.__module__] = pattern
            else:
                walk(pattern.url_patterns)

    walk([p for p in get_resolver().url_patterns if not str(p.pattern).startswith("api/")])
    for name, module in views:
        source = text(ROOT / Path(*module.split(".")).with_suffix(".py"))
        function = next(
            node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name
        )
        decorators = {ast.unparse(decorator).split("(")[0] for decorator in function.decorator_list}
        assert decorators & {"require_http_methods", "require_GET", "require_POST", "require_safe"}, (
            module,
            name,
        )
        assert "login_required" in decorators or name in open_to_all, (module, name)


def heavy_imports(path: Path) -> Iterator[str]:
    heavy = {
        "torch",
        "transformers",
        "sentence_transformers",
        "hdbscan",
        "scipy",
        "pandas",
        "sklearn",
        "pyarrow",
    }
    for node in ast.parse(text(path)).body:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        yield from (name for name in names if name.split(".")[0] in heavy)


def test_no_module_imports_what_only_the_ml_worker_has():
    assert {str(path): found for path in PYTHON if (found := list(heavy_imports(path)))} == {}


def test_the_web_application_loads_none_of_it():
    """In a fresh process, as the server does it, down to the last view."""
    look = (
        "import annotator.config.wsgi, sys; from django.urls import get_resolver; get_resolver().url_patterns;"
        "heavy={'torch','transformers','sentence_transformers','hdbscan','scipy','pandas','sklearn','numpy','pyarrow'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_files_stay_readable():
    """Under 400 lines: past that, a file is where trouble sits."""
    files = [path for path in [*PYTHON, *SCRIPTS, *STYLES] if "migrations" not in path.parts]
    long = {str(p.relative_to(ROOT)): n for p in files if (n := text(p).count("\n")) > 400}
    assert long == {}
