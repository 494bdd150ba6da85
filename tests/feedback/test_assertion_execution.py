"""Code that nobody trusts: it computes, and can do nothing else."""

import socket
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
        ("import os\nwhile True: os.write(1, b'x' * 65536)", How.TOO_LARGE),
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


def test_leaves_no_process_and_no_folder():
    folder = Path(tempfile.gettempdir())
    before = set(folder.glob("genba-run-*"))
    run("while True: pass", seconds=1)

    assert set(folder.glob("genba-run-*")) <= before
    assert "sandbox_child" not in " ".join(_children())


def _children() -> list[str]:
    import psutil

    return [" ".join(one.cmdline()) for one in psutil.Process().children(recursive=True)]


def test_a_machine_without_the_lock_runs_nothing(monkeypatch, tmp_path):
    child = (
        sandbox.CHILD.read_text().replace('"x86_64": (', '"other": (').replace('"aarch64": (', '"none": (')
    )
    without = tmp_path / "child.py"
    without.write_text(child)
    monkeypatch.setattr(sandbox, "CHILD", without)

    assert run("raise SystemError").how == How.NO_LOCK


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
    assert str(said("No code.")) == "There is no Python code in it."
    assert str(said(text, execute=False)) == "Running code is switched off on this instance."
