"""Makes the traces and truths of this folder with real Go: ``make.py [CASE …]``.

Toolchains are those of ``get-go``: ``$GOTRACE_GO_ROOT/<version>/`` (default
``~/.cache/gotrace/go``). Other architectures run under qemu-user-static. It shares no code with
gotrace: what it says about a trace comes from the program's own ``@`` lines (at.go), from the
table CASES below, and from the plainest possible splitting of the text.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from cases import CASES, Run

HERE = Path(__file__).parent
ROOT = Path(os.environ.get("GOTRACE_GO_ROOT", "~/.cache/gotrace/go")).expanduser()
QEMU = {"arm64": "qemu-aarch64-static", "s390x": "qemu-s390x-static"}
HOME, GOROOT = "/home/dev/src/app", "/usr/local/go"


class Output(NamedTuple):
    """What a run wrote, with ordinary paths: the trace, and the ``@`` lines."""

    trace: str
    passed: list[dict[str, Any]]


def main(names: list[str]) -> None:
    """Run the named cases, or all of them."""
    for name in names or list(CASES):
        truths = {k: v for k, v in recorded(name).items() if k not in {r.file for r in CASES[name]}}
        for run in CASES[name]:
            output = execute(name, run)
            (HERE / name / run.file).write_bytes(output.trace.encode("utf-8", "surrogateescape"))
            truths[run.file] = truth(run, output)
            print(name, run.file, len(output.trace), flush=True)
        (HERE / name / "truth.json").write_text(render(truths))


def recorded(case: str) -> dict[str, Any]:
    """The truths already there: those of traces that no run makes are kept."""
    path = HERE / case / "truth.json"
    return json.loads(path.read_text())["traces"] if path.exists() else {}


def goroot(version: str) -> Path:
    """Where get-go puts a toolchain."""
    debian = ROOT / version / "usr" / "lib" / f"go-{version}"
    return debian if debian.exists() else ROOT / version / "go"


def execute(case: str, run: Run) -> Output:
    """Build the case in an empty module and run it."""
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder) / "app"
        app.mkdir()
        for source in (HERE / case / "main.go", HERE / "at.go"):
            (app / source.name).write_bytes(source.read_bytes())
        (app / "go.mod").write_text(f"module example.com/app\n\ngo {run.go}\n")
        root = goroot(run.go)
        build(app, root, run)
        out, err = watch(app, run)
    lines = out.splitlines(keepends=True)
    passed = [json.loads(line[2:]) for line in lines if line.startswith("@ ")]
    text = out if run.stdout else err
    for machine in (str(app), str(root.resolve()), str(root), f"/usr/lib/go-{run.go}"):
        text = text.replace(machine, HOME if machine == str(app) else GOROOT)
    share = re.sub(r"/\S*/share/go-[0-9.]+", GOROOT, text)
    return Output("".join(x for x in share.splitlines(True) if not x.startswith("@ ")), passed)


def build(app: Path, root: Path, run: Run) -> None:
    """``go build`` with nothing of the user's environment but HOME and PATH."""
    env = {
        **{k: os.environ[k] for k in ("HOME", "PATH")},
        **{"GOROOT": str(root), "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod", "GOPROXY": "off"},
        **{"GOARCH": run.arch, "CGO_ENABLED": "1" if "-race" in run.flags else "0"},
        "GOCACHE": str(ROOT.parent / "gocache"),
    }
    subprocess.run(
        [root / "bin/go", "build", *run.flags, "-o", "run", "."], cwd=app, env=env, check=True
    )


def watch(app: Path, run: Run) -> tuple[str, str]:
    """Run the program, with a signal after it is up if the case says so."""
    command = [*([QEMU[run.arch]] if run.arch in QEMU else []), str(app / "run"), *run.args]
    pipe = subprocess.PIPE
    program = subprocess.Popen(command, cwd=app, env=dict(run.env), stdout=pipe, stderr=pipe)
    if run.signal:
        time.sleep(1)
        program.send_signal(signal.Signals[run.signal])
    out, err = program.communicate(timeout=120)
    return tuple(x.decode("utf-8", "surrogateescape") for x in (out, err))  # type: ignore[return-value]


# ------------------------------------------------------------------------------------------- truth


def truth(run: Run, output: Output) -> dict[str, Any]:
    """What must be found in the trace; see README.md."""
    split = {"race": race_sections, "profile": profile_records}.get(run.kind, sections)
    goroutines = split(after_message(run, output.trace))
    for g in goroutines if run.labels else ():
        g["labels"] = next((v for k, v in run.labels.items() if k in g["frames"]), {})
    known = {f["function"]: f["arguments"] for f in output.passed} | run.hand
    frames = [
        {"goroutine": i, "frame": j, "function": name, "arguments": arguments(known, run, name)}
        for i, g in enumerate(goroutines)
        for j, name in enumerate(g["frames"])
    ]
    command = " ".join([*(f"{k}={v}" for k, v in run.env), "app", *run.args])
    return {
        "go": (version := f"{run.go}.{PATCH[run.go]}"),
        "arch": run.arch,
        "build": " ".join(["go", "build", *run.flags]),
        "command": command + (f"  # then {run.signal}" if run.signal else ""),
        "kind": run.kind,
        "causes": list(run.causes),
        "signal": run.fault,
        "style": "words" if version < "1.17" else "values",
        "goroutines": goroutines,
        "registers": registers(output.trace) if run.kind == "signal" else 0,
        "frames": [f for f in frames if f["arguments"] is not None],
    }


PATCH = {"1.15": 15, "1.19": 8, "1.21": 13, "1.22": 10, "1.23": 9}
PATCH |= {"1.24": 11, "1.25": 5, "1.26": 6, "1.27": 3}


def after_message(run: Run, text: str) -> str:
    """The text behind the causes, so that what a message imitates is not taken for real.

    Checks what the table says: every message and the signal must stand there, in order.
    """
    at = 0
    for cause in run.causes:
        # Messages of a net/http log are net/http's, raw in every release.
        tabs = run.kind is not None and int(run.go.split(".")[1]) >= 23
        printed = cause["message"].replace("\n", "\n\t") if tabs else cause["message"]
        prefix = {"panic": "panic: ", "fatal": "fatal error: "}[cause["kind"]] if run.kind else ": "
        mark = " [recovered]" if cause["recovered"] else ""
        mark = " [recovered, repanicked]" if cause["repanicked"] else mark
        at = text.index(f"{prefix}{printed}{mark}\n", at) + len(prefix + printed + mark)
    if run.fault:
        code, address = run.fault["code"], run.fault["address"]
        text.index(f"[signal {run.fault['name']} code={code:#x} addr={address} pc=", at)
    return text[at:]


def sections(text: str) -> list[dict[str, Any]]:
    """Goroutines with the functions of their frames, created by and what was elided."""
    found: list[dict[str, Any]] = []
    lines = text.split("\n")
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        header = re.match(r"goroutine (\d+) .*?\[(.*?)(?: labels:\{.*)?[],][^\n]*:$", line)
        if header or line == "runtime stack:":
            number, state = (int(header[1]), header[2]) if header else (None, None)
            found.append({"id": number, "state": state, "frames": []})
        elif creator := re.match(r"created by (\S+)(?: in goroutine (\d+))?$", line):
            by = {"function": creator[1], "goroutine": int(creator[2]) if creator[2] else None}
            found[-1]["created_by"] = by
        elif elided := re.match(r"\.\.\.(\d+|additional) frames elided\.\.\.$", line):
            count = int(elided[1]) if elided[1] != "additional" else None
            found[-1]["elided"] = {"after": len(found[-1]["frames"]), "count": count}
        elif found and re.match(r"\t\S", following) and not line.startswith("\t"):
            found[-1]["frames"].append(line[: line.rindex("(")])
    return found


def race_sections(text: str) -> list[dict[str, Any]]:
    """Accesses and goroutines of race reports."""
    found: list[dict[str, Any]] = []
    for line in text.split("\n"):
        if re.match(r"(Write|Read|Previous|Goroutine) ", line):
            found.append({"title": line.rstrip(":"), "frames": []})
        elif found and line.startswith("  ") and line.endswith("()"):
            found[-1]["frames"].append(line[2:-2])
    return found


def profile_records(text: str) -> list[dict[str, Any]]:
    """Records of a debug=1 profile."""
    found: list[dict[str, Any]] = []
    for line in text.split("\n"):
        if record := re.match(r"(\d+) @", line):
            found.append({"count": int(record[1]), "frames": []})
        elif frame := re.match(r"#\t0x[0-9a-f]+\t(\S+)\+0x", line):
            found[-1]["frames"].append(frame[1])
    return found


def registers(text: str) -> int:
    """How many registers the last block prints."""
    block = text.rstrip("\n").rpartition("\n\n")[2]
    return len(re.findall(r"(?m)(?:^|\t)[a-z][a-z0-9]*\s+0x[0-9a-f]+", block))


def arguments(known: dict[str, Any], run: Run, function: str) -> list[dict[str, Any]] | None:
    """The arguments of a frame's function, None where the program did not say."""
    alias = {"main.init.func1": "main.glob..func1"}
    passed = known.get(function, known.get(alias.get(function, "")))
    if passed is None or (run.only and function not in run.only):
        return None
    return [argument(p["what"], p["value"]) for p in passed]


def argument(what: str, value: Any) -> dict[str, Any]:
    """``[receiver|captured] name type`` and a value, in the annotation's words."""
    role, _, rest = what.partition(" ")
    if role not in ("receiver", "captured"):
        role, rest = "parameter", what
    name, _, spelled = rest.partition(" ")
    return {"name": name, "type": spelled, "role": role, "value": value}


def render(truths: dict[str, Any]) -> str:
    """JSON with one argument a line."""
    text = json.dumps({"traces": truths}, indent=1, ensure_ascii=False)
    decoder, out, at = json.JSONDecoder(), [], 0
    for match in re.finditer(r'\{\s+"name"|"frames": \[\s+"|\{\s+"kind"', text):
        start = match.start() + (len('"frames": ') if match[0].startswith('"') else 0)
        if start < at:
            continue
        value, end = decoder.raw_decode(text, start)
        out += [text[at:start], json.dumps(value, ensure_ascii=False)]
        at = end
    return "".join(out) + text[at:] + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
