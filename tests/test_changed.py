"""What came in at a frame against what was printed: parameters that were set since, and programs
whose data is another build's."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import gotrace
from gotrace.findings.rule import Part, Setting
from gotrace.findings.rules import RULES
from gotrace.recover import Passed
from gotrace.recover.proof_amd64 import AMD64, AMD64_STACK
from gotrace.report import Report
from gotrace.resolve import FROM_FILE, unresolved
from gotrace.signature import Role
from gotrace.types import GoType, Kind
from gotrace.value import Argument, Certainty, FieldValue, Provenance, Value, ValueKind
from tests import go_tools
from tests.test_findings_sound import setting

EXACT = Certainty.EXACT
INT = GoType(Kind.INT, "int")


def number(value: int, certainty: Certainty = EXACT) -> Value:
    return Value(ValueKind.INT, certainty, number=value)


@pytest.mark.parametrize(
    ("now", "then", "told"),
    [
        (number(7), number(5000), "n came in as 5000, and is 7"),
        (number(7, Certainty.LIKELY), number(5000), "n is not what came in"),
        (
            Value(ValueKind.POINTER, EXACT, pointer=0),
            Value(ValueKind.POINTER, EXACT, pointer=0xC000010000),
            "n came in as 0xc000010000, and is nil",
        ),
        (
            Value(ValueKind.STRING, EXACT, pointer=0xC000010000, len=2, text="pw"),
            Value(ValueKind.STRING, EXACT, pointer=0xC000010000, len=3, text="pw2"),
            "n came in as 3 bytes at 0xc000010000, and is 2 bytes at 0xc000010000",
        ),
        (Value(ValueKind.STRUCT, EXACT), Value(ValueKind.STRUCT, EXACT), "n is not what came in"),
    ],
)
def test_what_is_said(now: Value, then: Value, told: str) -> None:
    """Numbers alone, and never a text of the program's."""
    passed = {"n": Passed(then, Provenance("from the call at main.go:3", None))}
    rule = RULES["changed-since-call"]
    part = Part("n", now, INT, Role.PARAMETER, "main.f")
    with_it: Setting = setting("amd64")._replace(passed=passed)
    assert rule.check(part, with_it) == (told, ("from the call at main.go:3",))
    assert rule.check(part, setting("amd64")) is None
    assert rule.check(part._replace(path="n.a"), with_it) is None


def test_nothing_of_addresses_is_left() -> None:
    """Numbers stay; what the file said of them goes, in fields too."""
    text = Value(ValueKind.STRING, EXACT, pointer=0x1000, len=2, text="ab", text_source=FROM_FILE)
    told = Value(ValueKind.INTERFACE, EXACT, type_word=1, pointer=2, dynamic_type="int")
    fields = (FieldValue("s", "string", text), FieldValue("v", "any", told))
    whole = Value(ValueKind.STRUCT, EXACT, fields=fields)
    (bare,) = unresolved([Argument("x", Role.PARAMETER, "T", EXACT, whole, ())])
    assert bare.value is not None
    assert [f.value for f in bare.value.fields] == [
        text._replace(text=None, text_source=None),
        told._replace(dynamic_type=None),
    ]


def test_a_register_holds_zero_only_since_arguments_come_in_registers() -> None:
    assert (AMD64.constant("xmm15"), AMD64_STACK.constant("xmm15")) == (True, False)


# ---------------------------------------------------------------------- with real programs

SAME_CODE = """package main

var Version = "dev"

//go:noinline
func work(name string, n int, x interface{}) int {
	if n == 3 {
		panic("n")
	}
	println(name, x)
	return len(name)
}

//go:noinline
func outer(name string, n int) int { return 1 + work(name, n, "some text in an interface") }

func main() {
	println(Version)
	outer("the real text", 3)
}
"""


@pytest.mark.toolchain
@pytest.mark.parametrize("arch", ["amd64", "arm64"])
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 23, 27))
def test_the_same_code_with_other_data(release: int, arch: str, tmp_path: Path) -> None:
    """Lines and offsets are those of the program that ran, and every text lies elsewhere."""
    (tmp_path / "main.go").write_text(SAME_CODE)
    for version in ("1.2.3", "1.2.3-rc1"):
        flag = f"-ldflags=-X main.Version={version}"
        go_tools.build(release, tmp_path, flag, "-o", version, "main.go", GOARCH=arch)
    runner = ["qemu-aarch64-static"] if arch == "arm64" else []
    done = subprocess.run([*runner, tmp_path / "1.2.3"], capture_output=True, check=False)
    (dump,) = gotrace.parse(done.stderr).dumps
    right = gotrace.annotate(dump, binaries=[gotrace.from_binary(str(tmp_path / "1.2.3"))])
    assert [i.code for i in right.issues] == []
    assert "the real text" in texts(right)
    wrong = gotrace.annotate(dump, binaries=[gotrace.from_binary(str(tmp_path / "1.2.3-rc1"))])
    if (release, arch) == (15, "arm64"):  # there nothing has moved
        assert texts(wrong) == texts(right)
        return
    assert [i.code for i in wrong.issues] == ["binary-mismatch"]
    assert "is another build of the same code: main.go:" in wrong.issues[0].message
    assert texts(wrong) == []


def texts(report: Report) -> list[str]:
    """All that was read from the program's file."""
    values = [a.value for g in report.goroutines for f in g.frames for a in f.arguments if a.value]
    return [str(v.text or v.symbol or v.dynamic_type) for v in values if v.region or v.text]
