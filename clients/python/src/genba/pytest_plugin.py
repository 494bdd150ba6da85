"""A pytest plugin: Genba's assertions in a test run.

`genba_check(input=…, output=…, feature="refunds")` is a fixture for your own tests. With the settings
`genba_outputs` and `genba_suite` each output of that file is a test. See docs/checks-in-ci.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from genba._check import run
from genba._check.command import TIMEOUT, TIMEOUT_JUDGED, connected
from genba._check.outputs import BadLine, made, read
from genba._check.server import Server
from genba._check.table import flat
from genba._check.types import Accepted, Checked, Failure, Misused, Output, Suite, Trouble

SETTINGS = (
    ("outputs", "a file of outputs, one JSON object a line: each is a test"),
    ("suite", "the suite whose assertions run, or a feature's name"),
    ("baseline", "accepted: what failed in the accepted run too is expected to fail; none: it fails"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("genba", "Genba's assertions over outputs")
    for name, told in SETTINGS:
        group.addoption(f"--genba-{name}", metavar=name.upper(), help=told)
        parser.addini(f"genba_{name}", told, default="accepted" if name == "baseline" else "")
    group.addoption("--genba-judge", action="store_true", help="ask the language model as well")


def setting(config: pytest.Config, name: str) -> str:
    return str(config.getoption(f"--genba-{name}") or config.getini(f"genba_{name}"))


class Desk:
    """The one connection of a test run, and what was asked once."""

    def __init__(self, config: pytest.Config) -> None:
        self.collected = False  # the file of outputs was come across
        self.judge: bool = config.getoption("--genba-judge")
        self._baseline = setting(config, "baseline")
        self._server: Server | None = None
        self._suites: dict[str, Suite] = {}
        self._accepted: dict[str, Accepted | None] = {}

    @property
    def server(self) -> Server:
        if self._server is None:
            self._server = connected(None, None, TIMEOUT_JUDGED if self.judge else TIMEOUT)
        return self._server

    def suite(self, key: str) -> Suite:
        if key not in self._suites:
            self._suites[key] = self.server.suite(key)
        return self._suites[key]

    def check(
        self, outputs: Sequence[Output], *, suite: str, keys: Sequence[str] | None, feature: str, judge: bool
    ) -> list[Checked]:
        if keys is None and suite:
            keys = [one.key for one in self.suite(suite).assertions]
        return run.checked(self.server, outputs, keys=keys, feature=feature, judge=judge)

    def is_known(self, suite: str, failure: Failure) -> bool:
        """Whether the accepted run has it as well."""
        if self._baseline == "none":
            return False
        if suite not in self._accepted:
            self._accepted[suite] = self.server.accepted(suite)
        accepted = self._accepted[suite]
        return accepted is not None and failure in accepted.failed

    def close(self) -> None:
        if self._server is not None:
            self._server.close()


DESK = pytest.StashKey[Desk]()


def pytest_configure(config: pytest.Config) -> None:
    if setting(config, "baseline") not in {"accepted", "none"}:
        raise pytest.UsageError("genba_baseline is one of: accepted, none.")
    if setting(config, "outputs") and not setting(config, "suite"):
        raise pytest.UsageError("genba_outputs needs genba_suite: which assertions shall run?")
    config.stash[DESK] = Desk(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    if DESK in config.stash:
        config.stash[DESK].close()


# --- a test for each output of a file ----------------------------------------------------------


def outputs_path(config: pytest.Config) -> Path | None:
    named = setting(config, "outputs")
    return config.rootpath / named if named else None  # an absolute one stays what it is


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> OutputsFile | None:
    """Where the file lies under what pytest looks through, or is named."""
    if file_path != outputs_path(parent.config):
        return None
    parent.config.stash[DESK].collected = True
    return OutputsFile.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Adds the file where all tests are meant, or it is the command's own option."""
    path = outputs_path(config)
    if path is None or config.stash[DESK].collected:
        return
    if config.args_source == config.ArgsSource.ARGS and not config.getoption("--genba-outputs"):
        return
    file: OutputsFile = OutputsFile.from_parent(session, path=path)
    try:
        items.extend(file.collect())
    except pytest.Collector.CollectError as error:
        raise pytest.UsageError(f"genba_outputs: {error}") from None


class OutputsFile(pytest.File):
    def collect(self) -> Iterator[OutputItem]:
        try:
            with self.path.open("rb") as file:
                found = list(read(file, self.path.name))
        except OSError as error:
            raise self.CollectError(f"{self.path}: cannot be read: {error.strerror}.") from None
        bad = [str(one) for one in found if isinstance(one, BadLine)]
        if bad:
            raise self.CollectError("\n".join(bad[:20]))
        desk, suite = self.config.stash[DESK], setting(self.config, "suite")
        outputs = [one for one in found if isinstance(one, Output)]
        for batch in run.batches(outputs, run.MOST_JUDGED if desk.judge else run.MOST_OUTPUTS):
            together = Batch(desk, batch, suite)
            for output in batch:
                name = flat(output.id, 256)
                yield OutputItem.from_parent(self, name=name, output=output, batch=together)


class Batch:
    """Outputs that are asked about together, when the first of them is run."""

    def __init__(self, desk: Desk, outputs: list[Output], suite: str) -> None:
        self.desk, self.suite = desk, suite
        self._outputs = outputs
        self._checked: dict[str, Checked] | None = None

    def of(self, name: str) -> Checked:
        if self._checked is None:
            found = self.desk.check(
                self._outputs, suite=self.suite, keys=None, feature="", judge=self.desk.judge
            )
            self._checked = {one.id: one for one in found}
        return self._checked[name]


class OutputItem(pytest.Item):
    def __init__(self, *, output: Output, batch: Batch, **named: Any) -> None:
        super().__init__(**named)
        self._output, self._batch = output, batch

    def runtest(self) -> None:
        found = self._batch.of(self._output.id)
        new = [
            one
            for one in found.failed
            if not self._batch.desk.is_known(
                self._batch.suite, Failure(one.assertion, found.id, found.input_hash)
            )
        ]
        if new:
            raise Failed(_reasons(Checked(found.id, found.input_hash, tuple(new))))
        if found.failed:
            pytest.xfail(f"as in the accepted run: {_reasons(found)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, (Failed, Trouble)):
            return f"{self._output.place}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, int(self._output.place.rpartition(":")[2]) - 1, self.name


class Failed(AssertionError):
    """An output did not pass; the message has a line for each assertion that failed."""


def _reasons(found: Checked) -> str:
    return "\n".join(f"{one.assertion} v{one.version}: {one.reason or 'failed'}" for one in found.failed)


# --- a fixture for tests that call the product themselves ------------------------------------------


class Check:
    """What the fixture `genba_check` is."""

    def __init__(self, desk: Desk, suite: str, name: str) -> None:
        self._desk, self._suite, self._name = desk, suite, name

    def __call__(
        self,
        *,
        output: object,
        input: object = None,
        expected: str | None = None,
        context: object = None,
        metadata: Mapping[str, object] | None = None,
        feature: str = "",
        suite: str = "",
        assertions: Sequence[str] | None = None,
        judge: bool | None = None,
    ) -> Checked:
        """Fails the test with the reasons unless the output passes.

        Which assertions run: `assertions` by key; or those of the `suite`; or the feature's; or
        those of the setting genba_suite. An assertion that does not apply does not fail.
        """
        __tracebackhide__ = True
        suite = suite or ("" if feature else self._suite)
        if not (feature or suite or assertions):
            pytest.fail("genba_check needs feature=…, suite=… or the setting genba_suite.", pytrace=False)
        record = {
            "input": input,
            "output": output,
            "expected": expected,
            "context": context,
            "metadata": metadata,
        }
        try:
            sent = made(record, self._name, otherwise="1")
            (found,) = self._desk.check(
                [sent],
                suite=suite,
                keys=assertions,
                feature=feature,
                judge=self._desk.judge if judge is None else judge,
            )
        except (Misused, ValueError) as error:
            pytest.fail(f"genba_check: {error}", pytrace=False)
        except Trouble as error:
            pytest.fail(str(error), pytrace=False)
        if found.failed:
            pytest.fail(_reasons(found), pytrace=False)
        return found


@pytest.fixture
def genba_check(request: pytest.FixtureRequest) -> Check:
    """`genba_check(input=…, output=…, feature="refunds")` fails with what is wrong with the output."""
    config = request.config
    return Check(config.stash[DESK], setting(config, "suite"), request.node.name)
