"""An address that no process has."""

from __future__ import annotations

from gotrace.findings.pointers import managed
from gotrace.findings.rule import Found, Part, Rule, Setting
from gotrace.value import Severity

# heapAddrBits is 48 on 64-bit ports (runtime/malloc.go, go1.27.3); Solaris puts stacks at the top,
# AIX the heap at 0x0a00000000000000.
BITS = 48
_ELSEWHERE = {"aix", "solaris", "illumos"}
_ARCHES = {"amd64", "arm64", "ppc64le", "riscv64", "loong64", "s390x", "mips64", "mips64le"}


def _check(part: Part, setting: Setting) -> Found | None:
    arch = setting.port.arch
    if arch is None or arch.name not in _ARCHES or setting.os in _ELSEWHERE:
        return None
    # The hardware of arm64 ignores the top byte: Android's malloc keeps a tag there.
    bits = 56 if arch.name == "arm64" else 64
    ones = (1 << (bits - BITS + 1)) - 1
    for pointer in managed(part):
        address = pointer.address & ((1 << bits) - 1)
        if address >> BITS and address >> (BITS - 1) != ones:
            text = f"{pointer.what} is {pointer.address:#x}, which no process can have"
            return Found(text, (f"Go's heap on {arch.name} lies below 2^{BITS}",))
    return None


RULE = Rule(
    "non-canonical-pointer",
    Severity.ERROR,
    "an address outside of what a process can have",
    _check,
    frozenset({"poison"}),
)
