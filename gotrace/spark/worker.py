"""A worker of Spark's: a process that is kept for many tasks."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pyspark import TaskContext

from gotrace.model import Dump
from gotrace.spark.options import Options
from gotrace.spark.rows import Asked, batches, needs_report

if TYPE_CHECKING:
    import pyarrow as pa

_kept: tuple[Options, bool] | None = None  # what the tasks before were about


def rows_of(dumps: Iterable[Dump], options: Options, asked: Asked) -> Iterator[pa.RecordBatch]:
    """The rows of a task. Errors: those of :func:`batches`.

    Spark has the collector look through all objects after each task. Those that the next ones need
    as well (modules, what is known of the program) take 40 ms, a quarter of what a task takes that
    finds little: they are looked through once, and frozen.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        for batch in batches(dumps, options, asked):
            yield batch
            gc.collect(0)
    finally:
        if enabled:
            gc.enable()
        if TaskContext.get() is not None:
            _keep((options, needs_report(options, asked)))


def _keep(held: tuple[Options, bool]) -> None:
    global _kept  # noqa: PLW0603 - of the process, as what is frozen is
    if held == _kept or (_kept is None and gc.get_freeze_count()):  # another froze his own
        return
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _kept = held
