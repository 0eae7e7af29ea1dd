"""What an independent writer prints (goprinter.py, from Go's source) is what gotrace reads.

``GOTRACE_LONG=1`` tries twenty times as many examples.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gotrace
from gotrace.model import Absence, AbsenceReason, Call, Dump, Frame, Goroutine, Group, Item, Word
from gotrace.value import Argument, Certainty, Value
from tests import goprinter as go
from tests import strategies

LONG = 20 if os.environ.get("GOTRACE_LONG") == "1" else 1
BELIEVED = (Certainty.EXACT, Certainty.LIKELY)


def examples(count: int) -> settings:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=count * LONG, deadline=None, suppress_health_check=slow)


# -------------------------------------------------------------------------------------- whole dumps


def dumps(most_frames: int) -> st.SearchStrategy[strategies.PrintedDump]:
    """Those that Go can print: no number of a signal is negative, no goroutine is there twice.

    (The second of two with the same id is taken for the real one: test_samples, multiline.)
    """

    def possible(printed: strategies.PrintedDump) -> bool:
        ids = [g["id"] for g in printed.truth["goroutines"]]
        number = (printed.truth["signal"] or {}).get("number", 0)
        return number >= 0 and len(ids) == len(set(ids))

    return strategies.dumps(most_frames=most_frames).filter(possible)


@examples(45)
@given(dumps(6) | dumps(130))
def test_dumps(printed: strategies.PrintedDump) -> None:
    """Everything a dump of any release says comes back, and every span covers its text."""
    data = printed.text.encode("utf-8", "surrogateescape")
    found = gotrace.parse(data, source="x")
    assert found.issues == ()
    (dump,) = found.dumps
    assert [i for i in dump.issues if i.code != "ambiguous-message"] == []
    assert dump_truth(dump) == truth_of(printed)
    check_spans(dump, data)


@examples(25)
@given(
    dumps(6),
    st.sampled_from(["", "2026/11/24 10:00:00 listening on :80\n", "a\n\nb: c(0x1)\n\n"]),
    st.sampled_from(["", "bye\n", "\nINFO restarted pid=7\n"]),
)
def test_dumps_in_a_log(printed: strategies.PrintedDump, before: str, after: str) -> None:
    """Text around a dump changes nothing of it."""
    data = (before + printed.text + after).encode("utf-8", "surrogateescape")
    found = gotrace.parse(data, source="x")
    (dump,) = found.dumps
    assert dump_truth(dump) == truth_of(printed)
    check_spans(dump, data)
    assert dump.span.start == len(before.encode())


def dump_truth(dump: Dump) -> dict[str, Any]:
    """The dump in the shape of :class:`strategies.PrintedDump`'s truth."""
    return {
        "kind": dump.kind.value,
        "causes": [
            {
                **{"kind": c.kind.value, "message": c.message, "type": c.type, "value": c.value},
                **{"recovered": c.recovered, "repanicked": c.repanicked},
            }
            for c in dump.causes
        ],
        "signal": signal_truth(dump),
        "registers": {r.name: r.value for r in dump.registers},
        "exit_status": any(n.code == "exit" for n in dump.notes),
        "goroutines": [goroutine_truth(g) for g in dump.goroutines],
    }


def truth_of(printed: strategies.PrintedDump) -> dict[str, Any]:
    """The truth without a signal's number where its name is printed, and without its thread."""
    signal = printed.truth["signal"]
    if signal is None:
        return printed.truth
    told = {key: signal[key] for key in signal if key != "m"}
    if signal["name"] and "number" in signal:
        told["number"] = None
    return printed.truth | {"signal": told}


def signal_truth(dump: Dump) -> dict[str, Any] | None:
    signal = dump.signal
    if signal is None:
        return None
    name = None if signal.name is None else f"{signal.name}: {signal.description}"
    if dump.kind == "signal":
        return {"name": name, "pc": signal.pc, "code": signal.code}
    return {
        **{"name": name, "code": signal.code, "address": signal.address, "pc": signal.pc},
        "number": signal.number,
    }


def goroutine_truth(g: Goroutine) -> dict[str, Any]:
    return {
        "id": g.id,
        "state": g.state,
        "flags": list(g.flags),
        "minutes": g.wait_minutes,
        "locked": g.locked_to_thread,
        "gp": g.gp,
        "m": g.m,
        "mp": g.mp,
        "labels": [list(pair) for pair in g.labels],
        "bubble": g.bubble,
        "frames": [frame_truth(f) for f in g.frames],
        "elided": None if g.elided is None else [g.elided.after_frame + 1, g.elided.missing],
        "created_by": created_truth(g.created_by),
        "ancestors": [
            {
                **{"goroutine": a.goroutine, "frames": [frame_truth(f) for f in a.frames]},
                **{"elided": a.elided is not None, "created_by": created_truth(a.created_by)},
            }
            for a in g.ancestors
        ],
        "unavailable": g.stack_unavailable,
    }


def frame_truth(f: Frame) -> dict[str, Any]:
    assert f.site is not None
    items = [] if f.call.inlined else items_truth(f.call.items)
    return {
        **{"function": f.function, "inlined": f.call.inlined, "items": items},
        **{"file": f.site.file, "line": f.site.line, "offset": f.site.offset},
        **{"fp": f.fp, "sp": f.sp, "pc": f.pc},
    }


def items_truth(items: tuple[Item, ...]) -> list[go.Item]:
    out: list[go.Item] = []
    for item in items:
        if isinstance(item, Group):
            out.append(items_truth(item.items))
        elif isinstance(item, Absence):
            out.append("..." if item.reason is AbsenceReason.CUT else "_")
        else:
            out.append(f"{item.value:#x}?" if item.stale else item.value)
    return out


def created_truth(creator: Any) -> dict[str, Any] | None:
    if creator is None:
        return None
    site = creator.site
    where = {"file": site.file, "line": site.line, "offset": site.offset}
    return {"function": creator.function, **where, "goroutine": creator.goroutine}


# -------------------------------------------------------------------------------------------- spans


def check_spans(dump: Dump, data: bytes) -> None:
    """The bytes under every span are the text it stands for; those of a part lie in its whole."""
    assert data[dump.span.start : dump.span.end].count(b"\n") >= dump.last_line - dump.first_line
    for cause in dump.causes:
        assert (
            data[cause.span.start : cause.span.end]
            .lstrip(b"\t")
            .startswith((b"panic: ", b"fatal error: "))
        )
    for g in dump.goroutines:
        text = data[g.span.start : g.span.end]
        assert text.startswith(f"goroutine {g.id} ".encode())
        assert dump.span.start <= g.span.start <= g.span.end <= dump.span.end
        for frame in g.frames:
            assert g.span.start < frame.start <= frame.end <= g.span.end
            check_frame(dump, frame, data)
        for ancestor in g.ancestors:
            start, end = ancestor.span
            assert data[start:end].startswith(
                b"[originating from goroutine %d]" % ancestor.goroutine
            )
            for frame in ancestor.frames:
                check_frame(dump, frame, data)
        creators = [g.created_by, *(a.created_by for a in g.ancestors)]
        for creator in filter(None, creators):
            text = data[creator.span.start : creator.span.end]
            assert text.startswith(b"created by " + encoded(creator.function))
        for elided in filter(None, [g.elided, *(a.elided for a in g.ancestors)]):
            assert data[elided.span.start : elided.span.end].endswith(b"frames elided...")


def check_frame(dump: Dump, frame: Frame, data: bytes) -> None:
    line = data[frame.start : frame.start + frame.call.end]
    assert line == encoded(str(frame.call))
    assert line[: frame.call.name_end] == encoded(frame.function)
    assert frame.site is not None
    site = data[frame.site_start : frame.end]
    assert site.startswith(encoded(f"\t{frame.site}"))
    assert b"\n" not in site
    check_items(frame.call, line)
    for word in frame.call.words():
        place = dump.locate(frame, word)
        assert data[place.start : place.end] == f"{word.value:#x}".encode()
        assert place.line == data.count(b"\n", 0, place.start) + 1
        behind = data.rfind(b"\n", 0, place.start) + 1
        assert place.column == len(data[behind : place.start].decode("utf-8", "replace")) + 1
        assert place.end_column - place.column == word.end - word.start


def check_items(call: Call, line: bytes) -> None:
    def visit(items: tuple[Item, ...], start: int, end: int) -> None:
        for item in items:
            assert start <= item.start < item.end <= end
            start = item.end
            text = line[item.start : item.end].decode()
            if isinstance(item, Group):
                assert (text[0], text[-1]) == ("{", "}")
                visit(item.items, item.start + 1, item.end - 1)
            elif isinstance(item, Word):
                assert text == f"{item.value:#x}"
                assert (line[item.end : item.end + 1] == b"?") == item.stale
            else:
                assert text in ("...", "_")

    visit(call.items, call.name_end + 1, call.end - 1)


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


# -------------------------------------------------------------------------------------------- calls


class Leaf(NamedTuple):
    """A scalar of an argument: what gotrace says, and the writer (None: not printed)."""

    certainty: Certainty
    claimed: Any
    printed: Any
    passed: Any


def annotated(call: strategies.PrintedCall, **believed: str) -> gotrace.Report:
    """The call in a dump, with its prototype."""
    text = f"panic: x\n\ngoroutine 1 [running]:\n{call.text}\n\t/src/app/a.go:7 +0x1d\n"
    (dump,) = gotrace.parse(text.encode(), source="x").dumps
    known = gotrace.from_prototypes(call.prototype)
    report = gotrace.annotate(dump, signatures=[known], **believed)
    (frame,) = report.goroutines[0].frames
    assert frame.signature is not None
    for word in [w for a in frame.arguments for w in a.words] + list(frame.unbound):
        assert encoded(call.text)[word.start : word.end] == f"{word.value:#x}".encode()
    return report


def arguments_of(report: gotrace.Report) -> tuple[Argument, ...]:
    (frame,) = report.goroutines[0].frames
    return frame.arguments


def leaves_of(call: strategies.PrintedCall, arguments: tuple[Argument, ...]) -> Iterator[Leaf]:
    """All scalars of all inputs, in declared order."""
    inputs = call.signature.inputs()
    for p, argument, printed, passed in zip(
        inputs, arguments, call.expected, call.values, strict=False
    ):
        assert argument.name == p.name
        assert argument.type == p.type.text or p.type.kind in ("struct", "array")
        yield from leaves(p.type, argument.value, printed, passed)


def leaves(t: go.Type, value: Value | None, printed: Any, passed: Any) -> Iterator[Leaf]:
    if t.kind in ("struct", "array"):
        children = [f for _, f in t.fields] or [t.element] * t.length
        parts: list[Value | None] = [None] * len(children)
        if value is not None and not value.truncated:
            parts = [f.value for f in value.fields] or list(value.elements)
            assert [f.name for f in value.fields] == [name for name, _ in t.fields]
        for child, part, one, given_ in zip(children, parts, printed, passed, strict=True):
            assert child is not None
            yield from leaves(child, part, one, given_)
        return
    certainty, claims = (value.certainty, scalars(value)) if value else (Certainty.ABSENT, {})
    if t.kind in go.AGGREGATES:
        names = {"string": "pointer len", "slice": "pointer len cap", "interface": "type_word data"}
        each = dict(value.certainties) if value else {}
        whole = [passed.real, passed.imag] if isinstance(passed, complex) else passed
        for name, one, given_ in zip(
            names.get(t.kind, "real imag").split(), printed, whole, strict=True
        ):
            own = each.get("data_word" if name == "data" else name, certainty)
            yield Leaf(own, comparable(claims.get(name)), comparable(one), comparable(given_))
        return
    claimed = claims.get("number", claims.get("pointer"))
    yield Leaf(certainty, comparable(claimed), comparable(printed), comparable(passed))


def scalars(value: Value) -> dict[str, Any]:
    if value.truncated:
        return {}
    number = value.number if value.raw is None else f"raw {value.raw}"
    data = value.pointer if value.kind == "interface" else None
    return {
        **({} if number is None else {"number": number}),
        **{"pointer": value.pointer, "len": value.len, "cap": value.cap, "data": data},
        **{"type_word": value.type_word, "real": value.real, "imag": value.imag},
    }


def comparable(number: Any) -> Any:
    """Floats as bits, so that -0.0 is not 0.0."""
    return ("float", strategies.bits(number, 8)) if isinstance(number, float) else number


def believing(call: strategies.PrintedCall) -> dict[str, str]:
    return {"go": f"1.{call.minor}", "arch": call.port.name}


@examples(80)
@given(strategies.calls_of_old_go())
def test_calls_of_old_go(call: strategies.PrintedCall) -> None:
    """Release and port known: what was printed in full is exact, and nothing else is there."""
    arguments = arguments_of(report := annotated(call, **believing(call)))
    assert report.goroutines[0].frames[0].issues == ()
    assert report.issues == ()
    inputs = call.signature.inputs()
    assert len(arguments) == len(inputs) + len(call.signature.results)
    for leaf in leaves_of(call, arguments):
        assert leaf.claimed == leaf.printed
        assert (leaf.certainty is Certainty.EXACT) == (leaf.printed is not None)
    assert all(a.certainty is Certainty.UNSET for a in arguments[len(inputs) :])


@examples(80)
@given(strategies.calls_of_new_go())
def test_calls_of_new_go(call: strategies.PrintedCall) -> None:
    """Release and port known: every printed component is the right one, and none is made up."""
    arguments = arguments_of(report := annotated(call, **believing(call)))
    assert report.goroutines[0].frames[0].issues == ()
    assert report.goroutines[0].frames[0].unbound == ()
    assert len(arguments) == len(call.signature.inputs())
    for leaf in leaves_of(call, arguments):
        assert leaf.claimed == leaf.printed
        assert leaf.printed is not None or leaf.certainty not in BELIEVED


REGISTER_PORTS = [port for port in go.PORTS.values() if port.integer_registers]


@st.composite
def marked_calls(draw: st.DrawFn) -> strategies.PrintedCall:
    """Calls with question marks, any numbers before them."""
    signature = draw(strategies.signatures().filter(lambda s: s.inputs()))
    port = draw(st.sampled_from(REGISTER_PORTS))
    minor = draw(st.integers(max(18, port.registers_since), 27))
    passed = [draw(strategies.values(p.type, port.word)) for p in signature.inputs()]
    marks = draw(st.sets(st.integers(0, 9), min_size=2))
    printed = go.print_values(signature, passed, port, minor, stale=marks)
    noise = draw(st.integers(1, 255))
    items = with_noise(printed.items, noise)
    text = f"{signature.function}({go.render_items(items)})"
    source = ["package main", signature.declarations, signature.text()]
    prototype = "\n\n".join(filter(None, source)) + "\n"
    return strategies.PrintedCall(
        signature, prototype, tuple(passed), port, minor, text, items, printed.expected
    )


def with_noise(items: list[go.Item], noise: int) -> list[go.Item]:
    return [
        with_noise(item, noise)
        if isinstance(item, list)
        else f"{int(item[:-1], 16) ^ noise:#x}?"
        if isinstance(item, str) and item.endswith("?")
        else item
        for item in items
    ]


@examples(60)
@given(marked_calls(), st.booleans())
def test_what_is_marked_is_not_believed(call: strategies.PrintedCall, known: bool) -> None:
    """With any numbers before the question marks, what is believed is what was passed."""
    report = annotated(call, **(believing(call) if known else {}))
    for leaf in leaves_of(call, arguments_of(report)):
        if leaf.certainty is Certainty.EXACT or (known and leaf.certainty is Certainty.LIKELY):
            assert leaf.claimed == leaf.passed


@examples(80)
@given(strategies.calls())
def test_calls_of_unknown_origin(call: strategies.PrintedCall) -> None:
    """With the text alone, whatever the release and port were: what is exact is right."""
    check_exact(call, annotated(call))


@examples(45)
@given(strategies.calls())
def test_calls_of_unknown_port(call: strategies.PrintedCall) -> None:
    """With the release alone: what is exact is right."""
    check_exact(call, annotated(call, go=f"1.{call.minor}"))


@examples(45)
@given(strategies.calls())
def test_calls_of_unknown_release(call: strategies.PrintedCall) -> None:
    """With the port alone: what is exact is right."""
    check_exact(call, annotated(call, arch=call.port.name))


def check_exact(call: strategies.PrintedCall, report: gotrace.Report) -> None:
    runtime = report.runtime
    issues = [i.message for i in report.goroutines[0].frames[0].issues]
    if call.port.word == 4 and not runtime.port.word_size_proven:
        issues = [i for i in issues if "4-byte words it would fit" not in i]
    assert issues == []
    assert runtime.facts.min <= call.minor
    assert runtime.facts.max is None or call.minor <= runtime.facts.max
    assert not runtime.port.word_size_proven or runtime.port.word_size == call.port.word
    assert not runtime.port.byte_order_proven or runtime.port.big_endian == call.port.big
    declared = tuple(a for a in arguments_of(report) if a.role != "dictionary")
    for leaf in leaves_of(call, declared):
        if leaf.certainty is Certainty.EXACT:
            assert leaf.claimed == leaf.passed


@st.composite
def generic_calls(draw: st.DrawFn) -> strategies.PrintedCall:
    """Calls of generic functions and of methods of generic types, as go1.18 and later print."""
    plain = draw(strategies.signatures())
    port, minor = draw(st.sampled_from(list(go.PORTS.values()))), draw(st.integers(18, 27))
    head, _, name = plain.function.rpartition(".")
    if plain.receiver is None:
        made = plain._replace(function=f"{plain.function}[...]", generic="function")
        text = plain.text().replace(f"func {name}(", f"func {name}[T any](")
    else:
        of = plain.receiver.type._replace(text=plain.receiver.type.text + "[T]")
        made = plain._replace(
            function=f"{head.replace('R', 'R[...]')}.{name}",
            receiver=plain.receiver._replace(type=of),
            declarations=plain.declarations.replace("type R ", "type R[T any] "),
            generic="method",
        )
        text = plain.text().replace(f"(r {plain.receiver.type.text})", f"(r {of.text})")
    passed = [draw(strategies.values(p.type, port.word)) for p in made.inputs()]
    marks = draw(st.sets(st.integers(0, 9)))
    printed = go.print_values(made, passed, port, minor, stale=marks)
    prototype = "\n\n".join(filter(None, ["package main", made.declarations, text])) + "\n"
    line = f"{made.function}({printed.text})"
    return strategies.PrintedCall(
        made, prototype, tuple(passed), port, minor, line, printed.items, printed.expected
    )


@examples(45)
@given(generic_calls())
def test_generic_calls(call: strategies.PrintedCall) -> None:
    """Release and port known: the dictionary is no argument's, and what is lost stays lost."""
    (frame,) = annotated(call, **believing(call)).goroutines[0].frames
    assert frame.issues == frame.unbound == ()
    declared = tuple(a for a in frame.arguments if a.role != "dictionary")
    assert len(declared) == len(call.signature.inputs())
    for leaf in leaves_of(call, declared):
        assert leaf.claimed == leaf.printed
        assert leaf.printed is not None or leaf.certainty not in BELIEVED


@examples(45)
@given(generic_calls())
def test_generic_calls_of_unknown_origin(call: strategies.PrintedCall) -> None:
    """With the text alone: what is exact is right."""
    check_exact(call, annotated(call))
