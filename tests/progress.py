"""Pytest plugin (named in pyproject): what went wrong is told at once, and how far the run has come.

A run that is cut off, by a person or by a time limit, has then said what it knew.
"""

import time

import pytest

STEPS = 10  # lines about the progress of a run

_began = time.monotonic()
_total = _done = 0


def pytest_collection_finish(session: pytest.Session) -> None:
    _count(len(session.items))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids: list[str]) -> None:
    _count(len(ids))


def _count(tests: int) -> None:
    global _total
    _total = tests


class Told:
    """In the process that people read."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        global _done
        if report.failed:
            self._say(f"{report.outcome}: {report.nodeid} ({report.when})\n{report.longreprtext}")
        if report.when != "teardown":
            return
        _done += 1
        if _total and _done * STEPS // _total > (_done - 1) * STEPS // _total:
            self._say(f"{_done} of {_total} tests after {round(time.monotonic() - _began)} s")

    def _say(self, text: str) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(f"\n{text}")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Told(config), "told")
