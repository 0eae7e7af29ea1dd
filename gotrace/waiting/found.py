"""What was found out about who waits for whom.

Goroutines are named by their index in ``Dump.goroutines``, frames by their index in the goroutine.
``proven`` is whether states and exact words show it; what is not proven is a hint, and says why.
"""

from __future__ import annotations

from enum import StrEnum

from gotrace.model import CreatedBy, Site
from gotrace.tuples import NamedTuple


class Kind(StrEnum):
    """What is waited for; ``FILE`` is the lock that package os has on a file or connection."""

    MUTEX = "mutex"
    RWMUTEX = "rwmutex"
    ONCE = "once"
    WAITGROUP = "waitgroup"
    COND = "cond"
    CHANNEL = "channel"
    FILE = "file"


class How(StrEnum):
    """What the goroutine wants of it."""

    LOCK = "lock"
    READ = "read"
    WRITE = "write"
    DO = "do"
    WAIT = "wait"
    SEND = "send"
    RECEIVE = "receive"


class Waiter(NamedTuple):
    """A goroutine that waits; ``frame`` is the one that called into the lock or channel, None
    where the stack ends before it.

    ``proven`` is whether it is known to wait for this very object. ``behind_writer``: a writer that
    waits for another writer to be done, not for readers.
    """

    goroutine: int
    frame: int | None
    how: How
    proven: bool
    behind_writer: bool = False


class Holder(NamedTuple):
    """A goroutine that has the object, as far as ``reason`` shows it; itself may be a waiter."""

    goroutine: int
    frame: int | None
    proven: bool
    reason: str


class Awaited(NamedTuple):
    """An object and those that wait for it.

    ``address`` is None where no word tells it: then the waiters stand at one place in the code,
    with the same ``owner`` where there is one. ``owner`` is the pointer, in the waiters' own
    frames, to the struct that the object seems to lie in. ``minutes`` are the shortest and the
    longest wait that is known.
    """

    kind: Kind
    address: int | None
    proven: bool
    owner: int | None
    waiters: tuple[Waiter, ...]
    holders: tuple[Holder, ...] = ()
    minutes: tuple[int, int] | None = None


class Step(NamedTuple):
    """``goroutine`` waits for ``awaited`` (an index in ``Waiting.awaited``)."""

    goroutine: int
    awaited: int


class Cycle(NamedTuple):
    """Each waits for what the next one has, the last for what the first has."""

    steps: tuple[Step, ...]
    proven: bool


class Forever(NamedTuple):
    """Goroutines in a state that nothing ends: a nil channel, a select without cases, or the
    runtime itself found them leaked. ``function`` and ``site`` are where they wait."""

    state: str
    leaked: bool
    function: str
    site: Site | None
    goroutines: tuple[int, ...]


class Pile(NamedTuple):
    """Many goroutines of one creator that wait in one place. ``reason`` is what makes it look like
    a leak; empty where they may as well be idle workers."""

    state: str
    creator: CreatedBy
    function: str
    site: Site | None
    goroutines: tuple[int, ...]
    minutes: tuple[int, int] | None
    reason: str


class Waiting(NamedTuple):
    """``asleep`` is whether the runtime said that no goroutine can go on."""

    asleep: bool
    awaited: tuple[Awaited, ...]
    cycles: tuple[Cycle, ...]
    forever: tuple[Forever, ...]
    piles: tuple[Pile, ...]
