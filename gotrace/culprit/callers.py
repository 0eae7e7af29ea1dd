"""Whether the callers' lines can be those that were built.

A source of another version may have an expression of the right kind on the line that failed. Then
its callers' lines seldom hold calls of the functions that the trace says they called.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.blame import calls_named, selector_of
from gotrace.culprit.frames import is_machinery
from gotrace.source.expressions_line import Line
from gotrace.source.expressions_operations import Operation, operations
from gotrace.source.statements_origin import origin

_FURTHEST = 8
# What is called where no call is written: deferred functions, the bodies of loops over functions.
_UNWRITTEN = frozenset({"defer_statement", "range_clause"})


def contradiction(
    frames: Sequence[AnnotatedFrame], start: int, look_up: Callable[[AnnotatedFrame], Line | str]
) -> str | None:
    """The first caller's line that does not call what it called, in words.

    Shape:  ``start`` is the frame that failed. ``look_up`` gives a frame's line, or says why there
            is none; empty where the source is just not there. None where all lines agree, or say
            nothing. Of other files than the one that failed, a part may be at hand.
    """
    last = min(len(frames) - 1, start + _FURTHEST)
    for callee, caller in zip(frames[start:last], frames[start + 1 : last + 1], strict=True):
        if not caller.in_app:
            continue
        line = look_up(caller)
        if isinstance(line, str):
            if line and _file(caller) == _file(frames[start]):
                return line
        elif _is_named(callee) and not _calls(line, callee):
            site = caller.frame.site
            place = f"{os.path.basename(site.file)}:{site.line}" if site else "its caller"
            return f"{place} does not call {_last(callee)} in this source"
    return None


def _is_named(frame: AnnotatedFrame) -> bool:
    """Whether its callers call it by its name."""
    machinery = is_machinery(frame.frame.function)
    return frame.in_app and not frame.name.closure and not machinery


def _file(frame: AnnotatedFrame) -> str | None:
    return frame.frame.site and frame.frame.site.file


def _last(frame: AnnotatedFrame) -> str:
    return frame.name.name.partition("[")[0]


def _calls(line: Line, callee: AnnotatedFrame) -> bool:
    """Whether the line may call it; yes where that cannot be told."""
    if any(True for _ in line.function.descendants(_UNWRITTEN)):
        return True
    if any(True for _ in calls_named(line, _last(callee))):
        return True
    return any(_through_value(call, line) for call in operations(line, "call"))


def _through_value(call: Operation, line: Line) -> bool:
    """Whether what is called is no name of a function or method: a variable, a field, a result."""
    function = call.parts["function"]
    if function.kind == "identifier":
        return origin(function, line.expressions) is not None
    if function.kind == "selector_expression":
        selector = selector_of(call, line)
        return selector is None or selector.method is None
    return True
