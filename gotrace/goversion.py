"""What each Go release prints. The only place that compares Go versions.

A version is the minor number of Go 1: ``27`` is go1.27. A :class:`Facts` holds the range of
releases that the evidence allows; asked for a fact, it answers yes, no or None (some do).
"""

from __future__ import annotations

from gotrace.arch import Arch
from gotrace.model import Span
from gotrace.tuples import NamedTuple

NEWEST = 27  # the newest release whose traces were looked at; later ones are read like it


class Fact(NamedTuple):
    """A way of printing, the releases that have it (``until``: the last one), and the source."""

    name: str
    since: int
    until: int | None
    text: str
    cite: str


class Evidence(NamedTuple):
    """What in the input bounds the Go version: minor releases, None: no bound.

    ``exact`` is a full version (``1.23.4``) where the text names one. ``weak`` evidence is a name
    that somebody gave (a folder's): it gives way to any other.
    """

    text: str
    min: int | None
    max: int | None
    span: Span | None
    exact: str | None = None
    weak: bool = False


# A row for each change of the text: name, first release, last release, what it is, and the Go
# source that made it so.
# fmt: off
_ROWS = (
    Fact("library_known", 15, None,
         "the declarations of its standard library are built in, or those of its neighbours",
         "tools/stdlib.py"),
    Fact("argument_values", 17, None,
         "arguments are printed by type, aggregates in braces; before, as raw words of the "
         "stack",
         "cmd/compile/internal/ssagen/ssa.go EmitArgInfo (go1.19.8:6734)"),
    Fact("results_printed", 0, 16,
         "the printed words include those of the results",
         "runtime/traceback.go gentraceback: frame.arglen/sys.PtrSize words (go1.15.15:440)"),
    Fact("ten_words", 4, None,
         "at most ten words or components are printed; before, five",
         "runtime/traceback.go gentraceback (go1.15.15:441), internal/abi/symtab.go "
         "TraceArgsLimit"),
    Fact("stale_marks", 18, None,
         "`?` marks numbers whose spill slot may never have been written",
         "cmd/compile/internal/liveness/arg.go ArgLiveness (go1.19.8)"),
    Fact("stale_registers_unmarked", 17, 17,
         "arguments passed in registers print their spill slots, written or not, without a "
         "mark",
         "runtime/traceback.go printArgs (go1.17): no liveness argument"),
    Fact("align64", 19, None,
         "structs that hold a sync/atomic.align64 are aligned to 8 bytes on 32-bit ports",
         "cmd/compile/internal/types/size.go CalcStructSize (go1.19.8:170)"),
    Fact("generic_method_dictionary", 20, None,
         "methods of generic types print the dictionary in place of the receiver",
         "cmd/compile/internal/ssagen/ssa.go EmitArgInfo: InParams()[start:] (go1.26.6:6898)"),
    Fact("unnamed_unmarked", 17, 21,
         "parameters without a name print garbage without a mark",
         "cmd/compile/internal/liveness/arg.go ArgLiveness: a.Name (go1.21.13:100)"),
    Fact("unused_unspilled", 26, None,
         "a register parameter too large for SSA, or whose address is taken, that no reachable"
         " code uses is not written to its slot, and not marked",
         "cmd/compile/internal/liveness/arg.go ArgLiveness: alwaysLive (go1.26.6:119)"),
    Fact("escaping_unstored", 27, None,
         "a register parameter that moves to the heap is not written to its slot, and not "
         "marked",
         "cmd/compile/internal/liveness/arg.go ArgLiveness: alwaysLive (go1.27.3:119)"),
    Fact("inlined_frames", 9, None,
         "inlined calls are printed as `f(...)`",
         "runtime/traceback.go gentraceback (go1.15.15:423)"),
    Fact("frame_pc", 10, None,
         "system tracebacks print `pc=` behind `fp=` and `sp=`",
         "runtime/traceback.go gentraceback (go1.15.15:458)"),
    Fact("bounds_numbers", 13, None,
         "bounds errors name the index and the length",
         "runtime/error.go boundsErrorFmts (go1.15.15:98)"),
    Fact("type_arguments_elided", 18, None,
         "generic functions are printed with `[...]`",
         "runtime/traceback.go printfuncname (go1.19.8), funcNameForPrint (go1.21.13)"),
    Fact("creator_id", 21, None,
         "`created by` names the goroutine that said `go`",
         "runtime/traceback.go printcreatedby1 (go1.21.13:1085)"),
    Fact("elided_in_the_middle", 21, None,
         "long stacks show 50 innermost and 50 outermost frames",
         "runtime/traceback.go traceback2 (go1.21.13:940)"),
    Fact("elided_at_the_end", 4, 20,
         "long stacks end in `...additional frames elided...`",
         "runtime/traceback.go traceback1 (go1.19.8:862)"),
    Fact("mutex_states", 20, None,
         "goroutines that wait for a mutex say so in their state",
         "runtime/runtime2.go waitReasonSyncMutexLock (go1.21.13:1104)"),
    Fact("goexit_placeholder", 22, None,
         "`runtime.goexit({})` has a placeholder parameter",
         "runtime/stubs.go goexit (go1.22.10)"),
    Fact("header_pointers", 22, None,
         "headers of system tracebacks print `gp=` and `m=`",
         "runtime/traceback.go goroutineheader (go1.22.10:1228)"),
    Fact("go_wrappers", 22, None,
         "wrappers of go and defer statements are gowrapN and deferwrapN",
         "cmd/compile/internal/ir/func.go closureName (go1.22.10)"),
    Fact("signal_address", 22, None,
         "the `PC=` line of a fault ends in `addr=`",
         "runtime/signal_unix.go fatalsignal (go1.22.10:755)"),
    Fact("glob_closures", 5, 21,
         "closures of package-level variables are named `glob..funcN`",
         "cmd/compile/internal/ir/func.go closureName (go1.21.13)"),
    Fact("message_raw", 0, 22,
         "messages of several lines are printed as they are",
         "runtime/print.go printindented is since go1.23"),
    Fact("range_bodies", 23, None,
         "bodies of range-over-func loops are named `f-rangeN`",
         "cmd/compile/internal/ir/func.go closureName (go1.23.9)"),
    Fact("packed_itab", 23, None,
         "on 32-bit ports an interface's methods follow the hash without padding (fault addresses)",
         "internal/abi/iface.go ITab (go1.23.9); runtime/runtime2.go itab pads until go1.22"),
    Fact("waitgroup_state", 24, None,
         "goroutines that wait for a WaitGroup say so in their state",
         "runtime/runtime2.go waitReasonSyncWaitGroupWait (go1.24.11)"),
    Fact("unnamed_in_dwarf", 22, None,
         "DWARF lists parameters without a name",
         "cmd/compile/internal/dwarfgen/dwarf.go createABIVars (go1.22.12)"),
    Fact("swiss_maps", 24, None,
         "maps live in internal/runtime/maps, locks in internal/sync",
         "internal/runtime/maps/runtime.go (go1.24.11)"),
    Fact("synctest_group", 24, 24,
         "synctest goroutines name their group",
         "runtime/traceback.go goroutineheader (go1.24.11)"),
    Fact("repanicked", 25, None,
         "a value that is panicked again is printed once, `repanicked`",
         "runtime/panic.go printpanics (go1.25.5:722)"),
    Fact("synctest_bubble", 25, None,
         "synctest goroutines name their bubble, states may be durable",
         "runtime/traceback.go goroutineheader (go1.25.5:1251)"),
    Fact("panics_before_fatal", 26, None,
         "a fatal error while panicking is printed behind a tab",
         "runtime/panic.go printPreFatal (go1.26.6)"),
    Fact("leaked_marks", 26, None,
         "goroutines found leaked are marked `(leaked)`",
         "runtime/traceback.go goroutineheader (go1.26.6)"),
    Fact("labels_inside", 26, 26,
         "labels stand inside the brackets of the header",
         "runtime/traceback.go goroutineheader (go1.26.6)"),
    Fact("labels_behind", 27, None,
         "labels stand behind the brackets of the header",
         "runtime/traceback.go goroutineheader (go1.27.3)"),
)
# fmt: on

FACTS: dict[str, Fact] = {fact.name: fact for fact in _ROWS}


class Facts(NamedTuple):
    """Releases ``min`` to ``max`` (None: any later one) of Go 1 may have printed this."""

    min: int
    max: int | None

    @property
    def newer(self) -> bool:
        """Whether they are unknown yet: they are read like the newest release that is known."""
        return self.min > NEWEST

    def has(self, name: str) -> bool | None:
        """Whether these releases print as the fact ``name`` says; None: some do, some don't."""
        fact = FACTS[name]
        top = NEWEST if self.max is None else self.max
        last = 10**6 if fact.until is None else fact.until
        if self.min >= fact.since and top <= last:
            return True
        if top < fact.since or self.min > last:
            return False
        return None

    def assuming(self, name: str) -> Facts:
        """Those of these releases that have the fact ``name``; all of them where none has it."""
        fact = FACTS[name]
        low = max(self.min, fact.since)
        tops = [top for top in (self.max, fact.until) if top is not None]
        high = min(tops, default=None)
        return self if high is not None and high < low else Facts(low, high)

    def register_abi(self, arch: Arch | None) -> bool | None:
        """Whether these releases pass arguments in registers on ``arch`` (None: arch unknown)."""
        if arch is None:
            return None if self.has("argument_values") is not False else False
        since = arch.register_abi_since
        if since is None or (self.max is not None and self.max < since):
            return False
        return True if self.min >= since else None

    def version(self, minor: int) -> bool | None:
        """Whether this is release ``minor``: yes, no, or None for maybe."""
        if minor < self.min or (self.max is not None and minor > self.max):
            return False
        return True if self.min == self.max else None
