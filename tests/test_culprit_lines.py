"""Random lines that crash, built with real Go: the floors, and no wrong claim."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from gotrace.culprit import CulpritCertainty
from tests import go_tools
from tests.bench import culprit_lines as lines

FLOORS = {"both": 0.98, "source": 0.8, "binary": 0.88}  # of 80 lines: source alone has ties
SEED, COUNT = 20261127, 80


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 23, 27))
def test_random_lines(tmp_path: Path, release: int) -> None:
    """By construction one part of each line is broken; what is claimed of it is right."""
    chosen = random.Random(SEED)
    cases = [lines.make_case(n, chosen) for n in range(COUNT)]
    (tmp_path / "main.go").write_text(lines.HEAD + "".join(c.text for c in cases))
    binary = tmp_path / "app"
    go_tools.build(release, tmp_path, "-o", str(binary), "main.go", GOARCH="amd64")
    run = lines.Run(binary, tmp_path, "", ())
    traces = {c.name: lines.crash(c, run) for c in cases}
    for mode, floor in FLOORS.items():
        found = lines.outcomes(cases, traces, run._replace(mode=mode))
        assert len(found) > 0.9 * COUNT
        assert sum(o.right for o in found) >= floor * len(found)
        claims = [
            o for o in found if o.culprit and o.culprit.certainty is not CulpritCertainty.POSSIBLE
        ]
        assert [(o.name, o.culprit) for o in claims if not o.right] == []


@pytest.mark.toolchain
@pytest.mark.parametrize("system", ["windows", "darwin"])
@pytest.mark.parametrize("release", go_tools.releases(19, 27))
def test_programs_of_other_systems(tmp_path: Path, release: int, system: str) -> None:
    """PE and Mach-O, by the traces of the same source built for Linux, whose code is the same but
    for its addresses: these are taken out."""
    chosen = random.Random(SEED)
    cases = [lines.make_case(n, chosen) for n in range(40)]
    (tmp_path / "main.go").write_text(lines.HEAD + "".join(c.text for c in cases))
    own, other = tmp_path / "app", tmp_path / "other"
    go_tools.build(release, tmp_path, "-o", str(own), "main.go", GOARCH="amd64")
    go_tools.build(release, tmp_path, "-o", str(other), "main.go", GOARCH="amd64", GOOS=system)
    run = lines.Run(own, tmp_path, "binary", ())
    traces = {c.name: re.sub(r" pc=0x\w+", "", lines.crash(c, run)) for c in cases}
    found = lines.outcomes(cases, traces, run._replace(binary=other))
    assert len(found) > 0.9 * len(cases)
    assert sum(o.right for o in found) >= FLOORS["binary"] * len(found)
    claims = [o for o in found if o.culprit and o.culprit.certainty is CulpritCertainty.LIKELY]
    assert len(claims) > 0.5 * len(found)
    assert [(o.name, o.culprit) for o in claims if not o.right] == []
