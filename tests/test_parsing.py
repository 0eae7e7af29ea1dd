"""Forms of a traceback that the real outputs at hand lack, and what holds for any bytes."""

from __future__ import annotations

import gc
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gotrace.model import (
    Absence,
    AbsenceReason,
    Call,
    Dump,
    DumpKind,
    Goroutine,
    Group,
    Item,
    Word,
)
from gotrace.parsing import lines as lines_
from gotrace.parsing import parse
from gotrace.parsing.frames import FrameReader
from gotrace.parsing.lines import Lines
from gotrace.parsing.records import TRACEBACK
from tests import evidence
from tests.test_traces import all_frames, claim, spoken

FRAME = "main.f()\n\t/app/main.go:3 +0x1d\n"
HEAD = "panic: x\n\ngoroutine 1 [running]:\n"
PLAIN = HEAD + FRAME


def read(text: str | bytes) -> tuple[Dump, ...]:
    return parse(text if isinstance(text, bytes) else text.encode()).dumps


def only(text: str | bytes) -> Dump:
    dumps = read(text)
    assert len(dumps) == 1, dumps
    return dumps[0]


def functions(goroutine: Goroutine) -> list[str]:
    return [f.function for f in goroutine.frames]


def codes(dump: Dump) -> list[str]:
    return [i.code for i in dump.issues]


# ---------------------------------------------------------------- Go 1.0 to 1.4


def test_go_1_0() -> None:
    """Segment boundaries are notes, closures are named func·001, five words end in dots."""
    dump = only(
        "panic: runtime error: invalid memory address or nil pointer dereference\n"
        "[signal 0xb code=0x1 addr=0x0 pc=0x401c3b]\n\n"
        "goroutine 1 [running]:\n"
        "main.func·001(0x1, 0x2, 0x3, 0x4, 0x5, ...)\n\t/src/a.go:12 +0x2b\n"
        "----- stack segment boundary -----\n"
        "main.main()\n\t/src/a.go:5 +0x18\n"
        "----- morestack called from goroutine 1 -----\n\n"
        "goroutine 2 [syscall]:\n"
        "created by runtime.main\n\t/go/src/pkg/runtime/proc.c:221\n"
    )
    assert dump.signal is not None
    assert (dump.signal.name, dump.signal.number, dump.signal.pc) == (None, 11, 0x401C3B)
    first, second = dump.goroutines
    assert functions(first) == ["main.func·001", "main.main"]
    assert len(first.frames[0].call.words()) == 5
    assert [n.code for n in dump.notes] == ["segment", "segment"]
    assert second.frames == ()
    assert second.created_by is not None
    assert second.created_by.function == "runtime.main"
    assert codes(dump) == []


def test_go_1_3() -> None:
    """runtime.panic shows, and the thrower has ` fp=`, or ` fp= sp=` later."""
    dump = only(
        "panic: boom\n\ngoroutine 16 [running]:\n"
        "runtime.panic(0x4a8a60, 0xc208000010)\n\t/go/src/pkg/runtime/panic.c:279 +0xf5 fp=0x7f01\n"
        "main.main()\n\t/src/a.go:5 +0x18 fp=0x7f02 sp=0x7f01\n"
    )
    shown = [(f.function, f.fp, f.sp, f.pc) for f in dump.goroutines[0].frames]
    assert shown == [("runtime.panic", 0x7F01, None, None), ("main.main", 0x7F02, 0x7F01, None)]


# ---------------------------------------------------------------- other systems


def test_windows_exception() -> None:
    """`Exception 0xc0000005 …`, then frames without a header, then goroutines, then registers."""
    dump = only(
        "Exception 0xc0000005 0x0 0x18 0x7ff8d3a4\nPC=0x7ff8d3a4\n"
        "signal arrived during external code execution\n\n"
        "runtime.cgocall(0x45, 0x2)\n\tC:/Go/src/cgocall.go:157 +0x4a fp=0x1 sp=0x2 pc=0x3\n"
        "main.main()\n\tC:/app/main.go:5 +0x18 fp=0x1 sp=0x2 pc=0x3\n\n"
        "goroutine 2 [force gc (idle)]:\n" + FRAME + "rax     0x18\nrip     0x7ff8d3a4\n"
    )
    assert dump.kind is DumpKind.SIGNAL
    assert dump.signal is not None
    assert (dump.signal.number, dump.signal.pc) == (0xC0000005, 0x7FF8D3A4)
    bare, other = dump.goroutines
    assert (bare.id, functions(bare)) == (None, ["runtime.cgocall", "main.main"])
    assert bare.frames[1].site is not None
    assert bare.frames[1].site.file == "C:/app/main.go"
    assert (other.id, other.state) == (2, "force gc (idle)")
    assert [r.name for r in dump.registers] == ["rax", "rip"]


def test_windows_signal_line() -> None:
    text = PLAIN.replace("x\n", "x\n[signal 0xc0000005 code=0x0 addr=0x8 pc=0x45]\n", 1)
    signal = only(text).signal
    assert signal is not None
    assert (signal.number, signal.address) == (0xC0000005, 8)


def test_plan_9_note() -> None:
    dump = only("sys: trap: fault read addr=0x0 pc=0x2030\nPC=0x2030\n\n" + PLAIN[10:])
    assert dump.kind is DumpKind.SIGNAL
    assert dump.signal is not None
    assert dump.signal.pc == 0x2030
    assert [g.id for g in dump.goroutines] == [1]


@pytest.mark.parametrize(
    "line", ["panic during panic", "fatal: morestack on g0", "fatal: morestack on gsignal"]
)
def test_emergencies(line: str) -> None:
    """What the runtime says when it cannot even print a panic is a cause of its own."""
    dump = only(f"some log line\n{line}\n")
    assert (dump.kind, [c.message for c in dump.causes]) == (DumpKind.FATAL, [line])


def test_gccgo() -> None:
    """Frames without parentheses, a goroutine in C code, a mangled runtime."""
    dump = only(
        "panic: boom\n\ngoroutine 1 [running]:\n"
        "main.T.get\n\t/src/a.go:12\nmain.main..func2\n\t/src/a.go:5\n\n"
        "goroutine 18 [syscall]:\n\tgoroutine in C code; stack unavailable\n"
        "created by runtime_1createtimer\n\t../../../src/libgo/go/runtime/time.go:100 +0x1f\n"
    )
    first, second = dump.goroutines
    assert functions(first) == ["main.T.get", "main.main..func2"]
    assert not first.frames[0].call.parenthesised
    assert second.stack_unavailable
    assert second.created_by is not None
    assert codes(dump) == []


# ---------------------------------------------------------------- headers

HEADERS = [
    ("goroutine 7 [select (scan)]:", {"state": "select", "flags": ("scan",)}),
    ("goroutine 7 [waiting for cgo callback]:", {"state": "waiting for cgo callback"}),
    ("goroutine 7 [chan receive (nil chan)]:", {"state": "chan receive (nil chan)"}),
    ("goroutine 7 [???]:", {"state": "???"}),
    (
        "goroutine 7 [select (no cases) (leaked) (scan), 3 minutes, locked to thread]:",
        {
            "state": "select (no cases)",
            "flags": ("leaked", "scan"),
            "wait_minutes": 3,
            "locked_to_thread": True,
        },
    ),
    (
        "goroutine 7 gp=0xc000002380 m=3 mp=0xc000100008 [running (durable), synctest bubble 1]:",
        {"gp": 0xC000002380, "m": 3, "mp": 0xC000100008, "flags": ("durable",), "bubble": 1},
    ),
    ("goroutine 0 gp=0x5 m=0 mp=0x6 [idle]:", {"id": 0, "m": 0, "state": "idle"}),
    ("goroutine 9223372036854775807 [running]:", {"id": 2**63 - 1}),
    (
        'goroutine 7 [select labels:{"a]: b": "c\\"]:d"}]:',
        {"labels": (("a]: b", 'c"]:d'),), "labels_inside": True},
    ),
    (
        'goroutine 7 [select] {empty: , path: /v1/x.y_z, "r d": "}]:\\u00e9"}:',
        {
            "labels": (("empty", ""), ("path", "/v1/x.y_z"), ("r d", "}]:é")),
            "labels_inside": False,
        },
    ),
]


@pytest.mark.parametrize(("header", "fields"), HEADERS, ids=[h[0] for h in HEADERS])
def test_headers(header: str, fields: dict[str, object]) -> None:
    """Each part of a header is read, twice in the same way (a header is remembered)."""
    dump = only(f"{header}\n{FRAME}\n{header}\n{FRAME}")
    assert len(dump.goroutines) == 2
    for goroutine in dump.goroutines:
        assert {name: getattr(goroutine, name) for name in fields} == fields
        assert functions(goroutine) == ["main.f"]


# ---------------------------------------------------------------- causes and messages


def test_glued_panic() -> None:
    """A program that printed without a newline glues its text before `panic: `."""
    text = "no newline" + PLAIN
    dump = only(text)
    assert [c.message for c in dump.causes] == ["x"]
    assert dump.span.start == len("no newline")


def test_panic_in_a_log_line_is_none() -> None:
    assert read('level=error msg="panic: x"\nlevel=info msg=ok\n') == ()


@pytest.mark.parametrize(
    ("line", "message", "recovered"),
    [
        ("panic: ", "", False),
        ("panic:  [recovered]", "", True),
        ("panic: [recovered]", "[recovered]", False),
        ("panic: a [recovered]", "a", True),
        ("panic: a [recovered] [recovered]", "a [recovered]", True),
        ("panic: a [recovered] b", "a [recovered] b", False),
        ("panic: a [recovered, repanicked]", "a", True),
    ],
)
def test_messages_and_marks(line: str, message: str, recovered: bool) -> None:
    cause = only(PLAIN.replace("panic: x", line)).causes[0]
    assert (cause.message, cause.recovered) == (message, recovered)


FAKE = "a\n\ngoroutine 99 [running]:\nmain.fake(0x1)\n\t/x.go:1 +0x1\n"


def test_an_indented_message_is_never_a_goroutine() -> None:
    """Since Go 1.23 what follows a newline stands behind a tab: it is the message."""
    dump = only("panic: " + FAKE.replace("\n", "\n\t") + PLAIN[8:])
    assert [g.id for g in dump.goroutines] == [1]
    assert dump.causes[0].message == FAKE
    assert dump.raw_message is None
    assert codes(dump) == []


def test_a_raw_message_may_be_a_goroutine() -> None:
    """Before, it cannot be told from one: an Issue says so, and the real one is marked crashed."""
    dump = only("panic: " + FAKE + PLAIN[8:])
    assert [g.id for g in dump.goroutines] == [99, 1]
    assert codes(dump) == ["ambiguous-message"]


def test_nested_panics_and_a_fatal_error() -> None:
    dump = only("panic: a [recovered]\n\tpanic: b\n\tfatal error: c\n" + PLAIN[9:])
    shown = [(str(c.kind), c.message) for c in dump.causes]
    assert shown == [("panic", "a"), ("panic", "b"), ("fatal", "c")]


def test_blocks_back_to_back() -> None:
    """Goroutines that panic together print whole blocks without a blank line between them."""
    dumps = read(PLAIN + PLAIN.replace("x", "y").replace("e 1", "e 5") + PLAIN)
    assert [d.causes[0].message for d in dumps] == ["x", "y", "x"]
    assert [[g.id for g in d.goroutines] for d in dumps] == [[1], [5], [1]]


def test_a_cause_behind_frames_is_no_frame() -> None:
    """Though the message that follows it looks like a file line."""
    dumps = read(PLAIN + "panic: y\n\t/x/y.go:5 +0x1d\n" + PLAIN[9:])
    assert [d.causes[0].message for d in dumps] == ["x", "y\n/x/y.go:5 +0x1d"]


def test_noise_of_the_runtime_between_goroutines() -> None:
    """gctrace and schedtrace lines become Issues; the goroutines behind them are not lost."""
    noise = (
        "gc 1 @0.001s 4%: 0.01+0.2+0.01 ms clock, 4->4->0 MB, 5 MB goal, 8 P\n"
        "SCHED 0ms: gomaxprocs=8 idleprocs=5 threads=5\n"
        "  P0: status=1 schedtick=0\n  G1: status=4(wait for GC cycle) m=-1 lockedm=-1\n"
    )
    dump = only(PLAIN + noise + "\ngoroutine 2 [select]:\n" + FRAME)
    assert [g.id for g in dump.goroutines] == [1, 2]
    assert codes(dump) == ["foreign-line"] * 4


def test_lines_of_a_logger_between_frames() -> None:
    text = HEAD + FRAME + "2024/01/01 12:00:00 still serving\n" + FRAME + "created by main.g\n"
    dump = only(text)
    assert functions(dump.goroutines[0]) == ["main.f", "main.f"]
    assert dump.goroutines[0].created_by is not None
    assert codes(dump) == ["foreign-line"]


def test_odd_arguments_keep_the_frame() -> None:
    """A call whose arguments Go does not print is kept, its numbers said to be missing."""
    text = HEAD + "main.f({0x1, 2}, 3)\n\t/a.go:1 +0x1\n" + FRAME
    dump = only(text)
    assert functions(dump.goroutines[0]) == ["main.f", "main.f"]
    assert dump.goroutines[0].frames[0].call.words() == ()
    assert [str(i.reason) for i in dump.goroutines[0].frames[0].call.items] == ["truncated"]
    assert codes(dump) == ["bad-arguments"]


@pytest.mark.parametrize("name", ["main.f)(", "what is this", "\x01"])
def test_a_frame_whose_name_is_none(name: str) -> None:
    """It is an Issue, and the frames behind it are not lost."""
    dump = only(f"{HEAD}{name}\n\t/a.go:1 +0x1\n{FRAME}")
    assert functions(dump.goroutines[0]) == ["main.f"]
    assert codes(dump) == ["foreign-line", "foreign-line"]


def test_a_call_that_is_cut_off_inside_its_arguments() -> None:
    """Its name is not the whole line, and its numbers are said to be missing."""
    dump = only(f"{HEAD}main.(*T).f(0x1, {{0x2\n\t/a.go:1 +0x1\n{FRAME}")
    assert functions(dump.goroutines[0]) == ["main.(*T).f", "main.f"]
    call = dump.goroutines[0].frames[0].call
    assert (call.words(), call.arguments) == ((), "0x1, {0x2")
    assert [str(i.reason) for i in call.items] == ["truncated"]
    assert codes(dump) == ["bad-arguments"]


def test_a_name_that_is_cut_off_inside_its_receiver() -> None:
    dump = only(f"{HEAD}main.(*T\n\t/a.go:1 +0x1\n{FRAME}")
    assert functions(dump.goroutines[0]) == ["main.f"]
    assert codes(dump) == ["foreign-line", "foreign-line"]


@pytest.mark.parametrize("name", ["main.(*T).f", "a.(*B).c.(*D).e", "main.main..func1", "a.b"])
def test_names_without_arguments(name: str) -> None:
    dump = only(f"{HEAD}{name}\n\t/a.go:1 +0x1\n{FRAME}")
    assert functions(dump.goroutines[0]) == [name, "main.f"]
    assert codes(dump) == []


@pytest.mark.parametrize("count", [1, 3, 8])
def test_lines_of_others_between_frames(count: int) -> None:
    dump = only(HEAD + FRAME + "some words\n" * count + FRAME)
    assert functions(dump.goroutines[0]) == ["main.f", "main.f"]
    assert codes(dump) == ["foreign-line"] * count


def test_a_message_of_many_indented_lines() -> None:
    """The indentation says that they belong to it, however many they are."""
    dump = only("panic: a\n" + "\tb\n" * 3000 + "\ngoroutine 1 [running]:\n" + FRAME)
    assert dump.causes[0].message == "a" + "\nb" * 3000
    assert codes(dump) == []


def test_a_message_of_many_raw_lines_is_cut() -> None:
    """The goroutine behind it stays in its dump, and the lines left out are an Issue."""
    text = "panic: a\n" + "b\n" * 1000 + "\ngoroutine 1 [running]:\n" + FRAME
    dump = only(text)
    assert dump.causes[0].message == "a" + "\nb" * 256
    assert functions(dump.goroutines[0]) == ["main.f"]
    assert codes(dump) == ["message-cut"]
    span = dump.issues[0].span
    assert text[span.start : span.end] == "\n".join("b" * 744)


def test_the_lines_of_a_log_are_no_message() -> None:
    """A snapshot far behind a word of panic is a dump of its own."""
    text = "panic: a\n" + "b\n" * 300 + "\ngoroutine 1 [select]:\n" + FRAME
    first, second = read(text)
    assert (first.causes[0].message, first.goroutines) == ("a", ())
    assert len(second.goroutines) == 1


def test_a_file_line_without_a_call() -> None:
    dump = only(f"{HEAD}\t/a.go:1 +0x1\n{FRAME}")
    assert functions(dump.goroutines[0]) == ["main.f"]
    assert codes(dump) == ["foreign-line"]


def test_blanks_for_tabs() -> None:
    """Pasted text has blanks before file lines: how many is all the same."""
    for margin in (" ", "  ", "    ", " " * 8):
        text = PLAIN.replace("\t", margin) + "created by main.g\n" + margin + "/a.go:1 +0x1\n"
        goroutine = only(text).goroutines[0]
        assert [str(f.site) for f in goroutine.frames] == ["/app/main.go:3 +0x1d"]
        assert goroutine.created_by is not None
        assert str(goroutine.created_by.site) == "/a.go:1 +0x1"


# ---------------------------------------------------------------- friends


def test_http_panic_with_a_message_of_several_lines() -> None:
    dump = only(
        "2024/01/01 12:00:00 http: panic serving 127.0.0.1:52072: a\nb\nc\n"
        "goroutine 24 [running]:\nnet/http.(*conn).serve.func1(0x1)\n\t/server.go:1801 +0x1\n"
        "panic({0x1, 0x2})\n\t/panic.go:1 +0x1\n2024/01/01 12:00:01 next\n"
    )
    assert [c.message for c in dump.causes] == ["a\nb\nc"]
    assert dump.causes[0].recovered
    assert functions(dump.goroutines[0]) == ["net/http.(*conn).serve.func1", "panic"]


def test_debug_stack_twice() -> None:
    """Two stacks one after the other are two dumps: each was taken on its own."""
    stack = "goroutine 1 [running]:\nruntime/debug.Stack()\n\t/stack.go:24 +0x5e\n" + FRAME
    dumps = read(stack + stack)
    assert [d.kind for d in dumps] == [DumpKind.SNAPSHOT] * 2
    assert [functions(d.goroutines[0]) for d in dumps] == [["runtime/debug.Stack", "main.f"]] * 2


def test_all_goroutines() -> None:
    """runtime.Stack(buf, true): one dump, of which nobody crashed; the end may be cut off."""
    text = "\n".join(f"goroutine {i} [select]:\n{FRAME}" for i in range(1, 6))
    dump = only(text[:-9])
    assert [g.id for g in dump.goroutines] == [1, 2, 3, 4, 5]
    assert (dump.kind, dump.crashed) == (DumpKind.SNAPSHOT, None)


@pytest.mark.parametrize("tab", ["", "\t"])
def test_test_timeout(tab: str) -> None:
    """The list of running tests is the message, indented (≥ 1.23) or not."""
    text = f"panic: test timed out after 1s\n{tab}running tests:\n{tab}\tTestA/b (1s)\n"
    dump = only(text + "\ngoroutine 8 [running]:\n" + FRAME + "\nFAIL\tx\t1s\n")
    assert dump.causes[0].message.startswith("test timed out after 1s\nrunning tests:\n")
    assert dump.causes[0].message.endswith("TestA/b (1s)")
    assert [g.id for g in dump.goroutines] == [8]


def test_synctest() -> None:
    text = "deadlock: main bubble goroutine has exited but blocked goroutines remain"
    dump = only(
        f"panic: {text} [recovered, repanicked]\n\ngoroutine 7 [running, synctest bubble 1]:\n"
        + FRAME + "\ngoroutine 9 [chan receive (durable), synctest bubble 1]:\n" + FRAME
    )  # fmt: skip
    assert dump.causes[0].message == text
    assert [g.bubble for g in dump.goroutines] == [1, 1]
    assert [g.crashed for g in dump.goroutines] == [True, False]


# ---------------------------------------------------------------- cuts


def small_samples() -> list[Path]:
    found = [p for p in evidence.sample_files() if p.stat().st_size < 4000]
    assert len(found) > 10
    return found


def test_a_tail_cut_off_anywhere_loses_no_whole_goroutine() -> None:
    """Cut at every byte, each goroutine whose header is whole is there, with its whole frames."""
    for path in small_samples()[::6]:
        data = path.read_bytes()
        whole = [g for d in read(data) for g in d.goroutines if d.kind is not DumpKind.RACE]
        for cut in range(len(data)):
            found = [g for d in read(data[:cut]) for g in d.goroutines]
            heads = [g for g in whole if g.id is not None and data.find(b"\n", g.span.start) < cut]
            ids = {g.id for g in found}
            assert [g.id for g in heads if g.id not in ids] == [], (path, cut)
            starts = {f.start for g in found for f in g.frames if f.site is not None}
            kept = [f for g in heads for f in g.frames if f.end < cut and f.site is not None]
            assert [f for f in kept if f.start not in starts] == [], (path, cut)


def test_a_head_cut_off_anywhere() -> None:
    """Cut off at every line, the whole frames that are left are found."""
    for path in small_samples():
        data = path.read_bytes()
        for d in read(data):
            if d.kind in {DumpKind.RACE, DumpKind.PROFILE}:
                continue
            ends = [f.end for f in all_frames(d) if f.site is not None and f.language == "go"]
            for start in (f.start for g in d.goroutines for f in g.frames):
                found = {start + f.end for x in read(data[start:]) for f in all_frames(x)}
                assert [e for e in ends if e > start and e not in found] == [], (path, start)


# ---------------------------------------------------------------- any bytes

PIECES = sorted(
    {line for path in small_samples() for line in path.read_text("latin-1").split("\n")}
)
FRAGMENTS = st.one_of(
    st.sampled_from(PIECES),
    st.sampled_from(["", "\t", "panic: ", "goroutine 1 [", "-----", "=" * 18, "\r", "created by "]),
    st.text(st.characters(max_codepoint=255), max_size=12),
)
TEXTS = st.lists(FRAGMENTS, max_size=25).map(lambda parts: "\n".join(parts).encode("latin-1"))


def check_any(data: bytes) -> None:
    """What must hold of the dumps of any bytes."""
    end = 0
    for dump in read(data):
        place = dump.where(dump.span)
        assert 0 <= place.start <= place.end <= len(data)
        assert place.start >= end, "dumps do not overlap"
        end = place.end
        if place[:2] != dump.span:
            continue  # spans of unwrapped or repaired text: tests/test_envelopes.py
        for frame in all_frames(dump):
            assert dump.span.start <= frame.start <= frame.end <= dump.span.end
            if frame.call.items and getattr(frame.call.items[0], "reason", "") == "truncated":
                continue
            if frame.site is not None and frame.language == "go" and dump.kind is DumpKind.PANIC:
                shown, said = claim(frame, data), spoken(frame, dump.kind)
                assert shown[0] == said[0]
                assert [int(str(w), 16) for w in shown[1]] == [w.value for w in frame.call.words()]
                assert shown[2:5] == said[2:5]
        for issue in dump.issues:
            assert dump.span.start <= issue.span.start <= issue.span.end <= dump.span.end


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_bytes(data: bytes) -> None:
    check_any(data)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_any_mixture_of_lines(data: bytes) -> None:
    """Lines of real dumps in any order and mixture: nothing raises, spans stay true."""
    check_any(data)


@given(
    st.lists(st.sampled_from(["", "level=info msg=x", "12:00:01 ok", "\tat x", "{}"]), max_size=4)
)
@settings(max_examples=30, deadline=None)
def test_noise_before_a_dump_only_shifts_it(noise: list[str]) -> None:
    """The same dump is found behind other lines, every span moved by their length."""
    before = "".join(line + "\n" for line in noise).encode()
    for path in small_samples()[::5]:
        data = path.read_bytes()
        alone, behind = read(data), read(before + data)
        assert len(alone) == len(behind)
        for one, other in zip(alone, behind, strict=True):
            assert other.span.start - one.span.start == len(before)
            assert other.span.end - one.span.end == len(before)
            assert [f.call for f in all_frames(one)] == [f.call for f in all_frames(other)]
            shifts = {
                b.start - a.start for a, b in zip(all_frames(one), all_frames(other), strict=True)
            }
            assert shifts <= {len(before)}
            assert other.first_line - one.first_line == len(noise)


@pytest.mark.parametrize("path", small_samples(), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_two_dumps_one_after_the_other(path: Path) -> None:
    """Both are found, and each is what it is alone."""
    other = (evidence.SAMPLES / "nested").glob("*.log")
    first, second = path.read_bytes(), sorted(other)[0].read_bytes()
    both = read(first + b"a line between\n" + second)
    apart = [*read(first), *read(second)]
    assert [len(d.goroutines) for d in both] == [len(d.goroutines) for d in apart]
    shown = [[f.call for f in all_frames(d)] for d in both]
    assert shown == [[f.call for f in all_frames(d)] for d in apart]


# ---------------------------------------------------------------- readers

WORDS = st.integers(0, 2**64 - 1).map(hex)
ITEMS = st.recursive(
    st.one_of(WORDS, WORDS.map(lambda w: w + "?"), st.sampled_from(["_", "..."])),
    lambda inner: st.lists(inner, max_size=4).map(lambda parts: "{" + ", ".join(parts) + "}"),
    max_leaves=12,
)
LISTS = st.one_of(
    st.lists(ITEMS, max_size=10).map(", ".join),
    st.text("0x1af,{}?_. ", max_size=20),
)


def from_table(line: str) -> Call | None:
    """The call as the grammar's own pattern and table read it, item by item."""
    record = TRACEBACK.read("call", line)
    if record is None:
        return None
    end = record.fields["FUNCTION"][1]
    hole = record.holes.get("arguments")
    items = () if hole is None else tuple(item_of(i[3][0], line) for i in hole[3])
    inside = line[end + 1 : -1]
    if inside == "...":
        items = (Absence(AbsenceReason.INLINED, end + 1, end + 4),)
    return Call(line[:end], items, inside == "...", inside, end, len(line))


def item_of(node: Any, line: str) -> Item:
    name, start, end = node[:3]
    if name == "group":
        inner = node[3][0][3] if node[3] else ()
        return Group(tuple(item_of(i[3][0], line) for i in inner), start, end)
    if name == "word":
        hex_, *stale = node[3]
        return Word(int(line[hex_[1] : hex_[2]], 16), bool(stale), hex_[1], hex_[2])
    reason = AbsenceReason.CUT if name == "CUT" else AbsenceReason.TOO_FAR
    return Absence(reason, start, end)


READER = FrameReader()


@given(st.sampled_from(["main.f", "main.(*T).m", "main.f0x12", "main.G[...]", "(", ""]), LISTS)
@settings(max_examples=300, deadline=None)
def test_calls_are_read_by_shape_as_the_table_reads_them(name: str, inside: str) -> None:
    """Arguments read once per shape are those that the table reads in the very line."""
    line = f"{name}({inside})"
    assert READER.call(line) == from_table(line) == FrameReader().call(line)


@given(st.text("ab\r\n", max_size=60), st.integers(1, 8), st.randoms())
def test_lines_are_the_same_however_they_are_split(
    text: str, size: int, random_: random.Random
) -> None:
    """The cursor gives each line, its start and what comes, whatever the size of its blocks."""
    data = text.encode()
    expected = text.removesuffix("\n").split("\n") if text else []
    before = lines_.FIRST
    lines_.FIRST = size
    try:
        lines, seen, start = Lines(data), [], 0
        while lines.line is not None:
            ahead = random_.randrange(4)
            peeked = lines.peek(ahead) if ahead else lines.line
            rest = expected[len(seen) + ahead : len(seen) + ahead + 1]
            assert peeked == (rest[0].removesuffix("\r") if rest else None)
            assert lines.start == start
            start += len(expected[len(seen)]) + 1
            seen.append(data[lines.start : lines.end].decode())
            lines.advance()
        assert seen == [line.removesuffix("\r") for line in expected]
    finally:
        lines_.FIRST = before


# ---------------------------------------------------------------- time and memory


@pytest.mark.parametrize(
    "data",
    [
        bytes(20_000_000),
        b"x" * 20_000_000,
        b"panic: " + b"x" * 20_000_000,
        b"panic: " + b" " * 20_000_000 + b"]",
        b"panic: " + b"x" * 20_000_000 + b" [recovered]",
        b"panic: a.[" + b"](t" * 2_000_000 + b")",
        b"panic: a." + b"[" * 200_000 + b"(t)",
        b"goroutine 1 [running]:\nmain.f" + b"(" * 5_000_000 + b")",
        b"goroutine 1 [running" + b", 1 minutes" * 500_000,
        b"\t" * 20_000_000,
        b"\tat a.b(C.java:12)\n" * 200_000,
    ],
    ids=lambda data: repr(bytes(data[:24])),
)
def test_hostile_text_takes_bounded_time(data: bytes) -> None:
    """Long lines and lines that nearly fit are read in time that grows with their length."""
    before = time.process_time()
    parse(data)
    assert time.process_time() - before < 5


def test_the_collector_is_left_as_it_was() -> None:
    gc.disable()
    try:
        parse(PLAIN.encode())
        assert not gc.isenabled()
    finally:
        gc.enable()
    parse(PLAIN.encode())
    assert gc.isenabled()
