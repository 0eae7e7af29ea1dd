"""The cache of signatures, and what pairs a program with its debug file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gotrace.binary import debugfile
from gotrace.binary.cache import Cache, cache_folder, content_id
from gotrace.binary.image import open_image
from gotrace.binary.program import Program, from_binary, paired
from gotrace.errors import GotraceError
from gotrace.signature import Parameter, Signature, SignatureSource
from gotrace.types import GoType, Kind
from tests import binary_support, go_tools

INT = GoType(Kind.INT, "int")


def signature(name: str) -> Signature:
    return Signature("main", name, (Parameter("x", INT),), (), source=SignatureSource.DWARF)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.delenv("GOTRACE_CACHE", raising=False)
    return tmp_path / "caches" / "gotrace" / "signatures"


def test_what_was_put_is_there_next_time(folder: Path) -> None:
    cache = Cache("build")
    assert cache.get("main.F") is None
    cache.put("main.F", signature("F"))
    cache.save()
    assert Cache("build").get("main.F") == signature("F")
    assert Cache("other").get("main.F") is None
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [p.suffix for p in folder.iterdir()] == [".json"]


@pytest.mark.parametrize("content", [b"", b"[", b"[]", b"{}", b"\xff", b'{"schema":1}'])
def test_a_damaged_file_is_ignored_and_written_anew(content: bytes) -> None:
    first = Cache("build")
    first.put("a", signature("A"))
    first.save()
    assert first.path is not None
    first.path.write_bytes(content)
    second = Cache("build")
    assert second.get("a") is None
    second.put("b", signature("B"))
    second.save()
    assert Cache("build").get("b") == signature("B")


def test_a_file_of_another_build_is_ignored() -> None:
    cache = Cache("build")
    cache.put("a", signature("A"))
    cache.save()
    assert cache.path is not None
    data = json.loads(cache.path.read_text())
    cache.path.write_text(json.dumps({**data, "build": "another"}))
    assert Cache("build").get("a") is None


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("GOTRACE_CACHE", "off")
    cache = Cache("build")
    cache.put("a", signature("A"))
    cache.save()
    assert cache_folder() is None
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache = Cache("build")
    cache.put("a", signature("A"))
    cache.save()
    assert cache.get("a") == signature("A")


def test_two_writers_do_not_harm_each_other() -> None:
    """The file is whole at any time; in the end it has what some writer saw last."""

    def write(who: int) -> None:
        for i in range(20):
            cache = Cache("build")
            cache.put(f"{who}.{i}", signature(f"F{who}"))
            cache.save()

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cache = Cache("build")
    assert cache.path is not None
    assert len(json.loads(cache.path.read_text())["keys"]) >= 20
    assert [p for p in cache.path.parent.iterdir() if p.name.startswith(".new-")] == []


def test_a_content_id_is_the_content(tmp_path: Path) -> None:
    for name, content in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(content)
    one, same, other = (content_id(str(tmp_path / name)) for name in "abc")
    assert one == same != other
    assert content_id(str(tmp_path / "missing")) is None


def test_a_stripped_program_has_no_signatures(tmp_path: Path) -> None:
    program = from_binary(binary_support.sample(27, tmp_path))
    assert program.signature("main.main", None) is None
    assert program.named("main.main")
    assert list(program.signatures()) == []
    assert program.go_minor == 27


# ---------------------------------------------------------------------- real toolchains


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 27))
def test_separate_debug_files(release: int, tmp_path: Path) -> None:
    """Found beside the program or given; one of another build is refused."""
    if not shutil.which("objcopy"):
        pytest.skip("NOT RUN: no objcopy")
    whole = binary_support.compile_sample(release, "nested", tmp_path, "-trimpath")
    other = binary_support.compile_sample(release, "closures", tmp_path, "-trimpath")
    place = tmp_path / "app"
    place.mkdir()
    app, debug = place / "app", tmp_path / "kept.debug"
    subprocess.run(["objcopy", "--only-keep-debug", whole, debug], check=True)
    subprocess.run(["objcopy", "--strip-all", whole, app], check=True)
    true = from_binary(whole).signature("main.main", None)
    assert true is not None
    (tmp_path / "caches" / "gotrace").mkdir(parents=True, exist_ok=True)
    assert from_binary(app, debug).dwarf.find("main.main", None) == true
    assert not from_binary(app).dwarf.present
    (joined,) = paired([from_binary(debug), from_binary(app)])
    assert joined.dwarf.find("main.main", None) == true
    apart = [from_binary(debug), from_binary(other), from_binary(app)]
    assert paired(apart[:2]) == apart[:2]
    with pytest.raises(GotraceError, match="does not belong"):
        from_binary(app, other)
    with pytest.raises(GotraceError, match="no debug information"):
        from_binary(app, app)
    shutil.copy(debug, place / "app.debug")
    assert from_binary(app).dwarf.find("main.main", None) == true
    (place / ".debug").mkdir()
    os.replace(place / "app.debug", place / ".debug" / "app.debug")
    assert from_binary(app).dwarf.find("main.main", None) == true
    (place / ".debug" / "app.debug").unlink()
    shutil.copy(other, place / "app.debug")
    assert debugfile.beside(open_image(app)) is None


@pytest.mark.toolchain
def test_the_second_time_needs_no_debug_information(tmp_path: Path) -> None:
    path = binary_support.compile_sample(27, "nested", tmp_path, "-trimpath")
    program = from_binary(path)
    found = program.signature("main.main", None)
    assert found is not None
    program.save()
    again = Program(open_image(path))
    assert again.signature("main.main", None) == found
    assert "dwarf" not in again.__dict__
    assert "table" not in again.__dict__


@pytest.mark.toolchain
def test_it_is_written_at_exit(tmp_path: Path, folder: Path) -> None:
    path = binary_support.compile_sample(27, "nested", tmp_path, "-trimpath")
    code = (
        "import sys; from gotrace.binary.program import from_binary as f; "
        "p = f(sys.argv[1]); p.signature('main.main', None)"
    )
    subprocess.run([sys.executable, "-c", code, path], check=True)
    assert len(list(folder.iterdir())) == 1
