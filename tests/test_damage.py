"""Dumps that were damaged on their way are read as before where that is certain, and it is said."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotrace.model import Dump
from gotrace.parsing import each_dump
from tests.test_envelopes import LOGS, SAMPLES, lines_of, model

CASES = [
    SAMPLES / "pushd" / "panic.log",
    SAMPLES / "shapes" / "go1.27.log",
    SAMPLES / "shapes" / "go1.15.log",
    SAMPLES / "nested" / "go1.15.again.log",
    SAMPLES / "throw" / "go1.27.map.log",
    SAMPLES / "closures" / "go1.27.log",
]
CASES = [c for c in CASES if c.exists()]


def read(data: bytes) -> list[Dump]:
    return list(each_dump(data, source="log"))


def repaired(found: list[Dump]) -> list[list[str]]:
    return [[n.text for n in d.notes if n.code == "repaired"] for d in found]


def wrapped_at(data: bytes, width: int) -> bytes:
    return b"".join(
        line[i : i + width] + b"\n"
        for line in data.rstrip(b"\n").split(b"\n")
        for i in (range(0, len(line), width) or [0])
    )


Damage = Callable[[bytes], bytes]
SILENT: dict[str, Damage] = {  # what the readers take as it is
    "crlf": lambda d: d.replace(b"\n", b"\r\n"),
    "four blanks for a tab": lambda d: d.replace(b"\t", b"    "),
    "no blank lines": lambda d: d.replace(b"\n\n", b"\n"),
}
SAID: dict[str, tuple[Damage, str]] = {
    "no tabs": (lambda d: d.replace(b"\n\t/", b"\n/"), "tabs at the starts of lines"),
    "many blanks": (
        lambda d: d.replace(b"\n\t/", b"\n" + b" " * 20 + b"/"), "tabs at the starts of lines",
    ),
    "blanks of Unicode": (
        lambda d: d.replace(b"\n\t/", "\n\u2003/".encode()), "tabs at the starts of lines",
    ),
    "a blank line behind each": (
        lambda d: d.replace(b"\n", b"\n\n"), "blank lines behind each line",
    ),
    "asterisks": (lambda d: d.replace(b"(*", b"("), "asterisks of receivers"),
    "blanks at the ends": (lambda d: d.replace(b"\n", b"  \n"), "blanks at the ends of lines"),
    "lone CR": (lambda d: d.replace(b"\n", b"\r"), "line ends of one CR"),
    "UTF-16 LE": (
        lambda d: b"\xff\xfe" + d.decode().encode("utf-16-le"), "decoded from UTF-16-LE",
    ),
    "UTF-16 BE": (
        lambda d: b"\xfe\xff" + d.decode().encode("utf-16-be"), "decoded from UTF-16-BE",
    ),
    "wrapped at 80": (lambda d: wrapped_at(d, 80), "lines that were cut in two"),
}  # fmt: skip


def test_there_are_cases() -> None:
    assert len(CASES) >= 4


@pytest.mark.parametrize("name", SILENT)
def test_silent(name: str) -> None:
    for path in CASES:
        data = path.read_bytes()
        assert [model(d) for d in read(SILENT[name](data))] == [model(d) for d in read(data)], path


@pytest.mark.parametrize("name", SAID)
def test_said(name: str) -> None:
    """The dump is as before, and a note says what was undone, where anything was."""
    damage, text = SAID[name]
    for path in CASES:
        data = path.read_bytes()
        bad = damage(data)
        found = read(bad)
        assert [model(d) for d in found] == [model(d) for d in read(data)], path
        if bad != data and re.search(rb"0x", data):
            told = repaired(found)
            changed = name != "wrapped at 80" or any(len(x) > 80 for x in data.split(b"\n"))
            changed = changed and (name != "asterisks" or b".(*" in data)
            assert told == [[text]] * len(found) if changed else told == [[]] * len(found)


@pytest.mark.parametrize("name", [n for n in SAID if not n.startswith("UTF")])
def test_places_in_the_damaged_file(name: str) -> None:
    for path in CASES:
        bad = SAID[name][0](path.read_bytes())
        for dump in read(bad):
            for g in dump.goroutines:
                for frame in g.frames:
                    for word in frame.call.words():
                        place = dump.locate(frame, word)
                        raw = b"".join(bad[p.start : p.end] for p in place.parts or (place,))
                        assert int(raw, 16) == word.value


def test_an_undamaged_sample_is_not_repaired() -> None:
    """Nothing is repaired where nothing is wrong."""
    for path in LOGS:
        assert not any(repaired(read(path.read_bytes()))), path


def test_a_line_torn_by_another_program() -> None:
    data = (SAMPLES / "pushd" / "panic.log").read_bytes()
    torn = data.replace(b" [running]:", b" [run2026/11/23 06:33:32 GET /health\nning]:", 1)
    (dump,) = read(torn)
    assert [g.state for g in dump.goroutines] == [g.state for g in read(data)[0].goroutines]
    assert repaired([dump]) == [["lines that were cut in two"]]


def test_a_line_between_a_call_and_its_file_line() -> None:
    data = (SAMPLES / "pushd" / "panic.log").read_bytes()
    lines = data.split(b"\n")
    at = next(i for i, line in enumerate(lines) if line.startswith(b"\t")) + 2
    (dump,) = read(b"\n".join([*lines[:at], b"2026/11/23 06:33:32 GET /health", *lines[at:]]))
    assert all(f.site is not None for f in dump.goroutines[0].frames)
    assert "lines between a call and its file line" in repaired([dump])[0]


@given(st.integers(0, 10**6), st.integers(30, 200))
def test_wrapping_at_any_width_invents_nothing(pick: int, width: int) -> None:
    """Every frame that is shown with its file line is one that was printed, word for word."""
    path = LOGS[pick % len(LOGS)]
    lines = {line.strip() for line in lines_of(path)}
    for dump in read(wrapped_at(path.read_bytes(), width)):
        if dump.kind in {"race", "profile"}:
            continue
        for g in dump.goroutines:
            for frame in g.frames:
                if frame.site is not None and frame.call.words():
                    assert str(frame.call).encode("utf-8", "surrogateescape") in lines
