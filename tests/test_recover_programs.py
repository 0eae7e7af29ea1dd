"""Recovered values on real Go: random chains of calls whose arguments are known."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import gotrace
from gotrace.value import Certainty, Value
from tests import go_tools
from tests.recover_programs import Argument, program

SEEDS = range(4100, 4112)
# GOARCH, and how its programs are run here.
PORTS = {"amd64": (), "arm64": ("qemu-aarch64-static",)}


def right(argument: Argument, value: Value) -> bool:
    """Whether an exact value is what was passed, where that is known."""
    wanted = argument.value
    if wanted is None:
        return True
    if isinstance(wanted, tuple):
        number, text = (f.value for f in value.fields)
        return (number.number, text.text, text.len) == (*wanted, len(wanted[1]))
    if argument.type == "string":
        return value.len == len(str(wanted)) and value.text == wanted
    if argument.type.startswith("*"):
        return value.symbol == f"main.{wanted}"
    return value.number == wanted


@pytest.mark.toolchain
@pytest.mark.parametrize("arch", PORTS)
@pytest.mark.parametrize("release", go_tools.releases(19, 23, 27))
def test_stale_words_are_recovered(tmp_path: Path, release: int, arch: str) -> None:
    """None wrong, and most of them."""
    stale = recovered = 0

    for seed in SEEDS:
        made = program(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / "main.go").write_text(made.text)
        app = folder / "app"
        go_tools.build(release, folder, "-o", str(app), "main.go", GOARCH=arch)
        try:
            done = subprocess.run([*PORTS[arch], app], capture_output=True, check=False, timeout=60)
        except FileNotFoundError:
            pytest.skip(f"NOT RUN: {PORTS[arch][0]} is not installed")
        dump = gotrace.parse(done.stderr).dumps[0]
        report = gotrace.annotate(dump, binaries=[gotrace.from_binary(str(app))])
        frames = {f.name.local: f for f in report.goroutines[0].frames}
        for depth, passed in enumerate(made.passed):
            frame = frames[f"f{depth}"]
            for wanted, argument in zip(passed, frame.arguments, strict=True):
                marked = sum(w.stale for w in argument.words) if wanted.value is not None else 0
                stale += marked
                if argument.certainty is Certainty.EXACT:
                    assert argument.value is not None
                    assert right(wanted, argument.value), (seed, depth, wanted, argument)
                    recovered += marked
    print(f"\ngo1.{release} {arch}: {recovered} of {stale} stale words recovered")
    assert stale > 60
    # Until go1.21 DWARF lacks parameters that are not used; what comes in which register is not
    # known then, and nothing of such a function is recovered.
    assert recovered >= (0.75 if release < 22 else 0.88) * stale
