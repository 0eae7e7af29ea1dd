"""Exit codes, and how errors of the environment are told."""

from __future__ import annotations

import sys

from gotrace.errors import GotraceError

OK, FINDINGS, USAGE, NOTHING, INTERNAL, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 3, 70, 130, 141


def complain(error: GotraceError) -> None:
    """Say on stderr what went wrong, and what to do next."""
    hint = f"\n  {error.hint}" if error.hint else ""
    print(f"gotrace: {error}{hint}", file=sys.stderr)
