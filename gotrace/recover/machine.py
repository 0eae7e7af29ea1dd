"""Where frames stand in a program's code, and what it proves there."""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.binary.function import Function
from gotrace.binary.landed import Landed
from gotrace.binary.verify import landing
from gotrace.flow.code import Code
from gotrace.flow.program import program_code
from gotrace.model import Frame, Site
from gotrace.recover.paths import Paths
from gotrace.recover.proof import Decoder, Proof
from gotrace.tuples import NamedTuple

MOST_FUNCTIONS = 300  # functions whose code is read for one dump
_PANICS = {"panic", "runtime.gopanic", "runtime.sigpanic"}


class Standing(NamedTuple):
    """Where a frame stands. ``call`` is the call that returns to its pc, None where none does;
    ``stops``: it stands before one of these instructions."""

    landed: Landed
    function: Function
    proof: Proof
    call: int | None
    stops: tuple[int, ...]
    pc: int


class Programs:
    """The programs that printed one dump, their code read once."""

    def __init__(self, landed: Sequence[Landed]) -> None:
        self.landed = landed
        self._known: dict[object, Standing | None] = {}
        self._proofs: dict[tuple[int, int], Proof | None] = {}

    def standing(self, frame: Frame, above: str | None, called: int | None) -> Standing | None:
        """None where the frame is in no program, in several functions, or in code that cannot be
        read. ``above`` is the function of the frame before it, ``called`` the address that the one
        behind it calls: of several instances of a generic function it tells which."""
        site = frame.site
        if site is None or frame.call.inlined:
            return None
        key = (id(frame.call), id(site), above, called)  # shared, and alive as long as the dump
        if key not in self._known:
            self._known[key] = self._standing(frame, site, above, called)
        return self._known[key]

    def _standing(
        self, frame: Frame, site: Site, above: str | None, called: int | None
    ) -> Standing | None:
        for landed in self.landed:
            if (frame.function, site) not in landed.lands:
                continue
            functions = landing(landed.program, frame.call, site)
            if len(functions) > 1:
                functions = tuple(f for f in functions if f.entry == called)
            proof = self._proof(landed, functions[0]) if len(functions) == 1 else None
            if proof is not None:
                return _standing(landed, functions[0], proof, site.offset or 0, above)
        return None

    def _proof(self, landed: Landed, function: Function) -> Proof | None:
        key = (id(landed.program), function.entry)
        if key not in self._proofs:
            if len(self._proofs) >= MOST_FUNCTIONS:
                return None
            self._proofs[key] = _proof(landed, function)
        return self._proofs[key]


def _proof(landed: Landed, function: Function) -> Proof | None:
    code = program_code(landed.program).code(function)
    decoder = _decoder(code) if code is not None else None
    if code is None or decoder is None:
        return None
    paths = Paths(code)
    return Proof(paths, decoder) if paths.whole else None


def _decoder(code: Code) -> Decoder | None:
    if code.target.name == "amd64":
        from gotrace.recover.proof_amd64 import AMD64, AMD64_STACK  # noqa: PLC0415 - one of them

        return AMD64 if code.in_registers else AMD64_STACK
    if code.target.name == "arm64":
        from gotrace.recover.proof_arm64 import ARM64  # noqa: PLC0415

        return ARM64
    return None


def _standing(
    landed: Landed, function: Function, proof: Proof, offset: int, above: str | None
) -> Standing | None:
    """A frame that called another stands behind the call, one that failed before an instruction.

    Where it may be either, what is said of it must hold in both places: behind a call that never
    returns lies the code of another way, or what nothing leads to.
    """
    code = proof.paths.code
    pc = function.entry + offset
    call, here = code.call_before(pc), code.index.get(pc)
    stops = [] if call is None else [call]
    reachable = here is not None and (here == 0 or bool(proof.paths.before[here]))
    if here is not None and reachable and (call is None or above is None or above in _PANICS):
        stops.append(here)
    return Standing(landed, function, proof, call, tuple(stops), pc) if stops else None
