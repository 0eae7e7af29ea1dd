"""The headers of goroutines: ``goroutine 7 [chan receive, 2 minutes, locked to thread]:``."""

from __future__ import annotations

import re
from typing import Any

from gotrace.parsing.lines import printed
from gotrace.parsing.records import TRACEBACK, Record

MEMORY = 1 << 12  # headers remembered, without their ids
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "a": "\a", "b": "\b"}
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.S)
_FLAGS = {"LEAKED": "leaked", "SCAN": "scan", "DURABLE": "durable"}
_TITLE = "goroutine "
_ID = re.compile(r"[0-9]{1,20}")


class HeaderReader:
    """Reads headers; knows what it has seen behind their ids."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}

    def read(self, line: str) -> dict[str, Any] | None:
        """The fields of a Goroutine that ``line`` gives; None where it is no header."""
        cut = line.find(" ", len(_TITLE))
        id_, rest = line[len(_TITLE) : cut], line[cut:]
        known = self._known.get(rest)
        # The rule's GOID is digits and ends at a blank: what follows does not depend on it.
        if known is not None and _ID.fullmatch(id_) is not None and line.startswith(_TITLE):
            return known | {"id": int(id_)}
        record = TRACEBACK.read("header", line)
        if record is None:
            return None
        if len(self._known) > MEMORY:
            self._known.clear()
        found = self._known[rest] = _header(record)
        return found


def _header(record: Record) -> dict[str, Any]:
    labels = record.holes.get("outer") or record.holes.get("inner")
    return {
        "id": record.number_of_line("GOID"),
        "state": printed(record.text("STATUS") or ""),
        "wait_minutes": None
        if record.text("MINUTES") is None
        else record.number_of_line("MINUTES"),
        "locked_to_thread": "LOCKED" in record.fields,
        "labels": () if labels is None else _labels(labels, record.line),
        "flags": tuple(flag for name, flag in _FLAGS.items() if name in record.fields),
        "bubble": None if record.text("BUBBLE") is None else record.number_of_line("BUBBLE"),
        "group": record.text("BUBBLE_WORD") == "group",
        "labels_inside": None if labels is None else "inner" in record.holes,
        "gp": record.number("GP"),
        "m": None if record.text("M") in (None, "nil") else record.number_of_line("M"),
        "mp": record.number("MP"),
    }


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
