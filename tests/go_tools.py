"""Real Go toolchains, where GOTRACE_GO_ROOT names a folder of them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

_LAYOUTS = ("1.{0}/go", "1.{0}/usr/lib/go-1.{0}")


def goroot(release: int) -> Path:
    """The toolchain of go1.``release``; skips the test where there is none."""
    root = os.environ.get("GOTRACE_GO_ROOT")
    if not root:
        pytest.skip("NOT RUN: GOTRACE_GO_ROOT names no folder of Go toolchains")
    for layout in _LAYOUTS:
        found = Path(root) / layout.format(release)
        if (found / "bin" / "go").exists():
            return found
    pytest.skip(f"NOT RUN: GOTRACE_GO_ROOT holds no go1.{release}")


def releases(*wanted: int) -> list[object]:
    """Parameters of a test that runs once for each release."""
    return [pytest.param(release, id=f"go1.{release}") for release in wanted]


def go(
    release: int, folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the go command in ``folder``; neither network nor the user's settings count."""
    root = goroot(release)
    settings = {
        "GOTOOLCHAIN": "local", "GO111MODULE": "off", "CGO_ENABLED": "0", "GOFLAGS": "",
        "GOPROXY": "off", "GOSUMDB": "off", "GOROOT": str(root),
        "GOPATH": str(folder / ".gopath"), **environment,
    }  # fmt: skip
    return subprocess.run(
        [str(root / "bin" / "go"), *arguments],
        cwd=folder, env={**os.environ, **settings}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def build(release: int, folder: Path, *arguments: str, **environment: str) -> str:
    """``go build``; what the compiler said."""
    done = go(release, folder, "build", *arguments, **environment)
    assert done.returncode == 0, done.stderr
    return done.stderr
