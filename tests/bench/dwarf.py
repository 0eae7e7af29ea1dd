"""CPU time and memory of signatures from DWARF.

    python tests/bench/dwarf.py PROGRAM [FUNCTION …]

Each figure is that of a fresh process: 20 signatures with nothing remembered, from the cache, and
all of them.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNT = 20


def functions(path: str) -> list[str]:
    """Functions of the program that have signatures, always the same."""
    from gotrace.binary.program import from_binary  # noqa: PLC0415

    every = sorted({f"{s.package}.{s.function}" for s in from_binary(path).signatures()})
    return random.Random(1).sample([f for f in every if "[" not in f], COUNT)


def peak() -> int:
    """The most memory this process had, in MB; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


def measure(what: str, path: str, names: list[str]) -> None:
    """One figure; the imports are not in it, so a file is opened before."""
    import gotrace.binary.dwarf  # noqa: PLC0415, F401
    from gotrace.binary.program import from_binary  # noqa: PLC0415

    from_binary(path)
    before, start = peak(), time.process_time()
    program = from_binary(path)
    if what == "all":
        found = sum(1 for _ in program.signatures())
    else:
        places = [(name, None) for name in names]
        found = sum(s is not None for s in program.find_all(places).values())
    spent = (time.process_time() - start) * 1000
    print(f"{what:6} {found:6} signatures {spent:8.1f} ms CPU, {before} → {peak()} MB")
    program.save()


def main(arguments: list[str]) -> None:
    """Run each figure in its own process."""
    if arguments[:1] == ["--one"]:
        measure(arguments[1], arguments[2], arguments[3:])
        return
    path, *names = arguments
    names = names or functions(path)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_CACHE_HOME": folder}
        for what in ("cold", "cached", "all"):
            command = [sys.executable, __file__, "--one", what, path, *names]
            subprocess.run(command, check=True, env=environment)


if __name__ == "__main__":
    main(sys.argv[1:])
