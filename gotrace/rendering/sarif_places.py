"""Where things are, in SARIF: files, regions of them, and locations that say what is there."""

from __future__ import annotations

import os
from collections.abc import Callable

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.culprit import SourceSpan
from gotrace.model import Dump, Site, Span
from gotrace.rendering.files import relative, repository, uri_of
from gotrace.rendering.json_values import Json, text
from gotrace.rendering.style import clean

ROOT = "%SRCROOT%"  # the name by which GitHub and the viewers know it
BUILD = "GO_BUILD"
STDIN = "stdin"

_BASES = {
    BUILD: "Where the program was built: relative paths are as the trace prints them (-trimpath).",
}


class Places:
    """Names files. Keeps those that it named, for the lists at the document's end."""

    def __init__(self, local: Callable[[str], str | None]) -> None:
        self.root = repository(os.getcwd())
        self._local = local
        self._logs: dict[str, None] = {}
        self._built = False

    def see(self, source: str) -> None:
        """A log was read; nothing may be found in it."""
        self._logs.setdefault(source)

    # ------------------------------------------------------------------ files

    def _file(self, path: str) -> Json:
        """A local file."""
        below = relative(path, self.root)
        if below is None:
            return {"uri": uri_of(os.path.abspath(path))}
        return {"uri": uri_of(below), "uriBaseId": ROOT}

    def _log(self, source: str) -> Json:
        self.see(source)
        if source in {"-", ""}:
            return {"uri": STDIN, "uriBaseId": ROOT}
        return self._file(text(source))

    def _printed(self, file: str) -> Json:
        """A file that is not here, by its printed path."""
        uri = uri_of(file)
        if uri.startswith("file:"):
            return {"uri": uri}
        self._built = True
        return {"uri": uri, "uriBaseId": BUILD}

    # ------------------------------------------------------------------ locations

    def of_log(self, dump: Dump, span: Span, message: str = "") -> Json:
        """A location in the log."""
        place = {"artifactLocation": self._log(dump.source), "region": region(dump, span)}
        return _location(place, message)

    def of_source(self, span: SourceSpan, message: str = "") -> Json:
        """A location in a local source file, with its line."""
        shown: Json = {
            "startLine": span.line,
            "startColumn": span.column,
            "endColumn": span.end,
            "snippet": {"text": text(span.text[span.column - 1 : span.end - 1])},
        }
        place = {"artifactLocation": self._file(span.path), "region": shown}
        if span.text:
            whole = {"startLine": span.line, "snippet": {"text": text(span.text)}}
            place["contextRegion"] = whole
        return _location(place, message)

    def is_here(self, site: Site) -> bool:
        """Whether the file of a frame is a local one."""
        return self._local(site.file) is not None

    def of_site(self, site: Site, message: str = "") -> Json:
        """The location of a frame: in the local file where it is here."""
        local = self._local(site.file)
        artifact = self._printed(site.file) if local is None else self._file(local)
        place: Json = {"artifactLocation": artifact}
        if site.line > 0:
            place["region"] = {"startLine": site.line}
        return _location(place, message)

    # ------------------------------------------------------------------ lists

    def artifacts(self) -> list[Json]:
        """The logs that were read."""
        return [self._artifact(source) for source in self._logs]

    def _artifact(self, source: str) -> Json:
        role = "standardStream" if source in {"-", ""} else "analysisTarget"
        return {"location": self._log(source), "roles": [role]}

    def bases(self) -> Json:
        """What relative URIs are relative to."""
        root = uri_of(self.root).rstrip("/") + "/"
        found: Json = {ROOT: {"uri": root}}
        if self._built:
            found[BUILD] = {"description": {"text": _BASES[BUILD]}}
        return found


def region(dump: Dump, span: Span) -> Json:
    """A region of the log: columns in code points, offsets in bytes."""
    start, end, line, column, end_column, _ = dump.where(span)
    found: Json = {"startLine": line, "startColumn": column}
    last = dump.where(Span(max(span.start, span.end - 1), span.end)).line
    if last != line:
        found["endLine"] = last
    return {**found, "endColumn": end_column, "byteOffset": start, "byteLength": end - start}


def _location(place: Json, message: str) -> Json:
    found: Json = {"physicalLocation": place}
    if message:
        found["message"] = {"text": sentence(message)}
    return found


def numbered(locations: list[Json]) -> list[Json]:
    """Related locations with their ids."""
    return [{"id": i, **place} for i, place in enumerate(locations)]


def function_of(frame: AnnotatedFrame) -> list[Json]:
    """The logical location of a frame."""
    return [{"fullyQualifiedName": safe(frame.frame.function), "kind": "function"}]


def safe(raw: str) -> str:
    """``raw`` as valid Unicode, with what a viewer would act on escaped."""
    return text(clean(raw))


def sentence(raw: str) -> str:
    """A message of SARIF that says just ``raw``, as a sentence in one line.

    Braces are doubled (3.11.5), and brackets that would make a link are escaped (3.11.6).
    """
    shown = safe(" ".join(raw.split())).replace("{", "{{").replace("}", "}}")
    if "](" in shown:
        shown = shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return shown if shown.endswith((".", "!", "?", ":", "…")) else f"{shown}."
