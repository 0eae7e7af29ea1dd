"""How long signatures from Go source take, in CPU time.

    python tests/bench/source.py GOROOT

Prints: the first signature in a new process (import, parse, types), 100 frames of net/http and
others below the GOROOT, and how many files were opened for them.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

FRAMES = 100
PACKAGES = ("net/http", "encoding/json", "database/sql", "net", "os", "crypto/tls", "bufio", "io")

COLD = """
import time
started = time.process_time()
from gotrace.source import SourceTree
from gotrace.stack import Site
imported = time.process_time()
tree = SourceTree([{root!r}], goos="linux", goarch="amd64")
signature = tree.find({function!r}, Site({file!r}, {line}, None))
assert signature is not None, tree.problems
print(imported - started, time.process_time() - imported, len(tree.opened))
"""


def frames(root: Path) -> list[tuple[str, str, int]]:
    """Functions of the standard library as frames would name them, spread over the packages."""
    found: list[tuple[str, str, int]] = []
    for package in PACKAGES:
        for file in sorted((root / "src" / package).glob("*.go")):
            if file.name.endswith("_test.go") or re.search(r"_(windows|plan9|js|wasm)", file.name):
                continue
            for number, line in enumerate(file.read_text("utf-8").split("\n"), 1):
                match = re.match(r"func (?:\(\w+ (\*?\w+)\) )?(\w+)\(.*\{$", line)
                if match and match[2] != "init":
                    receiver = f"({match[1]})." if (match[1] or "").startswith("*") else ""
                    receiver = receiver or (f"{match[1]}." if match[1] else "")
                    name = f"{package}.{receiver}{match[2]}"
                    found.append((name, f"/usr/local/go/src/{package}/{file.name}", number + 1))
    return found[:: max(1, len(found) // FRAMES)][:FRAMES]


def main() -> None:
    """Measure and print."""
    root = Path(sys.argv[1])
    places = frames(root)
    wanted = next(p for p in places if "http.(*" in p[0])
    code = COLD.format(root=str(root), function=wanted[0], file=wanted[1], line=wanted[2])
    runs = [
        tuple(map(float, subprocess.check_output([sys.executable, "-c", code]).split()))
        for _ in range(3)
    ]
    imported, found, opened = min(runs, key=lambda run: run[0] + run[1])
    print(f"first signature: import {imported:.3f} s, parse and types {found:.3f} s CPU")
    print(f"  ({wanted[0]}; {opened:.0f} files opened)")
    from gotrace.source import SourceTree  # noqa: PLC0415 - the cold runs come first
    from gotrace.stack import Site  # noqa: PLC0415

    tree = SourceTree([str(root)], goos="linux", goarch="amd64")
    started = time.process_time()
    sites = [(function, Site(file, line, None)) for function, file, line in places]
    signatures = tree.find_all(sites)
    spent = time.process_time() - started
    known = sum(s is not None for s in signatures.values())
    print(f"{len(places)} frames: {known} signatures, {spent:.3f} s CPU, {len(tree.opened)} opened")
    started = time.process_time()
    tree.find_all(sites)
    print(f"again: {time.process_time() - started:.4f} s CPU")


if __name__ == "__main__":
    main()
