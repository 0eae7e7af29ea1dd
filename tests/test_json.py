"""The annotation as JSON keeps its contract: docs/annotation.md and the schema that is shipped."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gotrace
from gotrace import redaction
from gotrace.cli import main
from gotrace.input.sourcemap import STEP, PlainMap
from gotrace.model import Cause, CauseKind, Span
from gotrace.pointers import SeenIn
from gotrace.rendering import json as rendering
from gotrace.rendering import json_text, json_values
from gotrace.signature import Role
from gotrace.value import Argument, Certainty, FieldValue, Provenance, Value, ValueKind
from tests.evidence import SAMPLES, sample_files

LOGS = sample_files()
each_log = pytest.mark.parametrize("log", LOGS, ids=[str(log.relative_to(SAMPLES)) for log in LOGS])
SCHEMA = Path(gotrace.__file__).parent / "rendering" / "annotation.schema.json"
SPAN = {"start", "end", "line", "column", "end_column"}
# Messages that the runtime writes itself: --redact leaves them.
# How messages of Go's own begin: no text of the program is in them but names of types.
OWN = (
    *("runtime error: ", "interface conversion: ", "assignment to entry in nil map", "sync: "),
    *("close of ", "send on closed channel", "makechan: "),
)

Node = Any


# ---------------------------------------------------------------------- what the tests read


@cache
def schema() -> Node:
    return json.loads(SCHEMA.read_text("utf-8"))


def strict(node: Node) -> Node:
    """The schema with every object closed: what we print ourselves is all declared."""
    if isinstance(node, list):
        return [strict(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    closed = {key: strict(entry) for key, entry in node.items()}
    if node.get("type") == "object" and "properties" in node and "if" not in node:
        closed.setdefault("additionalProperties", False)
    return closed


@cache
def validator(definition: str) -> jsonschema.Draft202012Validator:
    """Of the document for ``""``, else of one of the schema's definitions."""
    closed = strict(schema())
    if definition:
        closed = {"$ref": f"#/$defs/{definition}", "$defs": closed["$defs"]}
    return jsonschema.Draft202012Validator(closed)


def check(node: Node, definition: str = "") -> None:
    wrong = [f"{e.json_path}: {e.message[:200]}" for e in validator(definition).iter_errors(node)]
    assert not wrong, wrong[:5]


@cache
def reports(log: Path) -> tuple[gotrace.Report, ...]:
    known = gotrace.from_prototypes((log.parent / "prototypes.go").read_text("utf-8"))
    dumps = gotrace.parse(log.read_bytes(), source=log.name).dumps
    assert dumps
    return tuple(gotrace.annotate(dump, signatures=[known]) for dump in dumps)


@cache
def document(log: Path) -> Node:
    return json.loads(rendering.dumps(rendering.document(reports(log)), indent=2))


def nodes(node: Node) -> Iterator[dict[str, Node]]:
    """Every object in ``node``."""
    if isinstance(node, dict):
        yield node
    for entry in node.values() if isinstance(node, dict) else node:
        if isinstance(entry, dict | list):
            yield from nodes(entry)


def frames(node: Node) -> Iterator[dict[str, Node]]:
    for dump in node["dumps"]:
        for goroutine in dump["goroutines"]:
            yield from goroutine["frames"]


def annotated(data: bytes, *prototypes: str) -> Node:
    """The only dump of ``data``, checked."""
    known = [gotrace.from_prototypes(*prototypes)] if prototypes else []
    (dump,) = gotrace.parse(data).dumps
    found = json.loads(gotrace.render(gotrace.annotate(dump, signatures=known), "ndjson"))
    check(found, "dump")
    return found


# ---------------------------------------------------------------------- the schema


def test_the_schema_is_one() -> None:
    """Draft 2020-12, and everything in it says what it is."""
    jsonschema.Draft202012Validator.check_schema(schema())
    for name, definition in schema()["$defs"].items():
        assert definition.get("description"), name


def test_the_command_prints_the_schema(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["schema"]) == 0
    assert capsysbinary.readouterr().out == SCHEMA.read_bytes()


@each_log
def test_samples_are_valid(log: Path) -> None:
    """Nothing is printed that the schema does not declare, nothing is missing."""
    check(document(log))


@pytest.mark.parametrize("name", ["value", "words", "unbound_words", "in_app", "seen_in"])
def test_the_schema_misses_nothing(name: str) -> None:
    """A document without one of its fields is not valid."""
    text = json.dumps(document(SAMPLES / "pushd" / "panic.log"))
    broken = json.loads(text.replace(f'"{name}":', '"other":'))
    assert not validator("").is_valid(broken)


def test_unknown_fields_are_allowed_by_the_shipped_schema() -> None:
    """Fields may be added: a reader that validates must not break on them."""
    found = json.loads(json.dumps(document(SAMPLES / "pushd" / "panic.log")))
    for node in list(nodes(found)):
        node["later"] = None
    for goroutine in found["dumps"][0]["goroutines"]:
        del goroutine["labels"]["later"]
    jsonschema.Draft202012Validator(schema()).validate(found)


def test_the_examples_in_the_docs_are_printed() -> None:
    """Each is a part of an object in the output for the sample that it names."""
    text = (SAMPLES.parent / "docs" / "annotation.md").read_text("utf-8")
    examples = re.findall(r"^```json title=\"(\S+)\"\n(.*?)^```", text, re.M | re.S)
    assert len(examples) >= 8
    for name, block in examples:
        found = document(SAMPLES.parent / name)
        example = json.loads(block).items()
        assert any(all(n.get(k, "") == v for k, v in example) for n in nodes(found)), block


def test_the_docs_name_every_field() -> None:
    text = (SAMPLES.parent / "docs" / "annotation.md").read_text("utf-8")
    for definition in schema()["$defs"].values():
        for name in definition.get("properties", {}):
            assert re.search(rf"\b{name.removesuffix('_escaped')}\b", text), name


# ---------------------------------------------------------------------- spans


def located(data: bytes, start: int, end: int) -> tuple[int, int, int]:
    """Line, column and end column, counted from the front."""
    first, last = (data.rfind(b"\n", 0, at) + 1 for at in (start, end))
    width = [
        len(data[a:b].decode("utf-8", "surrogateescape")) for a, b in ((first, start), (last, end))
    ]
    return data.count(b"\n", 0, start) + 1, width[0] + 1, width[1] + 1


def check_spans(found: Node, data: bytes) -> int:
    count = 0
    for node in nodes(found):
        if node.keys() >= SPAN:
            count += 1
            assert 0 <= node["start"] <= node["end"] <= len(data)
            place = located(data, node["start"], node["end"])
            assert place == (node["line"], node["column"], node["end_column"])
    return count


def under(node: Node, data: bytes) -> str:
    return data[node["span"]["start"] : node["span"]["end"]].decode("utf-8", "surrogateescape")


def check_words(frame: Node, data: bytes) -> int:
    words = [w for a in frame["arguments"] for w in a["words"]] + frame["unbound_words"]
    for word in words:
        assert under(word, data) == word["raw"]
        assert data[word["span"]["end"] :].startswith(b"?") == word["stale"]
    return len(words)


@each_log
def test_the_bytes_under_a_span_are_what_it_claims(log: Path) -> None:
    """Lines and columns too, counted here in another way."""
    data, found = log.read_bytes(), document(log)
    assert check_spans(found, data) > 3
    for dump in found["dumps"]:
        span = dump["span"]
        assert (span["line"], span["end_column"]) == (span["first_line"], span["end_column"])
        assert span["last_line"] == data.count(b"\n", 0, span["end"]) + 1
        for cause in dump["causes"]:
            assert cause["message"].split("\n")[0] in under(cause, data)
        if dump["signal"] is not None:
            assert dump["signal"]["name"] in under(dump["signal"], data)
        for goroutine in dump["goroutines"]:
            if goroutine["state"] and goroutine["access"] is None:
                title = f"goroutine {goroutine['id']} "
                assert under(goroutine, data).startswith(title)
        for note in dump["notes"]:
            assert note["code"] in {"http", "creator-frame", "allocation-frame"} or (
                note["text"] == under(note, data)
            )
    for frame in frames(found):
        check_words(frame, data)
        text = under(frame, data)
        assert frame["function"] in text
        assert frame["raw_arguments"] in text
        assert frame["file"] is None or f"{frame['file']}:{frame['line']}" in text


ODD = b"""\
\xffpanic: caf\xc3\xa9 \xff\xe2\x82

goroutine 1 [running]:
ex\xc3\xa4mple.com/m.gr\xc3\xb6\xc3\x9fe\xfe(0x1, 0x00ff?, {0x3, ...})
\t/home/\xc3\xa4\xff/main.go:7 +0x1d
main.main()
\t/home/main.go:3 +0x25
"""


@pytest.mark.parametrize("data", [ODD, ODD.replace(b"\n", b"\r\n"), b"\xc3\xa9\xff\n" * 3 + ODD])
def test_columns_count_code_points_and_bytes_that_are_none(data: bytes) -> None:
    """An é is one column, a byte that is not UTF-8 another; CR counts for nothing."""
    found = annotated(data)
    assert check_spans(found, data) > 5
    frame = found["goroutines"][0]["frames"][0]
    assert check_words(frame, data) == 3
    columns = [w["span"]["column"] for w in frame["unbound_words"]]
    assert columns == [22, 27, 37]
    assert [w["raw"] for w in frame["unbound_words"]] == ["0x1", "0x00ff", "0x3"]


def test_texts_are_valid_unicode() -> None:
    """Each byte that is not UTF-8 is one U+FFFD, and the escaped form says which it was."""
    found = annotated(ODD)
    cause, frame = found["causes"][0], found["goroutines"][0]["frames"][0]
    assert cause["message"] == "café \ufffd\ufffd\ufffd"
    assert cause["message_escaped"] == '"café \\xff\\xe2\\x82"'
    assert frame["function"] == "exämple.com/m.größe\ufffd"
    assert frame["function_escaped"] == '"exämple.com/m.größe\\xfe"'
    assert frame["file"] == "/home/ä\ufffd/main.go"
    assert frame["file_escaped"] == '"/home/ä\\xff/main.go"'
    assert "function_escaped" not in found["goroutines"][0]["frames"][1]


@given(
    st.lists(st.sampled_from([b"\n", b"a", b"\r\n", b"\xc3\xa9", b"\xff", b"x" * 9]), max_size=40),
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 30)), max_size=12),
    st.sampled_from([0, STEP - 3, 3 * STEP + 1]),
)
def test_places_do_not_depend_on_what_was_asked_before(
    parts: list[bytes], asked: list[tuple[int, int]], ahead: int
) -> None:
    """Any spans of any bytes in any order, near and far."""
    data = (b"line\n" * (ahead // 5 + 1))[:ahead] + b"".join(parts)
    whole = PlainMap(data)
    for number, (at, length) in enumerate(asked):
        start = min(at if number % 3 == 0 else ahead + at, len(data))
        end = min(start + length, len(data))
        place = whole.locate(Span(start, end))
        assert (place.line, place.column, place.end_column) == located(data, start, end)


# ---------------------------------------------------------------------- values


def shown(value: Value, outer: Certainty = Certainty.EXACT) -> Node:
    """``value`` as JSON, checked and read back."""
    found = json.loads(rendering.dumps(json_values.value(value, outer)))
    check(found, "value")
    return found


def test_every_kind_of_value_is_seen() -> None:
    """In the samples; the schema has a shape for each."""
    kinds = {n["kind"] for log in LOGS for n in nodes(document(log)) if "kind" in n}
    assert kinds >= {kind.value for kind in ValueKind}
    assert set(schema()["$defs"]["kind"]["enum"]) == {kind.value for kind in ValueKind}
    for name in ("certainty", "role"):
        found = {
            f[name] for log in LOGS for frame in frames(document(log)) for f in frame["arguments"]
        }
        missing = {"captured"} if name == "role" else set()
        assert found | missing == {e.value for e in (Role if name == "role" else Certainty)}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (math.nan, "NaN"), (math.inf, "+Inf"), (-math.inf, "-Inf"), (-0.0, -0.0), (1e300, 1e300),
        (0.1, 0.1),
    ],
)  # fmt: skip
def test_floats(number: float, expected: Node) -> None:
    """NaN and the infinities are strings: JSON has no numbers for them."""
    exact = Certainty.EXACT
    found = shown(Value(ValueKind.FLOAT, exact, number=number))
    assert repr(found) == repr({"kind": "float", "value": expected})
    found = shown(Value(ValueKind.COMPLEX, exact, real=1.5, imag=number))
    assert repr(found) == repr({"kind": "complex", "real": 1.5, "imag": expected})


@pytest.mark.parametrize("number", [0, -1, 2**53 + 1, 2**64 - 1, -(2**63), 10**40])
def test_integers_are_numbers_of_any_size(number: int) -> None:
    text = rendering.dumps(shown(Value(ValueKind.INT, Certainty.EXACT, number=number)))
    assert text == f'{{"kind": "int", "value": {number}}}'


def test_a_named_integer_has_a_text() -> None:
    found = shown(Value(ValueKind.INT, Certainty.EXACT, number=15, human="15ns"))
    assert found == {"kind": "int", "value": 15, "text": "15ns"}


def test_a_bool_that_is_none() -> None:
    assert shown(Value(ValueKind.BOOL, Certainty.EXACT, raw=7)) == {
        "kind": "bool", "value": None, "raw": 7,
    }  # fmt: skip


def test_a_header_printed_in_part_has_nulls_and_is_not_truncated() -> None:
    exact, absent, partial = Certainty.EXACT, Certainty.ABSENT, Certainty.PARTIAL
    parts = (("pointer", exact), ("len", absent), ("cap", absent))
    value = Value(ValueKind.SLICE, partial, pointer=0, certainties=parts)
    assert shown(value, partial) == {
        "kind": "slice", "pointer": "0x0", "len": None, "cap": None, "nil": True,
        "certainties": {"pointer": "exact", "len": "absent", "cap": "absent"},
    }  # fmt: skip
    found = shown(Value(ValueKind.STRING, absent, truncated=True), partial)
    assert found == {"kind": "string", "certainty": "absent", "truncated": True}


def test_an_interface_is_nil_by_its_type_word() -> None:
    def interface(type_word: int | None, data: int | None, of: str | None = None) -> Node:
        found = shown(
            Value(
                ValueKind.INTERFACE, Certainty.EXACT,
                type_word=type_word, pointer=data, dynamic_type=of,
            )
        )  # fmt: skip
        return found["nil"], found["typed_nil"]

    assert interface(0, 0) == (True, False)
    assert interface(0x10, 0x20) == (False, False)
    assert interface(0x10, 0) == (False, None)
    assert interface(0x10, 0, "*main.PtrErr") == (False, True)
    assert interface(None, 0) == (None, None)
    assert interface(0x10, None) == (False, None)


def test_bytes_of_a_string_that_are_not_utf8() -> None:
    value = Value(
        ValueKind.STRING, Certainty.EXACT, pointer=0x4A2CDA, len=4, text='a\udcff"\u0085',
        text_source="rodata",
    )  # fmt: skip
    assert shown(value) == {
        "kind": "string", "pointer": "0x4a2cda", "len": 4, "text": 'a\ufffd"\u0085',
        "text_escaped": '"a\\xff\\"\\u0085"', "text_source": "rodata",
    }  # fmt: skip


def test_a_node_has_a_certainty_where_it_differs_from_the_arguments() -> None:
    """Not from that of the node above: a reader takes the argument's for what is not there."""
    exact, partial = Certainty.EXACT, Certainty.PARTIAL
    inner = Value(ValueKind.ARRAY, exact, elements=(Value(ValueKind.INT, exact, number=1),))
    last = Value(ValueKind.INT, Certainty.ABSENT, truncated=True)
    fields = (FieldValue("a", "[1]int", inner), FieldValue("b", "int", last))
    found = shown(Value(ValueKind.STRUCT, partial, fields=fields), partial)
    assert "certainty" not in found
    first, second = (field["value"] for field in found["fields"])
    assert first["certainty"] == "exact"
    assert first["elements"] == [{"kind": "int", "certainty": "exact", "value": 1}]
    assert second == {"kind": "int", "certainty": "absent", "truncated": True}


@each_log
def test_an_argument_is_as_sure_as_its_weakest_leaf(log: Path) -> None:
    """And null where nothing of it was printed."""
    for frame in frames(document(log)):
        for argument in frame["arguments"]:
            certainty, value = argument["certainty"], argument["value"]
            assert (value is None) == (certainty == "absent")
            if value is not None and certainty != "unset":
                assert certainty == weakest(set(leaves(value, certainty)))


def leaves(value: Node, outer: str) -> Iterator[str]:
    if "certainties" in value:
        yield from value["certainties"].values()
    elif "fields" in value or "elements" in value:
        for part in [f["value"] for f in value.get("fields", ())] + value.get("elements", []):
            yield from leaves(part, outer)
    else:
        yield value.get("certainty", outer)


def weakest(found: set[str]) -> str:
    order = ["absent", "partial", "unset", "stale", "likely", "exact"]
    worst = min(found, key=order.index, default="exact")  # of zero size
    return "partial" if worst == "absent" and len(found) > 1 else worst


# ---------------------------------------------------------------------- frames and arguments


def test_a_recovered_value_says_where_it_comes_from() -> None:
    report = reports(SAMPLES / "pushd" / "panic.log")[0]
    changed = changed_argument(report, provenance=Provenance("from main.go:25", Span(5, 9)))
    origin = argument_of(changed)["provenance"]
    assert origin["text"] == "from main.go:25"
    assert (origin["span"]["start"], origin["span"]["end_column"]) == (5, 10)


def changed_argument(report: gotrace.Report, **fields: Any) -> gotrace.Report:
    """``report`` with fields of the first argument of its first frame replaced."""
    first, *others = report.goroutines
    frame = first.frames[0]
    arguments: list[Argument] = [frame.arguments[0]._replace(**fields), *frame.arguments[1:]]
    frame = frame._replace(arguments=tuple(arguments))
    first = first._replace(frames=(frame, *first.frames[1:]))
    return report._replace(goroutines=(first, *others))


def argument_of(report: gotrace.Report) -> Node:
    found = json.loads(gotrace.render(report, "ndjson"))
    check(found, "dump")
    return found["goroutines"][0]["frames"][0]["arguments"][0]


def test_places_of_a_pointer() -> None:
    """Other frames only, twenty at most: thousands of goroutines may share a pointer."""
    report = reports(SAMPLES / "pushd" / "panic.log")[0]
    address = report.goroutines[0].frames[0].arguments[0].value
    assert address is not None
    assert address.pointer is not None
    places = (SeenIn(1, 0, 0, "cli"), *(SeenIn(n, n, 0, None) for n in range(1, 40)))
    shared = report._replace(seen={address.pointer: places})
    found = argument_of(shared)
    assert found["seen_in"][0] == {"goroutine": 1, "frame": 0, "argument": None}
    assert len(found["seen_in"]) == 20
    assert found["seen_in_truncated"] is True
    few = argument_of(report._replace(seen={address.pointer: places[:3]}))
    assert [s["goroutine"] for s in few["seen_in"]] == [1, 2]
    assert "seen_in_truncated" not in few


def test_the_goroutine_that_crashed_comes_first() -> None:
    for log in LOGS:
        for dump in document(log)["dumps"]:
            crashed = [g["crashed"] for g in dump["goroutines"]]
            assert crashed == sorted(crashed, reverse=True)


def test_without_a_signature_every_word_is_unbound() -> None:
    found = annotated((SAMPLES / "pushd" / "panic.log").read_bytes())
    for frame in found["goroutines"][0]["frames"]:
        assert (frame["signature"], frame["arguments"]) == (None, [])
        assert len(frame["unbound_words"]) == frame["raw_arguments"].count("0x")


def test_labels_that_are_not_utf8_lose_nothing() -> None:
    data = (
        b'panic: x\n\ngoroutine 1 [running] {"\\xff": "\\xfea", k: v}:\nmain.main()\n'
        b"\t/a/main.go:3 +0x25\n"
    )
    goroutine = annotated(data)["goroutines"][0]
    assert goroutine["labels"] == {"\ufffd": "\ufffda", "k": "v"}
    assert goroutine["labels_escaped"] == {'"\\xff"': '"\\xfea"', '"k"': '"v"'}


# ---------------------------------------------------------------------- the command's output


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["annotate", *arguments]) == 0
    return capsys.readouterr().out


def test_ndjson_is_the_dumps_of_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    """One a line, in the same order, whatever stands in the texts."""
    names = [str(log) for log in LOGS]
    whole = json.loads(output(capsys, "--format", "json", *names))
    lines = output(capsys, "--format", "ndjson", *names).split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == whole["dumps"]
    assert whole["schema"] == "gotrace/1"
    assert whole["tool"] == {"name": "gotrace", "version": gotrace.__version__}


@pytest.mark.parametrize("long", [500, 2])
def test_layout_changes_nothing(long: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are broken where it helps a reader; what is read is the same."""
    monkeypatch.setattr(json_text, "LONG", long)
    for log in LOGS:
        plain = rendering.document(reports(log))
        laid_out = rendering.dumps(plain, indent=2)
        assert json.loads(laid_out) == json.loads(rendering.dumps(plain))
        assert "\n" in laid_out
    odd = {"a": [0, False, None, 1, True, "0", [], {}, [[]]], 'k"': {"b": {}}}
    assert json.loads(rendering.dumps(odd, indent=2)) == odd


def test_a_large_dump_among_many(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whether a dump has a line of its own or many, it is the same; and so is one of many
    goroutines, which is written piece by piece."""
    for module in (json_text, rendering):
        monkeypatch.setattr(module, "LONG", 3)
    small = (SAMPLES / "seed-story" / "go1.27.log").read_bytes()
    large = (SAMPLES / "deadlock" / "go1.27.log").read_bytes()
    log = tmp_path / "many.log"
    log.write_bytes(b"\n".join([large, small, small, small, small, large, small]))
    text = output(capsys, "--format", "json", str(log))
    found = json.loads(text)["dumps"]
    assert [len(d["goroutines"]) > 3 for d in found] == [True, *[False] * 4, True, False]
    lines = output(capsys, "--format", "ndjson", str(log)).splitlines()
    assert [json.loads(line) for line in lines] == found
    assert [line for line in text.splitlines() if line.strip(" ,") in lines[3:]]


def secrets(log: Path) -> set[str]:
    """The texts of the program in a trace: values of its panics, labels."""
    found: set[str] = set()
    for dump in document(log)["dumps"]:
        for cause in dump["causes"]:
            text = cause["value"] if cause["value"] is not None else cause["message"]
            if cause["kind"] == "panic" and not text.startswith(OWN):
                found |= {line.strip("\t") for line in text.split("\n")}
        for goroutine in dump["goroutines"]:
            found |= set(goroutine["labels"].values())
    # Shorter ones are words that stand elsewhere too: `rest` is a function, `first` a key.
    return {text for text in found if len(text) > 5}


@pytest.mark.parametrize("format_", ["text", "json", "ndjson"])
def test_redacted_output_holds_no_text_of_the_program(
    format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 0
    for log in LOGS:
        hidden = output(capsys, "--redact", "--all", "--format", format_, str(log))
        for secret in secrets(log):
            count += 1
            for form in (secret, json.dumps(secret)[1:-1], json_values.quoted(secret)[1:-1]):
                assert form not in hidden, (log, secret)
    assert count >= 50


@pytest.mark.parametrize(
    "message",
    ["nil secret", "close of secret", "sync: secret", "runtime error: secret", "reflect.secret"],
)
def test_a_message_that_begins_like_the_runtimes_is_redacted(
    message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only what the runtime can have written itself may stay."""
    log = tmp_path / "x.log"
    log.write_text(f"panic: {message}\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:3 +0x25\n")
    assert "secret" not in output(capsys, "--redact", "--format", "json", str(log))


def test_a_hostile_message_is_redacted_in_bounded_time() -> None:
    """Longer ones than the runtime's are the program's: the patterns would take long for them."""
    cause = Cause(CauseKind.PANIC, "interface conversion: " + "is " * 20_000 + '"', Span(0, 1))
    before = time.process_time()
    assert "redacted" in redaction._cause(cause).message
    assert time.process_time() - before < 1


@pytest.mark.parametrize("certainty", [Certainty.STALE, Certainty.UNSET])
def test_no_typed_nil_is_claimed_on_words_that_may_be_stale(certainty: Certainty) -> None:
    node = Value(ValueKind.INTERFACE, certainty, type_word=0x4D1E00, pointer=0xC000012345)
    assert json_values.value(node, certainty)["typed_nil"] is None
    sure = node._replace(certainty=Certainty.EXACT)
    assert json_values.value(sure, Certainty.EXACT)["typed_nil"] is False
