"""Function literals: what they capture may stand before their parameters."""

from __future__ import annotations

import pytest

import gotrace
from gotrace.arch import ARCHES, Port
from gotrace.bind import bind
from gotrace.goversion import Facts
from gotrace.parsing.frames import FrameReader
from gotrace.signature import Role, Signature
from gotrace.value import Certainty

TEN = ", ".join(f"{n:#x}" for n in range(1, 11))
ELEVEN = "a, b, c, d, e, f, g, h, i, j, k int"


def bound(line: str, parameters: str, minor: int = 15) -> dict[str | None, Certainty]:
    """The certainty of each argument of ``main.main.func1`` on amd64."""
    found = gotrace.from_prototypes(f"func main.main.func1({parameters})").find("main.main.func1")
    assert isinstance(found, Signature)
    port = Port(ARCHES["amd64"], 8, False, True, True)
    call = FrameReader().call(f"main.main.func1({line})")
    assert call is not None
    binding = bind(call, found, Facts(minor, minor), port)
    assert not binding.issues
    return {
        "captured" if a.role is Role.CAPTURED else a.name: a.certainty for a in binding.arguments
    }


def test_no_room_for_captured_variables() -> None:
    assert bound("0x63", "n int") == {"n": Certainty.EXACT}


def test_captured_variables_come_first() -> None:
    """``go func(a int, b string){…}(99, "gogo")`` that captures a channel, go1.15."""
    found = bound("0xc0000b0028, 0x63, 0x4f9e9d, 0x4", "a int, b string")
    assert found == dict.fromkeys(["captured", "a", "b"], Certainty.LIKELY)


@pytest.mark.parametrize(
    ("line", "parameters"),
    [("0x6301", "n int8"), (f"{TEN}, ...", ELEVEN), ("0x1, 0x2, 0x3", "n int8, m int")],
)
def test_where_they_could_hide_nothing_is_claimed(line: str, parameters: str) -> None:
    """They may share a word with a small parameter, or move all words of a cut frame."""
    assert set(bound(line, parameters).values()) == {Certainty.ABSENT}


def test_a_cut_frame_of_go_since_1_17() -> None:
    """Unoptimised builds pass them like that still (walk/closure.go directClosureCall)."""
    assert set(bound(f"{TEN}, ...", ELEVEN, minor=27).values()) == {Certainty.ABSENT}
