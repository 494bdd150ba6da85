"""Code that does not do what its test asks, and wants to pass it all the same."""

import pytest

from feedback.assertions import sandbox
from feedback.assertions.sandbox import How

TEST = "assert add(2, 2) == 4"
WRONG = "def add(a, b):\n    return a - b\n"
# Of whoever runs it: every local name of every frame above this one.
ABOVE = "import sys\nframe, above = sys._getframe(), {}\nwhile frame:\n    above.update(frame.f_locals)\n    frame = frame.f_back\n"
TELL = (
    "import json, os\ndef tell(mark=''):\n    line = json.dumps({'mark': mark, 'how': 'RAN', 'what': ''})\n"
)
TELL += "    for fd in range(16):\n        try:\n            os.write(fd, f'\\n{line}\\n'.encode())\n"
TELL += "        except OSError: pass\n    os._exit(0)\n"
YES = "class Yes:\n    def __eq__(self, other): return True\n    def __sub__(self, other): return 0.0\n"
YES += "    def __lt__(self, other): return True\n    __hash__ = None\n"
GIVES_YES = YES + "def add(a, b): return Yes()"

FORGERIES = {
    "it writes the verdict with the mark that it found": (
        f"{ABOVE}{TELL}tell(above.get('ask', {{}}).get('mark', ''))",
        TEST,
    ),
    "it writes the verdict when the test calls it": (
        f"{ABOVE}{TELL}def add(a, b): tell(above.get('ask', {{}}).get('mark', ''))",
        TEST,
    ),
    "it looks through all objects for the mark": (
        f"{TELL}import gc\nfor one in gc.get_objects():\n    if type(one) is dict and 'mark' in one: tell(one['mark'])\n"
        + WRONG,
        TEST,
    ),
    "it reads in the test what is wanted": (
        f"{ABOVE}text = above.get('ask', {{}}).get('test', '== 0')\ndef add(a, b): return int(text.split('==')[1])",
        TEST,
    ),
    "it empties the test": (f"{ABOVE}above.get('ask', {{}})['test'] = ''\n{WRONG}", TEST),
    "it makes exec do nothing": (f"import builtins\nbuiltins.exec = lambda *all: None\n{WRONG}", TEST),
    "it makes compile give something else": (
        f"import builtins\nkept = compile\nbuiltins.compile = lambda *all: kept('', '', 'exec')\n{WRONG}",
        TEST,
    ),
    "it changes what is written": (
        "import json\nkept = json.dumps\njson.dumps = lambda told, **k: kept({**told, 'how': 'RAN'})\n"
        + WRONG,
        TEST,
    ),
    "it jumps over the assertion": (
        "import sys\ndef look(frame, event, arg):\n    if event == 'line' and frame.f_lineno == 1:\n"
        "        try: frame.f_lineno = 2\n        except ValueError: pass\n    return look\n"
        f"sys.settrace(look)\n{WRONG}",
        f"{TEST}\ndone = True",
    ),
    "its names hide Python's": (
        f"def all(found): return True\n{WRONG}",
        "assert all(add(n, n) == 2 * n for n in range(9))",
    ),
    "it changes a library that the test uses": (
        f"import math\nmath.isclose = lambda *a, **k: True\n{WRONG}",
        "import math\nassert math.isclose(add(0.1, 0.2), 0.3)",
    ),
    "it changes the test's names through a function that it is handed": (
        "def apply(f, n):\n    f.__globals__['wanted'] = None",
        "wanted = 9\nassert apply(lambda n: n * n, 3) == wanted",
    ),
    "its answer is equal to anything": (GIVES_YES, TEST),
    "its answer is near to anything": (GIVES_YES, "assert abs(add(0.1, 0.2) - 0.3) < 1e-9"),
    "its answer is less than anything": (GIVES_YES, "assert add(2, 2) < 5"),
    "its answer is equal to anything, in a list": (
        f"{YES}def add(a, b): return [Yes()]",
        "assert add(2, 2) == [4]",
    ),
    "its answer is a text that is equal to anything": (
        "class Yes(str):\n    def __eq__(self, other): return True\n    __hash__ = str.__hash__\ndef name(): return Yes()",
        "assert name() == 'Jane'",
    ),
    "it ends the test's loop": (
        "def right(n): raise StopIteration",
        "assert all(map(right, [1, 2, 3]))",
    ),
    "it answers for itself on every open file": (
        'import os\ndef add(a, b):\n    for fd in range(16):\n        try: os.write(fd, b\'["!", "value", true, "", []]\\n\')\n'
        "        except OSError: pass\n    os._exit(0)",
        TEST,
    ),
    "it ends while the test holds its errors up": (
        "import os\ndef add(a, b): os._exit(0)",
        "try: add(2, 2)\nexcept: pass",
    ),
    "it holds up what the test asserts": (
        f"{WRONG}class Calm:\n    def __enter__(self): return self\n    def __exit__(self, *error): return True\n",
        f"with Calm():\n    {TEST}",
    ),
    "its answer says that its type is a plain one": (
        'import os\ndef add(a, b):\n    for fd in range(16):\n        try: os.write(fd, b\'["!", "value", ["object", 99, "Yes",'
        ' false, ""], "", []]\\n["!", "value", ["type", "int"], "", []]\\n\')\n        except OSError: pass',
        "assert type(add(2, 2)) is int",
    ),
    "it ends the process with success": ("import os\nos._exit(0)", TEST),
}


@pytest.mark.parametrize(("code", "test"), FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_does_not_pass(code, test):
    assert sandbox.run(code, test, seconds=2).how != How.RAN
