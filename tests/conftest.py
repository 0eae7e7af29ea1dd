"""Settings of all tests: defects of ours are raised, and what could not run is said last."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("GOTRACE_DEBUG", "1")
os.environ.setdefault("GOTRACE_CACHE", "off")  # no test leaves traces in the user's folder

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("gotrace", deadline=None, suppress_health_check=_QUIET)
settings.load_profile("gotrace")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Spark starts Java and takes minutes: only where it is asked for."""
    if "spark" in config.option.markexpr:
        return
    reason = "NOT RUN: Spark with Java takes minutes: pytest -m spark"
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.skip(reason=reason), append=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the lanes that did not run."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.getreports("skipped"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        reason = reason.removeprefix("Skipped: ")
        if reason.startswith("NOT RUN"):
            reasons[reason] = reasons.get(reason, 0) + 1
    for reason, count in reasons.items():
        terminalreporter.write_line(f"{reason} ({count} tests)")
