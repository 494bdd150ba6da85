"""Pytest plugin (named in pyproject): what went wrong is told at once, and how far the run has come.

A run that is cut off, by a person or by a time limit, has then said what it knew.
"""

import time

import pytest

STEPS = 10  # lines about the progress of a run


class Told:
    """In the process that people read."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.began, self.total, self.done = time.monotonic(), 0, 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.total = len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.total = len(ids)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._say(f"{report.outcome}: {report.nodeid} ({report.when})\n{report.longreprtext}")
        if report.when != "teardown":
            return
        self.done += 1
        if self.total and self.done * STEPS // self.total > (self.done - 1) * STEPS // self.total:
            self._say(f"{self.done} of {self.total} tests after {round(time.monotonic() - self.began)} s")

    def _say(self, text: str) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(f"\n{text}")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Told(config), "told")
