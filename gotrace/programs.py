"""The program files that were given for a dump: which belong to it, and what they prove."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gotrace.goversion import Evidence
from gotrace.infer import Runtime
from gotrace.infer_port import PortEvidence
from gotrace.model import Call, Dump, Frame, Issue, Site
from gotrace.signature import Signature
from gotrace.tuples import NamedTuple
from gotrace.value import SlotMarks

if TYPE_CHECKING:
    from gotrace.binary.calls import CodeLines
    from gotrace.binary.landed import Landed
    from gotrace.binary.program import Program
    from gotrace.binary.verify import Verdict

Place = tuple[str, Site | None]


class Programs(NamedTuple):
    """``landed``: those that printed the dump; ``evidence`` and ``ports``: what they prove."""

    landed: tuple[Landed, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    ports: tuple[PortEvidence, ...] = ()
    issues: tuple[Issue, ...] = ()

    def slots(self, frame: Frame, above: str) -> SlotMarks | None:
        """What is known of the slots of a frame's numbers; None where no program says."""
        answers = (landed.slots(frame, above) for landed in self.landed)
        return next((answer for answer in answers if answer is not None), None)

    def types(self, frame: Frame, dictionary: str | None) -> dict[str, str]:
        """What shapes in a generic frame's types stand for."""
        answers = (landed.types(frame, dictionary) for landed in self.landed)
        return next((answer for answer in answers if answer), {})

    def code_lines(self, place: Place) -> CodeLines | None:
        """Where the function of a frame stands in its source; None where no program says."""
        answers = (landed.code_lines(place) for landed in self.landed)
        return next((answer for answer in answers if answer is not None), None)

    def shape(self, call: Call, site: Site | None) -> Signature | None:
        """Widths alone; None where no program holds the function."""
        answers = (landed.shape(call, site) for landed in self.landed)
        return next((answer for answer in answers if answer is not None), None)


def load(binaries: Sequence[Program], dump: Dump, runtime: Runtime) -> Programs:
    """Hold ``binaries`` against ``dump``; those of another build are refused, with an Issue."""
    if not binaries or not dump.goroutines:
        return Programs()
    from gotrace.binary.landed import Landed, slide  # noqa: PLC0415 - only with a binary
    from gotrace.binary.verify import judge  # noqa: PLC0415

    fault = None if dump.signal is None else dump.signal.pc
    # What was inlined stands in its caller's code: it belongs to whatever program that is of.
    inlined = {(f.function, f.site) for g in dump.goroutines for f in g.frames if f.call.inlined}
    landed, issues = [], []
    port, system = runtime.port, runtime.os
    for verdict in judge(binaries, dump, runtime.facts, port, system):
        program, lands, _, missing, _ = verdict
        unused = _unused(verdict)
        if unused:
            issues.append(Issue("binary-mismatch", unused, dump.span))
            continue
        landed.append(Landed(program, lands | inlined, slide(program, dump), fault))
        if missing and len(binaries) == 1:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            text = f"{program.path} has no function {missing[0]}{more}: is another binary missing?"
            issues.append(Issue("binary-incomplete", text, dump.span))
        if landed[-1].slide is None:
            text = (
                f"{program.path} is position-independent and the trace has no pc: "
                "what addresses stand for is not known"
            )
            issues.append(Issue("slide-unknown", text, dump.span))
    return Programs(
        tuple(landed),
        tuple(e for x in landed for e in _releases(x.program)),
        tuple(e for x in landed for e in _ports(x.program)),
        tuple(issues),
    )


def _unused(verdict: Verdict) -> str:
    """Why nothing is taken from a program; empty where it printed the dump."""
    path, spared = verdict.program.path, verdict.spared
    if verdict.against:
        return f"{path} did not print this: {verdict.against}; nothing is taken from it"
    if spared is not None:
        return f"nothing is taken from {path}: {spared.path} has every frame that it has"
    return ""


def _releases(program: Program) -> Iterator[Evidence]:
    minor, version = program.go_minor, program.go_version
    if minor is not None and version is not None:
        exact = version if version.count(".") == 2 else None
        yield Evidence(f"{program.path} was built by go{version}", minor, minor, None, exact)


def _ports(program: Program) -> Iterator[PortEvidence]:
    image = program.image
    if image.arch is not None:
        text = f"{program.path} is a program for {image.arch.name}"
        yield PortEvidence(text, image.arch.name, image.arch.word_size, image.os)
