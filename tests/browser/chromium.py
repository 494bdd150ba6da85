"""The Chromium that the browser tests drive.

`path()` finds one; `python -m tests.browser.chromium` prints it and, where there is none,
installs one first. Without a browser the tests fail and say so: they are never skipped.

The headless shell comes first: the same engine without a browser's own windows, menus and side
panels, which took two fifths of the time of all browser tests.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    *("chromium-headless-shell", "chrome-headless-shell", "headless_shell"),
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
)
# Sandboxing needs rights that containers and root do not have; the pages are our own.
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
MISSING = (
    "No Chromium was found: the browser tests need one. Install the package `chromium` or"
    " Google Chrome, run `.venv/bin/playwright install --with-deps chromium`, or name the"
    " program in GENBA_CHROMIUM."
)


class BrowserMissing(RuntimeError):
    """There is no browser; the text says what to do."""


@functools.cache
def path() -> str:
    """The browser's program: GENBA_CHROMIUM, else one on PATH, else Playwright's own."""
    given = os.environ.get("GENBA_CHROMIUM")
    if given:
        if not _answers(given):
            raise BrowserMissing(f"GENBA_CHROMIUM names {given}, which does not start.")
        return given
    for candidate in _candidates():
        if _answers(candidate):
            return candidate
    raise BrowserMissing(MISSING)


def _candidates() -> list[str]:
    found = [program for name in NAMES if (program := shutil.which(name))]
    return sorted([*found, *_of_playwright()], key=lambda program: not _is_shell(program))


def _is_shell(program: str) -> bool:
    return "headless" in Path(program).name


def _of_playwright() -> list[str]:
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    home = Path(folder) if folder and folder != "0" else Path.home() / ".cache/ms-playwright"
    mac = Path.home() / "Library/Caches/ms-playwright"
    programs = [
        *home.glob("chromium-*/chrome-linux*/chrome"),
        *home.glob("chromium_headless_shell-*/chrome-*/*headless*shell"),
        *mac.glob("chromium-*/chrome-mac*/*.app/Contents/MacOS/*"),
    ]
    return [str(program) for program in sorted(programs, reverse=True)]


def _answers(program: str) -> bool:
    """Some distributions ship a stand-in that only says how to install the real one."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install() -> None:
    """Try what this machine allows: the package manager as root, else Playwright's download."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _run(["apt-get", "update"], quiet)
        _run(["apt-get", "install", "-y", "chromium-headless-shell"], quiet)  # not everywhere
        if not _there():
            _run(["apt-get", "install", "-y", "chromium"], quiet)
    if not _there():
        _run([sys.executable, "-m", "playwright", "install", "chromium"], {**os.environ})


def _there() -> bool:
    return any(_answers(candidate) for candidate in _candidates())


def _run(command: list[str], environment: dict[str, str]) -> None:
    print("+", *command, file=sys.stderr)
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=environment, check=False)


def main() -> int:
    if not os.environ.get("GENBA_CHROMIUM") and not any(
        _answers(one) for one in _candidates() if _is_shell(one)
    ):
        install()
    try:
        print(path())
    except BrowserMissing as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
