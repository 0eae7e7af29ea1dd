"""What a program file is, held against what a text proves of its program."""

from __future__ import annotations

from gotrace.arch import Port
from gotrace.binary.program import Program
from gotrace.goversion import Facts

# What one system's programs print of another: sources of the runtime that they share.
_ALIKE = {
    "android": {"android", "linux"},
    "ios": {"ios", "darwin"},
    "illumos": {"illumos", "solaris"},
}


def without_functions(program: Program) -> str:
    """Why the file holds no function at all; empty where it does."""
    if program.is_debug_file:
        return "it holds debug information and no code; give its program too"
    return "" if program.table else "it has no table of Go's functions"


def other_build(program: Program, facts: Facts, port: Port, system: str | None) -> str:
    """Release, architecture or system differ from what the text proves."""
    minor = program.go_minor
    if minor is not None and facts.version(minor) is False:
        return f"it was built by Go 1.{minor}, and the text is of another release"
    arch, own = program.image.arch, program.image.os
    if system is not None and own is not None and not {system, own} <= _ALIKE.get(own, {own}):
        return f"it is a program for {own}, and the text is of {system}"
    if arch is None:
        return ""
    if port.arch is not None and port.arch != arch:
        return f"it is a program for {arch.name}, and the text is of {port.arch.name}"
    if port.word_size_proven and port.word_size != arch.word_size:
        return f"it has {arch.word_size}-byte words, the text {port.word_size}-byte ones"
    return ""


def is_library(program: Program) -> bool:
    """Whether it may be a plugin or a shared library, whose host prints frames too."""
    return program.image.pie and program.image.section(".interp") is None
