"""``--prefix REGEX``: what the user says stands before each line."""

from __future__ import annotations

import re

from gotrace.errors import GotraceError
from gotrace.input.envelopes.record import Envelope


def own_prefix(pattern: str) -> Envelope:
    """The envelope of a user's regular expression.

    Its group ``time`` is the time; groups whose name begins with ``s`` tell the streams apart.
    Errors: GotraceError for what is no regular expression, or matches nothing but empty text.
    """
    from gotrace.input.envelopes.prefixed import prefixed  # noqa: PLC0415

    try:
        compiled = re.compile(pattern.encode())
    except re.error as error:
        raise GotraceError(
            f"--prefix: {error.msg} at column {(error.pos or 0) + 1}",
            "it is a Python regular expression",
        ) from error
    if compiled.fullmatch(b"") is not None:
        raise GotraceError("--prefix matches empty text", "describe what stands before each line")
    return prefixed("own", pattern.encode(), verified=True)
