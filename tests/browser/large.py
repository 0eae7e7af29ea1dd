"""A large goroutine dump, made without Go: of a service with as many stacks as one asks for."""

from __future__ import annotations

import random
from collections.abc import Iterator

PACKAGES = "api store queue cache auth mail search billing audit metrics".split()
VERBS = "Handle Load Save Push Pull Find Merge Flush Verify Send Index Walk Apply Close".split()
STATES = ("chan receive", "select", "IO wait", "sync.Mutex.Lock", "semacquire", "sleep", "runnable")
ROOT = "example.com/shop/internal"
PARKED = (
    "runtime.gopark(0xc0000{a:05x}?, 0x0?, 0x10?, 0x{b:x}?, 0x1?)\n"
    "\t/usr/local/go/src/runtime/proc.go:435 +0xce\n"
)


def dump(goroutines: int, stacks: int, seed: int = 1) -> str:
    """A panic and ``goroutines`` goroutines with ``stacks`` distinct stacks."""
    chosen = random.Random(seed)
    bodies = [body for body, _ in zip(_bodies(chosen), range(stacks), strict=False)]
    parts = [
        "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\n"
        + bodies[0].partition("\t/usr/local/go/src/runtime/proc.go:435 +0xce\n")[2]
    ]
    for number in range(1, goroutines):
        body = bodies[number if number < stacks else chosen.randrange(stacks)]
        state = STATES[len(body) % len(STATES)]
        wait = chosen.choice(("", "", f", {chosen.randrange(1, 90)} minutes"))
        parts.append(f"goroutine {number + 1} [{state}{wait}]:\n{body}")
    return "\n".join(parts) + "exit status 2\n"


def _bodies(chosen: random.Random) -> Iterator[str]:
    while True:
        lines = [PARKED.format(a=chosen.randrange(1 << 20), b=chosen.randrange(1 << 8))]
        for _ in range(chosen.randrange(4, 9)):
            package, verb = chosen.choice(PACKAGES), chosen.choice(VERBS)
            words = ", ".join(f"0xc{chosen.randrange(1 << 36):09x}" for _ in range(3))
            lines.append(
                f"{ROOT}/{package}.(*Service).{verb}({words}, {{0xc000{chosen.randrange(9999)}, "
                f"0x{chosen.randrange(64):x}}})\n"
                f"\t/src/shop/internal/{package}/service.go:{len(package) * len(verb) * 3} +0x1d\n"
            )
        lines.append(
            f"created by {ROOT}/{chosen.choice(PACKAGES)}.Start in goroutine 1\n"
            "\t/src/shop/internal/start.go:42 +0x8a\n"
        )
        yield "".join(lines)
