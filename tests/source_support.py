"""Source trees for tests: those in ``data/source_trees``, and small ones written on the spot."""

from __future__ import annotations

from pathlib import Path

from gotrace.layout.sizes import Sizes, has_unknown
from gotrace.signature import Parameter, Signature
from gotrace.source import SourceTree
from gotrace.stack import Site
from gotrace.types import GoType

TREES = Path(__file__).parent / "data" / "source_trees"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def tree(*names: str, **known: str) -> SourceTree:
    return SourceTree([str(TREES / n) for n in names], **known)  # type: ignore[arg-type]


def find(source: SourceTree, function: str, file: str, line: int) -> Signature | None:
    return source.find(function, Site(file, line, None))


def shown(parameters: tuple[Parameter, ...]) -> str:
    return ", ".join(f"{p.name} {p.type.text}" for p in parameters)


def size(go_type: GoType, word: int = 8) -> int | None:
    """Bytes; None where the width is not known."""
    return None if has_unknown(go_type) else Sizes(word, align64=True).measure(go_type).size


def line_of(path: Path, text: str) -> int:
    lines = path.read_text("utf-8").split("\n")
    return next(i for i, line in enumerate(lines, 1) if text in line)
