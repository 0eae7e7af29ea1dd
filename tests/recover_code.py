"""Code written by hand, as a function of a program: what recovered values are proven from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

from gotrace.arch import ARCHES
from gotrace.binary.function import Function
from gotrace.flow.code import Code
from gotrace.flow.processors import processor
from gotrace.recover.paths import Paths
from gotrace.recover.proof import Known, Proof
from gotrace.recover.proof_amd64 import AMD64
from gotrace.recover.proof_arm64 import ARM64

ENTRY = 0x1000


class Case(NamedTuple):
    """Assembly and its bytes, and what the first register for arguments holds at the last call."""

    arch: str
    name: str
    text: str
    code: str
    wanted: Known | None
    place: str = ""
    size: int = 8


def proof_of(arch: str, code: bytes) -> Proof:
    """The function alone in a program without symbols."""
    target = processor(arch)
    assert target is not None
    image = SimpleNamespace(
        arch=ARCHES[arch],
        big_endian=False,
        read_up_to=lambda at, size: code[at - ENTRY : at - ENTRY + size],
        region=lambda _: None,
    )
    table = SimpleNamespace(at=_called)
    program: Any = SimpleNamespace(image=image, table=table, go_minor=23)
    size = ENTRY + len(code)
    function = Function("main.f", ENTRY, size, 0, None, 0, 0, 0, 0, (), 0, 0)
    decoder = AMD64 if arch == "amd64" else ARM64
    return Proof(Paths(Code(program, function, target)), decoder)


def _called(address: int) -> Function:
    """What is called takes one word."""
    return Function("main.g", address, address + 1, 8, None, 0, 0, 0, 0, (), 0, 0)


def held(case: Case) -> Known | None:
    """What the place holds at the last call."""
    proof = proof_of(case.arch, bytes.fromhex(case.code))
    instructions = proof.paths.code.instructions
    at = max(i for i, n in enumerate(instructions) if n.calls is not None)
    return proof.value(case.place or proof.paths.target.arguments[0], case.size, at)
