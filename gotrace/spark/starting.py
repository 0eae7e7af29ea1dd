"""A session of Spark on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from pyspark.sql import SparkSession

from gotrace.spark.java import check_java


def started(cores: int | None, settings: Mapping[str, str]) -> SparkSession:
    """A session with as many ``cores``; all of them for None.

    Errors: GotraceError where no Java, or one that is too old, is found.
    """
    check_java()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else any python3 becomes a worker
    builder = SparkSession.builder.master(f"local[{cores or '*'}]").appName("gotrace")
    plain = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1"}
    given = {name.replace("_", "."): value for name, value in settings.items()}
    for name, value in {**plain, **given}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
