"""Several small source files served as one: fewer requests, no waiting for imports of imports.

Only the plain forms are understood, and anything else is an error when files are collected:
`@import "x.css";` in style sheets; in modules `import { a, b as c } from "./x.js";`,
`import "./x.js";` and `export` before a declaration. Each module keeps a scope of its own.
"""

import posixpath
import re
from collections.abc import Callable

import minify

Read = Callable[[str], str]  # a static file's name, `js/label/main.js`, to its text

CSS_IMPORT = re.compile(r'^@import "([^"]+)";$', re.M)
JS_IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.[^"]+)";$', re.M)
JS_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.M)
JS_UNKNOWN = re.compile(r"^(?:import|export)\b.*$", re.M)
JS_TOP = re.compile(r"^(?:async function|function|class|const|let) (\w+)", re.M)


class BundleError(ValueError):
    """A file uses a form of import or export that is not understood."""


def style_sheet(name: str, read: Read) -> str:
    """The style sheet with what it imports put in its place."""

    def imported(match: re.Match[str]) -> str:
        return style_sheet(_beside(name, match[1]), read)

    return CSS_IMPORT.sub(imported, read(name))


def module(name: str, read: Read) -> str:
    """The module and all it imports, what is needed first standing first."""
    done: dict[str, str] = {}
    _add(name, read, done, ())
    *needed, entry = done.values()
    return "\n".join([*needed, entry])


def small_module(name: str, read: Read) -> str:
    """The same for a page that is not ours, where each byte counts: one scope for all, and made small.

    Modules that go into it must not use a name twice at their top, nor take one by another name.
    """
    done: dict[str, str] = {}
    _add_flat(name, read, done)
    names = [found for text in done.values() for found in JS_TOP.findall(text)]
    if twice := sorted({one for one in names if names.count(one) > 1}):
        raise BundleError(f"{name}: declared in two modules: {', '.join(twice)}")
    # In a block, so that the names of its top may become short, too.
    small: str = minify.string("application/javascript", "\n".join(["{", *done.values(), "}"]))
    return small


def _add_flat(name: str, read: Read, done: dict[str, str], above: tuple[str, ...] = ()) -> None:
    if name in above:
        raise BundleError(f"{name} imports itself by way of {', '.join(above)}")
    text = read(name)
    for names, path in JS_IMPORT.findall(text):
        if " as " in names:
            raise BundleError(f"{name}: cannot bundle {names.strip()!r} into one scope")
        if (needed := _beside(name, path)) not in done:
            _add_flat(needed, read, done, (*above, name))
    body = JS_EXPORT.sub("", JS_IMPORT.sub("", text))
    if unknown := JS_UNKNOWN.search(body):
        raise BundleError(f"{name}: cannot bundle {unknown[0]!r}")
    done[name] = body


def _add(name: str, read: Read, done: dict[str, str], above: tuple[str, ...]) -> None:
    if name in done:
        return
    if name in above:
        raise BundleError(f"{name} imports itself by way of {', '.join(above)}")
    text = read(name)
    for _names, path in JS_IMPORT.findall(text):
        _add(_beside(name, path), read, done, (*above, name))
    exports = JS_EXPORT.findall(text)
    body = JS_IMPORT.sub(lambda match: _taken(match, name), JS_EXPORT.sub("", text))
    if unknown := JS_UNKNOWN.search(body):
        raise BundleError(f"{name}: cannot bundle {unknown[0]!r}")
    if above:
        body = f"const {_variable(name)} = (() => {{\n{body}\nreturn {{ {', '.join(exports)} }};\n}})();"
    done[name] = f"// {name}\n{body}"


def _taken(match: re.Match[str], name: str) -> str:
    if not (match[1] or "").strip():
        return ""
    names = re.sub(r"\s+as\s+", ": ", match[1].strip())
    return f"const {{ {names} }} = {_variable(_beside(name, match[2]))};"


def _beside(name: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name)
