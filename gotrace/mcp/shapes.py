"""The shapes of the answers; the SDK makes the tools' output schemas of them.

Of typing_extensions: pydantic reads no other TypedDict before Python 3.12.
"""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict


class Answer(TypedDict):
    """What every answer has. ``notice`` says what its texts are; ``cut`` whether some were left out
    to keep it small. ``log`` is the input as it was named."""

    notice: str
    cut: bool
    log: str


class ArgumentRow(TypedDict):
    """One argument; ``value`` as gotrace shows it, ``certainty`` how far it can be trusted."""

    name: str
    type: str
    value: str
    certainty: str
    findings: NotRequired[list[str]]


class FrameRow(TypedDict):
    """One frame; ``raw`` are its printed words where no signature is known."""

    frame: int
    function: str
    place: str
    own: bool
    arguments: NotRequired[list[ArgumentRow]]
    raw: NotRequired[str]


class GoroutineRow(TypedDict):
    """One goroutine; ``index`` is its place in the dump; ``next_frame``: there are more frames."""

    index: int
    id: int | None
    state: str | None
    crashed: bool
    created_by: str | None
    frames_total: int
    next_frame: int | None
    frames: list[FrameRow]


class CulpritRow(TypedDict):
    """What failed, in short."""

    expression: str
    certainty: str
    explanation: str
    place: str


class DumpRow(TypedDict):
    """One crash or snapshot; ``dump`` counts in the log and is what the other tools take."""

    dump: int
    kind: str
    first_line: int
    last_line: int
    timestamp: str
    stream: str
    causes: list[str]
    signal: str | None
    printed_by: str
    culprit: CulpritRow | None
    goroutines: int
    goroutine: GoroutineRow | None
    findings: int
    site: str
    issues: list[str]


class Annotation(Answer):
    """Answer of ``annotate``."""

    total: int
    next_dump: int | None
    dumps: list[DumpRow]


class FrameAnswer(Answer):
    """Answer of ``frame``: a Frame object of docs/annotation.md, and the lines it was read from."""

    goroutine: GoroutineRow
    lines: list[str]
    frame: dict[str, Any]


class Step(TypedDict):
    """The value in a caller."""

    frame: int
    function: str
    expression: str
    sure: bool


class CulpritAnswer(Answer):
    """Answer of ``culprit``; all but ``known`` and ``why_not`` are empty where nothing is known."""

    known: bool
    why_not: str | None
    expression: str
    kind: str
    certainty: str
    explanation: str
    frame: FrameRow | None
    source_line: str | None
    evidence: list[str]
    came_from: list[Step]
    root_cause: str | None
    alternatives: list[str]


class FindingRow(TypedDict):
    """One finding and where: what ``frame`` takes to show more."""

    code: str
    severity: str
    message: str
    evidence: list[str]
    index: int
    goroutine: int | None
    frame: int
    function: str
    argument: str


class Findings(Answer):
    """Answer of ``findings``."""

    total: int
    next: int | None
    findings: list[FindingRow]


class GroupRow(TypedDict):
    """Goroutines with the same stack: the user's own frames, then what they are blocked in."""

    count: int
    state: str | None
    minutes: list[int]
    goroutines: list[int | None]
    own: list[str]
    own_total: int
    innermost: str | None
    created_by: str | None


class Groups(Answer):
    """Answer of ``group``."""

    goroutines: int
    total: int
    next: int | None
    groups: list[GroupRow]


class ChangeRow(TypedDict):
    """A group that is not as it was."""

    change: str
    before: int
    after: int
    group: GroupRow


class Changes(Answer):
    """Answer of ``diff``."""

    before: int
    after: int
    unchanged_groups: int
    total: int
    next: int | None
    changes: list[ChangeRow]
