"""What the benchmarks stand on: a run that fails is no measurement."""

from __future__ import annotations

import sys

import pytest

from tests.bench.measure import run


def test_a_failing_command_is_not_timed() -> None:
    failing = [sys.executable, "-c", "print('x'); raise SystemExit(3)"]
    with pytest.raises(SystemExit, match="exit code 3"):
        run(failing, shown=True)
    assert run(failing, shown=True, good=(0, 3)).text == "x\n"
    assert run([sys.executable, "-c", "pass"]).seconds > 0
