"""CPU time of processes, run in turns so that both sides see the same machine."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

GOTRACE = (sys.executable, "-c", "from gotrace.cli import script; script()")  # the console script
_WITHOUT = "import sys; sys.modules['ahocorasick_rs'] = sys.modules['stringzilla'] = None; "
PLAIN = (*GOTRACE[:2], _WITHOUT + GOTRACE[2])  # without the extra `fast`
ROUNDS = 5


class Spent(NamedTuple):
    """CPU seconds, user and system, of all threads; most memory in MB; the text on stdout."""

    seconds: float
    megabytes: float
    text: str


def run(
    command: Sequence[str],
    *,
    shown: bool = False,
    good: Sequence[int] = (0,),
    kept: re.Pattern[bytes] | None = None,
) -> Spent:
    """Run ``command`` once. Its output goes to a pipe if it is ``shown``, else to nowhere.

    A run that fails counts for nothing, and it is soon over: an exit code that is not ``good`` ends
    the measurement. Of long texts only the lines are kept that match ``kept``: the memory of this
    process would count as that of the next one it starts.
    """
    out = subprocess.PIPE if shown else subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
    lines = process.stdout or ()
    text = b"".join(x for x in lines if kept is None or kept.match(x)).decode()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = code = os.waitstatus_to_exitcode(status)
    if code not in good:
        sys.exit(f"exit code {code}: {' '.join(map(str, command))}")
    return Spent(used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, text)


def in_turns(*sides: Callable[[], float], rounds: int = ROUNDS) -> list[float]:
    """The median of what each side gives, all sides once in each round."""
    for side in sides:
        side()  # files are in the cache, modules are compiled
    found: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for values, side in zip(found, sides, strict=True):
            values.append(side())
    return [statistics.median(values) for values in found]


def size(path: str) -> float:
    """MB of a file, 1e6 bytes each."""
    return os.stat(path).st_size / 1e6


def load() -> str:
    """How busy the machine was in the last minute."""
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def compiled() -> None:
    """Let the interpreter keep compiled modules, as an installed package has them, and buffers."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.pop("PYTHONUNBUFFERED", None)
