"""JavaScript of our own made small: no comments, no spaces, short names. For the file on other people's pages.

It reads tokens, not grammar, and relies on how our modules are written: a semicolon ends each
statement, no name is made at run time, no variable is called like a global. Names of variables and of
`#private` members become short; names of properties and all that a text spells stay.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, count, pairwise, product

TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<text>"(?:\\.|[^"\\\n])*")
    |(?P<number>\d[\w.]*)
    |(?P<name>\#?[A-Za-z_$][\w$]*)
    |(?P<mark>=>|\.\.\.|\?\.|\?\?=?|&&=?|\|\|=?|[=!]==|\*\*|[-+*/<>]=|\+\+|--|[-{}()\[\].,;:?=<>+*/%!&|^~])""",
    re.X | re.S,
)
REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+/[a-z]*")
CHUNK = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*", re.S)
NAME = re.compile(r"#?[A-Za-z_$][\w$]*")
KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        "async await break case catch class const continue default delete do else export extends false finally"
        " for from function get if import in instanceof let new null of return set static super switch this"
        " throw true try typeof undefined var void while yield",
    )
)
Piece = tuple[str, str]  # with its role
PROPERTY, SHORTHAND = "property", "shorthand"
CLASS, BLOCK, OBJECT = "class", "block", "object"
NO_CALL = {"if", "for", "while", "switch"}
BEFORE_REGEX = set("(,=:[!&|?{};") | {"=>", "return", "&&", "||", "??", "==="}
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class SqueezeError(ValueError):
    """A text that is not written as this module expects."""


def squeeze(source: str) -> str:
    """The same program in fewer bytes."""
    out: list[str] = []
    for piece in _shortened(list(_renamed(list(_tokens(source))))):
        if out and _would_join(out[-1], piece):
            out.append(" ")
        out.append(piece)
    return "".join(out) + "\n"


def _shortened(pieces: list[str]) -> Iterator[str]:
    """Without marks that mean nothing; declarations that follow each other as one."""
    began = [""]  # for each open bracket, the word that the statement begins with
    skip = 0
    for n, piece in enumerate(pieces):
        ahead = pieces[n + 1 : n + 4]
        if skip:
            skip -= 1
        elif piece == ";" and ahead[:1] == [began[-1]] and began[-1] in {"const", "let"}:
            yield ","
            skip = 1
        elif piece == "(" and ahead[1:] == [")", "=>"] and NAME.fullmatch(ahead[0]):
            yield ahead[0]
            skip = 2
        elif not (piece == ";" and ahead[:1] == ["}"]) and not (piece == "," and ahead[:1] in ([")"], ["}"])):
            yield piece
            _follow(began, piece)


def _follow(began: list[str], piece: str) -> None:
    if _closes(piece):
        began.pop()
    if _opens(piece):
        began.append("")
    elif piece == ";" or (piece == "}" and began[-1] not in {"const", "let"}):
        began[-1] = ""
    elif not began[-1]:
        began[-1] = piece


def _tokens(source: str, at: int = 0) -> Iterator[str]:
    """Without spaces and comments. A text in backticks comes in pieces, its holes as code between them."""
    holes: list[int] = []  # open braces in each hole that we are in
    last = ""
    while at < len(source):
        if source[at] == "`" or (source[at] == "}" and holes and holes[-1] == 0):
            if source[at] == "}":
                holes.pop()
            end = next(CHUNK.finditer(source, at + 1)).end()
            end += 2 if source[end] == "$" else 1
            if source[end - 1] == "{":
                holes.append(0)
            last = _sheet(source[at:end])
        elif source[at] == "/" and last in BEFORE_REGEX and source[at + 1] not in "/*":
            regex = REGEX.match(source, at)
            if regex is None:
                raise SqueezeError(f"cannot read {source[at : at + 40]!r}")
            last, end = regex[0], regex.end()
        else:
            match = TOKEN.match(source, at)
            if match is None:
                raise SqueezeError(f"cannot read {source[at : at + 40]!r}")
            end = match.end()
            if match["space"]:
                at = end
                continue
            last = match[0]
            if holes and last in "{}":
                holes[-1] += 1 if last == "{" else -1
        yield last
        at = end


def _would_join(before: str, after: str) -> bool:
    word = (before[-1].isalnum() or before[-1] in "_$") and (after[0].isalnum() or after[0] in "_$#")
    return word or (before[-1] in "+-" and before[-1] == after[0])


def _sheet(text: str) -> str:
    """A text of several lines is a style sheet."""
    if "\n" not in text:
        return text
    text = re.sub(r"\s*([{};:,]|^`|`$)\s*", r"\1", text).replace(";}", "}")
    return re.sub(r"(?<![\d.])0(?=\.\d)", "", text)


def _renamed(pieces: list[str]) -> Iterator[str]:
    """The frequent names first. What is declared at the top has one short name; a local one has its own
    in each function or member."""
    units = list(_units(list(zip(pieces, _roles(pieces), strict=True))))
    uses = Counter(piece for piece in pieces if NAME.fullmatch(piece))
    variables = {piece for piece, role in chain(*units) if role != PROPERTY}
    whole = {piece for piece, role in chain(*units) if role == SHORTHAND} | KEYWORDS
    top = {name for unit in units for name in _at_top([piece for piece, _ in unit])} - whole
    private = [name for name in uses if name.startswith("#")]
    shared = _short(private, uses, set(), "#") | _short(top, uses, variables - top)
    for unit in units:
        here = Counter(piece for piece, role in unit if role != PROPERTY)
        whole = {piece for piece, role in unit if role == SHORTHAND} | KEYWORDS
        local = _declared([piece for piece, _ in unit]) & set(here) - whole - top
        taken = (set(here) - local - top) | {shared[name] for name in here if name in shared}
        names = shared | _short(local, here, taken)
        yield from (piece if role == PROPERTY else names.get(piece, piece) for piece, role in unit)


def _short(names: Iterable[str], uses: Counter[str], taken: set[str], sign: str = "") -> dict[str, str]:
    free = (name for name in _letters() if name not in taken)
    return {name: sign + next(free) for name in sorted(names, key=lambda name: (-uses[name], name))}


def _letters() -> Iterator[str]:
    for size in count(1):
        yield from map("".join, product(LETTERS, repeat=size))


def _units(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Statements at the top, and members of classes: what a local name cannot leave."""
    unit: list[Piece] = []
    depth, in_class = 0, False
    for n, (piece, role) in enumerate(pieces):
        unit.append((piece, role))
        in_class = in_class or (depth == 0 and piece == "class")
        depth += _opens(piece) - _closes(piece)
        begins = in_class and depth == 1 and piece == "{" and pieces[n - 2][0] in {"class", "extends"}
        if begins or (depth <= in_class and piece in {";", "}"}):
            yield unit
            unit = []
        in_class = in_class and not (depth == 0 and piece == "}")
    yield unit


def _at_top(unit: list[str]) -> Iterator[str]:
    depth = 0
    for piece, name in pairwise(unit):
        depth += _opens(piece) - _closes(piece)
        if depth == 0 and piece in {"const", "let", "function", "class"}:
            yield name


def _opens(piece: str) -> bool:
    return piece in {"(", "[", "{"} or (piece.endswith("${") and piece[0] == "`")


def _closes(piece: str) -> bool:
    return piece in {")", "]", "}"} or (piece.endswith("`") and piece[0] == "}")


def _declared(pieces: list[str]) -> set[str]:
    """Variables, functions, classes and parameters."""
    found: set[str] = set()
    for n, piece in enumerate(pieces):
        after = pieces[n + 1] if n + 1 < len(pieces) else ""
        if piece in {"const", "let", "function", "class"}:
            if after in {"[", "{"}:
                found |= _names_in(pieces[n + 2 : _end(pieces, n + 1)])
            else:
                found.add(after)
        elif after == "=>" and NAME.fullmatch(piece):
            found.add(piece)
        elif piece == "(":
            end = _end(pieces, n)
            follows = pieces[end + 1 : end + 2]
            function = follows == ["{"] and NAME.fullmatch(pieces[n - 1]) and pieces[n - 1] not in NO_CALL
            if follows == ["=>"] or function:
                found |= _names_in(pieces[n + 1 : end])
    return found


def _names_in(pattern: list[str]) -> set[str]:
    """Names that a list of parameters or a pattern makes, without their default values."""
    found, depth = set(), 0
    for n, piece in enumerate(pattern):
        depth += (piece in {"(", "["}) - (piece in {")", "]"})
        if NAME.fullmatch(piece) and (n == 0 or pattern[n - 1] in {",", "[", "{", ":", "..."}):
            found.add(piece)
    return found


def _roles(pieces: list[str]) -> Iterator[str]:
    """For each piece: a property's name, one that is a variable too (`{ name }`), or neither."""
    inside = [BLOCK]
    for n, piece in enumerate(pieces):
        before, after = pieces[n - 1] if n else "", pieces[n + 1] if n + 1 < len(pieces) else ""
        if _closes(piece):
            inside.pop()
        if _opens(piece):
            inside.append(_kind(pieces, n))
        yield _role(piece, before, after, inside[-1]) if NAME.fullmatch(piece) else ""


def _kind(pieces: list[str], n: int) -> str:
    """What is between the braces that open here."""
    before = pieces[n - 1] if n else ""
    if pieces[n] != "{":
        return ""
    if "class" in {before, *pieces[max(n - 2, 0) : n - 1], *pieces[max(n - 4, 0) : n - 3]}:
        return CLASS
    return BLOCK if before in {"=>", ")", ";", "{", "}", "else", "try", "do", "catch", "finally"} else OBJECT


def _role(piece: str, before: str, after: str, inside: str) -> str:
    if piece.startswith("#"):
        return ""
    if before in {".", "?."}:
        return PROPERTY
    prefixed = before in {"get", "set", "async", "static"}
    if inside == CLASS and (prefixed or before in {"{", "}", ";"}):
        return PROPERTY
    if inside != OBJECT or not (prefixed or before in {"{", ","}):
        return ""
    return PROPERTY if after in {":", "("} else SHORTHAND


def _end(pieces: list[str], start: int) -> int:
    """Where the bracket at `start` is closed."""
    depth = 0
    for n in range(start, len(pieces)):
        depth += (pieces[n] in {"(", "[", "{"}) - (pieces[n] in {")", "]", "}"})
        if depth == 0:
            return n
    raise SqueezeError("a bracket is not closed")
