"""From a dump to who waits for whom.

    find_waiting(dump, runtime, goroutines) → Waiting | None

What is waited for is read off states and words that are sure. What may have it is mostly a hint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.annotated import AnnotatedGoroutine
from gotrace.infer import Runtime
from gotrace.model import Dump, DumpKind
from gotrace.waiting.blocked import Blocks
from gotrace.waiting.cycles import cycles
from gotrace.waiting.found import Awaited, How, Kind, Waiting
from gotrace.waiting.holders import with_holders
from gotrace.waiting.objects import objects
from gotrace.waiting.piles import forever, piles

ASLEEP = "all goroutines are asleep - deadlock!"
_WITH_STATES = {DumpKind.PANIC, DumpKind.FATAL, DumpKind.SIGNAL, DumpKind.SNAPSHOT}


def find_waiting(
    dump: Dump, runtime: Runtime, goroutines: Sequence[AnnotatedGoroutine]
) -> Waiting | None:
    """Who waits for whom; None where there is nothing to say.

    Shape:  goroutines are indices in ``goroutines``, which are those of the dump.
    Errors: none.
    """
    if dump.kind not in _WITH_STATES:
        return None
    asleep = any(c.message.startswith(ASLEEP) for c in dump.causes)
    blocks = Blocks(runtime)
    waits = [
        (number, wait)
        for number, goroutine in enumerate(goroutines)
        if (wait := blocks.of(goroutine)) is not None
    ]
    found = with_holders(
        objects(waits, goroutines), goroutines, word_size=runtime.port.word_size, asleep=asleep
    )
    found = [*_worth_telling(found, asleep=asleep)]
    waiting = Waiting(
        asleep,
        tuple(found),
        tuple(cycles(found, goroutines, asleep=asleep)),
        tuple(forever(goroutines)),
        tuple(piles(goroutines)),
    )
    return waiting if any(waiting) else None


def _worth_telling(found: Sequence[Awaited], *, asleep: bool) -> Iterator[Awaited]:
    """A goroutine that receives, or waits for others to be done, is what a healthy one does."""
    for awaited in found:
        many = len(awaited.waiters) > 1
        if awaited.kind is Kind.CHANNEL:
            if awaited.address is not None and (asleep or many or _sends(awaited)):
                yield awaited
        elif asleep or many or awaited.kind not in {Kind.WAITGROUP, Kind.COND}:
            yield awaited


def _sends(awaited: Awaited) -> bool:
    return any(w.how is How.SEND for w in awaited.waiters)
