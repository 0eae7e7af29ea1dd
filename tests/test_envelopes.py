"""Whatever wraps a log, the dumps are those of the bare text, and every word's place is right."""

from __future__ import annotations

import html
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gotrace.input.envelopes.registry import ENVELOPES
from gotrace.model import Dump, Location
from gotrace.parsing import each_dump
from tests.envelope_writers import OWN, WRITERS

SAMPLES = Path(__file__).parent.parent / "samples"
LOGS = sorted(SAMPLES.glob("*/*.log"))
MANY = [p for p in LOGS if p.stat().st_size < 6000]
each_writer = pytest.mark.parametrize("name", sorted(WRITERS))


def test_there_are_samples() -> None:
    assert len(LOGS) >= 80


def read(data: bytes, prefix: str | None = None) -> list[Dump]:
    return list(each_dump(data, source="log", prefix=prefix))


def model(dump: Dump) -> Any:
    """What a dump says, without where."""
    return (
        dump.kind,
        [(c.kind, c.message, c.type, c.value, c.recovered, c.goexit) for c in dump.causes],
        dump.signal and dump.signal._replace(span=(0, 0)),
        [r[:2] for r in dump.registers],
        [goroutine(g) for g in dump.goroutines],
        sorted((i.code, i.message) for i in dump.issues if i.code != "ambiguous-message"),
        sorted((n.code, n.text) for n in dump.notes if n.code != "repaired"),
    )


def goroutine(g: Any) -> Any:
    return (
        g.id, g.state, g.wait_minutes, g.labels, g.crashed, g.gp, g.m, g.copies, g.bubble,
        [(f.call, f.site, f.fp, f.sp, f.pc) for f in g.frames],
        g.created_by and (g.created_by.function, g.created_by.site, g.created_by.goroutine),
        g.elided and (g.elided.after_frame, g.elided.missing),
        [(a.goroutine, [(f.call, f.site) for f in a.frames]) for a in g.ancestors],
    )  # fmt: skip


def lines_of(log: Path) -> list[bytes]:
    return log.read_bytes().rstrip(b"\n").split(b"\n")


def bytes_at(data: bytes, place: Location) -> bytes:
    return b"".join(data[p.start : p.end] for p in place.parts or (place,))


def check_places(data: bytes, dump: Dump) -> None:
    """The bytes under each word's place are the word; line and column are where it stands."""
    for g in dump.goroutines:
        for frame in [*g.frames, *(f for a in g.ancestors for f in a.frames)]:
            for word in frame.call.words():
                place = dump.locate(frame, word)
                raw = bytes_at(data, place)
                if raw[:1].isdigit() and b"," in raw:
                    raw = bytes(int(n) for n in raw.strip(b",").split(b","))
                assert int(unescaped(raw), 16) == word.value
                assert place.line == data.count(b"\n", 0, place.start) + 1
                start = data.rfind(b"\n", 0, place.start) + 1
                before = data[start : place.start].decode("utf-8", "surrogateescape")
                assert place.column == len(before) + 1


def unescaped(raw: bytes) -> str:
    if b"&" in raw:
        return html.unescape(raw.decode())
    return raw.decode()


@each_writer
def test_every_sample_in_every_envelope(name: str) -> None:
    """The same dumps as from the bare text."""
    envelope, write, binary = WRITERS[name]
    for log in LOGS:
        lines = lines_of(log)
        if not binary and any(
            b"\xef\xbf\xbd" in t.decode("utf-8", "replace").encode() for t in lines
        ):
            continue
        if name == "docker partial" and b" profile: total " in lines[0]:
            continue  # its one anchor is torn, as records of 16 KiB would not
        bare, data = read(b"\n".join(lines) + b"\n"), write(lines)
        found = read(data, OWN if name == "own" else None)
        assert [model(d) for d in found] == [model(d) for d in bare], log
        for dump in found:
            assert " ".join(dump.envelope) == envelope, log
            check_places(data, dump)


def test_samples_on_disk() -> None:
    """samples/envelopes holds what the writers write, to look at and to try the command on."""
    lines = lines_of(SAMPLES / "pushd" / "panic.log")
    expected = {name.replace(" ", "-") + ".txt": w[1](lines) for name, w in WRITERS.items()}
    folder = SAMPLES / "envelopes"
    if os.environ.get("GOTRACE_UPDATE") == "1":
        for name, data in expected.items():
            (folder / name).write_bytes(data)
    found = {p.name: p.read_bytes() for p in folder.glob("*.txt")}
    assert found == expected


@given(
    st.lists(
        st.tuples(st.sampled_from(["cri", "compose", "docker", "rfc5424", "kubectl"]),
                  st.integers(0, 10**6)),
        min_size=1, max_size=4,
    ),
    st.randoms(),
)  # fmt: skip
def test_interleaved_streams(parts: list[tuple[str, int]], dice: Any) -> None:
    """Several programs in one file, line by line in any order, are taken apart."""
    small = [p for p in LOGS if p.stat().st_size < 4000]
    streams = []
    for index, (name, pick) in enumerate(parts):
        lines = lines_of(small[pick % len(small)])
        wrapped = WRITERS[name][1](lines).replace(b"api-1", b"api-%d" % (index + 2))
        wrapped = wrapped.replace(b"25611", b"%d" % (1000 + index)).replace(b"x2x", b"x%d" % index)
        if name in {"cri", "docker"} and any(n == name for n, _ in parts[:index]):
            continue  # these tell only stdout from stderr
        streams.append((lines, wrapped.splitlines(keepends=True)))
    expected = [model(d) for lines, _ in streams for d in read(b"\n".join(lines) + b"\n")]
    rest = [list(w) for _, w in streams]
    mixed = []
    while any(rest):
        stream = dice.choice([r for r in rest if r])
        mixed.append(stream.pop(0))
    data = b"".join(mixed)
    found = read(data)
    assert sorted(map(repr, map(model, found))) == sorted(map(repr, expected))
    for dump in found:
        check_places(data, dump)


@each_writer
def test_a_file_that_changes_in_the_middle(name: str) -> None:
    """A bare dump, then a wrapped one, then a bare one."""
    log = SAMPLES / "pushd" / "panic.log"
    lines = lines_of(log)
    bare = log.read_bytes().rstrip(b"\n") + b"\n"
    between = b"".join(b"level=info msg=work n=%d\n" % n for n in range(5))
    data = bare + between + WRITERS[name][1](lines) + between + bare
    found = read(data, OWN if name == "own" else None)
    (alone,) = read(bare)
    assert [model(d) for d in found] == [model(alone)] * 3
    for dump in found:
        check_places(data, dump)


TORN = {"docker partial", "cri partial"}  # cut after a few bytes, as no real record is
WORDS = "log-prefix"
# What the reader of JSON lines tells apart.
_OF_JSON = {
    "docker", "go-test-json", "journald-json", "gcp", "cloudwatch", "opentelemetry", "json"
}  # fmt: skip


def declared(outer: str) -> list[tuple[bytes, ...]]:
    """The anchors of the envelopes that may have read what is told as ``outer``."""
    names = {outer} | ({"json"} if outer in _OF_JSON else set())
    return [e.anchors for e in ENVELOPES if e.name in names]


@each_writer
def test_each_sample_holds_an_anchor_of_its_envelope(name: str) -> None:
    """A log in which a dump is found holds bytes that its envelope declares."""
    outer = WRITERS[name][0].split(" ")[0]
    if outer in {"", "own"}:
        return  # bare lines, and the user's own: no module has them
    anchors = declared(outer)
    assert anchors
    assert all(anchors)
    for log in LOGS:
        bare, data = log.read_bytes(), WRITERS[name][1](lines_of(log))
        if name in TORN and not any(a in data for of in anchors for a in of):
            continue
        if next(each_dump(bare), None) is not None:
            assert any(a in data for of in anchors for a in of), log


def test_a_header_behind_the_words_of_a_logger() -> None:
    """The one envelope that only a header is wrapped in."""
    data = (
        b"2026/11/23 06:44:40 goroutine 1 [running]:\nmain.run(0x7)\n\t/main.go:9 +0x1d\n"
        b"main.main()\n\t/main.go:3 +0x1d\n"
    )
    (dump,) = read(data)
    assert dump.envelope == (WORDS,)
    check_places(data, dump)
    (anchors,) = declared(WORDS)
    assert any(anchor in data for anchor in anchors)


def test_every_envelope_has_a_sample_and_anchors() -> None:
    told = {WORDS, *(outer for w in WRITERS.values() for outer in w[0].split(" "))}
    assert [e.name for e in ENVELOPES if e.name not in told] == []
    assert [e.name for e in ENVELOPES if not e.anchors] == []


def test_the_timestamp_and_stream_are_told() -> None:
    lines = [b"hello", *lines_of(SAMPLES / "pushd" / "panic.log")]
    (dump,) = read(WRITERS["cri"][1](lines))
    assert (dump.timestamp, dump.stream) == ("2026-11-23T06:33:32.001017000Z", "stderr")
    (dump,) = read(WRITERS["kubectl"][1](lines))
    assert dump.stream == "api-6d5f-x2x api"


def test_a_message_that_looks_like_an_indented_dump_forges_nothing() -> None:
    """Since Go 1.23 the runtime indents a message: a goroutine in it is text."""
    text = (
        b"panic: got:\n\tgoroutine 5 [running]:\n\tmain.forged(0x1)\n\t\t/x.go:1 +0x1\n\n"
        b"goroutine 1 [running]:\nmain.main()\n\t/main.go:3 +0x1d\n"
    )
    (dump,) = read(text)
    assert [g.id for g in dump.goroutines] == [1]
    assert "main.forged(0x1)" in dump.causes[0].message


def test_newest_first_is_said() -> None:
    (dump,) = read(WRITERS["gcp newest first"][1](lines_of(SAMPLES / "pushd" / "panic.log")))
    assert [n.text for n in dump.notes if n.code == "repaired"] == [
        "the records stood newest first"
    ]


def test_every_envelope_is_documented() -> None:
    """docs/envelopes.md has a row for each; what nobody ran is called unverified."""
    text = (SAMPLES.parent / "docs" / "envelopes.md").read_text("utf-8")
    for envelope in ENVELOPES:
        row = re.search(rf"^\| `{re.escape(envelope.name)}` .*$", text, re.M)
        assert row, envelope.name
        assert ("unverified" in row[0]) == (not envelope.verified), envelope.name


@given(st.binary(max_size=300))
def test_json_strings_are_read_as_python_reads_them(raw: bytes) -> None:
    """Escapes and pieces: the text is json's, and each piece's bytes are those of its escape."""
    from gotrace.input.envelopes.escapes import unquoted  # noqa: PLC0415

    said = raw.decode("latin-1")
    for ascii_only in (True, False):
        quoted = json.dumps(said, ensure_ascii=ascii_only).encode()[1:-1]
        text, pieces = unquoted(quoted, 0)
        assert text.decode() == said
        at = 0
        for start, outer, length, outer_length in pieces:
            assert start == at
            part = quoted[outer : outer + outer_length]
            assert text[start : start + length].decode("utf-8", "replace") in {
                json.loads(b'"' + part + b'"'), part.decode("utf-8", "replace")
            }  # fmt: skip
            at += length
        assert at == len(text)


@settings(max_examples=150)
@given(st.data())
def test_any_wrapped_bytes(data: st.DataObject) -> None:
    """Wrapped logs with pieces cut out, doubled, overwritten: nothing raises, places are in it."""
    parts = []
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(sorted(WRITERS)))
        lines = lines_of(data.draw(st.sampled_from(MANY)))[:30]
        parts.append(bytearray(WRITERS[name][1](lines)))
    raw = bytearray(b"".join(parts))
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), at + data.draw(st.integers(0, 80)))
        new = data.draw(
            st.sampled_from([b"", b"\n", bytes(raw[at:end]) * 2, b'"', b"\x1b[", b"\\"])
        )
        raw[at:end] = new
    text = bytes(raw)
    for dump in read(text):
        for g in dump.goroutines:
            for frame in g.frames:
                for span in (frame.span, g.span):
                    place = dump.where(span)
                    assert 0 <= place.start <= place.end <= len(text)
                    assert place.line >= 1 <= place.column
                for word in frame.call.words():
                    dump.locate(frame, word)


def test_a_time_that_is_no_text() -> None:
    """Found by tests/fuzz_text.py: bytes that are no UTF-8 in docker's own member."""
    data = b'{"log":"panic: x\\n","stream":"stderr","time":"2026-\xff"}\n'
    (dump,) = read(data)
    assert dump.timestamp == "2026-\ufffd"
