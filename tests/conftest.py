"""What holds for every test: how hard hypothesis looks, no settings from outside, no skip."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from servers.databases import Databases
from servers.postgres import postgres
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

REQUIRE_SERVERS = "SEQUENCER_REQUIRE_SERVERS"
# Files whose tests share what is dear to set up, or build on each other. Where several workers run
# tests, such a file is the work of one.
TOGETHER = {
    "tests/e2e/test_demo.py",
    "tests/integration/test_cadence.py",
    "tests/integration/test_many_daemons.py",
    "tests/integration/test_oauth.py",
    "tests/integration/test_real_imap.py",
    "tests/integration/test_real_smtp.py",
    "tests/integration/test_standby.py",
}

# A variable of the person who runs the tests must not decide what they find.
for name in [name for name in os.environ if name.startswith("SEQUENCER_")]:
    if name != REQUIRE_SERVERS:
        del os.environ[name]

# Deadlines measure the machine, not the code: two shared cores miss them for no reason.
# What CI says of a commit must not depend on chance; people who try it look elsewhere each time.
settings.register_profile("dev", max_examples=25, deadline=None, derandomize="CI" in os.environ)
settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
settings.register_profile(
    "nightly",
    max_examples=5_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def portion_of(nodeid: str) -> str:
    """What a test is handed to a worker with: its file if that stays together, else itself."""
    path = nodeid.partition("::")[0]
    return path if path in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Where several workers run tests, each gets the next portion; the largest come first."""
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = portion_of
    return scheduler


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Databases]:
    """A PostgreSQL server of this run, started by the first test that wants it."""
    with postgres() as url:
        yield Databases(url)


def skips_fail() -> bool:
    return "CI" in os.environ or os.environ.get(REQUIRE_SERVERS) == "1"


def skipped(config: pytest.Config) -> list[pytest.TestReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where every server is required, a skipped test is a failed run."""
    if skips_fail() and skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if skips_fail() and (count := len(skipped(config))):
        terminalreporter.section("skipped, and no skip is allowed here", red=True)
        terminalreporter.line(f"{count} tests were skipped: {REQUIRE_SERVERS}=1 or CI is set.")
