"""Recovered values: where words come in, and how values are put together again."""

from __future__ import annotations

from pathlib import Path

import pytest

import gotrace
from gotrace.decode import Reading, decode
from gotrace.layout.sizes import Sizes
from gotrace.recover.chain import Chain
from gotrace.recover.leaves import Leaf, leaves_of
from gotrace.recover.machine import Programs
from gotrace.recover.patch import patched
from gotrace.recover.proof import Known
from gotrace.recover.reading import bits_of, stale_offsets
from gotrace.signature import Parameter, Role
from gotrace.types import Field, GoType, Kind
from gotrace.value import Argument, Certainty, WordUse
from tests.recover_code import Case, held, proof_of
from tests.recover_programs import BITS, program
from tests.source_support import write

SIZES = Sizes(8)
INT, BYTE = GoType(Kind.INT, "int"), GoType(Kind.UINT8, "byte")
FLOAT, STRING = GoType(Kind.FLOAT64, "float64"), GoType(Kind.STRING, "string")
SLICE = GoType(Kind.SLICE, "[]int", element=INT)
ARRAY = GoType(Kind.ARRAY, "[2]int", element=INT, length=2)
PAIR = GoType(Kind.STRUCT, "pair", fields=(Field("b", BYTE), Field("s", STRING)))


def homes(*types: GoType) -> list[list[Leaf]]:
    inputs = [Parameter(f"p{i}", t) for i, t in enumerate(types)]
    return leaves_of(inputs, SIZES, 9, 15)


def test_registers_are_given_in_order() -> None:
    """A string takes two, a float none of these."""
    assert homes(INT, STRING, FLOAT, BYTE) == [
        [Leaf(0, 8, 0, None)],
        [Leaf(0, 8, 1, None), Leaf(8, 8, 2, None)],
        [Leaf(0, 8, 0, None, floating=True)],
        [Leaf(0, 1, 3, None)],
    ]


def test_what_does_not_fit_goes_to_the_stack_whole() -> None:
    """And what comes behind it may still fit; arrays of several always go there."""
    found = homes(SLICE, SLICE, STRING, STRING, INT, ARRAY)
    assert found[3] == [Leaf(0, 8, None, 0), Leaf(8, 8, None, 8)]
    assert found[4] == [Leaf(0, 8, 8, None)]
    assert found[5] == [Leaf(0, 8, None, 16), Leaf(8, 8, None, 24)]


class Words:
    """Answers with these numbers, all stale."""

    def __init__(self, **known: int) -> None:
        self.known = {int(k[1:]): v for k, v in known.items()}

    def read(self, offset: int, size: int) -> Reading:
        return Reading(self.known.get(offset), Certainty.STALE)

    def printed(self, offset: int, size: int) -> bool:
        return any(offset <= o < offset + size for o in self.known)

    def words(self, offset: int, size: int) -> tuple[Reading, ...]:
        return (self.read(offset, size),)


def test_parts_are_replaced_one_by_one() -> None:
    """The others stay as they were."""
    value = decode(PAIR, Words(_0=7, _8=0xC000, _16=99), SIZES)
    argument = Argument(
        "p", Role.PARAMETER, "pair", Certainty.STALE, value, (WordUse(7, True, 0, 1, 0, 1, 0),)
    )
    assert stale_offsets(argument, PAIR, SIZES) == {0, 8, 16}
    found = patched(value, PAIR, SIZES, {16: 5})
    assert (found.fields[0].value.number, found.fields[0].value.certainty) == (7, Certainty.STALE)
    text = found.fields[1].value
    assert (text.pointer, text.len) == (0xC000, 5)
    assert dict(text.certainties) == {"pointer": Certainty.STALE, "len": Certainty.EXACT}
    assert bits_of(found, PAIR, SIZES) == {16: 5}
    whole = patched(found, PAIR, SIZES, {0: 1, 8: 0x4000})
    assert whole.certainty is Certainty.EXACT
    assert bits_of(whole, PAIR, SIZES) == {0: 1, 8: 0x4000, 16: 5}


def test_a_negative_number() -> None:
    value = decode(INT, Words(_0=0), SIZES)
    assert patched(value, INT, SIZES, {0: (1 << 64) - 3}).number == -3


# ---------------------------------------------------------------------- the code

# fmt: off
CASES = [
    Case("amd64", "a constant", "mov eax, 5; call f",
         "b805000000e800000000", Known(5)),
    Case("amd64", "the upper half is cleared", "mov eax, 0xffffffff; call f",
         "b8ffffffffe800000000", Known(0xffffffff)),
    Case("amd64", "the upper bytes stay", "mov al, 1; call f",
         "b001e800000000", None),
    Case("amd64", "of one byte they do not count", "mov al, 1; call f",
         "b001e800000000", Known(1), size=1),
    Case("amd64", "zero", "xor eax, eax; call f",
         "31c0e800000000", Known()),
    Case("amd64", "passed on", "mov rax, rbx; call f",
         "4889d8e800000000", Known(base="rbx")),
    Case("amd64", "cut in between", "mov eax, ebx; call f",
         "89d8e800000000", Known(base="rbx", cut=4)),
    Case("amd64", "with its sign", "movsx rax, bl; call f",
         "480fbec3e800000000", Known(base="rbx", cut=1, signed=True)),
    Case("amd64", "without a sign", "movzx eax, bl; call f",
         "0fb6c3e800000000", Known(base="rbx", cut=1)),
    Case("amd64", "one less", "lea rax, [rbx - 1]; call f",
         "488d43ffe800000000", Known(-1, base="rbx")),
    Case("amd64", "an address", "lea rax, [rip + 0x100]; call f",
         "488d0500010000e800000000", Known(0x1107, address=True)),
    Case("amd64", "spilled and loaded",
         "sub rsp, 32; mov [rsp + 8], rbx; call f; mov rax, [rsp + 8]; call f",
         "4883ec2048895c2408e80a000000488b442408e800000000", Known(base="rbx")),
    Case("amd64", "a pointer reaches the slot",
         "sub rsp, 32; mov [rsp + 8], rbx; lea rax, [rsp + 8]; call f; mov rax, [rsp + 8]; "
         "call f",
         "4883ec2048895c2408488d442408e80a000000488b442408e800000000", None),
    Case("amd64", "a pointer to what lies in front",
         "sub rsp, 32; mov [rsp + 16], rbx; lea rax, [rsp + 8]; call f; mov rax, [rsp + 16]; "
         "call f",
         "4883ec2048895c2410488d442408e80a000000488b442410e800000000", None),
    Case("amd64", "a pointer to what lies behind",
         "sub rsp, 32; mov [rsp + 8], rbx; lea rax, [rsp + 16]; call f; mov rax, [rsp + 8]; "
         "call f",
         "4883ec2048895c2408488d442410e80a000000488b442408e800000000", Known(base="rbx")),
    Case("amd64", "an index into the frame",
         "sub rsp, 32; mov [rsp + 16], rbx; mov [rsp + 8*rcx + 8], rdi; mov rax, [rsp + 16]; "
         "call f",
         "4883ec2048895c241048897ccc08488b442410e800000000", None),
    Case("amd64", "a byte was written into it",
         "sub rsp, 32; mov [rsp + 8], rbx; mov byte ptr [rsp + 10], 1; mov rax, [rsp + 8]; "
         "call f",
         "4883ec2048895c2408c644240a01488b442408e800000000", None),
    Case("amd64", "half of a wide store",
         "sub rsp, 32; movups [rsp + 8], xmm15; mov rax, [rsp + 16]; call f",
         "4883ec20440f117c2408488b442410e800000000", Known()),
    Case("amd64", "lost in a call", "call f; call f",
         "e805000000e800000000", None),
    Case("amd64", "the same on both ways",
         "test ecx, ecx; je 1f; mov eax, 7; jmp 2f; 1: mov eax, 7; 2: call f",
         "85c97407b807000000eb05b807000000e800000000", Known(7)),
    Case("amd64", "two values",
         "test ecx, ecx; je 1f; mov eax, 7; jmp 2f; 1: mov eax, 8; 2: call f",
         "85c97407b807000000eb05b808000000e800000000", None),
    Case("amd64", "unchanged in a loop",
         "mov rbx, rax; 1: mov rax, rbx; mov rbx, rax; dec ecx; jne 1b; call f",
         "4889c34889d84889c3ffc975f6e800000000", Known(base="rax")),
    Case("amd64", "counted in a loop",
         "mov rbx, rax; 1: mov rax, rbx; lea rbx, [rax + 1]; dec ecx; jne 1b; mov rax, rbx; "
         "call f",
         "4889c34889d8488d5801ffc975f54889d8e800000000", None),
    Case("amd64", "a loop that begins the function", "1: inc rax; dec ecx; jne 1b; call f",
         "48ffc0ffc975f9e800000000", None),
    Case("amd64", "a loop to the first instruction, without a condition",
         "1: inc rax; test ecx, ecx; jne 2f; jmp 1b; 2: call f",
         "48ffc085c97502ebf7e800000000", None),
    Case("amd64", "a table of jumps", "mov eax, 5; jmp rcx; call f",
         "b805000000ffe1e800000000", None),
    Case("amd64", "a number of one float", "xorps xmm0, xmm0; call f",
         "0f57c0e800000000", Known(), place="xmm0"),
    Case("arm64", "a constant", "mov w0, #5; bl f",
         "a000805210000094", Known(5)),
    Case("arm64", "in two parts", "mov x0, #1; movk x0, #2, lsl #16; bl f",
         "200080d24000a0f210000094", Known(0x20001)),
    Case("arm64", "all ones", "mov w0, #-1; bl f",
         "0000801210000094", Known(0xffffffff)),
    Case("arm64", "passed on", "mov x0, x1; bl f",
         "e00301aa10000094", Known(base="x1")),
    Case("arm64", "cut in between", "mov w0, w1; bl f",
         "e003012a10000094", Known(base="x1", cut=4)),
    Case("arm64", "with its sign", "sxtb x0, w1; bl f",
         "201c409310000094", Known(base="x1", cut=1, signed=True)),
    Case("arm64", "one less", "sub x0, x1, #1; bl f",
         "200400d110000094", Known(-1, base="x1")),
    Case("arm64", "spilled and loaded",
         "sub sp, sp, #48; str x1, [sp, #16]; bl f; ldr x0, [sp, #16]; bl f",
         "ffc300d1e10b00f910000094e00b40f910000094", Known(base="x1")),
    Case("arm64", "as one of a pair",
         "sub sp, sp, #48; stp x2, x1, [sp, #16]; bl f; ldr x0, [sp, #24]; bl f",
         "ffc300d1e20701a910000094e00f40f910000094", Known(base="x1")),
    Case("arm64", "a pointer reaches the slot",
         "sub sp, sp, #48; str x1, [sp, #16]; add x0, sp, #16; bl f; ldr x0, [sp, #16]; bl f",
         "ffc300d1e10b00f9e043009110000094e00b40f910000094", None),
    Case("arm64", "a byte was written into it",
         "sub sp, sp, #48; str x1, [sp, #16]; strb w2, [sp, #17]; ldr x0, [sp, #16]; bl f",
         "ffc300d1e10b00f9e2470039e00b40f910000094", None),
    Case("arm64", "a byte alone", "sub sp, sp, #48; strb w1, [sp, #16]; ldrb w0, [sp, #16]; bl f",
         "ffc300d1e1430039e043403910000094", Known(base="x1", cut=1)),
    Case("arm64", "a float", "fmov d0, #1.5; bl f",
         "00106f1e10000094", Known(0x3ff8000000000000), place="v0"),
    Case("arm64", "two values", "cbz x2, 1f; mov x0, #7; b 2f; 1: mov x0, #8; 2: bl f",
         "620000b4e00080d202000014000180d210000094", None),
    Case("amd64", "a table of jumps that may lead here",
         "mov eax, 5; test ecx, ecx; je 1f; mov eax, 7; jmp rcx; 1: call f",
         "b80500000085c97407b807000000ffe1e800000000", None),
    Case("arm64", "the upper half of a store",
         "sub sp, sp, #48; str x1, [sp, #16]; ldr w0, [sp, #20]; bl f",
         "ffc300d1e10b00f9e01740b910000094", None),
    Case("arm64", "a table of jumps that may lead here",
         "mov x0, #5; cbz x2, 1f; mov x0, #7; br x3; 1: bl f",
         "a00080d2620000b4e00080d260001fd610000094", None),
    Case("amd64", "where a call leaves its results",
         "sub rsp, 32; mov [rsp], rbx; call f; mov rax, [rsp]; call f",
         "4883ec2048891c24e809000000488b0424e800000000", None),
    Case("arm64", "where a call leaves its results",
         "sub sp, sp, #48; str x1, [sp, #8]; bl f; ldr x0, [sp, #8]; bl f",
         "ffc300d1e10700f910000094e00740f910000094", None),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.arch}: {c.name}")
def test_what_the_code_proves(case: Case) -> None:
    """Only what is the same on every way, whole, and out of reach of every pointer."""
    assert held(case) == case.wanted


SPILLING = {
    # mov [rsp+8], rax; mov byte ptr [rsp+16], bl; movsd [rsp+24], xmm0; ret
    "amd64": "4889442408885c2410f20f11442418c3",
    # str x0, [sp, #8]; strb w1, [sp, #16]; str d0, [sp, #24]; ret
    "arm64": "e00700f9e1430039e00f00fdc0035fd6",
}


@pytest.mark.parametrize("arch", SPILLING)
def test_a_slot_that_was_written_on_entry(arch: str) -> None:
    """Whole, with what came in there, whatever else is stored beside it."""
    proof = proof_of(arch, bytes.fromhex(SPILLING[arch]))
    first, last = proof.paths.target.first_argument, len(proof.paths.code.instructions) - 1
    names = ("rax", "rbx", "xmm0") if arch == "amd64" else ("x0", "x1", "v0")
    assert proof.stored(first, 8, last, names[0])
    assert proof.stored(first + 8, 1, last, names[1])
    assert proof.stored(first + 16, 8, last, names[2])
    assert not proof.stored(first, 8, last, names[1])
    assert not proof.stored(first + 8, 8, last, names[1])  # a byte alone
    assert not proof.stored(first + 24, 8, last, names[0])  # nothing was
    assert not proof.stored(first, 8, 0, names[0])  # not yet


def test_code_that_is_not_known_whole_proves_nothing() -> None:
    """Bytes that are no instructions may jump back into what is."""
    case = next(c for c in CASES if (c.arch, c.name) == ("amd64", "a constant"))
    proof = proof_of("amd64", bytes.fromhex(case.code) + bytes.fromhex("0606"))
    assert proof.value("rax", 8, 1) is None


# ---------------------------------------------------------------------- the source alone

SOURCE = """package main

func g(n int, s string, p *int, e error) {
	panic("end")
}

func f(k int, j int) {
	j = 2
	%s
}
"""
LOG = """panic: end

goroutine 1 [running]:
main.g(0x111?, {0x222?, 0x333?}, 0x444?, {0x555?, 0x666?})
	/home/dev/app/main.go:4 +0x1d
main.f(0x28, 0x29)
	/home/dev/app/main.go:9 +0x1d
"""


@pytest.mark.parametrize(
    ("call", "number", "length", "pointer"),
    [
        ('g(7, "abc", nil, nil)', 7, 3, 0),
        ('g(k, "", nil, nil)', 0x28, 0, 0),  # passed on as it came
        ("g(j, t, &k, nil)", None, None, None),  # was set to something else
        ("g(k+1, t, x, nil)", None, None, None),
        ("h(7)", None, None, None),  # the source is of another version
        ("g(7, `a`, nil, nil); g(8, `bc`, nil, nil)", None, None, 0),  # one of two
    ],
)
def test_by_the_source(
    tmp_path: Path, call: str, number: int | None, length: int | None, pointer: int | None
) -> None:
    """What a caller's line passes is likely; the words stay as printed."""
    write(tmp_path, {"main.go": SOURCE % call})
    dump = gotrace.parse(LOG.encode()).dumps[0]
    source = gotrace.from_source(str(tmp_path))
    report = gotrace.annotate(dump, sources=[source], go="1.23", arch="amd64")
    n, s, p, e = report.goroutines[0].frames[0].arguments
    assert n.words[0].value == 0x111
    assert n.value is not None
    assert s.value is not None
    assert p.value is not None
    assert n.value.number == (0x111 if number is None else number)
    assert n.certainty is (Certainty.STALE if number is None else Certainty.LIKELY)
    assert s.value.len == (0x333 if length is None else length)
    assert p.value.pointer == (0x444 if pointer is None else pointer)
    if number is not None:
        assert n.provenance is not None
        assert n.provenance.text == "from the call at main.go:9"
        assert e.certainty is Certainty.LIKELY


KEEPING = """package main

type count int

func (c *count) more() { *c++ }

type box struct{ n, m int }

func g(n int, c count, b box) {
	panic("end")
}

func f(n int, c count, b box) {
	%s
}
"""
KEPT = """panic: end

goroutine 1 [running]:
main.g(0x111?, 0x222?, {0x333?, 0x444?})
	/home/dev/app/main.go:10 +0x1d
main.f(0x1, 0x2, {0x3, 0x4})
	/home/dev/app/main.go:14 +0x1d
"""


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("g(n, c, b)", "ncb"),
        ("g(n, c, b); c.more()", "nb"),  # by its address
        ("g(n, c, b); b.m = 3", "nc"),
        ("g(n, c, b); func() { n = 3 }()", "cb"),
        ("g(n, c, b); p := &b.n; _ = p", "nc"),
        ("defer g(7, 8, b); g(n, c, b)", ""),  # which of the two runs?
        ("defer func() { recover() }(); g(n, c, b)", "ncb"),
        ("h := g; defer h(7, 8, b); g(n, c, b)", ""),
    ],
)
def test_parameters_that_stay_as_they_came(tmp_path: Path, body: str, told: str) -> None:
    """What may be set, by whatever way, is not passed on; nor is anything where another call of
    the same function may be what runs."""
    write(tmp_path, {"main.go": KEEPING % body})
    dump = gotrace.parse(KEPT.encode()).dumps[0]
    source = gotrace.from_source(str(tmp_path))
    report = gotrace.annotate(dump, sources=[source], go="1.23", arch="amd64")
    found = report.goroutines[0].frames[0].arguments
    assert "".join(str(a.name) for a in found if a.provenance is not None) == told
    for argument in found:
        if argument.provenance is not None:
            assert argument.certainty is Certainty.LIKELY


RECORDED = Path(__file__).parent / "data" / "recovered" / "chain-4103.go1.27.log"


def test_a_recorded_trace_by_the_source(tmp_path: Path) -> None:
    """Real output of go1.27 for amd64; the program knows what it passed."""
    made = program(4103)
    write(tmp_path, {"main.go": made.text})
    dump = gotrace.parse(RECORDED.read_bytes()).dumps[0]
    report = gotrace.annotate(dump, sources=[gotrace.from_source(str(tmp_path))])
    frames = {f.name.local: f for f in report.goroutines[0].frames}
    told = 0
    for depth, passed in enumerate(made.passed):
        for wanted, argument in zip(passed, frames[f"f{depth}"].arguments, strict=True):
            if argument.provenance is None or argument.certainty is not Certainty.LIKELY:
                continue
            assert argument.value is not None
            if wanted.type in BITS or wanted.type == "bool":
                assert argument.value.number == wanted.value
                told += 1
            assert argument.words[0].stale
            assert argument.provenance.span is not None
    assert told >= 3


STANDING = """SIGQUIT: quit
PC=0x401000 m=0 sigcode=0

goroutine 1 [running]:
main.spin(0x2a?)
	/home/dev/app/main.go:9 +0x1d
main.main()
	/home/dev/app/main.go:14 +0x1d

goroutine 7 [runnable]:
main.%s(0x2b?)
	/home/dev/app/main.go:9 +0x1d

rax    0x2a
rip    0x401000
rflags 0x202
"""


@pytest.mark.parametrize(("other", "wanted"), [("spin", False), ("turn", True)])
def test_whose_the_registers_are(other: str, wanted: bool) -> None:
    """Of several goroutines at one place nothing tells which of them the processor was running."""
    dump = gotrace.parse((STANDING % other).encode()).dumps[0]
    assert dump.registers
    report = gotrace.annotate(dump)
    chain = Chain(dump, report.goroutines[0], Programs(()))
    assert chain.is_printed(0) is wanted
    assert not chain.is_printed(1)
