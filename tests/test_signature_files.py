"""``gotrace signatures`` and the files it writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import gotrace
from gotrace.signatures.file import Origin, is_signature_file, read_signatures, write_signatures

SAMPLES = Path(__file__).parent.parent / "samples"
SOURCE = """package main

import "time"

type Kind uint8
type Point struct{ X, Y int32 }

func serve(name string, k Kind, wait time.Duration, p Point) error { return nil }

func (p *Point) move(by [3]int16, rest ...string) {}

func Map[T any](in []T) {}
"""
TRACE = b"""panic: x

goroutine 1 [running]:
main.serve({0x4b043b, 0x4}, 0x2, 0x37e11d600, {0x1, 0xfffffffe})
\t/src/app/main.go:12 +0x1d
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gotrace", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_is_written_is_read_again() -> None:
    known = gotrace.from_prototypes(SOURCE)
    text = write_signatures(known.signatures, Origin("app", "1.23.4", "amd64"))
    assert is_signature_file(text)
    again = read_signatures(text, "app.sigs.json")
    assert again.signatures == known.signatures
    assert (again.go, again.arch) == ("1.23.4", "amd64")


def test_release_and_port_of_the_file_serve_the_trace(tmp_path: Path) -> None:
    """As ``--go`` and ``--arch`` do; what the file says must make sense."""
    file = tmp_path / "app.sigs.json"
    known = gotrace.from_prototypes(SOURCE).signatures
    file.write_text(write_signatures(known, Origin("app", "1.23.4", "amd64")))
    (dump,) = gotrace.parse(TRACE).dumps
    report = gotrace.annotate(dump, signatures=[gotrace.from_signature_file(str(file))])
    assert report.runtime.exact == "1.23.4"
    assert report.goroutines[0].frames[0]["wait"].value.human == "15s"
    file.write_text(write_signatures(known, Origin("app", "devel", "z80")))
    report = gotrace.annotate(dump, signatures=[gotrace.from_signature_file(str(file))])
    assert report.runtime.exact is None


def test_a_folder_of_source_becomes_a_file(tmp_path: Path) -> None:
    """And `annotate --signatures` reads it like prototypes."""
    (tmp_path / "go.mod").write_text("module example.com/app\n")
    (tmp_path / "main.go").write_text(SOURCE)
    (tmp_path / "main_test.go").write_text("package main\n\nfunc helper() {}\n")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "get.go").write_text("package store\n\nfunc Get(key string) {}\n")
    (tmp_path / "panic.log").write_bytes(TRACE)
    out = tmp_path / "app.sigs.json"
    written = run("signatures", str(tmp_path), "-o", str(out))
    assert written.returncode == 0, written.stderr
    assert written.stderr.startswith("gotrace: 4 signatures")
    names = {(s.package, s.function) for s in gotrace.from_signature_file(str(out)).signatures}
    assert names == {
        ("main", "serve"),
        ("main", "(*Point).move"),
        ("main", "Map[...]"),
        ("example.com/app/store", "Get"),
    }
    shown = run("annotate", "--signatures", str(out), str(tmp_path / "panic.log"))
    assert "wait  time.Duration  15s" in shown.stdout
    assert "go-source" in shown.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is no signature file"),
        ('{"kind": "other"}', "it is JSON, but not of gotrace"),
        ('{"kind": "gotrace signatures", "version": 99}', "not signatures of this version"),
        ('{"kind": "gotrace signatures", "version": 1, "types": 3}', "is no signature file"),
        ("[" * 100_000, "expected"),  # Go text that is none
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(content)
    log = tmp_path / "panic.log"
    log.write_bytes(TRACE)
    result = run("annotate", "--signatures", str(file), str(log))
    assert result.returncode == 2
    assert said in result.stderr


def test_what_has_no_signatures_is_said(tmp_path: Path) -> None:
    result = run("signatures", str(tmp_path))
    assert result.returncode == 2
    assert "no signatures in it" in result.stderr
    missing = run("signatures", str(tmp_path / "app"))
    assert missing.returncode == 2
    assert "app" in missing.stderr


def test_no_output_file_means_standard_output(tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text(SOURCE)
    result = run("signatures", str(tmp_path))
    assert json.loads(result.stdout)["kind"] == "gotrace signatures"
