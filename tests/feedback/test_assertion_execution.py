"""Code that nobody trusts: it computes, and can do nothing else."""

import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from feedback.assertions import registry, sandbox
from feedback.assertions.kinds.execution import code_of
from feedback.assertions.outcome import Output, Tools
from feedback.assertions.sandbox import How


def run(code: str, test: str = "", seconds: int = 2):
    return sandbox.run(code, test, seconds=seconds)


def test_it_runs_and_its_test_decides():
    add = "import math, collections\ndef add(a, b):\n    return a + b\nprint('hello')"

    assert run(add, "assert add(2, 2) == 4").how == How.RAN
    wrong = run(add, "assert add(2, 2) == 5, 'four is not five'")
    assert (wrong.how, wrong.what) == (How.TEST_RAISED, "AssertionError: four is not five (line 1)")
    raised = run("x = 1\nx / 0")
    assert (raised.how, raised.what) == (How.RAISED, "ZeroDivisionError: division by zero (line 2)")
    assert run("def f(:").what.startswith("SyntaxError")
    mute = run("class A:\n    def __str__(self): return 1 / 0\ndef f(): return A()", "assert False, f()")
    assert (mute.how, mute.what) == (How.TEST_RAISED, "AssertionError:  (line 1)")


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd')",
        "open('here.txt', 'w')",
        "import os; os.listdir('/')",
        "import os; os.stat('/etc/passwd')",
        "import os; os.fork()",
        "import os; os.kill(1, 0)",
        "import os; os.kill(os.getpid(), 9) or 1/0",
        "import os; os.unlink('/tmp/x')",
        "import os; os.chmod('/tmp', 0o777)",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.setuid(0) or 1/0",
    ],
)
def test_nothing_outside_is_reached(code):
    found = run(code)

    assert found.how == How.RAISED
    assert "Operation not permitted" in found.what


def test_no_network_and_no_program(tmp_path):
    """With somebody who listens, and a program that would leave a mark."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.2)
        port, mark = server.getsockname()[1], tmp_path / "mark"
        call = (
            "import ctypes, _ctypes\nkernel = ctypes.CDLL(None)\n"
            f"found = [kernel.socket(2, 1, 0), kernel.system(b'touch {mark}')]\n"
            "import threading\nassert found[0] == -1, found\n"
        )
        code = f"import os\nos.system('touch {mark}')\n{call}"
        assert run(code).how in {How.RAN, How.RAISED, How.NEEDS}
        assert run(f"import socket\nsocket.create_connection(('127.0.0.1', {port}))").how in {
            How.RAISED,
            How.NEEDS,
        }
        with pytest.raises(TimeoutError):
            server.accept()
        assert not mark.exists()


def test_it_sees_no_environment_and_no_secret(monkeypatch):
    monkeypatch.setenv("CANARY", "sk-canary")
    found = run("import os\nassert False, dict(os.environ)")

    assert "sk-canary" not in found.what
    assert found.what.startswith("AssertionError: {")
    assert run("open('/proc/self/environ').read()").how == How.RAISED


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("while True: pass", How.TOO_LONG),
        ("import signal\nwhile True:\n    try:\n        pass\n    except BaseException: pass", How.TOO_LONG),
        ("import time\ntime.sleep(60)", How.TOO_LONG),
        ("x = ' ' * 10**9", How.TOO_LARGE),
        ("x = [0]\nwhile True: x += x", How.TOO_LARGE),
        ("import os\nwhile True: os.write(1, b'x' * 65536)", How.TOO_LONG),
        (
            "import os\nfor fd in range(16):\n    try:\n        while True: os.write(fd, b'x' * 65536)\n    except OSError: pass",
            How.TOO_LONG,
        ),
        ("import os; os._exit(0)", How.ENDED),
        ("import sys; sys.exit()", How.ENDED),
        ("import numpy", How.NEEDS),
        ("def f(): f()\nf()", How.RAISED),
    ],
)
def test_it_ends_whatever_it_does(code, how):
    began = time.monotonic()
    found = run(code, seconds=1)

    assert found.how == how
    assert time.monotonic() - began < 1 + sandbox.START + 10


def test_the_code_holds_its_line_and_nothing_else():
    """Two pipes beside three that lead nowhere: not the one on which the verdict goes out."""
    look = (
        "import errno, os\nheld = []\nfor fd in range(64):\n    try: os.lseek(fd, 0, 1)\n    except OSError as error:\n"
        "        if error.errno == errno.ESPIPE: held.append(fd)\n    else: held.append('nothing')\n"
    )

    assert run(look, "assert held[:3] == ['nothing'] * 3 and len(held) == 5, held").how == How.RAN


def test_leaves_no_process_and_no_folder():
    folder = Path(tempfile.gettempdir())
    before = set(folder.glob("genba-run-*"))
    run("while True: pass", seconds=1)

    assert set(folder.glob("genba-run-*")) <= before
    assert "boxed" not in " ".join(_children())


def test_the_processes_of_a_run_are_waited_for_where_nobody_else_does():
    """In a container the first process is often one that waits for no orphan: here the test's own."""
    look = (
        "import ctypes, psutil; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n"
        "from feedback.assertions.sandbox import run\n"
        "for code in ('x = 1', 'while True: pass', 'import os; os._exit(0)'): print(run(code, '', seconds=1).how.name)\n"
        "print(psutil.Process().children())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", look], cwd=sandbox.ROOT, capture_output=True, text=True, check=True
    )

    assert ran.stdout.split("\n")[:-1] == ["RAN", "TOO_LONG", "ENDED", "[]"]


def _children() -> list[str]:
    import psutil

    return [" ".join(one.cmdline()) for one in psutil.Process().children(recursive=True)]


def test_a_machine_without_the_lock_runs_nothing(monkeypatch):
    other = "import platform; platform.machine = lambda: 'other'; "
    monkeypatch.setattr(sandbox, "START_IT", other + sandbox.START_IT)

    assert run("raise SystemError").how == How.NO_LOCK


HONEST = """
from collections import Counter, OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass
from enum import Enum
import datetime, decimal, fractions, functools, json

Pair = namedtuple("Pair", "left right")

@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0
    def __add__(self, other): return Point(self.x + other.x, self.y + other.y)

class Color(Enum):
    RED = 1

class Full(ValueError):
    def __init__(self, most):
        super().__init__(f"at most {most}")
        self.most, self.name = most, "full"

class Stack:
    '''Last in, first out.'''
    def __init__(self, most=2): self.items, self.most = [], most
    def push(self, one):
        if len(self.items) == self.most: raise Full(self.most)
        self.items.append(one)
        return self
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __getitem__(self, at): return self.items[at]
    def __contains__(self, one): return one in self.items
    def __enter__(self): return self
    def __exit__(self, *error): self.items.clear()

seen = 0
def count():
    global seen
    seen += 1
def up_to(n):
    for one in range(n): yield one
def sort(values): values.sort()
def turn(rows): rows[:] = [list(row) for row in zip(*rows)]
def apply(f, *values): return [f(one) for one in values]
def adder(n): return lambda m: n + m
def greet(name): print("Hello", name)
def same(one): return one
def letters(text): return Counter(text)
def decode(one): return one.decode()
def pair(): return Pair(1, "a")
def big(): return 7 ** 4000
def half(): return fractions.Fraction(1, 2)
def day(): return datetime.date(2026, 11, 30)
def price(): return decimal.Decimal("1.10")
def table(): return {(1, 2): {"a": [None, True, 1.5, b"x", {3}, 2j]}}
def loop():
    found = []
    found.append(found)
    return found
def ordered(): return OrderedDict(a=1, b=2)
def grouped(words):
    found = defaultdict(list)
    for one in words: found[len(one)].append(one)
    return found
def add_to(to, one):
    to.append(one)
    return to
class Bus:
    def __init__(self): self.all = []
    def on(self, f): self.all.append(f)
    def off(self, f): self.all.remove(f)
    def emit(self, one):
        for f in self.all: f(one)
def logged(f):
    "Wraps."
    @functools.wraps(f)
    def wrapped(*args): return f(*args)
    return wrapped
class Refused(Exception):
    status = 403
    def __init__(self, what): self.what = what
    def __str__(self): return f"refused: {self.what}"
    def told(self): return f"told {self.what}"
def refuse(what): raise Refused(what)
def read(text): return json.loads(text)
class Total:
    def __init__(self, n): self.n = n
    def __iadd__(self, other):
        self.n += other.n
        return self
print("ready")
"""


@pytest.mark.parametrize(
    "test",
    [
        "assert list(up_to(3)) == [0, 1, 2] and next(up_to(1)) == 0 and sum(up_to(4)) == 6",
        "count(); count()\nassert seen == 2",
        "values = [3, 1, 2]\nassert sort(values) is None\nassert values == [1, 2, 3]",
        "rows = [[1, 2], [3, 4]]\nturn(rows)\nassert rows == [[1, 3], [2, 4]]",
        "assert apply(lambda n: n * n, 1, 2) == [1, 4] and apply(str, 1) == ['1'] and apply(len, 'ab') == [2]",
        "wanted = []\napply(wanted.append, 1, 2)\nassert wanted == [1, 2]",
        "assert adder(2)(3) == 5 and apply(adder(1), 1) == [2]",
        "def wrong(n): raise KeyError(n)\ntry: apply(wrong, 1)\nexcept KeyError: pass\nelse: assert False",
        "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as said: greet('Jane')\n"
        "assert said.getvalue() == 'Hello Jane\\n'",
        "import sys\nassert sys.stdout.getvalue() == 'ready\\n'",
        "assert Point(1, 2) == Point(1, 2) != Point(2) and Point(1).x == 1 and len({Point(1), Point(1)}) == 1",
        "assert Point(1) + Point(2) == Point(3) and isinstance(Point(1), Point) and not isinstance(1, Point)",
        "assert repr(Point(1)) == 'Point(x=1, y=0)' and f'{Point(1)}' == str(Point(1))",
        "assert Color.RED is Color.RED and Color(1) == Color.RED and Color.RED.value == 1",
        "assert pair() == (1, 'a') and (1, 'a') == pair() and pair().left == 1 and isinstance(pair(), tuple)",
        "assert letters('aab') == {'a': 2, 'b': 1} and letters('aab').most_common(1) == [('a', 2)]",
        "assert letters('ab') == letters('ba') and letters('a') != letters('b') and letters('a')['z'] == 0",
        "stack = Stack().push(1).push(2)\nassert len(stack) == 2 and list(stack) == [1, 2] and stack[-1] == 2\n"
        "assert 2 in stack and 3 not in stack and stack.__doc__.startswith('Last') and stack is not None\n"
        "try: stack.push(3)\nexcept Full as error: assert error.most == 2 and error.name == 'full' and str(error) == 'at most 2'\n"
        "else: assert False\nassert issubclass(Full, ValueError) and callable(Stack) and not callable(stack)\n"
        "stack.most = 3\nassert len(stack.push(3)) == 3 and stack\nwith stack as held: assert held is stack\n"
        "assert not stack",
        "import unittest\nunittest.TestCase().assertRaises(Full, Stack(0).push, 1)",
        "try: adder('a')(1)\nexcept TypeError as error: assert 'concatenate' in str(error)",
        "try: same()\nexcept TypeError: pass\ntry: nothing_is_called_so\nexcept NameError: pass",
        "try: adder(b'')('a')\nexcept TypeError: pass\ntry: decode(b'\\xff')\n"
        "except UnicodeDecodeError as error: assert 'invalid start' in str(error)\nelse: assert False",
        "def wrong(_one): b'\\xff'.decode()\ntry: apply(wrong, 1)\nexcept UnicodeDecodeError: pass\nelse: assert False",
        "assert big() == 7 ** 4000 and half() * 2 == 1 and str(day()) == '2026-11-30' and price() * 2 == price() + price()",
        "assert table() == {(1, 2): {'a': [None, True, 1.5, b'x', {3}, 2j]}}",
        "assert same(-(2**60)) == -(2**60) and same(range(2, 5)) == range(2, 5) and same('\\ud800') == '\\ud800'",
        "assert same(float('inf')) > 1e308 and same(float('nan')) != same(float('nan'))",
        "from collections import Counter, OrderedDict\nassert letters('aab') - Counter('a') == Counter('ab')\n"
        "assert ordered() == OrderedDict(a=1, b=2) != OrderedDict(b=2, a=1)",
        "import json\nassert json.dumps(grouped(['a', 'b'])) == '{\"1\": [\"a\", \"b\"]}' and grouped([])[7] == []",
        "from collections import defaultdict, deque\nknown = defaultdict(list, a=[1])\nassert same(known)['b'] == []\n"
        "last = deque([1, 2], maxlen=2)\nassert same(last).maxlen == 2\nassert add_to(last, 3) == last == deque([2, 3])",
        "values = []\nadd_to(to=values, one=1)\nassert values == [1]",
        "seen_by = []\ndef hears(one): seen_by.append(one)\nbus = Bus()\nbus.on(hears)\nbus.emit(1)\nbus.off(hears)\n"
        "bus.emit(2)\nassert seen_by == [1]",
        "@logged\ndef twice(n):\n    'Two times.'\n    return 2 * n\n"
        "assert (twice(2), twice.__name__, twice.__doc__, logged.__doc__) == (4, 'twice', 'Two times.', 'Wraps.')",
        "import operator\nassert apply(str.lower, 'A') == ['a'] and apply(operator.itemgetter(1), 'ab') == ['b']\n"
        "class Own:\n    def plus(self, n): return n + 1\nassert apply(Own().plus, 1) == [2]",
        "try: refuse(7)\nexcept Refused as error: assert str(error) == 'refused: 7' and error.status == Refused.status == 403\n"
        "else: assert False\ntry: refuse(7)\nexcept Refused as error: assert error.told() == 'told 7'",
        "import dataclasses, json\ntry: Point(1).x = 2\nexcept dataclasses.FrozenInstanceError: pass\nelse: assert False\n"
        "try: read('no')\nexcept json.JSONDecodeError as error: assert error.pos == 0\nelse: assert False",
        "import copy\nstack = Stack(); other = copy.deepcopy(stack.push(1))\nother.push(2)\nassert len(stack) == 1 and len(other) == 2\n"
        "also = copy.copy(stack)\nassert also is not stack",
        "total = Total(1)\nsame_one = total\ntotal += Total(2)\nassert total is same_one and total.n == 3",
        "assert type(Stack()) is Stack and type(Stack()).__name__ == 'Stack' and type(1) is int\n"
        "assert isinstance(int, type) and type('Own', (), {'n': 1}).n == 1",
        "found = loop()\nassert found[0] is found and found[0][0] == found and len(found) == 1",
    ],
)
def test_a_test_sees_what_the_code_does(test):
    ran = run(HONEST, test)

    assert ran == sandbox.Ran(How.RAN)


@pytest.mark.parametrize(
    ("code", "test", "says"),
    [
        ("class A: pass\ndef f(): return A()", "assert f() == 4", "an object “A” of the code is compared"),
        ("class A: pass\ndef f(): return A()", "assert isinstance(f(), int)", "the type of an object “A”"),
        ("def f(one): return one", "class A: pass\nf(A())", "the test hands an object “A” to the code"),
        ("class A: pass", "class B(A): pass", "a class of the test is derived from an object “type”"),
        ("class A(str): pass", "assert ''.join([A('a')]) == 'a'", "ask for the type of an object"),
        (
            "class A:\n    def __init__(self): self.all = []",
            "one = A()\none.all.append(1)\nassert one.all == [1]",
            "the test changes a copy of what the code holds",
        ),
        (
            "class A:\n    def __init__(self): self.all = []",
            "one = A()\none.all.append(object())\nassert one.all",
            "the test changes a copy of what the code holds",
        ),
        ("class Bad(Exception): pass", "assert Bad(1).n == 1", "the test made an error “Bad” of the code"),
        (
            "def sum(a, b): return a + b",
            "assert sum(2, 2) == 4",
            "sum is a name of Python’s and one of the code’s",
        ),
    ],
)
def test_what_only_the_code_could_say_is_not_judged(code, test, says):
    found = run(code, test)

    assert found.how == How.CANNOT_TELL
    assert says in found.what


def test_which_code_of_an_output():
    text = "Run:\n```bash\nrm -rf /\n```\nthen\n```python\nx = 1\n```\n"

    assert code_of(text)[0] == "x = 1"
    assert code_of("```\nx = 2\n```")[0] == "x = 2"
    assert code_of("x = 3")[0] == "x = 3"
    assert code_of("Use a loop.") is None
    assert code_of("```bash\nls\n```") is None


def test_as_an_assertion_off_unless_this_instance_allows_it():
    settings = registry.settings("execution", {"test": "assert f(3) == 9"})
    text = "Here:\n```python\ndef f(x):\n    return x * x\n```"

    def said(payload, execute=True):
        return registry.check("execution", settings, Output(payload, tools=Tools(execute=execute)))

    assert said(text).result == "passed"
    assert str(said(text.replace("x * x", "x + x"))) == "The test ends with AssertionError: (line 1)."
    unlike = said(
        "```python\nclass Any:\n    def __eq__(self, other): return True\ndef f(x): return Any()\n```"
    )
    assert unlike.result == "uncertain"
    assert str(unlike).startswith("Only the code itself could say: an object “Any” of the code is compared")
    assert str(said("No code.")) == "There is no Python code in it."
    assert str(said(text, execute=False)) == "Running code is switched off on this instance."
