"""What happened, as text: the first lines of a report."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.goversion import NEWEST
from gotrace.model import Cause, CauseKind, DumpKind, Signal
from gotrace.rendering.style import Line, Piece, Style, clean
from gotrace.report import Report

NOTES = 4

_KINDS = {
    DumpKind.RACE: "DATA RACE",
    DumpKind.SNAPSHOT: "goroutine dump",
    DumpKind.PROFILE: "goroutine profile",
    DumpKind.FRAMES: "stack",
}


def heading_lines(report: Report, width: int) -> Iterator[Line]:
    """Causes, signal and what server it was, with what printed it at the end of the last line."""
    dump = report.dump
    told = runtime_text(report)
    heads: list[Line] = []
    for cause in dump.causes:
        heads.extend(_cause_lines(cause, first=not heads))
    if dump.signal is not None:
        heads.append((Piece(_signal_text(dump.signal), Style.CAUSE),))
    if not heads:
        title = _KINDS.get(dump.kind, dump.kind.value)
        where = f"  {clean(dump.source)}:{dump.first_line}"
        heads.append((Piece(title, Style.HEADING), Piece(where, Style.DIM)))
    for note in [n for n in dump.notes if n.code in {"runtime", "http"}][:NOTES]:
        heads.append((Piece(clean(note.text), Style.DIM),))
    *before, last = heads
    yield from before
    used = sum(len(p.text) for p in last)
    if used + len(told) + 2 <= width:
        yield (*last, Piece(" " * (width - used - len(told))), Piece(told, Style.DIM))
    else:
        yield last
        yield (Piece(told.rjust(width), Style.DIM),)


def _cause_lines(cause: Cause, *, first: bool) -> Iterator[Line]:
    word = "panic" if cause.kind is CauseKind.PANIC else "fatal error"
    mark = ""
    if cause.repanicked:
        mark = "  (recovered, then panicked again with the same value)"
    elif cause.recovered:
        mark = "  (recovered)"
    head, *rest = cause.message.split("\n")
    lead = "" if first else "then "
    yield (Piece(f"{lead}{word}: {clean(head)}", Style.CAUSE), Piece(mark if not rest else ""))
    for line in rest:
        yield (Piece("    " + clean(line.expandtabs(4)), Style.CAUSE),)
    if rest and mark:
        yield (Piece(mark),)


def _signal_text(signal: Signal) -> str:
    name = clean(signal.name or f"signal {signal.number or 0:#x}")
    text = f"{name} ({clean(signal.description)})" if signal.description else name
    if signal.address is not None:
        text += f" at address {signal.address:#x}"
    return text if signal.pc is None else f"{text}, pc {signal.pc:#x}"


def runtime_text(report: Report) -> str:
    """``Go 1.18–1.24, amd64, linux``."""
    runtime = report.runtime
    low, high = runtime.facts
    if runtime.exact is not None:
        go = f"Go {runtime.exact}"
    elif low == 0 and high is None:
        go = "Go version unknown"
    elif low == high:
        go = f"Go 1.{low}"
    elif high is None:
        go = f"Go ≥ 1.{low}"
    else:
        go = f"Go ≤ 1.{high}" if low < 5 else f"Go 1.{low}–1.{high}"
    if runtime.facts.newer:
        go += f" (unknown yet; read as 1.{NEWEST})"
    port = runtime.port
    arch = port.arch.name if port.arch is not None else f"{port.word_size * 8}-bit"
    assumed = "" if port.word_size_proven else " (assumed)"
    return ", ".join(x for x in (go, arch + assumed, runtime.os) if x)
