"""Python's garbage collector, while many objects are made that are kept and have no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """No garbage collection inside; afterwards it is as it was.

    To look through a model again and again takes half of the time. Threads that do this at once
    leave the collector as the first one found it.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        settle()
        gc.enable()


def settle() -> None:
    """Make all objects old at once. Else the collector looks through those that were made as soon
    as it is enabled: a sixth of the time that it took to make them.

    Who has frozen objects of his own does not want them thawed: then nothing is done.
    """
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.unfreeze()
