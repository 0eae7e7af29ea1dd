"""The multiline rules for collectors: run as the collectors run them, over real dumps."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

import gotrace
from gotrace.parsing import _race_tables, _tables
from tests import go_tools
from tests.collector_machines import MACHINES, Machine, compiled, fluent_bit, patterns
from tests.evidence import ROOT, SAMPLES, distinct_shapes, trace_files, trace_lines

BEFORE = ["2026-11-23T06:33:30Z INFO ready", '{"level":"info","msg":"started"}']
AFTER = ["2026-11-23T06:33:40Z INFO restarted", "I1123 06:33:41.000001    7 main.go:5] up"]
ORDINARY = [
    *BEFORE,
    *AFTER,
    'time="2026-11-23T06:33:30Z" level=info msg="goroutine pool ready" n=4',
    'level=error msg=failed err="open /x: no such file" at=main.go:12',
    '127.0.0.1 - - [23/Nov/2026:06:33:30 +0000] "GET / HTTP/1.1" 200 512',
    "Nov 23 06:33:32 host1 api[25611]: listening",
    "<11>1 2026-11-23T06:33:32.1Z host api 25611 - - up",
    '[GIN] 2026/11/23 - 06:33:30 | 200 |     1.2ms |       ::1 | GET      "/"',
    "2026/11/23 06:33:30 http: TLS handshake error from 10.0.0.1:443: EOF",
    "[WARN] retry in 5s (3 of 10)",
    "connected to db (5 ms)",
    "Server started on :8080",
    "done.",
    "=== RUN   TestX",
    "--- PASS: TestX (0.00s)",
    "PASS",
    "ok  \texample.com/tt\t0.030s",
    "Aborted (core dumped)",
    "gc 1 @0.001s 4%: 0.01+0.2+0.003 ms clock",
    "a panic is no crash",
    "see goroutine 7",
    "created 5 users",
    "signal received, shutting down",
    "exit",
    "-----BEGIN CERTIFICATE-----",
    "--",
    "====",
    "key: value",
    "- item",
    "rax",
    "12 @ home",
    "deadbeef: commit",
    "write at offset 5",
    "Found 3 users",
    "http://example.com/x",
    "https://example.com:443",
    "main.go:12: something",
    "(nil)",
    "0x1",
    "SIGTERM received",
    "runtime error in plugin",
    "x=1 y=2",
]
PANIC = ["panic: x", "", "goroutine 1 [running]:", "main.main()", "\t/x.go:1 +0x1"]
SNAPSHOT = ["goroutine 9 [running]:", *PANIC[3:], "", "goroutine 7 [select]:", *PANIC[3:]]

# Folders of samples whose dumps a collector cannot keep whole: all hold lines of a message as the
# program wrote them, which nothing tells from a line of a log.
_RAW = {"multiline": 1, "http": 2}
SAMPLES_CUT = {
    "fluent-bit": {"multiline": 1},
    "fluentd": _RAW,
    "vector": _RAW,
    "filebeat": _RAW,
    "opentelemetry": _RAW,
}
# Of the recorded traces: raw messages, functions of C that a symbolizer names, the threads of
# GOTRACEBACK=crash, text in envelopes.
_ENVELOPED = {"go_test_cmd", "log_stack"}
_RAW_TRACES = {"multiline_panic", "custom_error", "http_panic", "panic_values", "testing"}
TRACES_CUT = {
    "fluent-bit": _ENVELOPED | {"multiline_panic"},
    "fluentd": _ENVELOPED | _RAW_TRACES | {"cgo_traceback", "sigquit_states", "smashed_return"},
    "vector": _ENVELOPED | _RAW_TRACES | {"cgo_traceback"},
    "filebeat": _ENVELOPED | _RAW_TRACES | {"cgo_traceback", "print_builtin_noise"},
    "opentelemetry": _ENVELOPED | _RAW_TRACES | {"cgo_traceback", "sigquit_states"},
}
TITLES = {
    "fluent-bit": "Fluent Bit",
    "fluentd": "Fluentd",
    "vector": "Vector",
    "filebeat": "Filebeat",
    "opentelemetry": "OpenTelemetry",
}
# Where the line before a dump is kept with it: snapshots, and the rule above a race report.
GLUED = {"opentelemetry"}


@pytest.fixture(params=MACHINES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def machine(name: str) -> Machine:
    return MACHINES[name]()


def tool() -> ModuleType:
    """tools/collectors.py, which is no package."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import collectors  # type: ignore[import-not-found] # noqa: PLC0415
    finally:
        sys.path.remove(str(ROOT / "tools"))
    return collectors


def lines_of(path: Path) -> list[str]:
    lines = path.read_bytes().decode("latin-1").split("\n")
    return lines if lines[-1] else lines[:-1]


def ranges(lines: list[str]) -> Iterator[range]:
    """The lines of each dump, without rules and blank lines around it."""
    data = "\n".join(lines).encode("latin-1")
    for dump in gotrace.parse(data).dumps:
        first, last = dump.first_line - 1, dump.last_line - 1
        while first < last and re.fullmatch(r"(?:={18})?\r?", lines[first]):
            first += 1
        while last > first and re.fullmatch(r"(?:={18})?\r?", lines[last]):
            last -= 1
        yield range(first, last + 1)


def looked_at(machine: Machine, text: list[str]) -> tuple[int, int, list[int]]:
    """Dumps, dumps that lie in several records, and ordinary lines that are not alone."""
    lines = [*BEFORE, *text, *AFTER]
    records = machine(lines)
    assert [i for r in records for i in r] == list(range(len(lines)))
    where = {i: number for number, record in enumerate(records) for i in record}
    found = list(ranges(lines))
    cut = sum(len({where[i] for i in dump}) > 1 for dump in found)
    edges = (0, 1, len(lines) - 2, len(lines) - 1)
    return len(found), cut, [i for i in edges if len(records[where[i]]) > 1]


# ---------------------------------------------------------------------- whole dumps


def test_the_samples(name: str, machine: Machine) -> None:
    """Each dump lies in one record, and ordinary lines stand alone."""
    total, cut = 0, Counter[str]()
    for path in sorted(SAMPLES.rglob("*.log")):
        dumps, broken, glued = looked_at(machine, lines_of(path))
        total += dumps
        cut[path.parent.name] += broken
        allowed = path.parent.name in {"race", "pprof"} and name in GLUED
        assert glued == ([1] if allowed and glued else []), path
    assert total > 190
    assert +cut == Counter(SAMPLES_CUT[name])


@pytest.mark.shared
def test_the_recorded_traces(name: str, machine: Machine) -> None:
    """Nothing is cut but what cannot be kept, by folder; at most the line before is glued on."""
    total, cut = 0, Counter[str]()
    for path in trace_files():
        dumps, broken, glued = looked_at(machine, lines_of(path))
        total += dumps
        cut[path.parent.name] += broken
        assert glued == ([1] if glued and name in GLUED else []), path
    assert {folder for folder, count in cut.items() if count} == TRACES_CUT[name]
    page = (ROOT / "docs" / "collectors.md").read_text("utf-8")
    assert f"{total:,} dumps of {len(trace_files()):,} recorded outputs" in page
    said = dict(re.findall(r"^\| ([A-Z][\w ]+) \| (\d+) \(", page, re.M))
    assert said[TITLES[name]] == str(cut.total())


def test_dumps_between_ordinary_lines(name: str, machine: Machine) -> None:
    """Two crashes are two records; a stack of several goroutines is one."""
    lines = [BEFORE[0], *PANIC, AFTER[0], *PANIC, AFTER[1], *SNAPSHOT, BEFORE[1]]
    found = [len(r) for r in machine(lines)]
    snapshot = [1 + len(SNAPSHOT)] if name in GLUED else [1, len(SNAPSHOT)]
    assert found == [1, 5, 1, 5, *snapshot, 1]


def test_each_race_report_is_a_record(name: str, machine: Machine) -> None:
    """Also where two follow each other, but in Filebeat and Vector, which join them."""
    rule = "=" * 18
    report = [
        rule, "WARNING: DATA RACE", "Read at 0x00c00009a030 by goroutine 7:", "  main.f()",
        "      /x.go:1 +0x1b", "", "Previous write at 0x00c00009a030 by main goroutine:",
        "  main.main()", "      /x.go:2 +0x1c", "", "Goroutine 7 (running) created at:",
        "  main.main()", "      /x.go:3 +0x1d", rule,
    ]  # fmt: skip
    records = machine([BEFORE[0], *report, *report, AFTER[0]])
    of = [r for r in records if len(r) > 2]
    if name in {"filebeat", "vector"}:
        assert [len(r) for r in of] == [2 * len(report)]
    else:
        assert len(of) == 2
        assert all(len(r) >= len(report) - 1 for r in of)
    assert records[-1] == [29]


@pytest.mark.parametrize("line", ORDINARY)
def test_ordinary_lines_stand_alone(machine: Machine, line: str) -> None:
    """Alone, among themselves, before a crash and behind it."""
    records = machine([line, line, *PANIC, line, line])
    assert [len(r) for r in records] == [1, 1, 5, 1, 1]


def test_a_raw_message_has_an_end() -> None:
    """A panic without a stack takes no more than some lines of text along, and none of a log."""
    machine = fluent_bit()
    records = machine(["panic: x", *["text of anything"] * 20, AFTER[0]])
    assert [len(r) for r in records] == [9, *[1] * 13]
    assert [len(r) for r in machine(["panic: x", *AFTER])] == [1, 1, 1]


def test_long_lines_take_no_longer_than_they_are(machine: Machine) -> None:
    """No pattern looks at a hostile line again and again."""
    parts = (
        "a.",
        "(",
        "a(",
        "main.f(0x1, ",
        "a.b(",
        " ",
        "1:1 ",
        "\t",
        "x panic: ",
        " .go:1",
        "a=",
    )
    lines = [
        lead + part * 20_000 + end for part in parts for lead in ("", "  x") for end in (":", "(")
    ]
    begun = time.process_time()
    machine([line for long in lines for line in ("panic: x", long)])
    assert time.process_time() - begun < 3


def test_both_files_of_fluent_bit_say_the_same() -> None:
    lines = [line for path in sorted(SAMPLES.glob("*/*.log"))[::9] for line in lines_of(path)]
    assert fluent_bit("fluent-bit.conf")(lines) == fluent_bit("fluent-bit.yaml")(lines)


# ---------------------------------------------------------------------- patterns and grammars


def test_the_files_are_up_to_date() -> None:
    run = subprocess.run(
        [sys.executable, "tools/collectors.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (0, "")


def test_a_new_rule_of_a_grammar_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    collectors = tool()
    assert collectors.uncovered() == []
    fewer = tuple(line for line in collectors.GOES_ON if line.name != "elision")
    monkeypatch.setattr(collectors, "GOES_ON", fewer)
    assert collectors.uncovered() == ["elision"]


def uncaught(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Lines that a rule of a grammar describes and no pattern catches."""
    collectors = tool()
    known = {**_tables.PATTERNS, **_race_tables.PATTERNS}
    rules = {rule: re.compile(known[rule][0]) for rule in known if rule not in collectors.LEFT_OUT}
    assert len(rules) > 40
    every = compiled(
        collectors.begins(collectors.any_of((*collectors.STARTS, *collectors.GOES_ON)))
    )
    return [
        (rule, line)
        for line in lines
        if not every.match(line)
        for rule, described in rules.items()
        if described.match(line)
    ]


def test_the_patterns_cover_the_grammars() -> None:
    """But for single words, which may be functions of C."""
    lines = {line for path in sorted(SAMPLES.rglob("*.log")) for line in lines_of(path)}
    assert len(lines) > 3000
    found = uncaught(distinct_shapes(sorted(lines)))
    assert [(r, x) for r, x in found if r != "bare_call" or "." in x] == []


@pytest.mark.shared
def test_the_patterns_cover_the_grammars_on_all_traces() -> None:
    """But for those of C's sanitizers, and what `go test` indents under a fuzz target."""
    found = uncaught(distinct_shapes(trace_lines()))
    left = [(r, x) for r, x in found if r != "bare_call" or "." in x]
    assert {r for r, _ in left} == {"site"}
    assert all(x.lstrip(" ").startswith(("#", "\t")) for _, x in left)


def test_the_patterns_are_of_the_common_subset() -> None:
    """What four engines and five configuration languages read alike."""
    for file, listed in patterns().items():
        assert listed
        for pattern in listed:
            assert not re.search(r"""["'/#`]""", pattern), file
            assert not re.search(r"\(\?(?!:)|[*+?}]\+|\\[1-9ZGKzkb]|\(\*", pattern), file
            assert not re.search(r"\$[\w{.$]", pattern), file
            assert compiled(pattern).pattern == pattern


# ---------------------------------------------------------------------- the engines themselves


def engine_lines() -> list[str]:
    lines = {line for path in sorted(SAMPLES.glob("*/*.log")) for line in lines_of(path)}
    return [x for x in [*distinct_shapes(sorted(lines)), *ORDINARY] if x.isascii()]


def expected(listed: list[str], lines: list[str]) -> list[list[int]]:
    return [[i for i, x in enumerate(lines) if compiled(p).search(x)] for p in listed]


GO = """
package main

import ("encoding/json"; "os"; "regexp")

func main() {
	var in struct{ Patterns, Lines []string }
	json.NewDecoder(os.Stdin).Decode(&in)
	out := [][]int{}
	for _, p := range in.Patterns {
		r, found := regexp.MustCompile(p), []int{}
		for i, line := range in.Lines { if r.MatchString(line) { found = append(found, i) } }
		out = append(out, found)
	}
	json.NewEncoder(os.Stdout).Encode(out)
}
"""
RUBY = """
require "json"
ask = JSON.parse($stdin.read)
puts JSON.generate(ask["Patterns"].map { |p|
  r = Regexp.new(p)
  ask["Lines"].each_index.select { |i| r.match?(ask["Lines"][i]) }
})
"""


@pytest.mark.toolchain
def test_go_reads_the_patterns_alike(tmp_path: Path) -> None:
    """Filebeat and OpenTelemetry use Go's regexp."""
    listed = [p for f in ("filebeat.yml", "otel.yaml") for p in patterns()[f]]
    (tmp_path / "main.go").write_text(GO)
    go_tools.build(27, tmp_path, "-o", "match", "main.go")
    answer = answered([str(tmp_path / "match")], listed)
    assert answer == expected(listed, engine_lines())


def test_ruby_reads_the_patterns_alike(tmp_path: Path) -> None:
    """Fluentd and Fluent Bit use Onigmo, the engine of Ruby."""
    ruby = shutil.which("ruby")
    if ruby is None:
        pytest.skip("NOT RUN: no ruby, whose engine Fluentd and Fluent Bit use")
    listed = [p for f in ("fluent-bit.conf", "fluentd.conf") for p in patterns()[f]]
    (tmp_path / "match.rb").write_text(RUBY)
    answer = answered([ruby, str(tmp_path / "match.rb")], listed)
    assert answer == expected(listed, engine_lines())


def answered(command: list[str], listed: list[str]) -> object:
    ask = json.dumps({"Patterns": listed, "Lines": engine_lines()})
    run = subprocess.run(command, input=ask, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def test_rust_reads_the_patterns_alike(tmp_path: Path) -> None:
    """Vector uses Rust's regex, as ripgrep does."""
    rg = shutil.which("rg")
    if rg is None:
        pytest.skip("NOT RUN: no ripgrep, whose engine Vector uses")
    lines = [x for x in engine_lines() if "\r" not in x]
    (tmp_path / "lines").write_text("\n".join(lines) + "\n")
    for pattern in patterns()["vector.yaml"]:
        command = [rg, "--no-config", "-n", "-a", "--no-filename", "-e", pattern, "lines"]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        found = [int(x.split(":", 1)[0]) - 1 for x in run.stdout.splitlines()]
        assert found == expected([pattern], lines)[0]
