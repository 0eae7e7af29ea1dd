"""Records the logs of this folder with real Go: ``make.py [CASE …]``.

Toolchains are looked for as by ../make.py, below ``$GOTRACE_GO_ROOT``. It shares no code with
gotrace.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = Path(os.environ.get("GOTRACE_GO_ROOT", "~/.cache/gotrace/go")).expanduser()
RELEASES = ("1.15", "1.19", "1.23", "1.27")
CASES = re.findall(r'^\t"([\w-]+)": ', (HERE / "program" / "main.go").read_text(), re.MULTILINE)
# With the frames of the runtime, which print the address of what is waited for.
WITH_RUNTIME = ("writer-pending", "send-nobody", "waitgroup")


def main(names: list[str]) -> None:
    """Record the named cases, or all."""
    for version in RELEASES:
        with tempfile.TemporaryDirectory() as folder:
            program = build(Path(folder), version)
            for case in names or CASES:
                (HERE / case).mkdir(exist_ok=True)
                logs = [(f"go{version}.log", "all")]
                if case in WITH_RUNTIME:
                    logs.append((f"go{version}.system.log", "system"))
                for name, level in logs:
                    text = run(program, case, level)
                    (HERE / case / name).write_text(ordinary(text, version))
                    print(case, name, len(text), flush=True)


def build(folder: Path, version: str) -> Path:
    """The program in a module of its own."""
    debian = ROOT / version / "usr" / "lib" / f"go-{version}"
    root = debian if debian.exists() else ROOT / version / "go"
    for source in (HERE / "program").glob("*.go"):
        (folder / source.name).write_bytes(source.read_bytes())
    (folder / "go.mod").write_text(f"module example.com/waits\n\ngo {version}\n")
    env = {
        **{k: os.environ[k] for k in ("HOME", "PATH")},
        **{"GOROOT": str(root), "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod", "GOPROXY": "off"},
        **{"CGO_ENABLED": "0", "GOCACHE": str(ROOT.parent / "gocache")},
    }
    command = [root / "bin/go", "build", "-trimpath", "-o", "program", "."]
    subprocess.run(command, cwd=folder, env=env, check=True)
    return folder / "program"


def run(program: Path, case: str, level: str) -> str:
    """What the case writes to stderr."""
    pipe = subprocess.PIPE
    env = {"GOTRACEBACK": level}
    running = subprocess.Popen([program, case], env=env, stdout=pipe, stderr=pipe, text=True)
    assert running.stdout is not None
    if running.stdout.readline() == "ready\n":
        running.send_signal(signal.SIGQUIT)
    return running.communicate(timeout=60)[1]


def ordinary(text: str, version: str) -> str:
    """``text`` with an ordinary GOROOT."""
    root = rf"/\S*/(?:share|lib)/go-{version}|/\S*/{version}/go"
    return re.sub(rf"(?m)^(\t)(?:{root})", r"\1/usr/local/go", text)


if __name__ == "__main__":
    main(sys.argv[1:])
