"""Who waits for whom: what the goroutines of a dump wait for, and what may keep them there."""

from gotrace.waiting.found import (
    Awaited,
    Cycle,
    Forever,
    Holder,
    How,
    Kind,
    Pile,
    Step,
    Waiter,
    Waiting,
)
from gotrace.waiting.search import find_waiting

# fmt: off
__all__ = [
    "Awaited", "Cycle", "Forever", "Holder", "How", "Kind", "Pile", "Step", "Waiter", "Waiting",
    "find_waiting",
]
# fmt: on
