"""What each command imports: time cannot be tested, but what takes it can."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import evidence

CRASH = evidence.SAMPLES / "closures" / "go1.27.log"

# Each of them costs a millisecond at least, and most far more.
HEAVY = {
    "ast", "asyncio", "bz2", "concurrent", "dataclasses", "decimal", "difflib", "email", "hashlib",
    "html", "http", "importlib.metadata", "inspect", "json", "logging", "lzma", "multiprocessing",
    "pathlib", "pickle", "random", "select", "selectors", "shutil", "signal", "socket", "ssl",
    "string", "subprocess", "tempfile", "threading", "tomllib", "traceback", "unittest", "urllib",
    "uuid", "zlib",
}  # fmt: skip
THIRD = {"lark", "elftools", "tree_sitter", "tree_sitter_go", "capstone", "rich", "pygls"}
THIRD |= {"ahocorasick_rs", "stringzilla"}
ROOMS = {
    "gotrace.binary", "gotrace.source", "gotrace.scanning", "gotrace.flow", "gotrace.recover",
    "gotrace.signatures._tables", "gotrace.signatures.prototype", "gotrace.parsing.regular",
    "gotrace.rendering.json", "gotrace.parsing._lark",
}  # fmt: skip
# The tables of the standard library's signatures are compressed.
TABLES = {"zlib"}


def imported(*arguments: str, folder: Path) -> set[str]:
    """The modules that a run of the command imports, those of a bare interpreter left out."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "from gotrace import cli\n"
        "try: cli.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('\\n'.join(sorted(set(sys.modules) - before)), file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True, text=True, check=True, cwd=folder,
    )  # fmt: skip
    return set(run.stderr.split())


def families(modules: set[str]) -> set[str]:
    return modules | {m.rpartition(".")[0] for m in modules}


def test_version_imports_nothing_of_the_work(tmp_path: Path) -> None:
    """Not even argparse."""
    found = imported("--version", folder=tmp_path)
    ours = {m for m in found if m.startswith("gotrace.")}
    assert ours == {"gotrace.cli", "gotrace.errors", "gotrace.exits", "gotrace.version"}
    assert found - ours <= {"__future__", "atexit", "gc", "gotrace"}


@pytest.mark.parametrize("command", ["annotate", "scan", "group"])
def test_a_command_imports_no_other_commands_options(tmp_path: Path, command: str) -> None:
    (tmp_path / "log").write_bytes(CRASH.read_bytes())
    found = imported(command, "log", folder=tmp_path)
    others = {"annotate", "diff", "group", "run", "scan", "schema", "signatures"} - {command}
    assert found & {f"gotrace.commands.{name}" for name in others} == set()


def test_scan_of_a_small_log(tmp_path: Path) -> None:
    """Nothing for envelopes, and json only to print what was found."""
    (tmp_path / "log").write_bytes(b"2024-03-01T01:08:01.604Z level=info msg=hello\n" * 1000)
    found = families(imported("scan", "log", folder=tmp_path))
    assert found & THIRD == set()
    assert found & HEAVY == set()
    assert {m for m in found if m.startswith("gotrace.rendering")} == set()
    assert "gotrace.input.unwrap" not in found
    (tmp_path / "log").write_bytes(CRASH.read_bytes())
    found = families(imported("scan", "log", folder=tmp_path))
    assert found & HEAVY == {"json"}


@pytest.mark.parametrize("prototypes", [False, True])
def test_annotate_imports_what_a_small_log_needs(tmp_path: Path, prototypes: bool) -> None:
    log = tmp_path / "crash.log"
    log.write_bytes(CRASH.read_bytes())
    needed: set[str] = set()
    if prototypes:
        (tmp_path / "prototypes.go").write_bytes((CRASH.parent / "prototypes.go").read_bytes())
        needed = {"gotrace.signatures._tables", "gotrace.signatures.prototype"}
    found = families(imported("annotate", "crash.log", folder=tmp_path))
    assert found & THIRD == set()
    assert found & HEAVY <= TABLES
    assert found & ROOMS <= needed


def test_import_gotrace_costs_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); import gotrace; print(*set(sys.modules) - before)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert set(run.stdout.split()) == {"__future__", "gotrace", "gotrace.version"}


def test_group_of_a_small_dump(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(CRASH.read_bytes())
    found = families(imported("group", "log", folder=tmp_path))
    assert found & THIRD == set()
    assert found & HEAVY == set()
    assert "gotrace.report" not in found
