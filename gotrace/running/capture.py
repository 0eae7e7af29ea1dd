"""The part of a program's output that a crash may be in, in bounded memory."""

from __future__ import annotations

TAIL = 1 << 18  # bytes kept before the first sign of a traceback: the message stands there
LONGEST = 1 << 27  # bytes of tracebacks that are kept; what crashed stands first
QUIET = 1 << 22  # bytes without any sign after which a traceback was not the end
# Each traceback has one of these; a search for them costs far less than a copy of the output.
SIGNS = (b"goroutine ", b"DATA RACE", b"runtime stack:")
_LONGEST_SIGN = max(map(len, SIGNS)) - 1


class Capture:
    """Fed with output as it comes; ``data`` is what may hold a crash, empty without any sign."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._signed = False
        self._since = 0
        self.truncated = False

    def feed(self, chunk: bytes) -> bool:
        """Take the next piece of output; whether it holds a sign of a traceback."""
        before = bytes(self._kept[-_LONGEST_SIGN:]) if len(chunk) and self._kept else b""
        sign = any(s in chunk for s in SIGNS) or self._torn(before, chunk)
        if sign:
            self._signed, self._since = True, 0
        elif self._signed:
            self._since += len(chunk)
            if self._since > QUIET:  # the program lives on
                self._signed, self.truncated = False, False
                self._kept.clear()
        self._keep(chunk)
        return sign

    def _torn(self, before: bytes, chunk: bytes) -> bool:
        """Whether a sign lies over the border of two pieces."""
        border = before + chunk[:_LONGEST_SIGN]
        return bool(before) and any(s in border for s in SIGNS)

    def _keep(self, chunk: bytes) -> None:
        if not self._signed:
            self._kept += chunk
            if len(self._kept) > 2 * TAIL:
                del self._kept[:-TAIL]
        elif len(self._kept) < LONGEST:
            self._kept += chunk[: LONGEST - len(self._kept)]
        else:
            self.truncated = True

    @property
    def data(self) -> bytes:
        """The output from before the first sign to the end."""
        return bytes(self._kept) if self._signed else b""
