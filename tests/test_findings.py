"""Findings: each rule speaks where it is right, and is silent at what only looks like it."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import gotrace
from gotrace.annotated import AnnotatedFrame
from gotrace.arch import ARCHES
from gotrace.bind import bind
from gotrace.cli import main
from gotrace.findings.finding import judged
from gotrace.findings.rule import Part, Setting
from gotrace.findings.rules import RULES
from gotrace.layout.sizes import Sizes
from gotrace.model import Frame
from gotrace.names import split_name
from gotrace.report import Report
from gotrace.types import GoType, Kind
from gotrace.value import Argument, Certainty, Finding, Severity, Value
from tests import evidence, go_tools
from tests.evidence import ROOT, SAMPLES
from tests.layout_cases import Case, Machine, cases, extent, leaves

HOME = SAMPLES / "findings"
SOURCE = (HOME / "main.go").read_text("utf-8")
# What only the program's own file tells.
WITH_PROGRAM = {"typed-nil", "unknown-type-word", "changed-since-call"}
RECORDED = sorted(HOME.glob("go*.json"))


@cache
def recorded(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found


def report_of(path: Path, mode: str) -> Report:
    """What one run of the program printed, by the prototypes of its source."""
    release, _, arch = path.stem.removeprefix("go").partition("-")
    dump = gotrace.parse(recorded(path)[mode].encode()).dumps[0]
    prototypes = gotrace.from_prototypes(SOURCE, file="main.go")
    return gotrace.annotate(dump, signatures=[prototypes], go=release, arch=arch or "amd64")


def findings(report: Report) -> list[Finding]:
    return [f for g in report.goroutines for x in g.frames for a in x.arguments for f in a.findings]


def codes(report: Report) -> set[str]:
    return {f.code for f in findings(report)}


# ---------------------------------------------------------------------- each rule


@pytest.mark.parametrize("path", RECORDED, ids=[p.stem for p in RECORDED])
@pytest.mark.parametrize("code", [c for c in RULES if c not in WITH_PROGRAM])
def test_right_and_near_miss(path: Path, code: str) -> None:
    """Of what a real program printed, with the prototypes of its source."""
    told = codes(report_of(path, code))
    assert codes(report_of(path, f"{code}-not")) == set()
    assert told == ({code} if speaks(path.stem, code) else set())


def speaks(name: str, code: str) -> bool:
    """On 32-bit ports no address is out of range. Of go1.27 nothing is exact by prototypes alone:
    a parameter that escapes is printed as live, and is not."""
    return name != "go1.27" and not (name.endswith("-386") and code == "non-canonical-pointer")


def test_half_of_an_alignment_is_not_enough() -> None:
    """An address that is a multiple of 4, of what is aligned to 8."""
    known = gotrace.from_prototypes("package main\nfunc f(p *int64, q *int32, m map[int]int)")
    text = (
        "panic: x\n\ngoroutine 1 [running]:\nmain.f(0xc000012344, 0xc000012344, 0xc000012344)\n"
        "\t/home/dev/main.go:5 +0x10\n"
    )
    dump = gotrace.parse(text.encode()).dumps[0]
    report = gotrace.annotate(dump, signatures=[known], go="1.16", arch="amd64")
    said = [[f.code for f in a.findings] for a in report.goroutines[0].frames[0].arguments]
    assert said == [["misaligned-pointer"], [], ["misaligned-pointer"]]


def test_rules_docs_and_samples_agree() -> None:
    """A rule has a module, a section in the docs, a case and a near miss."""
    docs = (ROOT / "docs" / "findings.md").read_text("utf-8")
    assert re.findall(r"^## ([a-z-]+)$", docs, re.MULTILINE) == list(RULES)
    modes = re.findall(r'case "([a-z-]+)":', SOURCE)
    assert sorted(modes) == sorted(m for c in RULES for m in (c, f"{c}-not"))
    for code, rule in RULES.items():
        assert code == rule.code
        assert (
            Path(gotrace.__file__).parent / "findings" / f"{code.replace('-', '_')}.py"
        ).exists()
        assert rule.over <= RULES.keys()
        assert f"({rule.severity.value})" in docs.split(f"## {code}\n")[1].split("\n## ")[0]


def test_nothing_is_said_of_stale_words() -> None:
    """The same words with marks are silent, whatever they are."""
    prototypes = gotrace.from_prototypes(SOURCE, file="main.go")
    for path in RECORDED:
        for mode, text in recorded(path).items():
            marked = re.sub(r"(0x[0-9a-f]+)(?=[,)}])", r"\1?", text)
            dump = gotrace.parse(marked.encode()).dumps[0]
            report = gotrace.annotate(dump, signatures=[prototypes], go="1.23")
            assert findings(report) == [], (path.name, mode)


# ---------------------------------------------------------------------- verified layouts

SUBSET = Path(__file__).parent / "data" / "layout_tuples.jsonl"


@pytest.fixture(scope="module", params=["subset", pytest.param("all", marks=pytest.mark.shared)])
def lines(request: pytest.FixtureRequest) -> list[str]:
    if request.param == "subset":
        return SUBSET.read_text(encoding="utf-8").splitlines()
    with gzip.open(evidence.shared() / "kit/layout/triples.jsonl.gz", "rt") as stream:
        return stream.read().splitlines()


INT = GoType(Kind.INT, "int")


def whole(go_type: GoType) -> GoType:
    """The type with what its text says of elements."""
    if go_type.text in {"*int", "[]int"}:
        return go_type._replace(element=INT)
    element = whole(go_type.element) if go_type.element else None
    fields = tuple(f._replace(type=whole(f.type)) for f in go_type.fields)
    return go_type._replace(element=element, fields=fields)


def known(case: Case) -> Case:
    """The case with whole types."""
    signature = case.signature
    parameters = tuple(p._replace(type=whole(p.type)) for p in signature.parameters)
    return case._replace(signature=signature._replace(parameters=parameters))


def framed(case: Case, arguments: tuple[Argument, ...]) -> AnnotatedFrame:
    """A frame of that call."""
    name = split_name(case.call.function)
    plain = Frame(case.call, None, 0, 0, 0)
    return AnnotatedFrame(plain, name, True, case.signature, arguments, (), ())


def setting_of(case: Case) -> Setting:
    return Setting(case.port, Sizes(case.port.word_size), "linux", None, (), ())


def test_nothing_is_said_of_what_is_right(lines: list[str]) -> None:
    """Whatever random programs passed: no exact value has a finding."""
    rules = tuple(RULES.values())
    checked = 0
    for case in map(known, cases(lines, from_source=True)):
        arguments = bind(case.call, case.signature, case.facts, case.port).arguments
        for argument in judged(framed(case, arguments), rules, setting_of(case)):
            checked += argument.certainty is Certainty.EXACT
            bad = [f for f in argument.findings if f.severity is not Severity.NOTE]
            assert bad == [], (case, argument)
    assert checked > 300


def believed(value: Value) -> Value:
    """The value as if none of it were stale."""
    return value._replace(
        certainty=Certainty.EXACT,
        certainties=(),
        fields=tuple(f._replace(value=believed(f.value)) for f in value.fields),
        elements=tuple(map(believed, value.elements)),
    )


CHECKED = {
    Kind.STRING, Kind.SLICE, Kind.INTERFACE, Kind.POINTER, Kind.BOOL, Kind.MAP, Kind.CHAN, Kind.FUNC
}  # fmt: skip


def units(
    go_type: GoType, value: Value, memory: bytes, arch: Machine
) -> Iterator[tuple[GoType, Value, bytes]]:
    """What a rule can look at in a value, with its true bytes."""
    if value.truncated:
        return
    if go_type.kind in CHECKED:
        yield go_type, value, memory
    at = 0
    inner = [f.type for f in go_type.fields]
    if go_type.kind is Kind.ARRAY and go_type.element:
        inner = [go_type.element] * len(value.elements)
    values = [f.value for f in value.fields] or value.elements
    for one, part in zip(inner, values, strict=False):
        size, align = extent(one, arch.word)
        at = -(-at // align) * align
        yield from units(one, part, memory[at : at + size], arch)
        at += size


def test_how_many_wrong_words_the_rules_would_catch(lines: list[str]) -> None:
    """Of what was printed with marks and is not what was passed: were it believed, so many would be
    caught. Nothing that is right would."""
    rules = tuple(RULES.values())
    wrong = caught = right = 0
    for case in map(known, cases(lines, from_source=True)):
        arch, setting = machine(case), setting_of(case)
        arguments = bind(case.call, case.signature, case.facts, case.port).arguments
        inputs = case.signature.inputs()
        for parameter, argument, memory in zip(inputs, arguments, case.memory, strict=False):
            if argument.value is None:
                continue
            for go_type, value, bytes_ in units(parameter.type, argument.value, memory, arch):
                if value.certainty is not Certainty.STALE:
                    continue
                part = Part("x", believed(value), go_type, parameter.role, "f")
                said = any(rule.check(part, setting) for rule in rules)
                if all(held for _, held in leaves(go_type, value, bytes_, arch)):
                    right += 1
                    assert not said, (case, value)
                else:
                    wrong += 1
                    caught += said
    print(f"\n{caught} of {wrong} wrong ones caught, none of {right} right ones")
    assert wrong > 5
    assert caught >= 0.45 * wrong


def machine(case: Case) -> Machine:
    arch = ARCHES[case.arch]
    return Machine(arch.word_size, ">" if arch.big_endian else "<")


# ---------------------------------------------------------------------- with the program


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 23, 27))
def test_with_the_program(tmp_path: Path, release: int) -> None:
    """Built anew: every rule, by the program's own names and types."""
    (tmp_path / "main.go").write_text(SOURCE)
    app = tmp_path / "app"
    go_tools.build(release, tmp_path, "-gcflags=all=-l", "-o", str(app), "main.go")
    program = gotrace.from_binary(str(app))
    missed, wrong = set(), {}
    for code in RULES:
        for mode in (code, f"{code}-not"):
            done = subprocess.run([app, mode], capture_output=True, check=False, timeout=60)
            report = gotrace.annotate(gotrace.parse(done.stderr).dumps[0], binaries=[program])
            told = codes(report)
            if mode == code and code not in told:
                missed.add(code)
            if told - ({code} if mode == code else set()):
                wrong[mode] = told
    assert wrong == {}
    assert missed <= MISSED.get(release, set())


# go1.19 keeps the type words elsewhere, and marks them. Since go1.26 what is small and holds no
# pointers is only likely with a binary alone.
MISSED = {
    19: {"nil-context", "nil-error", "typed-nil"},
    27: {"impossible-bool", "odd-duration", "changed-since-call"},
}


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 27))
def test_the_certain_culprit_is_another_pointer(tmp_path: Path, release: int) -> None:
    """Both are nil and fit the address; where it is certain that the first failed, no error says
    that it was the second."""
    (tmp_path / "main.go").write_text(
        "package main\n\ntype node struct {\n\tpad  int64\n\tnext *node\n\tval  int64\n}\n\n"
        "//go:noinline\nfunc sum(a, b *node) int64 {\n\treturn a.next.val + b.val\n}\n\n"
        "func main() {\n\tprintln(sum(&node{}, nil))\n}\n"
    )
    app = tmp_path / "app"
    go_tools.build(release, tmp_path, "-o", str(app), "main.go")
    done = subprocess.run([app], capture_output=True, check=False, timeout=60)
    dump = gotrace.parse(done.stderr).dumps[0]
    program, tree = gotrace.from_binary(str(app)), gotrace.from_source(str(tmp_path))
    report = gotrace.annotate(dump, binaries=[program], sources=[tree])
    assert report.culprit is not None
    assert (report.culprit.expression, report.culprit.certainty.value) == ("a.next", "certain")
    assert "nil-fault" not in codes(report)


# ---------------------------------------------------------------------- the command


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A crash with one finding, an error, and one that only warns."""
    path = tmp_path / "panic.log"
    texts = recorded(HOME / "go1.15.json")
    path.write_text(texts["low-pointer"] + "\n" + texts["odd-duration"])
    (tmp_path / "prototypes.go").write_text(SOURCE)
    (tmp_path / "gotrace.toml").write_text('go = "1.15"\narch = "amd64"\n')
    monkeypatch.chdir(tmp_path)
    return path


def annotated(log: Path, *options: str) -> tuple[int, set[str]]:
    """Exit code and the codes of all findings."""
    out = log.with_suffix(".json")
    code = main(["annotate", str(log), "--format", "json", "-o", str(out), *options])
    told = re.findall(r'"code": "([a-z-]+)",\s+"severity"', out.read_text())
    return code, set(told)


def test_the_levels(log: Path) -> None:
    """--fail-on counts findings of its level and above."""
    both = {"low-pointer", "odd-duration"}
    assert annotated(log) == (0, both)
    assert annotated(log, "--fail-on", "error") == (1, both)
    assert annotated(log, "--fail-on", "error", "--disable", "low-pointer") == (0, {"odd-duration"})
    assert annotated(log, "--fail-on", "warning", "--disable", "low-pointer")[0] == 1


def test_a_code_that_does_not_exist(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", str(log), "--disable", "low-pointr"]) == 2
    told = capsys.readouterr().err
    assert "--disable low-pointr: no such finding" in told
    assert "low-pointer, " in told


def test_a_baseline(log: Path, tmp_path: Path) -> None:
    """What is listed is not reported; what is new is."""
    known = tmp_path / "known.json"
    assert annotated(log, "--write-baseline", str(known))[0] == 0
    assert annotated(log, "--baseline", str(known), "--fail-on", "note") == (0, set())
    listed = json.loads(known.read_text())
    assert [(f["code"], f["argument"]) for f in listed["findings"]] == [
        ("low-pointer", "p"),
        ("odd-duration", "timeout"),
    ]
    del listed["findings"][0]
    known.write_text(json.dumps(listed))
    assert annotated(log, "--baseline", str(known), "--fail-on", "note") == (1, {"low-pointer"})


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "gotrace-baseline/1"}', "\x00"])
def test_a_file_that_is_no_baseline(
    log: Path, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)
    assert main(["annotate", str(log), "--baseline", str(path)]) == 2
    assert "no baseline of gotrace" in capsys.readouterr().err


def test_text_shows_them(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Under their argument."""
    assert main(["annotate", str(log)]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = next(i for i, line in enumerate(lines) if "[low-pointer]" in line)
    assert lines[at].startswith("  !!  p is 0x8: no pointer, but nearly nil")
    assert lines[at - 1].split() == ["p", "*int64", "0x8"]
