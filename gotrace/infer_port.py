"""On what port a dump was printed: architecture, word size, operating system, with evidence."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.arch import ARCHES, Arch, Port
from gotrace.model import Dump, Frame, Issue, Span
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple

WIDE = 1 << 32  # a pointer from here on is of a 64-bit port


class PortEvidence(NamedTuple):
    """What bounds the port: each field is None where this says nothing of it."""

    text: str
    arch: str | None = None
    word_size: int | None = None
    os: str | None = None
    span: Span | None = None


_SUFFIX = lazy_pattern(r"_(" + "|".join(sorted(ARCHES, key=len, reverse=True)) + r")\.(?:s|go)$")
_FAMILY = lazy_pattern(r"_(?:mips64x|ppc64x)\.(?:s|go)$")
_OS = lazy_pattern(
    r"/src/(?:runtime|syscall|internal/[\w/]+)/(?:\w+_)?"
    r"(linux|darwin|windows|freebsd|netbsd|openbsd|dragonfly|solaris|aix|plan9|js|wasip1)(?:_\w+)?\.(?:s|go)$"
)


def port_evidence(dump: Dump, style: str | None) -> Iterator[PortEvidence]:
    """What the text says of the port. Words of more than 32 bits prove 64-bit ones only in the
    style ``words``: later releases print a 64-bit integer in one word on every port."""
    names = {r.name for r in dump.registers}
    for row in ARCHES.values():
        if row.registers and row.registers <= names and not row.lacks & names:
            yield PortEvidence(f"registers of {row.name}", row.name)
    if {"ctr", "xer"} <= names:
        yield PortEvidence("registers of ppc64 or ppc64le", word_size=8)
    if any(r.value >= WIDE for r in dump.registers):
        yield PortEvidence("a register holds more than 32 bits", word_size=8)
    for note in dump.notes:
        if "stack exceeds 1000000000-byte limit" in note.text:
            yield PortEvidence(
                "the stack limit is that of 64-bit ports", word_size=8, span=note.span
            )
        elif "stack exceeds 250000000-byte limit" in note.text:
            yield PortEvidence(
                "the stack limit is that of 32-bit ports", word_size=4, span=note.span
            )
    if dump.signal is not None and max(dump.signal.address or 0, dump.signal.pc or 0) >= WIDE:
        yield PortEvidence("an address has more than 32 bits", word_size=8, span=dump.signal.span)
    for goroutine in dump.goroutines:
        if (goroutine.gp or 0) >= WIDE or (goroutine.mp or 0) >= WIDE:
            yield PortEvidence("gp has more than 32 bits", word_size=8, span=goroutine.span)
    yield from _frames_port(dump, style)


def _frames_port(dump: Dump, style: str | None) -> Iterator[PortEvidence]:
    wide = style != "words"
    seen: set[tuple[int, int]] = set()  # sites and calls are shared: each is asked once
    for frame in (f for g in dump.goroutines for f in g.frames):
        told = id(frame.site), 0 if wide else id(frame.call)
        if told in seen and frame.pc is None:
            continue
        seen.add(told)
        if not wide and any(w.value >= WIDE for w in frame.call.words()):
            wide = True
            yield PortEvidence("a word has more than 32 bits", word_size=8, span=frame.span)
        yield from _frame_port(frame)


def _frame_port(frame: Frame) -> Iterator[PortEvidence]:
    if max(frame.fp or 0, frame.sp or 0, frame.pc or 0) >= WIDE:
        yield PortEvidence("an address has more than 32 bits", word_size=8, span=frame.span)
    if frame.site is None:
        return
    file = frame.site.file
    suffix = _SUFFIX.search(file) if "/src/" in file else None
    if suffix is not None:
        yield PortEvidence(f"the file {file}", suffix[1], span=frame.span)
    elif _FAMILY.search(file):
        yield PortEvidence(f"the file {file}", word_size=8, span=frame.span)
    system = _OS.search(file)
    if system is not None:
        yield PortEvidence(f"the file {file}", os=system[1], span=frame.span)
    elif file[1:3] == ":/":
        yield PortEvidence(f"the path {file}", os="windows", span=frame.span)


def settle_port(
    evidence: list[PortEvidence], given: str | None, dump: Dump, issues: list[Issue]
) -> tuple[Port, tuple[str, ...]]:
    """The port, and what of it is only assumed; a contradiction with ``given`` is an Issue."""
    named = next((e for e in evidence if e.arch is not None), None)
    sized = next((e for e in evidence if e.word_size is not None), None)
    arch: Arch | None = ARCHES[named.arch] if named is not None and named.arch else None
    if given is not None:
        wanted = architecture(given)
        against = _contradicts(wanted, named, sized)
        if against is None:
            arch = wanted
        else:
            text = f"the text is not of {given}: {against.text}"
            issues.append(Issue("arch-contradicted", text, against.span or dump.span))
    if arch is not None:
        return Port(arch, arch.word_size, arch.big_endian, True, True), ()
    if sized is not None and sized.word_size is not None:
        return Port(None, sized.word_size, False, True, False), ("byte_order=little",)
    return Port(None), ("word_size=8", "byte_order=little")


def architecture(name: str) -> Arch:
    """The architecture that Go calls ``name``; ValueError where there is none."""
    if name not in ARCHES:
        raise ValueError(f"not an architecture of Go: {name!r} (known: {', '.join(ARCHES)})")
    return ARCHES[name]


def _contradicts(
    arch: Arch, named: PortEvidence | None, sized: PortEvidence | None
) -> PortEvidence | None:
    if named is not None and named.arch != arch.name:
        return named
    return sized if sized is not None and sized.word_size != arch.word_size else None
