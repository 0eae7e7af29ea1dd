"""The goroutines of a large dump are written as text: the same text as of a small one."""

from __future__ import annotations

import json

import pytest

import gotrace
from gotrace.rendering import json as rendering
from gotrace.rendering.json_text import encode
from tests import evidence
from tests.envelope_writers import docker, zap

ODD = """goroutine 7 [select]:
main.Größe(0xc000010000, 0x0000000000000002, 0x3, ...)
\t/home/jörg/main.go:5 +0x10
main.(*T).serve({0xc000010000?, 0x2}, "é")
\t/home/dev/t.go:15
main.caf\udce9(0x1, 0xc000010000)
\t/home/dev/m\udce9.go:15 +0x20 fp=0xc000047fe0 sp=0xc000047fc0 pc=0x45d0e1
created by main.main in goroutine 1
\t/home/dev/main.go:9 +0x20
""".encode("utf-8", "surrogateescape")


def hold(data: bytes, monkeypatch: pytest.MonkeyPatch, *prototypes: str) -> int:
    """Compare both ways to write the dumps of ``data``; how many words no argument took."""
    known = [gotrace.from_prototypes(*prototypes)] if prototypes else []
    count = 0
    for dump in gotrace.parse(data).dumps:
        report = gotrace.annotate(dump, signatures=known)
        plain = rendering.dump(report)
        with monkeypatch.context() as patch:
            patch.setattr(rendering, "LONG", 0)
            found = rendering.dumps(rendering.entry(report))
        assert found == encode(plain)
        assert found == json.dumps(plain, ensure_ascii=False, allow_nan=False)
        count += sum(len(f["unbound_words"]) for g in plain["goroutines"] for f in g["frames"])
    return count


def test_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    words = 0
    for log in evidence.sample_files():
        prototypes = (log.parent / "prototypes.go").read_text("utf-8")
        words += hold(log.read_bytes(), monkeypatch, prototypes)
        words += hold(log.read_bytes(), monkeypatch)
    assert words > 1000


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_columns_are_not_bytes(newline: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that are not ASCII, bytes that are no UTF-8, zeros in front, tails, lines of CRLF."""
    text = ODD.replace(b"\n", newline)
    assert hold(text, monkeypatch) >= 5
    assert hold(b"a log's line\n" * 2000 + text + newline + text, monkeypatch) >= 10


@pytest.mark.parametrize("wrap", [docker, zap])
def test_places_in_an_envelope(wrap: object, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ODD.decode("utf-8", "replace").encode().splitlines()
    assert callable(wrap)
    assert hold(wrap(lines), monkeypatch) >= 5


@pytest.mark.shared
def test_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in evidence.trace_files():
        hold(path.read_bytes(), monkeypatch)
