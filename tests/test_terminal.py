"""The terminal: links to files that are here, a pager for what is longer than the screen, words
that a shell completes, the manual page."""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gotrace.cli import build_parser, main
from gotrace.errors import GotraceError
from gotrace.rendering import style, text
from gotrace.rendering.files import as_printed, relative, uri_of
from gotrace.rendering.hyperlink import EDITORS, Links, form_of
from tests.evidence import ROOT, SAMPLES
from tests.test_culprit_report import passed, story

PUSHD = SAMPLES / "pushd" / "panic.log"
SOURCE = SAMPLES / "culprit" / "src"
LINK = re.compile(r"\x1b\]8;;([^\x1b]*)\x1b\\([^\x1b]*)\x1b\]8;;\x1b\\")


# ---------------------------------------------------------------------- links


def test_links_stand_on_the_places_of_files_that_are_here(tmp_path: Path) -> None:
    """On the frame and on the culprit; the text is as without them."""
    report = passed(tmp_path)
    (file,) = tmp_path.glob("main.go")
    links = Links(EDITORS["vscode"], lambda printed: str(file) if "app" in printed else None)
    lines = list(text.lines(report, links=links))
    found = LINK.findall("\n".join(map(style.linked, lines)))
    assert found == [
        (f"vscode://file{file}:6:1", "main.go:6"),
        (f"vscode://file{file}:6:1", "main.go:6"),
        (f"vscode://file{file}:10:1", "main.go:10"),
    ]
    plain = list(map(style.plain, text.lines(report)))
    assert plain == [LINK.sub(r"\2", style.linked(line)) for line in lines]
    assert plain == [style.plain(line) for line in lines]
    assert "\x1b]8;;vscode://" in "\n".join(map(style.coloured, lines))


def test_no_link_without_a_file() -> None:
    links = Links(EDITORS["file"], as_printed)
    assert not any(p.link for line in text.lines(story(), links=links) for p in line)


def test_a_hostile_path_stays_in_its_link(tmp_path: Path) -> None:
    """What could end the escape, or be a parameter of the link, is quoted."""
    file = tmp_path / "a\x1b\\b c&line=1%\udcff.go"
    file.write_text("")
    link = Links(EDITORS["idea"], as_printed).to(str(file), 7)
    assert link.isascii() and link.isprintable() and " " not in link  # noqa: PT018
    assert link.endswith("&line=7&column=1")
    assert link.count("&") == 2


def test_another_machine_is_never_asked(tmp_path: Path) -> None:
    file = tmp_path / "x.go"
    file.write_text("")
    assert as_printed(str(file)) == str(file)
    assert as_printed(f"/{file}") is None  # with two slashes it can be one of another machine
    assert as_printed("\\\\host\\share\\x.go") is None
    assert as_printed("main.go") is None
    assert as_printed(str(tmp_path / "none.go")) is None
    assert as_printed("/x\0y") is None
    assert uri_of("//host/share/x.go") == "file:///host/share/x.go"
    assert uri_of("C:\\app\\x y.go") == "file:///C:/app/x%20y.go"
    assert uri_of("../../x.go") == "x.go"


def test_relative_is_below_the_root(tmp_path: Path) -> None:
    assert relative(str(tmp_path / "a" / "x.go"), str(tmp_path)) == "a/x.go"
    assert relative(str(tmp_path) + "b/x.go", str(tmp_path)) is None


def test_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    """A name, a form, or an error that says what there is; a pipe has none by itself."""
    out = io.StringIO()
    assert form_of("auto", out) == ""
    assert form_of("never", out) == ""
    assert form_of("idea", out) == EDITORS["idea"]
    assert form_of("x://{path}", out) == "x://{path}"
    for wrong in ("nano", "x\x1b{path}"):
        with pytest.raises(GotraceError, match="not known"):
            form_of(wrong, out)
    command = ["annotate", "--source", str(SOURCE), str(PUSHD)]
    assert main(command) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert main([*command, "--hyperlink", "vscode"]) == 0
    found = LINK.findall(capsys.readouterr().out)
    assert {place for _, place in found} >= {"client.go:79", "cmpp2_handler.go:25"}
    assert all(Path(uri.removeprefix("vscode://file").split(":")[0]).is_file() for uri, _ in found)
    assert main([*command, "--hyperlink", "nano"]) == 2


# ---------------------------------------------------------------------- the pager


def on_terminal(*arguments: str, rows: int, env: dict[str, str]) -> str:
    """What the command prints on a terminal with so many rows; nobody types."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update({"TERM": "xterm", "COLUMNS": "100", "LINES": str(rows)} | env)
        os.execv(sys.executable, [sys.executable, "-m", "gotrace", *arguments])
    import fcntl  # noqa: PLC0415 - not on every platform
    import struct  # noqa: PLC0415
    import termios  # noqa: PLC0415

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 100, 0, 0))
    found, end = b"", time.monotonic() + 20
    try:
        while time.monotonic() < end and (piece := os.read(terminal, 65536)):
            found += piece
    except OSError:  # the child is gone
        pass
    os.close(terminal)
    os.waitpid(child, 0)
    return found.decode().replace("\r\n", "\n")


PAGER = {"GOTRACE_PAGER": "sed 's/^/> /'", "NO_COLOR": "1"}


def test_long_output_goes_through_the_pager() -> None:
    """All of it, without links where the pager may not know them."""
    options = ["--source", str(SOURCE), "--hyperlink", "file"]
    shown = on_terminal("annotate", *options, str(PUSHD), rows=10, env=PAGER)
    lines = [line for line in shown.splitlines() if not line.startswith("gotrace: ")]
    assert len(lines) > 10
    assert all(line.startswith("> ") for line in lines)
    assert "\x1b]8" not in shown


def test_short_output_does_not() -> None:
    shown = on_terminal("annotate", "--source", str(SOURCE), str(PUSHD), rows=70, env=PAGER)
    assert "> " not in shown
    assert LINK.search(shown)
    assert "servAddr" in shown


@pytest.mark.parametrize(
    ("more", "env"),
    [
        (["--no-pager"], PAGER),
        ([], {"GOTRACE_PAGER": "", "PAGER": "sed 's/^/> /'"}),
        ([], {"GOTRACE_PAGER": "cat"}),
        ([], {"GOTRACE_PAGER": "no-such-pager-anywhere -x"}),
        (["--format", "ndjson"], PAGER),
    ],
)
def test_without_a_pager(more: list[str], env: dict[str, str]) -> None:
    shown = on_terminal("annotate", *more, str(PUSHD), rows=10, env=env)
    assert "\n> " not in shown
    assert "servAddr" in shown


def test_a_reader_who_has_seen_enough() -> None:
    """The pager ends before the output does: that is no error."""
    shown = on_terminal("annotate", "--all", *map(str, SAMPLES.glob("*/*.log")), rows=5,
                        env={"PAGER": "head -n 2", "NO_COLOR": "1"})  # fmt: skip
    lines = [line for line in shown.splitlines() if not line.startswith("gotrace: ")]
    assert len(lines) == 2


# ---------------------------------------------------------------------- completion, manual


def completions(words: list[str], folder: Path) -> list[str]:
    run = subprocess.run(
        ["bash", "-c", 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gotrace; '
         'printf "%s\\n" "${COMPREPLY[@]}"', str(folder / "script"), *words],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return run.stdout.split()


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.skipif(shutil.which("bash") is None, reason="NOT RUN: no bash")
def test_bash_completes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "script").write_text(script("bash", capsys), "utf-8")
    assert completions(["gotrace", "ann"], tmp_path) == ["annotate"]
    assert "sarif" in completions(["gotrace", "annotate", "--format", ""], tmp_path)
    assert completions(["gotrace", "annotate", "--no-p"], tmp_path) == ["--no-pager"]
    assert completions(["gotrace", "completion", ""], tmp_path) == ["bash", "zsh", "fish"]
    assert completions(["gotrace", "annotate", "--binary", ""], tmp_path) == []  # files


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_know_every_command_and_option(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is read by its shell, where that is here."""
    text = script(shell, capsys)
    commands = next(a for a in build_parser()._actions if a.dest == "command").choices
    assert isinstance(commands, dict)
    for name, parser in commands.items():
        assert name in text
        for flag in (f for a in parser._actions for f in a.option_strings if f[:2] == "--"):
            assert (f"-l {flag[2:]}" if shell == "fish" else flag) in text
    if shutil.which(shell):
        (tmp_path / "script").write_text(text, "utf-8")
        subprocess.run([shell, "-n", str(tmp_path / "script")], check=True)


def test_the_manual_page_is_what_the_parser_gives() -> None:
    """`python tools/man.py` writes it."""
    run = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "man.py"), "--check"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert run.returncode == 0, "run tools/man.py"
