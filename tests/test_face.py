"""The public face: lazily imported, callable twice, what it returns pickles."""

from __future__ import annotations

import pickle
import subprocess
import sys

import gotrace
from tests.evidence import SAMPLES

PUSHD = SAMPLES / "pushd"

TWICE = """
import gotrace
data = open({log!r}, "rb").read()
text = open({go!r}).read()
for _ in range(2):
    parsed = gotrace.parse(data, source="panic.log")
    signatures = gotrace.from_prototypes(text)
    report = gotrace.annotate(parsed.dumps[0], signatures=[signatures])
    for name in ("text", "json", "ndjson"):
        assert gotrace.render(report, name)
    import gotrace.parsing, gotrace.rendering, gotrace.signatures
print(report.crashed.frames[0]["timeout"].value.human)
"""


def test_each_function_works_twice_in_a_fresh_process() -> None:
    code = TWICE.format(log=str(PUSHD / "panic.log"), go=str(PUSHD / "prototypes.go"))
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert result.stdout == b"15s\n", result.stderr.decode()


def test_every_public_name_exists() -> None:
    for name in gotrace.__all__:
        assert getattr(gotrace, name) is not None
    assert set(gotrace.__all__) <= set(dir(gotrace))


def test_import_costs_nothing() -> None:
    """``import gotrace`` imports no module of ours but the version, and no third party."""
    code = "import sys, gotrace; print(*sorted(m for m in sys.modules if 'gotrace' in m))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.split() == [b"gotrace", b"gotrace.version"]


HEAVY = ("lark", "elftools", "tree_sitter", "capstone", "rich", "dataclasses", "json", "tomllib")


def test_the_main_job_imports_no_heavy_module() -> None:
    """``gotrace annotate`` as text, with a prototypes.go, imports none of the heavy modules."""
    code = (
        "import sys, gotrace.cli; "
        f"gotrace.cli.main(['annotate', {str(PUSHD / 'panic.log')!r}, '-o', '/dev/null']); "
        "print(*sorted(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    loaded = set(result.stdout.decode().split())
    assert "gotrace.bind" in loaded
    assert set() == loaded & set(HEAVY)


def test_values_pickle_and_compare() -> None:
    dump = gotrace.parse((PUSHD / "panic.log").read_bytes(), source="panic.log").dumps[0]
    assert pickle.loads(pickle.dumps(dump)) == dump
    text = (PUSHD / "prototypes.go").read_text()
    report = gotrace.annotate(dump, signatures=[gotrace.from_prototypes(text)])
    assert pickle.loads(pickle.dumps(report)) == report


def test_str_reads_like_the_trace() -> None:
    raw = (PUSHD / "panic.log").read_text()
    dump = gotrace.parse(raw.encode()).dumps[0]
    for frame in dump.goroutines[0].frames:
        assert str(frame) in raw


def test_locate_leads_into_the_file() -> None:
    raw = (PUSHD / "panic.log").read_bytes()
    dump = gotrace.parse(raw).dumps[0]
    frame = dump.goroutines[0].frames[0]
    word = frame.call.words()[1]
    place = dump.locate(frame, word)
    assert raw[place.start : place.end] == b"0xc4203d29c0"
    assert (place.line, place.column) == (5, 91)


def test_readme_example_in_the_docstring() -> None:
    assert "gotrace.annotate" in (gotrace.__doc__ or "")
