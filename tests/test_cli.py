"""The command as a user meets it: output, exit codes, errors, pipes."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.evidence import SAMPLES

PUSHD = SAMPLES / "pushd" / "panic.log"


def run(
    *arguments: str | Path,
    stdin: bytes | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run ``python -m gotrace`` with these arguments and a clean environment."""
    clean = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR"}}
    return subprocess.run(
        [sys.executable, "-m", "gotrace", *map(str, arguments)],
        input=b"" if stdin is None else stdin,
        capture_output=True,
        env=clean | (env or {}),
        cwd=cwd,
        timeout=60,
        check=False,
    )


def test_version_and_help() -> None:
    assert b"gotrace 0." in run("--version").stdout
    helped = run("--help")
    assert helped.returncode == 0
    assert b"annotate" in helped.stdout
    assert b"exit codes" in run("annotate", "--help").stdout


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("annotate --binarry app x", "gotrace annotate: no such option: --binarry"
         " (did you mean --binary?)\n  gotrace annotate --help lists what there is\n"),
        ("group --zz=1 x", "gotrace group: no such option: --zz=1\n"),
        ("diff x", "gotrace diff: the following arguments are required: NEW\n"),
        ("anotate x", "gotrace: argument COMMAND: invalid choice: 'anotate'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_two_lines(line: str, told: str) -> None:
    """Not below a page of options, and by the command that was meant."""
    result = run(*line.split())
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.decode().startswith(told)
    assert result.stderr.count(b"\n") == 2


def test_nothing_on_standard_input_is_called_that() -> None:
    for command in ("annotate", "group"):
        told = run(command, "-").stderr.decode()
        assert told.endswith("found in standard input\n"), told


def test_no_command_is_usage() -> None:
    result = run()
    assert result.returncode == 2
    assert b"usage: gotrace" in result.stderr


def test_decodes_the_sample_with_the_prototypes_beside_it() -> None:
    result = run("annotate", PUSHD)
    assert result.returncode == 0
    assert b"servAddr" in result.stdout
    assert b"15s" in result.stdout
    assert b"signatures from" in result.stderr


def test_no_discover_leaves_the_words_alone() -> None:
    result = run("annotate", "--no-discover", PUSHD)
    assert result.returncode == 0
    assert b"servAddr" not in result.stdout
    assert result.stderr == b""


def test_stdin_is_never_discovered_for() -> None:
    """A pipe has no folder: the prototypes.go of the working directory is not taken."""
    result = run("annotate", "-", stdin=PUSHD.read_bytes(), cwd=PUSHD.parent)
    assert result.returncode == 0
    assert b"no signature" in result.stdout


def test_no_file_reads_a_pipe() -> None:
    assert run("annotate", stdin=PUSHD.read_bytes()).returncode == 0


def test_signature_options() -> None:
    prototype = (PUSHD.parent / "prototypes.go").read_text()
    text = "func pkg.tonybai.com/smspush/pkg/pushd/pusher.newCMPP2Loop(s *S, v uint8, f func())"
    result = run("annotate", "-", "--signature", text, stdin=PUSHD.read_bytes())
    assert b"*S" in result.stdout, result.stderr
    assert prototype


def test_unreadable_path_is_2_and_the_others_are_done(tmp_path: Path) -> None:
    result = run("annotate", tmp_path / "missing.log", PUSHD)
    assert result.returncode == 2
    assert b"missing.log: No such file" in result.stderr
    assert b"servAddr" in result.stdout
    assert run("annotate", tmp_path).returncode == 2


@pytest.mark.parametrize("content", [b"", b"nothing here\n", bytes(range(256)) * 64, b"\0" * 65536])
def test_no_traceback_is_3(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "input"
    path.write_bytes(content)
    result = run("annotate", path)
    assert result.returncode == 3
    assert result.stdout == b""
    assert b"no Go traceback found in" in result.stderr


def test_syntax_error_in_prototypes_shows_line_and_caret(tmp_path: Path) -> None:
    path = tmp_path / "wrong.go"
    path.write_text("package main\n\nfunc f(a int, )) error\n")
    result = run("annotate", "--signatures", path, PUSHD)
    assert result.returncode == 2
    assert b"wrong.go:3:" in result.stderr
    assert b"^" in result.stderr
    assert b"Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("option", "value"), [("--go", "nineteen"), ("--arch", "pdp11"), ("--format", "xml")]
)
def test_wrong_option_values_are_usage(option: str, value: str) -> None:
    result = run("annotate", option, value, PUSHD)
    assert result.returncode == 2
    assert value.encode() in result.stderr
    assert b"Traceback" not in result.stderr


def test_fail_on(tmp_path: Path) -> None:
    """A signature that does not match is a warning."""
    wrong = "func pkg.tonybai.com/smspush/pkg/pushd/pusher.newCMPP2Loop(a, b, c, d, e, f int)"
    arguments = ("annotate", "-", "--signature", wrong)
    data = PUSHD.read_bytes()
    assert run(*arguments, stdin=data).returncode == 0
    assert run(*arguments, "--fail-on", "warning", stdin=data).returncode == 1
    assert run(*arguments, "--fail-on", "error", stdin=data).returncode == 0
    assert b"signature-mismatch" in run(*arguments, stdin=data).stdout


def test_output_file(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    result = run("annotate", PUSHD, "--format", "json", "-o", path)
    assert result.returncode == 0
    assert result.stdout == b""
    assert path.read_text().startswith("{")
    assert run("annotate", PUSHD, "-o", tmp_path / "no" / "out").returncode == 2


def test_colour_only_when_asked_or_on_a_terminal() -> None:
    assert b"\x1b[" not in run("annotate", PUSHD).stdout
    assert b"\x1b[" in run("annotate", PUSHD, "--color", "always").stdout
    assert b"\x1b[" in run("annotate", PUSHD, env={"FORCE_COLOR": "1"}).stdout
    both = {"FORCE_COLOR": "1", "NO_COLOR": "1"}
    assert b"\x1b[" not in run("annotate", PUSHD, env=both).stdout
    assert b"\x1b[" in on_terminal(["annotate", str(PUSHD)])
    assert b"\x1b[" not in on_terminal(["annotate", str(PUSHD), "--color", "never"])


def on_terminal(arguments: list[str]) -> bytes:
    """What the command prints on a pseudo-terminal."""
    master, slave = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR"}}
    child = subprocess.Popen(
        [sys.executable, "-m", "gotrace", *arguments],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env=environment | {"TERM": "xterm"},
    )
    os.close(slave)
    output = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        output += chunk
    child.wait(60)
    os.close(master)
    return output


def test_no_file_on_a_terminal_is_help_and_2() -> None:
    master, slave = pty.openpty()
    result = subprocess.run(
        [sys.executable, "-m", "gotrace", "annotate"],
        stdin=slave,
        capture_output=True,
        timeout=60,
        check=False,
    )
    os.close(master)
    os.close(slave)
    assert result.returncode == 2
    assert b"no FILE" in result.stderr
    assert b"usage: gotrace annotate" in result.stderr


def test_control_characters_never_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "evil.log"
    path.write_bytes(
        b"panic: \x1b[2J\x07\xc2\x9b1m\xe2\x80\xae\xff\n\n"
        b"goroutine 1 [run\x1bning]:\nmain.\x1bf(0x1)\n\t/x\x1b.go:1 +0x1\n"
    )
    result = run("annotate", path)
    assert result.returncode == 0
    assert b"\x1b" not in result.stdout
    assert "\u202e".encode() not in result.stdout
    assert "\x9b".encode() not in result.stdout


def test_broken_pipe_is_141_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "many.log"
    path.write_bytes((PUSHD.read_bytes() + b"\n") * 2000)
    gotrace = f"{sys.executable} -m gotrace annotate"
    command = f"{gotrace} {path} | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, timeout=100, check=False)
    assert result.stdout.strip() == b"141"
    assert b"Traceback" not in result.stderr


def test_interrupt_is_130_without_a_traceback() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "gotrace", "annotate", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell that started the tests in the background made them ignore ^C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"Traceback" not in errors


def test_settings_file(tmp_path: Path) -> None:
    """gotrace.toml names signatures relative to itself; [tool.gotrace] does as well."""
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos" / "p.go").write_text((PUSHD.parent / "prototypes.go").read_text())
    (tmp_path / "gotrace.toml").write_text('signatures = ["protos/p.go"]\ngo = "1.9"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    result = run("annotate", "-", stdin=PUSHD.read_bytes(), cwd=below)
    assert b"servAddr" in result.stdout, result.stderr
    assert b"Go 1.9" in result.stdout
    (tmp_path / "gotrace.toml").unlink()
    (tmp_path / "pyproject.toml").write_text('[tool.gotrace]\nsignatures = ["protos/p.go"]\n')
    assert b"servAddr" in run("annotate", "-", stdin=PUSHD.read_bytes(), cwd=below).stdout


@pytest.mark.parametrize("text", ["signatures = 5\n", "colour = true\n", "= nonsense"])
def test_wrong_settings_are_usage(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gotrace.toml"
    path.write_text(text)
    result = run("annotate", PUSHD, "--config", path)
    assert result.returncode == 2
    assert b"gotrace.toml" in result.stderr
    assert b"Traceback" not in result.stderr


def test_a_defect_of_ours_is_70_after_all_output(tmp_path: Path) -> None:
    """An unexpected exception in one dump: its raw frames are kept, the rest goes on, exit 70."""
    hook = tmp_path / "sitecustomize.py"
    hook.write_text(
        "import gotrace.bind as b\ndef broken(*a, **k): raise ValueError('x')\nb.bind = broken\n"
    )
    paths = os.pathsep.join([str(tmp_path), str(SAMPLES.parent)])
    result = run("annotate", PUSHD, env={"PYTHONPATH": paths, "GOTRACE_DEBUG": ""})
    assert result.returncode == 70, result.stderr
    assert b"internal" in result.stdout or b"a defect of gotrace" in result.stdout
    assert b"client.go:79" in result.stdout
    assert b"Traceback" not in result.stderr


def test_json_names_what_could_not_be_read(tmp_path: Path) -> None:
    result = run("annotate", tmp_path / "missing", PUSHD, "--format", "json")
    assert result.returncode == 2
    document = json.loads(result.stdout)
    assert len(document["dumps"]) == 1
    (issue,) = document["issues"]
    assert issue["code"] == "unreadable"
    assert "missing" in issue["message"]


def test_json_is_utf_8_whatever_the_terminal_speaks(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("panic: größe\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:3 +0x25\n")
    result = run("annotate", path, "--format", "ndjson", env={"PYTHONIOENCODING": "latin-1"})
    assert json.loads(result.stdout.decode("utf-8"))["causes"][0]["message"] == "größe"


def test_output_onto_an_input_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.log"
    path.write_bytes(PUSHD.read_bytes())
    result = run("annotate", path, "-o", path)
    assert result.returncode == 2
    assert b"is an input as well" in result.stderr
    assert path.read_bytes() == PUSHD.read_bytes()


def test_output_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("old")
    assert run("annotate", PUSHD, "--signature", "func (", "-o", path).returncode == 2
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_several_dumps_say_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "two.log"
    path.write_bytes(PUSHD.read_bytes() + b"\nnoise\n" + PUSHD.read_bytes())
    output = run("annotate", path).stdout.decode()
    assert f"── {path}:19 ─" in output


@pytest.mark.parametrize("redirection", ["> /dev/full", ">&-", "<&-"])
def test_closed_and_full_streams_have_no_traceback(redirection: str) -> None:
    command = f"{sys.executable} -m gotrace annotate - {redirection} < {PUSHD}"
    if redirection == "<&-":
        command = f"{sys.executable} -m gotrace annotate - <&-"
    result = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False)
    assert b"Traceback" not in result.stderr
    assert result.returncode == (0 if redirection == ">&-" else 2)


def test_settings_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "gotrace.toml"
    path.write_bytes(b"go = '\xff'\n")
    result = run("annotate", PUSHD, "--config", path)
    assert result.returncode == 2
    assert b"Traceback" not in result.stderr


def test_settings_in_pyproject_however_they_are_spelled(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[ tool.gotrace ]\ngo = "1.9"\ndisable = ["poison"]\n')
    result = run("annotate", "-", stdin=PUSHD.read_bytes(), cwd=tmp_path)
    assert b"Go 1.9" in result.stdout
    (tmp_path / "pyproject.toml").write_text('[tool.gotrace]\ndisable = ["x"]\n')
    result = run("annotate", "-", stdin=PUSHD.read_bytes(), cwd=tmp_path)
    assert b"--disable x: no such finding" in result.stderr


def test_file_names_are_cleaned_on_stderr() -> None:
    result = run("annotate", "no\x1b[2Jsuch")
    assert result.returncode == 2
    assert b"\x1b" not in result.stderr
