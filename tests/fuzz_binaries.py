"""Damaged program files: whatever is in one, gotrace says so or gives partial answers, and soon.

``python tests/fuzz_binaries.py --seconds 600`` runs cases until the time is over; ``--seed N`` runs
that one. Every case opens a damaged file and annotates a trace with it, in a process of its own
with limits on time and memory. tests/test_fuzz_binaries.py runs some.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import resource
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests import truth_build

SECONDS, MEGABYTES = 2, 300
GUARD = 2 << 30  # of address space: what is mapped is not what is used
PROGRAM = """package main

import "os"

type Crate struct { Next *Crate; Name string; Count [3]int; Any interface{} }
type Small int8
type Face interface { Weigh(n int) string }

func (c *Crate) Weigh(n int) string {
	fail(c, c.Name, c.Any, Small(n), []string{"a"}, nil)
	return c.Name
}

//go:noinline
func fail(c *Crate, name string, v interface{}, s Small, l []string, f func(int)) (int, error) {
	if f == nil { panic("the end of " + name) }
	return len(os.Args), nil
}

func main() {
	var w Face = &Crate{nil, "shelf", [3]int{1, 2, 3}, Small(4)}
	func(n int) { println(w.Weigh(n)) }(7)
}
"""
GENERIC = """
type Box[T any] struct { v T }
//go:noinline
func (b *Box[T]) Put(v T, s string) { fail(nil, s, v, 1, nil, nil) }
func init() { if len(os.Args) > 1 { (&Box[string]{}).Put("a", "b"); (&Box[int8]{}).Put(1, "b") } }
"""


class Original(NamedTuple):
    """A sound program file: its sections as (name, offset, size), and a trace of it."""

    label: str
    data: bytes
    sections: list[tuple[str, int, int]]
    trace: bytes


def originals(folder: Path) -> list[Original]:
    """Small programs of an old and a new release, for three systems."""
    found = []
    for go in ("1.15", "1.27"):
        trace = b""
        for goos in ("linux", "darwin", "windows"):
            for flag in ("", "-ldflags=-compressdwarf=false"):
                place = folder / f"{go}-{goos}{bool(flag):d}"
                place.mkdir(parents=True)
                (place / "main.go").write_text(PROGRAM + (GENERIC if go != "1.15" else ""), "utf-8")
                (place / "go.mod").write_text(f"module example.com/app\n\ngo {go}\n", "utf-8")
                data = built(place, go, goos, flag)
                trace = trace or crash(place / "app")
                label = f"go{go} {goos} {flag}"
                found.append(Original(label, data, sections(data), trace))
    return found


def built(place: Path, go: str, goos: str, flag: str) -> bytes:
    import subprocess  # noqa: PLC0415

    command = [
        truth_build.goroot(go) / "bin" / "go",
        "build",
        *([flag] if flag else []),
        "-o",
        "app",
    ]
    env = truth_build.environment(go, "amd64", goos)
    subprocess.run(command, cwd=place, env=env, check=True)
    return (place / "app").read_bytes()


def crash(binary: Path) -> bytes:
    import subprocess  # noqa: PLC0415

    return subprocess.run([binary], capture_output=True, check=False).stderr


# ------------------------------------------------------------------------ where sections are


def sections(data: bytes) -> list[tuple[str, int, int]]:
    """(name, offset, size) of an ELF64, Mach-O 64 or PE32+ file."""
    if data[:4] == b"\x7fELF":
        return elf_sections(data)
    return pe_sections(data) if data[:2] == b"MZ" else macho_sections(data)


def elf_sections(data: bytes) -> list[tuple[str, int, int]]:
    table = struct.unpack_from("<Q", data, 40)[0]
    size, count, names = struct.unpack_from("<HHH", data, 58)
    rows = [struct.unpack_from("<IIQQQQ", data, table + i * size) for i in range(count)]
    base = rows[names][4]
    found = [("header", 0, 64), ("section headers", table, size * count)]
    for name, kind, _, _, offset, length in rows:
        if kind not in (0, 8):
            at = base + name
            found.append((data[at : data.index(0, at)].decode(), offset, length))
    return found


def macho_sections(data: bytes) -> list[tuple[str, int, int]]:
    count, total = struct.unpack_from("<II", data, 16)
    found, at = [("header", 0, 32 + total)], 32
    for _ in range(count):
        command, size = struct.unpack_from("<II", data, at)
        if command == 0x19:
            for i in range(struct.unpack_from("<I", data, at + 64)[0]):
                row = at + 72 + 80 * i
                length, offset = struct.unpack_from("<QI", data, row + 40)
                if offset:
                    found.append((data[row : row + 16].rstrip(b"\0").decode(), offset, length))
        at += size
    return found


def pe_sections(data: bytes) -> list[tuple[str, int, int]]:
    pe = struct.unpack_from("<I", data, 60)[0]
    count, optional = (
        struct.unpack_from("<H", data, pe + 6)[0],
        struct.unpack_from("<H", data, pe + 20)[0],
    )
    at = pe + 24 + optional
    found = [("header", 0, at + 40 * count)]
    for i in range(count):
        row = at + 40 * i
        size, offset = struct.unpack_from("<II", data, row + 16)
        found.append((data[row : row + 8].rstrip(b"\0").decode(), offset, size))
    return [s for s in found if s[2]]


# ------------------------------------------------------------------------------------- damage

Damage = Callable[[random.Random, bytearray, tuple[str, int, int], Original], bytearray]


def flip(
    r: random.Random, data: bytearray, section: tuple[str, int, int], _: Original
) -> bytearray:
    """Single bits."""
    _, offset, size = section
    for _ in range(r.choice([1, 1, 4, 64, 1000])):
        at = offset + r.randrange(size)
        if at < len(data):
            data[at] ^= 1 << r.randrange(8)
    return data


def cut(r: random.Random, data: bytearray, section: tuple[str, int, int], _: Original) -> bytearray:
    """The file ends at a section's border, or near."""
    _, offset, size = section
    end = r.choice([offset, offset + size, offset + r.randrange(size)]) + r.choice([-1, 0, 0, 1])
    return data[: max(end, 0)]


def huge(
    r: random.Random, data: bytearray, section: tuple[str, int, int], _: Original
) -> bytearray:
    """Counts, sizes and offsets that are too large."""
    _, offset, size = section
    for _ in range(r.choice([1, 1, 2, 8])):
        width = r.choice([2, 4, 4, 8])
        value = r.choice(
            [2**31, 2**32 - 1, 2**63, 2**64 - 1, 2**24, len(data), size, 0, 0x7FFFFFFF]
        )
        near = r.choice([64, 256, size])
        at = offset + r.randrange(0, max(min(near, size) - width, 1), r.choice([1, 2, 4]))
        data[at : at + width] = (value % (1 << 8 * width)).to_bytes(width, "little")
    return data


def fill(
    r: random.Random, data: bytearray, section: tuple[str, int, int], _: Original
) -> bytearray:
    """A range of one byte."""
    _, offset, size = section
    at = r.randrange(size)
    length = r.choice([1, 16, 256, size - at])
    data[offset + at : offset + at + length] = bytes([r.choice([0, 0x7F, 0x80, 0xFF])]) * length
    return data


def shuffle(
    r: random.Random, data: bytearray, section: tuple[str, int, int], o: Original
) -> bytearray:
    """A piece of one section lies in another."""
    _, offset, size = section
    _, other, more = r.choice([s for s in o.sections if s[2]])
    length = r.randrange(1, min(size, more, 4096) + 1)
    data[offset : offset + length] = data[other : other + length]
    return data[: len(o.data)]


def cycle(
    r: random.Random, data: bytearray, section: tuple[str, int, int], o: Original
) -> bytearray:
    """References in .debug_info that lead back: each word that may be one gets a nearby place."""
    info = [s for s in o.sections if s[0] in (".debug_info", "__debug_info")]
    _, offset, size = info[0] if info else section
    places = (r.randrange(max(size - 4, 1)) for _ in range(r.choice([100, 2000, 20000])))
    for at in places:
        if not 0 < int.from_bytes(data[offset + at : offset + at + 4], "little") < size:
            continue
        target = r.choice([at - 1, at, max(at - r.randrange(200), 0), r.randrange(size)])
        data[offset + at : offset + at + 4] = struct.pack("<I", max(target, 0))
    return data


DAMAGE: tuple[Damage, ...] = (flip, flip, cut, huge, huge, fill, shuffle, cycle)
INTERESTING = (
    "header",
    "section headers",
    "pclntab",
    "debug",
    "data",
    "rodata",
    "module",
    "note",
    "sym",
)


def damaged(seed: int, known: list[Original]) -> tuple[str, bytes, bytes]:
    """Case ``seed``: what was done, the file, the trace."""
    r = random.Random(seed)
    original = r.choice(known)
    chosen = [s for s in original.sections if s[2]]
    read = [s for s in chosen if any(word in s[0] for word in INTERESTING)]
    data = bytearray(original.data)
    done = []
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        section = r.choice(read if r.random() < 0.8 else chosen)
        how = r.choice(DAMAGE)
        data = how(r, data, section, original)
        done.append(f"{how.__name__} {section[0]}")
    return f"{seed}: {original.label}, {', '.join(done)}", bytes(data), original.trace


# ------------------------------------------------------------------------------------- a case


class Outcome(NamedTuple):
    """What became of a case; ``problem`` is empty if it went well."""

    what: str
    problem: str
    seconds: float
    megabytes: float


def attempt(seed: int, known: list[Original], folder: Path) -> Outcome:
    """One case, in a process of its own."""
    what, data, trace = damaged(seed, known)
    path = folder / f"case{os.getpid()}"
    path.write_bytes(data)
    reader, writer = os.pipe()
    sys.stdout.flush()
    before = _resident()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _child(path, trace, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    _, status, usage = os.wait4(child, 0)
    seconds, megabytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024 - before
    problem = told.decode("utf-8", "replace")
    if status:
        problem = problem or f"ended with {status:#x}"
    elif seconds > SECONDS or megabytes > MEGABYTES:
        problem = f"took {seconds:.1f} s, {megabytes:.0f} MB"
    path.unlink()
    return Outcome(what, problem, seconds, megabytes)


def _resident() -> float:
    """MB of this process: a fork begins with them, so they are not the case's."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / (1 << 20)


def _child(path: Path, trace: bytes, writer: int) -> None:
    code = 0
    try:
        os.environ["GOTRACE_CACHE"] = "off"  # every case is of the same build
        resource.setrlimit(resource.RLIMIT_AS, (GUARD, GUARD))
        resource.setrlimit(resource.RLIMIT_CPU, (10 * SECONDS, 10 * SECONDS + 1))
        signal.alarm(60 * SECONDS)
        annotate(path, trace)
    except BaseException:
        os.write(writer, traceback.format_exc()[-3000:].encode())
        code = 1
    os._exit(code)


def annotate(path: Path, trace: bytes) -> None:
    """What a user does with a file: GotraceError is an answer."""
    import gotrace  # noqa: PLC0415

    try:
        program = gotrace.from_binary(str(path))
    except gotrace.GotraceError:
        return
    for dump in gotrace.parse(trace, source="trace").dumps:
        report = gotrace.annotate(dump, binaries=[program])
        document = json.loads(gotrace.render(report, "ndjson"))
        assert not [x for x in document["issues"] if x["code"] == "internal"]
        gotrace.render(report, "text", everything=True)
        probe(program, dump)


def probe(program: Any, dump: Any) -> None:
    """What a file that did not print the dump is not asked for: every part, about every frame."""
    frames = [f for g in dump.goroutines for f in g.frames]
    words = {w.value for f in frames for w in f.call.words()} | {0, 1, 2**63, 2**64 - 1}
    for frame in frames:
        program.signature(frame.function, frame.site)
        for function in program.named(frame.function):
            program.table.arguments(function)
            for offset in (0, 1, frame.site.offset or 0 if frame.site else 5, 2**32):
                program.table.calls(function, offset)
                program.table.marks(function, offset)
    for word in words:
        program.symbols.at(word)
        program.image.region(word)
        program.image.read(word, 64)
        if program.types is not None:
            program.types.type_at(word)
            program.types.itab_at(word)
    for _ in itertools.islice(program.signatures(), 100):
        pass


def main() -> None:
    """Loop, and print what went wrong with its seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--start", type=int, default=0)
    options = parser.parse_args()
    os.environ["GOTRACE_DEBUG"] = "1"
    os.environ.setdefault("GOTRACE_GO_ROOT", str(Path("~/.cache/gotrace/go").expanduser()))
    import gotrace.face  # noqa: F401, PLC0415 - once, before the processes

    with tempfile.TemporaryDirectory() as folder:
        known = originals(Path(folder) / "programs")
        if options.seed is not None:
            print(*attempt(options.seed, known, Path(folder)))
            return
        end, seed, bad = time.monotonic() + options.seconds, options.start, 0
        worst = [Outcome("", "", 0, 0)]
        while time.monotonic() < end:
            outcome = attempt(seed, known, Path(folder))
            worst = sorted([*worst, outcome], key=lambda o: -o.seconds)[:3]
            if outcome.problem:
                bad += 1
                print(
                    outcome.what,
                    "\n   ",
                    outcome.problem.strip().replace("\n", "\n    "),
                    flush=True,
                )
            seed += 1
        most = ", ".join(f"{o.what} {o.seconds:.2f} s {o.megabytes:.0f} MB" for o in worst)
        print(f"{seed - options.start} cases, {bad} bad; slowest: {most}")


if __name__ == "__main__":
    main()
