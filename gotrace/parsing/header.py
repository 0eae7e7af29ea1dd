"""The headers of goroutines: ``goroutine 7 [chan receive, 2 minutes, locked to thread]:``."""

from __future__ import annotations

import re
from typing import Any

from gotrace.model import Goroutine
from gotrace.parsing.lines import printed
from gotrace.parsing.records import TRACEBACK, Record
from gotrace.patterns import lazy_pattern

MEMORY = 1 << 13  # headers remembered, without their ids
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "a": "\a", "b": "\b"}
_ESCAPE = lazy_pattern(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.S)
_FLAGS = {"LEAKED": "leaked", "SCAN": "scan", "DURABLE": "durable"}
_TITLE = "goroutine "
_ANY = " [x]:"
_MINUTES = " minutes"
DIGITS = 20  # of the grammar's numbers


Known = tuple[str, tuple[Any, ...]]  # the state, and what else stands behind the ids
Ids = tuple[int | None, int | None, int | None, int | None]  # goroutine, gp, m, mp


class HeaderReader:
    """Reads headers; knows what it has seen behind their ids."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}

    def parts(self, line: str) -> tuple[Ids, Known] | None:
        """The ids that ``line`` gives, and the state and the further fields; None if it is none.

        The further fields are those of a Goroutine from ``wait_minutes`` to ``labels_inside``.
        """
        cut = line.find(" [")
        id_, rest = line[len(_TITLE) : cut], line[cut:]
        known = self._known.get(rest) or self._behind(rest)
        # What stands before the bracket does not decide how the rest is read.
        if known is None or not line.startswith(_TITLE):
            return None
        if len(id_) <= DIGITS and id_.isdecimal():
            return (int(id_), None, None, None), known
        record = TRACEBACK.read("header", line[:cut] + _ANY)
        return None if record is None else (_ids(record), known)

    def _behind(self, rest: str) -> Known | None:
        """What stands behind the ids; known but for how long it waits, which differs."""
        at = rest.find(_MINUTES)
        if at > 0:
            start = rest.rfind(" ", 0, at) + 1
            minutes = rest[start:at]
            if len(minutes) <= DIGITS and minutes.isdecimal():
                zero = f"{rest[:start]}0{rest[at:]}"
                known = self._known.get(zero) or self._read(zero)
                if known is None:
                    return None
                state, further = known
                if further[0] is not None:  # else it stands in a label
                    found = self._known[rest] = (state, (int(minutes), *further[1:]))
                    return found
        return self._read(rest)

    def _read(self, rest: str) -> Known | None:
        record = TRACEBACK.read("header", f"{_TITLE}1{rest}")
        if record is None:
            return None
        if len(self._known) > MEMORY:
            self._known.clear()
        state = printed(record.text("STATUS") or "")
        found = self._known[rest] = state, _further(record)
        return found

    def read(self, line: str) -> dict[str, Any] | None:
        """The fields of a Goroutine that ``line`` gives; None where it is no header."""
        parts = self.parts(line)
        if parts is None:
            return None
        ids, (state, further) = parts
        fields = zip(_NAMES, (state, *further, *ids), strict=True)
        return dict(fields)


_NAMES = ("state", *Goroutine._fields[4:11], "id", "gp", "m", "mp")
assert (_NAMES[1], _NAMES[7]) == ("wait_minutes", "labels_inside")


def _ids(record: Record) -> Ids:
    return (
        record.number_of_line("GOID"),
        record.number("GP"),
        None if record.text("M") in (None, "nil") else record.number_of_line("M"),
        record.number("MP"),
    )


def _further(record: Record) -> tuple[Any, ...]:
    labels = record.holes.get("outer") or record.holes.get("inner")
    return (
        None if record.text("MINUTES") is None else record.number_of_line("MINUTES"),
        "LOCKED" in record.fields,
        () if labels is None else _labels(labels, record.line),
        tuple(flag for name, flag in _FLAGS.items() if name in record.fields),
        None if record.text("BUBBLE") is None else record.number_of_line("BUBBLE"),
        record.text("BUBBLE_WORD") == "group",
        None if labels is None else "inner" in record.holes,
    )


def _labels(node: Any, line: str) -> tuple[tuple[str, str], ...]:
    found = []
    for label in node[3]:
        parts = {name: _unquoted(line[start:end]) for name, start, end in label[3]}
        found.append((parts.get("LABEL_KEY", ""), parts.get("LABEL_VALUE", "")))
    return tuple(found)


def _unquoted(text: str) -> str:
    """A label as it was set (runtime/traceback.go printlabels quotes like strconv.Quote)."""
    if not text.startswith('"'):
        return text

    def replace(match: re.Match[str]) -> str:
        byte, short, long, plain = match.groups()
        if byte is not None:
            return chr(int(byte, 16))
        if plain is not None:
            return _ESCAPES.get(plain, plain)
        code = int(short or long, 16)
        return (
            chr(code).encode("utf-8", "surrogatepass").decode("latin-1") if code < 0x110000 else "?"
        )

    return printed(_ESCAPE.sub(replace, text[1:-1]))
