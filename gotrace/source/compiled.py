"""Whether a file is the one that a program was compiled from, by where the program has its code."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gotrace.source.codeless import first_codeless, is_directed
from gotrace.source.paths import slashed
from gotrace.source.printed import read_name
from gotrace.source.spots import Spot
from gotrace.stack import Site

if TYPE_CHECKING:
    from gotrace.binary.calls import CodeLines


Compiled = Callable[[tuple[str, Site | None]], "CodeLines | None"]


def differences(
    spots: Mapping[tuple[str, Site | None], Sequence[Spot]], compiled: Compiled
) -> Iterator[tuple[str, str]]:
    """Files in which a function of some frame is not the one that was compiled, and why not.

    Each function is held against its program once: many frames stand in one.
    """
    judged: set[tuple[str, str]] = set()
    for (function, site), found in spots.items():
        if site is None or len(found) != 1 or site.file.endswith(".s"):
            continue
        path = found[0].file.path
        code = None if (function, path) in judged else compiled((function, site))
        if code is not None:
            judged.add((function, path))
            against = difference(found[0], function, code)
            if against is not None:
                yield path, against


def difference(spot: Spot, function: str, code: CodeLines) -> str | None:
    """Why the function at ``spot`` is not the one that was compiled; None where it may be.

    Errors: none.
    Source: the linker keeps the line of each declaration (cmd/internal/obj/plist.go StartLine,
            go1.20), and of each instruction. Code that was inlined may lose its mark and stand
            among a function's own, so lines elsewhere prove nothing unless most are.
    """
    node = spot.literal or (spot.declared.node if spot.declared else None)
    path = spot.file.path
    if node is None or spot.wrapper or is_directed(spot.file) or spot.file.tree.root.broken:
        return None
    name = os.path.basename(slashed(code.file))
    if _is_wrapper(function) or name != os.path.basename(path):
        return None
    if code.start is not None and code.start != node.line:
        return f"{path}:{node.line} declares {function}, the program has it at line {code.start}"
    own = sorted(line for line in code.lines if node.line <= line <= node.end_line)
    if code.start is None and 2 * len(own) < len(code.lines):
        return f"{path}:{node.line} declares {function}, the program has its code elsewhere"
    empty = first_codeless(spot.file, own)
    if empty is not None:
        return f"{path}:{empty} holds no code, the program has some of {function} there"
    return None


def _is_wrapper(function: str) -> bool:
    """Whether the compiler made it, at a line of its own."""
    printed = read_name(function)
    return printed.local.endswith("-fm") or any(step.form != "func" for step in printed.steps[-1:])
