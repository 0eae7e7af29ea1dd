"""The data flow over machine code, on code written by hand."""

from __future__ import annotations

from gotrace.culprit.matching import match
from gotrace.flow.machine import Memory, disassemble


def test_amd64_instructions() -> None:
    """Registers have one name whatever part is used; calls and branches say where they go."""
    code = bytes.fromhex("488b482085c9740290e800000000c3")
    load, test, jump, nop, call, ret = disassemble(code, 0x1000, "amd64")
    assert load.operands == ("rcx", Memory("rax", None, 1, 0x20))
    assert load.writes == {"rcx"}
    assert (test.operands, test.writes) == (("rcx", "rcx"), frozenset())
    assert (jump.jump, jump.conditional, jump.falls) == (jump.address + 4, True, True)
    assert nop.memory is None
    assert call.calls == call.address + call.size
    assert not ret.falls


def test_arm64_instructions() -> None:
    """Stores write no register but a base that they step."""
    code = bytes.fromhex("010840f9fe0f1ff8600000b4")
    load, push, branch = disassemble(code, 0x1000, "arm64")
    assert load.operands == ("x1", Memory("x0", None, 1, 0x10))
    assert push.memory is not None
    assert (push.memory.base, push.memory.before, push.writes) == ("sp", -0x10, {"sp"})
    assert (branch.jump, branch.conditional) == (0x1008 + 12, True)


def test_what_code_shows_matches_what_is_written() -> None:
    """Indices and receivers that the code does not show may be anything; others must be equal."""
    same = [
        ("s.conf", "s.conf"),
        ("users[…]", "users[name]"),
        ("….next(…)", "it.next(true)"),
        ("b[…:j]", "b[i:j]"),
        ("s.base.id", "s.id"),
    ]
    assert all(match(shown, written) >= 0.8 for shown, written in same)
    other = [
        ("s.conf", "s.log"),
        ("a[i]", "a[j]"),
        ("b[k:…]", "b[i:j]"),
        ("….next(…)", "it.prev()"),
    ]
    assert all(match(shown, written) < 0.6 for shown, written in other)
