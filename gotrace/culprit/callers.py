"""Whether the callers' lines can be those that were built.

A source of another version may have an expression of the right kind on the line that failed. Then
its callers' lines seldom hold calls of the functions that the trace says they called.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.source.calling import may_call
from gotrace.source.expressions_line import Line

_FURTHEST = 8


def contradiction(
    frames: Sequence[AnnotatedFrame], start: int, look_up: Callable[[AnnotatedFrame], Line | str]
) -> str | None:
    """What shows that a line is not that of the program, in words: it is in a file of another
    version, or does not call what the frame called.

    Shape:  ``start`` is the frame that failed. ``look_up`` gives a frame's line, or says why there
            is none; empty where the source is just not there. None where all lines agree, or say
            nothing. Of other files than the one that failed, a part may be at hand.
    """
    last = min(len(frames) - 1, start + _FURTHEST)
    for index in range(start + 1, last + 1):
        callee, caller = frames[index - 1], frames[index]
        if not caller.in_app:
            continue
        line = look_up(caller)
        if isinstance(line, str):
            if line and _file(caller) == _file(frames[start]):
                return line
        elif not may_call(line, callee.frame.function, _outer(frames, index, look_up)):
            site = caller.frame.site
            place = f"{os.path.basename(site.file)}:{site.line}" if site else "its caller"
            return f"{place} does not call {_last(callee)} in this source"
    failed = look_up(frames[start])
    return None if isinstance(failed, str) else failed.refused


def _outer(
    frames: Sequence[AnnotatedFrame], index: int, look_up: Callable[[AnnotatedFrame], Line | str]
) -> Line | None:
    """The line of the function that a frame's own was inlined in."""
    inlined = [f.frame.call.inlined for f in frames[index:]]
    if not inlined[0] or False not in inlined:
        return None
    found = look_up(frames[index + inlined.index(False)])
    return None if isinstance(found, str) else found


def _file(frame: AnnotatedFrame) -> str | None:
    return frame.frame.site and frame.frame.site.file


def _last(frame: AnnotatedFrame) -> str:
    return frame.name.name.partition("[")[0]
