"""Crashes in logs as tables of Spark (docs/spark.md); Spark itself is imported by the calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gotrace.errors import GotraceError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["FORMAT", "decode_lines", "local_session", "register"]

FORMAT = "gopanic"
_PUSHDOWN = "spark.sql.python.filterPushdown.enabled"


def register(session: SparkSession) -> None:
    """Make ``session.read.format("gopanic")`` and ``readStream`` known.

    Errors: GotraceError without the extra ``spark``.
    """
    _load()
    from gotrace.spark.source import GoPanicSource  # noqa: PLC0415 - needs pyspark

    # It is sent to the process that plans, which knows nothing of the session.
    known = {"cores": _cores(session)}
    session.dataSource.register(type(GoPanicSource.__name__, (GoPanicSource,), known))
    session.conf.set(_PUSHDOWN, "true")  # since Spark 4.1; it is off, unless it is asked for


def local_session(cores: int | None = None, **settings: str) -> SparkSession:
    """A session on this machine that knows the format; ``settings`` are Spark's, ``_`` for ``.``.

    Errors: GotraceError without the extra ``spark``, and without Java.
    """
    _load()
    from gotrace.spark.starting import started  # noqa: PLC0415 - needs pyspark

    session = started(cores, settings)
    register(session)
    return session


def decode_lines(
    table: DataFrame,
    text: str = "value",
    *,
    stream: str | None = None,
    order: str | tuple[str, ...] = (),
    **options: str,
) -> DataFrame:
    """The dumps in a table that holds lines already, a row for each.

    Shape:  ``text`` is the column of lines; lines of one ``stream`` belong together, and stand in
            the order of the columns ``order``. Without ``stream`` each partition is read as it is:
            a dump that lies across two of them is found in two parts.
    Errors: GotraceError without the extra; ValueError for a column that is not there.
    Source: docs/spark.md; ``options`` are those of the format.
    """
    _load()
    from gotrace.spark.lines import decoded  # noqa: PLC0415 - needs pyspark

    columns = (order,) if isinstance(order, str) else tuple(order)
    return decoded(table, text, stream, columns, options)


def _cores(session: SparkSession) -> int | None:
    """Those of this machine; None on others: there they come and go."""
    context = getattr(session, "sparkContext", None)  # Spark Connect has none
    if context is None or not context.master.startswith("local"):
        return None
    return int(context.defaultParallelism)


def _load() -> Any:
    for name in ("pyspark", "pandas", "pyarrow"):
        try:
            __import__(name)
        except ImportError as error:
            raise GotraceError(
                f"Spark needs {name}, which is not installed", "pip install 'gotrace[spark]'"
            ) from error
