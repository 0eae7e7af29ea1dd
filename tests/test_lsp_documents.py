"""Documents of the language server: text, columns, and what is read again after an edit."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gotrace.lsp.documents import Change, Document
from gotrace.lsp.positions import Encoding, byte_of, units
from gotrace.lsp.reading import Region, checked, read
from gotrace.lsp.settings import Given, Opened, told
from gotrace.lsp.text import Text
from gotrace.lsp.wording import short_value
from gotrace.lsp.worker import Job, Urgency, Workers
from gotrace.signature import Role
from gotrace.value import Argument, Certainty, Value, ValueKind

NOTHING = Given(())
SAMPLES = Path(__file__).parent.parent / "samples"
CRASH = (SAMPLES / "seed-story" / "go1.15.log").read_text("utf-8")
OTHER = (SAMPLES / "sigquit" / "go1.15.log").read_text("utf-8")
TEXT = st.text(st.sampled_from("ab\n\r\t😀é\u2028\x0c"), max_size=12)


# ---------------------------------------------------------------------- columns


@pytest.mark.parametrize(
    ("encoding", "expected"), [(Encoding.UTF8, 7), (Encoding.UTF16, 4), (Encoding.UTF32, 3)]
)
def test_a_column_behind_an_emoji(encoding: Encoding, expected: int) -> None:
    """An emoji is four bytes, two UTF-16 units, one code point."""
    line = "😀é!".encode()
    assert expected == units(line, encoding)
    assert len(line) == byte_of(line, expected, encoding)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 30))
def test_columns_and_bytes_are_inverse(text: str, at: int) -> None:
    """The column of a character leads back to its byte, however columns are counted."""
    line = text.replace("\n", "").replace("\r", "")
    head = line[:at].encode()
    for encoding in Encoding:
        assert len(head) == byte_of(line.encode(), units(head, encoding), encoding)


def test_a_column_in_the_middle_of_a_character() -> None:
    """It is the start of that character; one beyond the line is its end."""
    line = "a😀b\r\n".encode()
    assert byte_of(line, 2, Encoding.UTF16) == 1
    assert byte_of(line, 3, Encoding.UTF8) == 1
    assert byte_of(line, 99, Encoding.UTF16) == 6
    assert byte_of(line, -1, Encoding.UTF16) == 0


# ---------------------------------------------------------------------- text


def lines_of(text: str) -> list[str]:
    """The protocol's lines: ends are \\n, \\r\\n and \\r, and no others."""
    found = [""]
    for index, character in enumerate(text):
        found[-1] += character
        if character == "\n" or (character == "\r" and text[index + 1 : index + 2] != "\n"):
            found.append("")
    return found


@given(TEXT, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), TEXT), max_size=6))
def test_edits_are_those_of_a_string(text: str, edits: list[tuple[int, int, str]]) -> None:
    """An edited document has the lines that the edited string has."""
    document = Text(text, Encoding.UTF32)
    for a, b, new in edits:
        low, high = sorted((min(a, len(text)), min(b, len(text))))
        places = [place_of(text, p) for p in (low, high)]
        low, high = (offset_of(text, p) for p in places)  # never between \r and \n
        size = document.size
        edit = document.change(places[0], places[1], new)
        text = text[:low] + new + text[high:]
        assert document.size - size == edit.delta
        assert [line.encode() for line in lines_of(text)] == document.lines
        assert document.starts[-1] == len(text.encode())


def place_of(text: str, offset: int) -> tuple[int, int]:
    lines = lines_of(text)
    for number, line in enumerate(lines):
        if offset < len(line) or number == len(lines) - 1:
            return number, min(offset, len(line.rstrip("\r\n")))
        offset -= len(line)
    raise AssertionError


def offset_of(text: str, place: tuple[int, int]) -> int:
    return sum(map(len, lines_of(text)[: place[0]])) + place[1]


def test_half_of_a_surrogate_pair_is_one_character() -> None:
    """JSON can hold what no encoding has: it takes one column, and nothing fails."""
    document = Text("a\ud83db", Encoding.UTF16)
    assert document.place(document.size) == (0, 3)


# ---------------------------------------------------------------------- reading


def settle(document: Document, given: Given = NOTHING) -> list[Region]:
    """Read until nothing is left to read; the regions that were read."""
    regions = []
    while (region := document.begin()) is not None:
        regions.append(region)
        known = {r.digest: r for r in document.readings}
        found = list(read(region, given, known))
        document.take(checked(region, found))
    return regions


def opened(text: str) -> Document:
    return Document("file:///x.log", "/x.log", text, 1, Encoding.UTF16)


def seen(document: Document) -> list[object]:
    """All that a document says, with its places."""
    return [
        (
            reading[5:9],
            reading.report.dump.kind,
            [
                (f.frame.frame.call, f.start, f.end, f.frame.arguments)
                for f in reading.frames(reading.start, reading.end)
            ],
            [(r.code, r.message, r.start + reading.shift) for r in reading.remarks],
        )
        for reading in document.readings
    ]


LINES = st.sampled_from(
    [
        "INFO nothing\n",
        CRASH,
        OTHER,
        "goroutine 9 [select]:\nmain.f(0x1)\n\t/app/main.go:3 +0x4\n",
        "panic: boom\n",
        "\n",
        "main.g(0x2, 0x3)\n",
        "\t/app/main.go:7 +0x1d\n",
        "exit status 2\n",
        "😀 log\r\n",
    ]
)


@settings(max_examples=60)
@given(
    st.lists(LINES, max_size=12),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 4), LINES), min_size=1, max_size=4),
)
def test_reading_again_finds_what_reading_anew_finds(
    blocks: list[str], edits: list[tuple[int, int, str]]
) -> None:
    """After any edits a document says what the same text says when it is opened."""
    document = opened("".join(blocks))
    settle(document)
    for line, count, new in edits:
        start = min(line, len(document.text.lines) - 1)
        document.change(Change((start, 0), (start + count, 0), new))
        settle(document)
    text = document.text.bytes_of(0, len(document.text.lines)).decode("utf-8")
    anew = opened(text)
    settle(anew)
    assert seen(anew) == seen(document)


def test_an_edit_reads_only_what_is_near() -> None:
    """Of a hundred dumps an edit reads five again and decodes one."""
    document = opened("".join(f"line\n{CRASH.replace('0x53c140', hex(i))}\n" for i in range(100)))
    settle(document)
    before = [r.report for r in document.readings]
    assert len(before) == 100
    line = document.readings[50].first + 4
    document.change(Change((line, 0), (line, 0), "x"))
    regions = settle(document)
    assert sum(len(r.data) for r in regions) < 8 * len(CRASH)
    after = [r.report for r in document.readings]
    assert [i for i in range(100) if after[i] is not before[i]] == [50]


def test_what_is_edited_while_it_is_read() -> None:
    """Results move to where they stand by now; what was touched is read again."""
    document = opened(f"{CRASH}\nx\n{OTHER}\n" * 5)
    region = document.begin()
    assert region is not None
    found = list(read(region, NOTHING, {}))
    document.change(Change((0, 0), (0, 0), "😀 first\n\n"))
    document.change(Change((7, 0), (7, 0), "main.more(0x1)\n\t/app/main.go:9 +0x1\n"))
    assert document.begin() is None, "one job at a time"
    document.take(found)
    assert sum(len(r.data) for r in settle(document)) < document.text.size / 2
    text = document.text.bytes_of(0, len(document.text.lines)).decode("utf-8")
    anew = opened(text)
    settle(anew)
    assert seen(anew) == seen(document)


@pytest.mark.parametrize("name", ["cri.txt", "compose.txt", "docker.txt", "journald-json.txt"])
def test_edits_of_what_is_wrapped(name: str) -> None:
    """What is read of a wrapped line depends on others: all is read again."""
    text = (SAMPLES / "envelopes" / name).read_bytes().decode("utf-8", "replace")
    lines = text.split("\n")
    for at in range(0, min(len(lines), 60), 7):
        document = opened(text * 5)
        settle(document)
        line = 2 * (len(lines) - 1) + at
        document.change(Change((line, 0), (line + 1, 0), ""))
        settle(document)
        anew = opened(text * 2 + "\n".join(lines[:at] + lines[at + 1 :]) + text * 2)
        settle(anew)
        assert seen(anew) == seen(document)


def test_a_region_that_was_too_small() -> None:
    """Where the dumps at its ends are not what they were, a larger one is read."""
    document = opened("".join(f"line\n{CRASH.replace('0x53c140', hex(i))}\n" for i in range(40)))
    settle(document)
    before = seen(document)
    line = document.readings[20].first + 4
    document.change(Change((line, 0), (line, 0), " "))
    document.change(Change((line, 0), (line, 1), ""))
    small = document.begin()
    assert small is not None
    found = list(read(small, NOTHING, {}))
    assert checked(small, found) is not None
    assert checked(small, found[:-1]) is None
    document.take(None)
    larger = document.begin()
    assert larger is not None
    assert len(larger.data) > 2 * len(small.data)
    document.take(checked(larger, list(read(larger, NOTHING, {}))))
    assert document.settled
    assert seen(document) == before


def test_lines_that_nobody_read() -> None:
    """What was edited is not covered until it is read again; the rest is."""
    document = opened(f"{CRASH}\n\n\n{OTHER}")
    assert not document.covers((0, 1))
    settle(document)
    assert document.covers((0, 10_000))
    document.change(Change((3, 0), (3, 0), "x"))
    assert not document.covers((0, 5))
    assert document.known((0, 5)) == []
    last = document.readings[-1].first
    assert document.covers((last, last + 1))


@pytest.mark.parametrize("name", ["docker.txt", "cri-partial.txt", "crlf.txt", "ansi-words.txt"])
def test_words_are_where_the_document_has_them(name: str) -> None:
    """The bytes at a word's place are the word, whatever is wrapped round the lines."""
    text = (SAMPLES / "envelopes" / name).read_bytes().decode("utf-8", "replace")
    document = opened("😀 before\n" + text)
    settle(document)
    whole = document.text.bytes_of(0, len(document.text.lines))
    checked = 0
    for reading in document.readings:
        for place in reading.frames(0, len(whole)):
            parts = reading.parts(place.frame)
            for word in place.frame.frame.call.words():
                start, end = parts(word.start, word.end)
                if b"\n" not in whole[start:end] and b"\x1b" not in whole[start:end]:
                    assert int(whole[start:end], 16) == word.value
                    checked += 1
    assert checked > 5


# ---------------------------------------------------------------------- threads, settings


def test_the_most_urgent_job_is_next() -> None:
    """A job that somebody waits for overtakes one that has many steps left."""
    workers, done, order = Workers(), threading.Event(), []
    gate = threading.Event()

    def steps(name: str, count: int):  # type: ignore[no-untyped-def]
        gate.wait(10)
        for _ in range(count):
            order.append(name)
            yield name

    ends = iter([lambda: None, done.set])
    finish = lambda error: next(ends)()  # noqa: E731
    slow = Job(Urgency.EDITED, steps("slow", 3), lambda _: None, finish)
    fast = Job(Urgency.VISIBLE, steps("fast", 2), lambda _: None, finish)
    workers.submit(slow)
    workers.submit(fast)
    gate.set()
    assert done.wait(10)
    workers.close()
    assert order.index("fast") <= 1
    assert order[-1] == "slow"


def test_a_defect_ends_its_job_only() -> None:
    """Whoever waits is told of it, and the thread goes on."""
    workers, told_of = Workers(), queue.Queue()

    def broken():  # type: ignore[no-untyped-def]
        raise KeyError("x")
        yield

    for steps in (broken(), iter(())):
        workers.submit(Job(Urgency.FIRST, steps, lambda _: None, told_of.put))
    assert isinstance(told_of.get(timeout=10), KeyError)
    assert told_of.get(timeout=10) is None
    workers.close()


def test_settings_of_editor_and_file(tmp_path: Path) -> None:
    """Both count, the editor's first; what makes no sense is left out, and told once."""
    (tmp_path / "gotrace.toml").write_text('go = "1.15"\ndisable = ["nil-error"]\n')
    (tmp_path / "p.go").write_text("package main\nfunc f(n int)\n")
    said: list[str] = []
    editor = told(
        {
            "signatures": ["p.go", 7],
            "sources": ["gone"],
            "binaries": ["also/gone"],
            "pathMaps": {"/app": "."},
            "disable": ["typed-nil"],
            "go": 3,
            "arch": "z80",
            "unknown": {},
        },
        str(tmp_path),
    )
    opened = Opened(said.append)
    found = opened.given(editor, str(tmp_path / "x.log"), str(tmp_path))
    again = opened.given(editor, str(tmp_path / "x.log"), str(tmp_path))
    assert found is again
    assert (found.go, found.arch) == ("1.15", None)
    assert found.disabled == ("typed-nil", "nil-error")
    assert len(found.signatures) == 1
    assert found.config == str(tmp_path / "gotrace.toml")
    assert len(said) == 3, said
    (tmp_path / "gotrace.toml").write_text('go = "1.19"\n')
    assert opened.given(editor, str(tmp_path / "x.log"), None).go == "1.19"
    assert len(said) == 3, said


@pytest.mark.parametrize("value", [None, 3, [], "x", {"binaries": "x"}, {"pathMaps": [1]}])
def test_settings_that_are_none(value: object) -> None:
    """Nothing that a client sends raises."""
    assert told(value, None)[2:6] == told({}, None)[2:6]


# ---------------------------------------------------------------------- words


def test_hints_leave_addresses_out() -> None:
    """They stand before the hint; marks, lengths and texts stay as they are."""
    likely, stale = Certainty.LIKELY, Certainty.STALE
    names = {0xC000: "A"}
    text = Value(ValueKind.STRING, likely, pointer=0xC000, len=9, text="0x1  0x2")
    length = Value(ValueKind.STRING, stale, pointer=0xC000, len=9, certainties=(("len", likely),))
    unnamed = length._replace(pointer=0xD000)
    number = Value(ValueKind.INT, likely, number=70000)
    small = Value(ValueKind.INT, likely, number=3)
    pointer = Value(ValueKind.POINTER, likely, pointer=0xD000)
    for value, expected in (
        (text, '"0x1  0x2"  9 bytes'),
        (length, "A? 9 bytes"),
        (unnamed, "9 bytes"),
        (number, "70000"),
        (small, ""),
        (pointer, ""),
        (pointer._replace(pointer=0xC000), "A"),
        (pointer._replace(pointer=0), "nil"),
    ):
        argument = Argument("x", Role.PARAMETER, "T", likely, value, ())
        assert expected == short_value(argument, names)
    unset = Argument("x", Role.RESULT, "T", Certainty.UNSET, small, ())
    assert short_value(unset, names) == "not set"
