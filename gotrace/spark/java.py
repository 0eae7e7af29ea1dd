"""The Java that Spark needs: what is wrong with it is one line, before Spark fails in thirty."""

from __future__ import annotations

import os
import shutil
import subprocess

from gotrace.errors import GotraceError
from gotrace.patterns import lazy_pattern

LEAST = 17  # Spark 4 needs it
_HINT = "install Java 17 (Debian: apt install openjdk-17-jre-headless), or set JAVA_HOME"
_VERSION = lazy_pattern(r'version "(?:1\.)?(\d+)')


def check_java() -> None:
    """Errors: GotraceError where no Java, or one that is too old, is found."""
    home = os.environ.get("JAVA_HOME")
    java = os.path.join(home, "bin", "java") if home else shutil.which("java")
    if java is None or not os.path.exists(java):
        raise GotraceError("Spark needs Java, and none is found", _HINT)
    try:
        told = subprocess.run([java, "-version"], capture_output=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError) as error:
        raise GotraceError(f"{java} does not run", _HINT) from error
    found = _VERSION.search(told.decode("utf-8", "replace"))
    if found is not None and int(found[1]) < LEAST:
        raise GotraceError(f"Spark needs Java {LEAST}, and {java} is {found[1]}", _HINT)
