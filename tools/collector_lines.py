"""The kinds of line that dumps are made of, for the rules of collectors (tools/collectors.py).

The patterns keep to what Python, Onigmo (Fluent Bit, Fluentd), Rust's regex (Vector) and Go's
regexp (Filebeat, OpenTelemetry) read alike: no lookaround, no backreferences, nothing possessive.
They hold no quote, no slash and no number sign, which the configuration languages take for theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Line(NamedTuple):
    """A kind of line: how it begins, and the grammars' rules that it covers."""

    name: str
    pattern: str
    rules: str


HEX = "0x[0-9a-f]+"
PANIC = Line("panic", r"panic: ", "panic")
HTTP = Line("http", r"(?:.*\s)?http2?: panic serving ", "http_panic")
FATAL = Line("fatal", r"fatal error: |fatal: (?:morestack|bad g in|systemstack|recursive)", "fatal")
# What else a dump begins with: signals that kill, emergencies, what is said before a fatal error.
DEATH = Line(
    "death",
    r"SIG[A-Z0-9]+: |Signal \d+$|sys: trap: |Exception 0x|unexpected fault address 0x"
    r"|panic during panic$|stack trace unavailable$|malloc during signal$"
    r"|accessed data from freed user arena ",
    "signal_title exception fault_address emergency",
)
RUNTIME = Line("runtime", r"runtime(?:.cgo)?: ", "runtime_message")
HEADER = Line("header", r"goroutine -?\d+ [^\[]*\[|runtime stack:", "header runtime_stack")
PROFILE = Line("profile", r"(?:goroutine|goroutineleak|threadcreate) profile: total \d", "profile")
RACE = Line("race", r"WARNING: (?:DATA RACE|DEADLOCK)", "race_title")
RULE = Line("rule", r"={18}\s*$", "race_rule")

CALL = Line(
    "call",
    r"[^\s(){}\x22\x27\x60,;=\x23\[.][^\s\x22]*(?:(?:struct|interface) \{.*)?"
    r"\([0-9a-fx?_{}., ]*\)?\s*$",
    "call cut_call",
)
BARE = Line(
    "bare",
    r"[^\s(){}\x22\x27,;=\x23\[\]+:.0-9-][^\s\x22\x27,;=:.]*\.[^\s\x22\x27,;=:]*"
    r"[^\s\x22\x27,;=:.(]\s*$",
    "bare_call",
)
MEMORY = Line(
    "memory",
    r"stack: frame=|(?:0x)?[0-9a-f]{8,16}: [ <>!]*(?:0x)?[0-9a-f]{8}| +(?:[0-9a-f] ){4}| +\^ "
    r"| \*\(object\+| \.\.\.\s*$|object=0x|traceback: unexpected SPWRITE",
    "hexdump_title hexdump diagnostic",
)

# What goes on, wherever it stands. Of text that somebody pasted, only what is clearly of a dump.
GOES_ON = (
    Line("blank", r"\s*$", ""),
    Line("tab", r"\t", "site unavailable c_site"),
    CALL,
    BARE,
    Line("made", r"created by |\[originating from goroutine \d", "created_by ancestor"),
    Line("elision", r"\.\.\.(?:\d+|additional) frames elided", "elision"),
    Line("signal", r"\[signal ", "signal"),
    Line("c", r"non-Go function", "c_frame c_unnamed"),
    Line(
        "pc",
        r"PC=0x|signal arrived during |instruction bytes:",
        "pc_line arrived instruction_bytes",
    ),
    Line("relay", r"-----(?:\s*$| (?:stack|morestack|lessstack) )", "relay segment"),
    Line("register", rf"[a-z][a-z0-9]*[ \t]+{HEX}(?:\s|$)", "registers"),
    MEMORY,
    Line("exit", r"exit status \d+\s*$|signal: [a-z ]+(?: \(core dumped\))?\s*$", "exit_status"),
    Line("tests", r"running tests:\s*$", ""),
    Line(
        "blanks",
        rf" {{1,12}}\S.*(?:\.(?:go|s|y|c|cc|h):\d+|:\d+ \+{HEX})|  \S*\(\)\s*$"
        r"|  \[failed to restore",
        "race_call race_site race_lost",
    ),
    Line(
        "access",
        r"(?:Previous )?(?:[Aa]tomic )?(?:[Rr]ead|[Ww]rite) at 0x"
        r"|Goroutine \d+ \((?:running|finished)\) created at:"
        r"|Heap block of size \d+ at 0x|Global var .* of size \d+ at 0x|Found \d+ data race",
        "race_access race_creation race_heap race_global race_found",
    ),
    Line(
        "stacks",
        r"\d+ @(?: 0x|\s*$)|\x23\t0x|\x23 labels: \{",
        "profile_stack profile_labels profile_frame",
    ),
)
STARTS = (PANIC, HTTP, FATAL, DEATH, RUNTIME, HEADER, PROFILE, RACE, RULE)
# The end of a line that something without a line break stands in front of, or that a logger wrote.
GLUED = r"\S.*panic: "
# A line of a raw message: its first word is no time, no key of logfmt, no JSON and none of klog's.
RAW = r"^(?:[^\s\d{\[=IWEF][^\s=]*|[IWEF](?:[^\d\s=][^\s=]*)?)(?:\s|$)"
# What the runtime says in the middle of a dump, and what it says before a fatal error.
INSIDE = r"runtime: (?:g \d|unexpected return pc|unknown pc|traceback stuck|panic before malloc)"
BEFORE = (
    r"runtime: (?:goroutine stack exceeds|out of memory|program exceeds|bad pointer|pointer 0x"
    r"|failed to create|frame |g \d|unexpected return pc)",
    r"unexpected fault address ",
    r"accessed data from ",
)
MORE_BEFORE = r"runtime: (?:sp=|may need|found in object)"
# Rules that no pattern covers, and why.
LEFT_OUT = {
    "odd_call": "arguments that somebody edited: any word with parentheses would be one",
    "value": "no line: a part of a message",
}


def any_of(lines: Iterable[Line], *more: str) -> str:
    """One pattern for several kinds of line, without the anchor."""
    return "|".join((*(line.pattern for line in lines), *more))


def begins(*patterns: str, anchor: str = "^") -> str:
    """One anchored pattern."""
    return f"{anchor}(?:{'|'.join(patterns)})"
