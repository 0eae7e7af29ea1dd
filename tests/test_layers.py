"""Imports point only backwards along the line of work; third parties stay in their rooms."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import gotrace

PACKAGE = Path(gotrace.__file__).parent

# Each line may import the lines above it. Names that share a line do not import each other.
LAYERS = """
tuples patterns
stack version errors
model
arch exits formats
goversion names
types
signature
stored
value
input
parsing
scanning
infer_port infer_text
infer
human layout
binary
decode passing
marks trust
bind_values bind_words bind_shape
bind
annotated
signatures
source
stdlib
pointers grouping
fingerprints
resolve programs choosing settling
binding
flow
culprit waiting
recover
findings
analyses
report
redaction
rendering
face
config output pager
printing
live
inputs
decoding
annotating exporting watching
running lsp mcp spark beam
commands
cli
__init__ __main__
"""
ROOMS = {
    "lark": {"parsing/_lark.py"},
    "elftools": {"binary/elf.py"},
    "capstone": {"flow/machine.py"},
    "tree_sitter": {"source/syntax.py"},
    "tree_sitter_go": {"source/syntax.py"},
    "rich": set(),
    "ahocorasick_rs": {"scanning/swift.py"},
    "stringzilla": {"scanning/swift.py"},
    "apache_beam": {"beam.py"},
    "pyarrow": {
        *("rendering/parquet.py", "rendering/parquet_schema.py", "rendering/parquet_columns.py"),
        "spark/",
    },
}
# Any module of that folder.
FOLDERS = {"pygls": "lsp/", "lsprotocol": "lsp/", "mcp": "mcp/", "pydantic": "mcp/"}
FOLDERS |= {"pyspark": "spark/"}


def rank() -> dict[str, int]:
    rows = [line.split() for line in LAYERS.split("\n") if line]
    return {name: i for i, row in enumerate(rows) for name in row}


def modules() -> list[Path]:
    found = sorted(PACKAGE.rglob("*.py"))
    assert len(found) > 30
    return found


def imported(path: Path) -> list[tuple[str, ast.stmt]]:
    tree = ast.parse(path.read_text("utf-8"))
    names: list[tuple[str, ast.stmt]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "gotrace":
                names += [(f"gotrace.{alias.name}", node) for alias in node.names]
            else:
                names.append((node.module, node))
        elif isinstance(node, ast.Import):
            names += [(alias.name, node) for alias in node.names]
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: relative import"
    return names


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def test_imports_point_backwards() -> None:
    """A module imports only modules of its own room or of an earlier layer."""
    order = rank()
    wrong = []
    for path in modules():
        own = layer(path)
        assert own in order, f"{own} has no place in LAYERS"
        for name, _ in imported(path):
            if not name.startswith("gotrace."):
                continue
            other = name.split(".")[1]
            if other != own and order[other] >= order[own]:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    # The public face is the exception: __init__ knows every layer, and cli starts the commands.
    assert [w for w in wrong if not w.startswith("__init__")] == []


def test_third_parties_stay_in_their_rooms() -> None:
    """lark, elftools, tree_sitter, capstone and rich are imported only where they live."""
    for path in modules():
        place = str(path.relative_to(PACKAGE))
        for name, _ in imported(path):
            rooms = ROOMS.get(name.split(".")[0])
            assert rooms is None or place.startswith(tuple(rooms)), f"{place} imports {name}"
            folder = FOLDERS.get(name.split(".")[0], "")
            assert place.startswith(folder), f"{place} imports {name}"


def test_modules_are_small() -> None:
    """No module is longer than 300 lines, no function longer than 40."""
    for path in modules():
        if path.name.endswith("_tables.py") or path.name == "stdtypes.py":
            continue  # data
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 300, f"{path.relative_to(PACKAGE)} is too long"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= 40, f"{path.relative_to(PACKAGE)}: {node.name} has {length} lines"


def test_no_module_is_named_like_a_public_function() -> None:
    """Importing a submodule later must not replace a public function."""
    for name in gotrace.__all__:
        assert not (PACKAGE / name).exists()
        assert not (PACKAGE / f"{name}.py").exists()


def test_the_docs_name_every_room() -> None:
    """docs/how-it-works.md lists the rooms that the layers have."""
    text = (PACKAGE.parent / "docs" / "how-it-works.md").read_text("utf-8")
    table = text.split("## The layers")[1].split("##")[0]
    named = set(re.findall(r"`([a-z_*]+)`", table))
    rooms = {r for r in rank() if not r.startswith(("__", "bind"))}
    assert rooms <= named
