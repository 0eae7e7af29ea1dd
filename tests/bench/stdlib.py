"""How true and how quick the standard library's data is.

    python -m tests.bench.stdlib [cold] [traces] [lines]

``cold``: CPU time of the first lookups in a new process. The others: over all real traces of the
shared evidence (GOTRACE_SHARED), whose file names carry the release and the architecture, every
frame of the standard library is looked up and bound, and the lines vote.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gotrace.arch import ARCHES, Port
from gotrace.bind import bind
from gotrace.goversion import Facts
from gotrace.model import Call, Dump
from gotrace.names import is_standard
from gotrace.parsing import parse
from gotrace.signature import Signature
from gotrace.stdlib import library, line_votes
from tests import evidence

_NAME = re.compile(r"go1\.([0-9]+)(?:\.[0-9]+)?(?:-([a-z0-9]+))?(?:\.|$)")
SYSTEMS = {"windows_wine": ("windows", "amd64"), "wasm_node": ("js", "wasm")}


def cases() -> Iterator[tuple[Path, int, str, str, tuple[Dump, ...]]]:
    """File, release, system, architecture and dumps; what no Go release printed is left out."""
    for path in evidence.trace_files():
        match = _NAME.match(path.name)
        if match is None or path.parent.name == "gccgo":
            continue
        system, arch = SYSTEMS.get(path.parent.name, ("linux", "amd64"))
        dumps = parse(path.read_bytes(), source=path.name).dumps
        yield path, int(match[1]), system, match[2] if match[2] in ARCHES else arch, dumps


def calls(dump: Dump) -> Iterator[Call]:
    for goroutine in dump.goroutines:
        for frame in goroutine.frames:
            if is_standard(frame.function) and frame.language == "go":
                yield frame.call


def bound() -> tuple[Counter[str], dict[tuple[str, int, str], str]]:
    """What came of each distinct call, and an example of each that does not fit."""
    counts: Counter[str] = Counter()
    wrong: dict[tuple[str, int, str], str] = {}
    seen: set[tuple[str, str, int, str]] = set()
    for path, release, system, arch, dumps in cases():
        row = ARCHES[arch]
        port = Port(row, row.word_size, row.big_endian, True, True)
        for dump in dumps:
            for call in calls(dump):
                key = (call.function, call.arguments, release, arch)
                if key in seen:
                    continue
                seen.add(key)
                facts = Facts(release, release)
                found = library().signature(call.function, facts, system, arch)
                if not isinstance(found, Signature):
                    what = "unknown" if found is None else "ambiguous"
                    counts[what] += 1
                    wrong.setdefault((call.function, 0, what), str(path))
                    continue
                if call.inlined:
                    counts["inlined"] += 1
                    continue
                issues = bind(call, found, facts, port).issues
                counts["mismatch" if issues else "bound"] += 1
                if issues and library().is_assembly(call.function):
                    counts["of these assembly"] += 1
                elif issues:
                    text = f"{call}\n    {found.text}\n    {issues[0].message}"
                    wrong.setdefault((call.function, release, arch), text)
    return counts, wrong


def votes() -> Counter[str]:
    """How often the true release is among the best, and how often alone."""
    counts: Counter[str] = Counter()
    for path, release, _, _, dumps in cases():
        for dump in dumps:
            evidence_ = line_votes(dump)
            if evidence_ is None:
                counts["no line asked"] += 1
                continue
            here = release in evidence_.best
            counts["asked"] += 1
            counts["among the best"] += here
            counts["alone the best"] += evidence_.best == (release,)
            counts["of releases"] += len(evidence_.best)
            if evidence_.asked >= 5:
                counts["5+ lines"] += 1
                counts["5+ lines: among the best"] += here
                counts["5+ lines: alone the best"] += evidence_.best == (release,)
            if not here and release in library().store.releases:
                counts[f"not: {path.parent.name}"] += 1
    return counts


COLD = """
import time
import gotrace.annotating
start = time.process_time()
from gotrace.stdlib import library
imported = time.process_time()
found = library()
opened = time.process_time()
assert found.find({0!r})
looked = time.process_time()
assert found.find({1!r})
again = time.process_time()
print(*(f"{{ms * 1000:.2f}}" for ms in
    (imported - start, opened - imported, looked - opened, again - looked)))
"""
PAIRS = (
    ("net/http.(*conn).serve", "net/http.(*Server).Serve"),
    ("runtime.gopark", "runtime.mallocgc"),
    ("crypto/tls.(*Conn).clientHandshake", "crypto/tls.(*Conn).Read"),
    ("reflect.Value.Call", "reflect.Value.Set"),
    ("time.Sleep", "time.Time.Add"),
)


def cold() -> None:
    """Import, open, the first lookup in a package, the second: the best of five, in ms."""
    for pair in PAIRS:
        command = [sys.executable, "-c", COLD.format(*pair)]
        runs = [
            tuple(map(float, subprocess.check_output(command, text=True).split())) for _ in range(5)
        ]
        print(*(f"{min(column):6.2f}" for column in zip(*runs, strict=True)), pair[0])


def main() -> None:
    """Print what the arguments ask for."""
    wanted = sys.argv[1:] or ["cold", "traces", "lines"]
    if "cold" in wanted:
        cold()
    if "traces" in wanted:
        start = time.process_time()
        counts, wrong = bound()
        print(dict(counts), f"{time.process_time() - start:.1f} s")
        for key, text in sorted(wrong.items(), key=str):
            print(*key, text)
    if "lines" in wanted:
        start = time.process_time()
        for name, count in votes().most_common():
            print(f"{count:7} {name}")
        print(f"{time.process_time() - start:.1f} s")


if __name__ == "__main__":
    main()
