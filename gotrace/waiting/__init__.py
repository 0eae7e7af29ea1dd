"""Who waits for whom: what the goroutines of a dump are blocked on, and who may keep them there."""

from gotrace.waiting.blocked import Blocked, Thing
from gotrace.waiting.waiting import Cycle, Group, Hold, Leak, Waiting, find_waiting

__all__ = ["Blocked", "Cycle", "Group", "Hold", "Leak", "Thing", "Waiting", "find_waiting"]
