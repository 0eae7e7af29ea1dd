"""Exit codes, and how errors of the environment are told."""

from __future__ import annotations

import sys

from gotrace.errors import GotraceError

OK, FINDINGS, USAGE, NOTHING, INTERNAL, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 3, 70, 130, 141


def complain(error: GotraceError) -> None:
    """Say on stderr what went wrong, and what to do next."""
    hint = f"\n  {error.hint}" if error.hint else ""
    say(f"{error}{hint}")


def say(text: str) -> None:
    """One remark on stderr. A file's name in it can hold what a terminal would act on."""
    safe = "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)
    if sys.stderr is not None:
        print(f"gotrace: {safe}", file=sys.stderr)
