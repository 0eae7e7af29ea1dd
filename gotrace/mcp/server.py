"""The tools and resources, and the SDK that serves them on stdin and stdout."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Annotated, Any, Literal, cast

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field, ValidationError

from gotrace.errors import GotraceError
from gotrace.mcp import catalogue, crashes, groups, shapes
from gotrace.mcp.known import Asked, Known
from gotrace.mcp.sealing import NOTICE, marked, sealed, shown
from gotrace.version import VERSION

_INSTRUCTIONS = f"""\
gotrace decodes what Go programs print when they crash, and goroutine dumps.
Start with annotate; culprit, findings and frame tell more of one dump; group and diff are for dumps
of many goroutines. Answers are small; ask on with next_dump, next_frame or next.
Trust only arguments whose certainty is exact; likely may be stale, stale and unset are not values.
{NOTICE}
"""

Path = Annotated[str, Field(description="a log file below an allowed folder")]
Text = Annotated[str, Field(description="the log itself, instead of path")]
Dump = Annotated[int, Field(ge=0, description="which dump of the log, from 0")]
Binary = Annotated[str, Field(description="the program that crashed: names, types, values")]
Source = Annotated[str, Field(description="folder of its Go source: names, types, culprits")]
Id = Annotated[int | None, Field(description="goroutine id as printed; else what crashed")]
Index = Annotated[int | None, Field(ge=0, description="goroutine by its place in the dump")]
First = Annotated[int, Field(ge=0, description="the first row, from 0")]
Rows = Annotated[int, Field(ge=1, le=50, description="rows at most")]
By = Annotated[
    Literal["exact", "pointers", "values"],
    Field(description="equal in every word, all but pointers, or stacks alone"),
]
State = Annotated[str, Field(description="only goroutines whose state holds this text")]
Function = Annotated[str, Field(description="only stacks with a function that holds this text")]
Minutes = Annotated[int, Field(ge=0, description="only goroutines that wait this long")]


def serve(options: argparse.Namespace) -> None:
    """Answer one client on stdin and stdout until it goes.

    Errors: GotraceError for options that name what is not there.
    """
    build(options).run("stdio")


def build(options: argparse.Namespace) -> MCPServer:
    """The server with its tools and resources."""
    tools = _Tools(Known(options))
    allowed = ", ".join(shown(f) for f in tools.known.roots.folders)
    told = f"Logs below these folders may be read: {allowed}." if allowed else "Only text is read."
    server = _Server(
        "gotrace",
        version=VERSION,
        instructions=_INSTRUCTIONS + told,
        log_level="ERROR",  # below that it would log texts of the log
    )
    hints = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    for name in ("annotate", "culprit", "findings", "frame", "group", "diff"):
        server.add_tool(getattr(tools, name), annotations=hints, structured_output=True)
    _add_catalogue(server)
    return server


class _Server(MCPServer):
    """Says what is wrong with a question in one line."""

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            cause = error.__cause__
            if isinstance(cause, ValidationError):
                raise ToolError(_wrong(cause)) from None
            if isinstance(cause, ToolError):
                raise cause from None
            raise


def _wrong(error: ValidationError) -> str:
    told = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    return shown("; ".join(told))


def _add_catalogue(server: MCPServer) -> None:
    @server.resource(
        "gotrace://findings",
        name="findings",
        description="the catalogue of findings: what each code means",
        mime_type="text/markdown",
    )
    def whole() -> str:
        return catalogue.whole()

    @server.resource(
        "gotrace://findings/{code}",
        name="finding",
        description="what one code of a finding means",
        mime_type="text/markdown",
    )
    def one(code: str) -> str:
        try:
            return catalogue.one(code)
        except GotraceError as error:
            raise ResourceNotFoundError(_line(error)) from error


class _Tools:
    """The tools; one works at a time, so that what is known is read by one thread."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._lock = Lock()

    def annotate(
        self,
        *,
        path: Path = "",
        text: Text = "",
        dump: Dump = 0,
        dumps: Rows = 1,
        goroutine: Id = None,
        index: Index = None,
        first_frame: First = 0,
        frames: Rows = 8,
        binary: Binary = "",
        source: Source = "",
    ) -> Annotated[CallToolResult, shapes.Annotation]:
        """Decode the Go crashes and goroutine dumps in a log: cause, culprit, and the frames of the
        goroutine that crashed (or of another one) with named, typed arguments."""
        asked = Asked(path, text, binary, source)
        wanted = crashes.Wanted(goroutine, index, first_frame, frames)
        return self._answer(lambda: crashes.annotation(self.known.log(asked), dump, dumps, wanted))

    def culprit(
        self,
        *,
        path: Path = "",
        text: Text = "",
        dump: Dump = 0,
        binary: Binary = "",
        source: Source = "",
    ) -> Annotated[CallToolResult, shapes.CulpritAnswer]:
        """Which expression failed in a crash, how sure that is, why, and where its value came from.
        Knows little without source or binary."""
        asked = Asked(path, text, binary, source)
        return self._answer(lambda: crashes.culprit_answer(self.known.log(asked), dump))

    def findings(
        self,
        *,
        path: Path = "",
        text: Text = "",
        dump: Dump = 0,
        least: Literal["note", "warning", "error"] = "note",
        first: First = 0,
        rows: Rows = 10,
        binary: Binary = "",
        source: Source = "",
    ) -> Annotated[CallToolResult, shapes.Findings]:
        """Arguments of a dump that cannot be right, the worst first; gotrace://findings explains
        the codes."""
        asked = Asked(path, text, binary, source)
        return self._answer(
            lambda: crashes.findings_answer(self.known.log(asked), dump, least, first, rows)
        )

    def frame(
        self,
        *,
        path: Path = "",
        text: Text = "",
        dump: Dump = 0,
        goroutine: Id = None,
        index: Index = None,
        frame: Annotated[int, Field(ge=0, description="which frame, 0 is the innermost")] = 0,
        binary: Binary = "",
        source: Source = "",
    ) -> Annotated[CallToolResult, shapes.FrameAnswer]:
        """One frame in full: its lines in the log, every argument with words, certainty and
        findings, and where its pointers are seen again."""
        asked = Asked(path, text, binary, source)
        wanted = crashes.Wanted(goroutine, index, frame)
        return self._answer(lambda: crashes.frame_answer(self.known.log(asked), dump, wanted))

    def group(
        self,
        *,
        path: Path = "",
        text: Text = "",
        dump: Dump = 0,
        by: By = "values",
        state: State = "",
        function: Function = "",
        min_wait: Minutes = 0,
        first: First = 0,
        rows: Rows = 10,
    ) -> Annotated[CallToolResult, shapes.Groups]:
        """Goroutines with the same stack together: how many, in which state, for how long."""
        only = groups.Only(state, function, min_wait)
        return self._answer(
            lambda: groups.groups_answer(
                self.known.log(Asked(path, text)), dump, by, only, (first, rows)
            )
        )

    def diff(
        self,
        *,
        old_path: Path = "",
        new_path: Path = "",
        old_text: Text = "",
        new_text: Text = "",
        by: By = "values",
        state: State = "",
        function: Function = "",
        min_wait: Minutes = 0,
        first: First = 0,
        rows: Rows = 10,
    ) -> Annotated[CallToolResult, shapes.Changes]:
        """What the last goroutine dump of one log has differently from that of another: groups
        that are new, grown, shrunk, gone."""
        only = groups.Only(state, function, min_wait)
        return self._answer(
            lambda: groups.changes_answer(
                self.known.log(Asked(old_path, old_text)),
                self.known.log(Asked(new_path, new_text)),
                by,
                only,
                (first, rows),
            )
        )

    def _answer(self, ask: Callable[[], Mapping[str, Any]]) -> CallToolResult:
        try:
            with self._lock:
                found = sealed(cast("dict[str, Any]", ask()))
        except GotraceError as error:
            raise ToolError(_line(error)) from None
        content = [TextContent(type="text", text=marked(found))]
        return CallToolResult(content=cast("Any", content), structured_content=found)


def _line(error: GotraceError) -> str:
    """An error and what to do next in one line, with nothing in it that acts."""
    told = f"{error} ({error.hint})" if error.hint else str(error)
    return shown(" ".join(told.split()))
