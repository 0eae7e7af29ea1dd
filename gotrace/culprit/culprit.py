"""The expression that failed, with how sure that is and what speaks for it."""

from __future__ import annotations

from enum import StrEnum

from gotrace.tuples import NamedTuple


class CulpritCertainty(StrEnum):
    """How sure an answer is (docs: culprit). ``certain`` has never been seen wrong."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class SourceSpan(NamedTuple):
    """Part of one line of a source file; ``text`` is the whole line, without its end.

    ``path`` is the local file. Lines and columns count from 1, columns code points; ``end`` is the
    column behind the last one. Of what spans lines, the part on the line that failed.
    """

    path: str
    line: int
    column: int
    end: int
    text: str


class Evidence(NamedTuple):
    """What a rule (docs: culprit) said; ``weight`` is what it counted, negative against."""

    rule: str
    text: str
    weight: float = 0.0


class Blame(NamedTuple):
    """The same value one caller up: ``frame`` is an index into the goroutine's frames.

    ``sure`` is False where the line has several calls that could be meant.
    """

    frame: int
    expression: str
    sure: bool = True
    span: SourceSpan | None = None


class Culprit(NamedTuple):
    """What failed. ``expression`` is empty where only the message's own facts are known.

    ``frame`` is the index of the frame that ``expression`` stands in, among those of the goroutine
    with the index ``goroutine``. ``blame`` leads from the
    instruction that failed outwards to where the value came from; ``root_cause`` says in words what
    the source shows of that. ``alternatives`` are expressions that fit as well: a tie. ``refused``
    says why the source or the binary was not used.
    """

    frame: int
    expression: str
    kind: str
    explanation: str
    certainty: CulpritCertainty
    evidence: tuple[Evidence, ...] = ()
    span: SourceSpan | None = None
    blame: tuple[Blame, ...] = ()
    root_cause: str | None = None
    alternatives: tuple[str, ...] = ()
    refused: str | None = None
    goroutine: int = 0
