"""How the console script ends: at once, but with all that was to be done."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import evidence

CRASH = evidence.SAMPLES / "closures" / "go1.27.log"
SCRIPT = "from gotrace.cli import script; script()"


def run(before: str, *arguments: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
    command = [sys.executable, *options, "-c", f"{before}\n{SCRIPT}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("before", ["", "import threading", "import sys; sys.setprofile(print)"])
def test_exit_codes_and_output(tmp_path: Path, before: str) -> None:
    """The same whether the interpreter is taken down or not."""
    before = before.replace("print", "lambda *_: None")
    code, out, err = run(before, "scan", str(CRASH))
    assert (code, json.loads(out)["goroutines"], err) == (0, 1, "")
    (tmp_path / "log").write_bytes(b"hello\n")
    assert run(before, "scan", str(tmp_path / "log")) == (3, "", "")
    code, out, err = run(before, "scan", str(tmp_path / "none"))
    assert (code, out) == (2, "")
    assert "none" in err


def test_what_was_to_be_done_at_exit_is_done() -> None:
    code, out, _ = run("import atexit; atexit.register(print, 'bye')", "scan", str(CRASH))
    assert code == 0
    assert out.endswith("}\nbye\n")


def test_the_interpreter_stays_where_it_was_asked_to() -> None:
    """``python -i`` looks at what is left."""
    command = [sys.executable, "-i", "-c", SCRIPT, "scan", "-q", str(CRASH)]
    done = subprocess.run(
        command, input="print(6 * 7)\n", capture_output=True, text=True, check=False
    )
    assert "42" in done.stdout


def test_one_command_has_the_options_that_all_have(capsys: pytest.CaptureFixture[str]) -> None:
    """A parser for one command says of it what the parser of all commands says."""
    from gotrace.cli import COMMANDS, build_parser  # noqa: PLC0415

    for command in COMMANDS:
        told = []
        for parser in (build_parser(), build_parser(command)):
            with pytest.raises(SystemExit):
                parser.parse_args([command, "--help"])
            told.append(capsys.readouterr().out)
            with pytest.raises(SystemExit):
                parser.parse_args([command, "--no-such-option"])
            told.append(capsys.readouterr().err)
        assert told[:2] == told[2:]
        assert "usage: gotrace" in told[0]
