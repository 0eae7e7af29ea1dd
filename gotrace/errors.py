"""Errors of the environment: what the user can do something about.

Text that gotrace does not understand never raises; it becomes an ``Issue``.
"""

from __future__ import annotations


class GotraceError(Exception):
    """Something outside the input is wrong: a path, an option, a file's syntax.

    ``hint`` says in one line what to do next; empty where nothing helps.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UnreadableFileError(GotraceError):
    """A file could not be opened or read."""


class SignatureSyntaxError(GotraceError):
    """A prototype is not Go. ``line`` and ``column`` count from 1 (code points)."""

    def __init__(
        self, message: str, *, file: str, line: int, column: int, source_line: str, hint: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.file = file
        self.line = line
        self.column = column
        self.source_line = source_line

    def __str__(self) -> str:
        caret = "".join("\t" if c == "\t" else " " for c in self.source_line[: self.column - 1])
        return (
            f"{self.file}:{self.line}:{self.column}: {self.message}\n"
            f"    {self.source_line}\n    {caret}^"
        )
