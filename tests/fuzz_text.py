"""Coverage-guided fuzzing of the entry points for text; opt-in, it needs atheris (from PyPI).

    python -m tests.fuzz_text parse|scan|annotate [FOLDER] [libFuzzer options, -max_total_time=1200]

Inputs that are new to it go to FOLDER, which begins with the samples. A crash is an input that
raises, that gives an Issue ``internal``, whose places lie outside of it, or that ``scan`` reads
otherwise when it comes in pieces.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

MISSING = "NOT RUN: atheris is not installed (pip install atheris)"
SAMPLES = Path(__file__).parent.parent / "samples"
LONGEST = 1 << 14  # bytes of a sample that is a seed


def parse(data: bytes) -> None:
    """Every dump lies inside of the text, and nothing inside gotrace went wrong."""
    from gotrace.parsing import each_dump  # noqa: PLC0415 - instrumented on import

    for dump in each_dump(data):
        check(dump, len(data))


def scan(data: bytes) -> None:
    """Two pieces, cut where the first byte says, give what one piece gives."""
    from gotrace.scanning import Scanner, scanner  # noqa: PLC0415

    scanner.BLOCK = 1 << 10  # many blocks in few bytes
    cut = data[0] * len(data) // 256 if data else 0
    whole, parts = Scanner(), Scanner()
    one = [*whole.feed(data), *whole.flush()]
    two = [*parts.feed(data[:cut]), *parts.feed(data[cut:]), *parts.flush()]
    assert [told(d) for d in one] == [told(d) for d in two]
    for dump in one:
        check(dump, len(data))


def annotate(data: bytes) -> None:
    """Renderings of the report of what was found; a large one is written as a small one is."""
    import gotrace  # noqa: PLC0415
    from gotrace.rendering import json as rendering  # noqa: PLC0415
    from gotrace.rendering.json_text import encode  # noqa: PLC0415

    for dump in gotrace.parse(data).dumps:
        check(dump, len(data))
        report = gotrace.annotate(dump)
        for form in ("text", "ndjson"):
            assert gotrace.render(report, form)
        with mock.patch.object(rendering, "LONG", 0):
            large = rendering.dumps(rendering.entry(report))
        assert large == encode(rendering.dump(report))


def told(dump: Any) -> tuple[Any, ...]:
    """What must not depend on how the bytes came."""
    place = dump.where(dump.span)
    goroutines = [(g.id, g.state, len(g.frames)) for g in dump.goroutines]
    return place.start, place.end, place.line, dump.kind, dump.stream, goroutines


def check(dump: Any, size: int) -> None:
    """No defect was caught inside, and places lie in the text."""
    assert not [i for i in dump.issues if i.code == "internal"]
    place = dump.where(dump.span)
    assert 0 <= place.start <= place.end <= size
    for goroutine in dump.goroutines:
        for frame in goroutine.frames:
            for word in frame.call.words():
                place = dump.locate(frame, word)
                assert 0 <= place.start <= place.end <= size


TARGETS: dict[str, Callable[[bytes], None]] = {"parse": parse, "scan": scan, "annotate": annotate}


def seeds(folder: Path) -> int:
    """Put the samples into ``folder``; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [p for p in sorted(SAMPLES.rglob("*")) if p.is_file()]
    small = [p for p in found if p.suffix in {".log", ".txt", ".json"}]
    small = [p for p in small if p.stat().st_size <= LONGEST]
    for number, path in enumerate(small):
        (folder / f"seed{number}").write_bytes(path.read_bytes())
    return len(small)


def main() -> None:
    """Fuzz the target that is named."""
    try:
        import atheris  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415
    except ImportError:
        raise SystemExit(MISSING) from None
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        raise SystemExit(__doc__)
    target = TARGETS[sys.argv.pop(1)]
    os.environ["GOTRACE_DEBUG"] = "1"  # defects are raised, not caught
    with atheris.instrument_imports(include=["gotrace"]):
        import gotrace.face  # noqa: PLC0415
        import gotrace.input.unwrap  # noqa: PLC0415
        import gotrace.parsing.mending  # noqa: PLC0415
        import gotrace.parsing.regular  # noqa: PLC0415
        import gotrace.scanning  # noqa: F401, PLC0415
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        print(seeds(Path(sys.argv[1])), "seeds")
    atheris.Setup([*sys.argv, "-max_len=16384", "-timeout=20"], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
