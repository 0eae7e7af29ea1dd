"""Lines at which no instruction can stand: a frame there is of another version of the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gotrace.patterns import lazy_pattern
from gotrace.source.gofile import GoFile
from gotrace.source.syntax import Syntax

_DIRECTIVE = lazy_pattern(rb"(?m)^//line |/\*line ")
_FUNCTIONS = frozenset({"function_declaration", "method_declaration", "func_literal"})
_BODIES = frozenset(
    {"block", "expression_switch_statement", "type_switch_statement", "select_statement"}
)


class OtherVersion(str):
    """Why a file is not the one that was compiled, in words."""

    __slots__ = ()


def is_codeless(file: GoFile, line: int) -> bool:
    """Whether ``line`` is blank, a comment, or the end of a block that is no function's body.

    Errors: none; False for what is not known.
    Source: the compiler gives an instruction the place of a statement or an expression, and what a
            function does at its end that of its closing brace (cmd/compile/internal/ssagen/ssa.go,
            go1.27.3).
    """
    return first_codeless(file, (line,)) is not None


def first_codeless(file: GoFile, sought: Iterable[int]) -> int | None:
    """The first of these lines that :func:`is_codeless`; None where there is none."""
    if is_directed(file):
        return None
    lines = file.data.split(b"\n")
    return next((n for n in sought if 0 < n <= len(lines) and _is_codeless(file, lines, n)), None)


def _is_codeless(file: GoFile, lines: Sequence[bytes], line: int) -> bool:
    text = lines[line - 1].strip()
    if not text or (text.startswith(b"//") and b"`" not in text):
        return True
    if text != b"}":
        return False
    brace = sum(len(each) + 1 for each in lines[: line - 1]) + lines[line - 1].index(b"}")
    node = file.tree.root.at(brace, brace + 1)
    return node is not None and not file.tree.root.broken and _ends_block(node)


def is_renamed(file: GoFile) -> bool:
    """Whether names or lines in a trace may be others than those the file spells."""
    return bool(file.linknames) or file.tree.root.broken or is_directed(file)


def is_directed(file: GoFile) -> bool:
    """Whether a directive says that lines are those of another file."""
    return _DIRECTIVE.search(file.data) is not None


def _ends_block(brace: Syntax) -> bool:
    body = brace.parent
    if body is None or body.kind not in _BODIES:
        return False
    around = body.parent
    if body.kind != "block":
        return True
    if around is None or around.kind in _FUNCTIONS:
        return False
    # The body of a loop over a function is one itself (since go1.23).
    return not any(child.kind == "range_clause" for child in around.children)
