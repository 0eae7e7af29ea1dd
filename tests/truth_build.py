"""Builds and runs the modules of tests/truth_programs.py with real Go; takes their output apart."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.truth_programs import Module

QEMU = {"arm64": "aarch64", "s390x": "s390x", "mips": "mips", "arm": "arm", "ppc64": "ppc64"}
QEMU |= {"riscv64": "riscv64", "mips64": "mips64", "loong64": "loongarch64"}


class Run(NamedTuple):
    """A program that ran: where it lies, and what it wrote."""

    folder: Path
    go: str
    arch: str
    module: Module
    passed: dict[int, dict[str, Any]]  # by function: "at", "now" → [{name, value}]
    dumps: list[bytes]  # the stacks of each chain, the crash last

    @property
    def binary(self) -> Path:
        return self.folder / "app"


def goroot(version: str) -> Path:
    """A toolchain below GOTRACE_GO_ROOT; skips where there is none."""
    root = os.environ.get("GOTRACE_GO_ROOT")
    if not root:
        pytest.skip("NOT RUN: GOTRACE_GO_ROOT names no folder of Go toolchains")
    for place in (f"{version}/go", f"{version}/usr/lib/go-{version}", f"usr/lib/go-{version}"):
        if (found := Path(root).expanduser() / place).exists():
            return found
    pytest.skip(f"NOT RUN: no Go {version} below GOTRACE_GO_ROOT")


def emulator(arch: str) -> list[str]:
    """What runs programs of a foreign port; skips where it is not installed."""
    if arch not in QEMU:
        return []
    command = shutil.which(f"qemu-{QEMU[arch]}-static")
    if command is None:
        pytest.skip(f"NOT RUN: no qemu-user-static for {arch}")
    return [command]


def environment(version: str, arch: str, goos: str = "linux") -> dict[str, str]:
    """The environment of ``go``: nothing of the user's but HOME, PATH and the cache."""
    kept = {
        k: os.environ[k] for k in ("HOME", "PATH", "GOCACHE", "GOPATH", "TMPDIR") if k in os.environ
    }
    return {
        **kept,
        **{"GOROOT": str(goroot(version)), "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod"},
        **{"GOPROXY": "off", "GOARCH": arch, "GOOS": goos, "CGO_ENABLED": "0", "GO111MODULE": "on"},
        **{"GOSUMDB": "off", "GOWORK": "off"},
    }


def write(module: Module, folder: Path) -> None:
    """The module's files."""
    for path, text in module.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def build(folder: Path, version: str, arch: str = "amd64", flags: tuple[str, ...] = ()) -> Path:
    """``go build`` of the module in ``folder``."""
    command = [goroot(version) / "bin" / "go", "build", *flags, "-o", "app", "."]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(version, arch),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[:4000]
    return folder / "app"


def run(
    module: Module, folder: Path, version: str, arch: str = "amd64", flags: tuple[str, ...] = ()
) -> Run:
    """Write, build and run a module."""
    command = emulator(arch)
    write(module, folder)
    build(folder, version, arch, flags)
    done = subprocess.run(
        [*command, str(folder / "app")],
        cwd=folder, env={"GOTRACEBACK": "all"}, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    passed, dumps = told(done.stdout)
    assert done.returncode not in (0, 1), (done.returncode, done.stderr[:2000])
    return Run(folder, version, arch, module, passed, [*dumps, done.stderr])


def told(out: bytes) -> tuple[dict[int, dict[str, Any]], list[bytes]]:
    """What the program announced, and the stacks that it printed."""
    passed: dict[int, dict[str, Any]] = {}
    dumps, inside = [], None
    for line in out.split(b"\n"):
        if line.startswith(b"@ "):
            entry = json.loads(line[2:])
            passed.setdefault(entry["function"], {})[entry["what"]] = entry["arguments"] + (
                passed.get(entry["function"], {}).get(entry["what"], [])
                if entry["what"] == "now" else []
            )  # fmt: skip
        elif line.startswith(b"@T "):
            inside = []
        elif line == b"@E" and inside is not None:
            dumps.append(b"\n".join(inside))
            inside = None
        elif inside is not None:
            inside.append(line)
    return passed, dumps
