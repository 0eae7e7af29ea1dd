"""Many goroutines read at once are read as line by line: the same objects, spans and Issues."""

from __future__ import annotations

import pickle
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gotrace
from gotrace.model import Dump
from gotrace.parsing import fast, regular, sections
from gotrace.parsing.columns import Frames
from tests import evidence

BLOCK = """goroutine {id} [{state}]:
main.work(0xc000010000, {{0x2, 0x3?}}, ...)
\t/home/dev/main.go:5 +0x10
main.(*T).serve(...)
\t/home/dev/t.go:15
main.loop()
\t/home/dev/main.go:7 +0x1
created by main.main in goroutine 1
\t/home/dev/main.go:9 +0x20

"""


def dump_of(count: int, state: str = "select, 3 minutes") -> bytes:
    return "".join(BLOCK.format(id=i + 5, state=state) for i in range(count)).encode()


def read(data: bytes, small: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Dump, ...]:
    monkeypatch.setattr(sections, "SMALL", small)
    return gotrace.parse(data).dumps


def nothing(*_: object) -> None:
    """Stands for the reader of whole chunks."""


def both(data: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    """Read ``data`` chunk by chunk, block by block and line by line, and hold the three equal.

    How many goroutines were regular.
    """
    chunks = read(data, 0, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(fast.ChunkReader, "read", nothing)
        blocks = read(data, 0, patch)
    lines = read(data, len(data) + 1, monkeypatch)
    assert lines == blocks
    assert lines == chunks
    ways = lines, blocks, chunks
    shown = [[repr(d._replace(source_map=None)) for d in dumps] for dumps in ways]
    assert shown[0] == shown[1]  # tuples of different classes are equal, their texts are not
    assert shown[0] == shown[2]
    return sum(isinstance(g.frames, Frames) for d in chunks for g in d.goroutines)


def mutated(data: bytes, seed: int) -> bytes:
    """``data`` with a few bytes changed, lines repeated, left out or exchanged."""
    chance = random.Random(seed)
    lines = data.split(b"\n")
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 1:
                del lines[at : at + chance.randrange(1, 3)]
                lines = lines or [b""]
            case 2:
                lines.insert(at, b"")
            case _:
                line = bytearray(lines[at])
                other = chance.choice(b'(){}[]?._, :\t\0\r\n+=0x1a"\\ \xc3')
                line.insert(chance.randrange(len(line) + 1), other)
                lines[at] = bytes(line)
    return b"\n".join(lines)


def test_regular_goroutines_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert both(dump_of(20), monkeypatch) >= 19


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        (" [select", " gp=0xc000007500 m=nil [select"),
        (":7 +0x1", ":7 +0x1 fp=0xc0000a sp=0xc0000b pc=0x45"),
        ("created by main.main in goroutine 1\n\t/home/dev/main.go:9 +0x20\n", ""),
        ("in goroutine 1\n", "in goroutine 77\n"),
    ],
)
def test_whole_chunks_are_read(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the tests of equality would hold a reader equal that is never asked."""
    answers = []
    ask = fast.ChunkReader.read

    def asked(self: fast.ChunkReader, text: str, position: int) -> object:
        answers.append(ask(self, text, position))
        return answers[-1]

    monkeypatch.setattr(regular, "CHUNK", 1500)
    monkeypatch.setattr(fast.ChunkReader, "read", asked)
    data = dump_of(20).replace(old.encode(), new.encode()) if old else dump_of(20)
    (dump,) = read(data, 0, monkeypatch)
    assert len(answers) > 1
    assert all(answers)
    assert sum(map(len, answers)) >= 19
    assert len(dump.goroutines) == 20


def test_one_odd_goroutine_costs_one_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = dump_of(20).split(b"\n\n")
    blocks[9] = blocks[9].replace(b"main.loop()", b"main.loop(0x1")
    monkeypatch.setattr(regular, "CHUNK", 1500)
    assert both(b"\n\n".join(blocks), monkeypatch) >= 17


def test_a_creator_with_words_is_no_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        dump_of(9).decode().replace("created by main.main in goroutine 1", "created by main.f(0x1)")
    )
    both(text.encode(), monkeypatch)
    both(text.replace("main.loop()", "created by main.g(0x2)").encode(), monkeypatch)


@pytest.mark.parametrize("path", evidence.sample_files(), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_samples(path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    both(path.read_bytes(), monkeypatch)  # type: ignore[attr-defined]


@given(st.integers(0, 1 << 30))
def test_mutated_dumps(seed: int) -> None:
    """Edits in the middle of regular text; chunks that end anywhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regular, "CHUNK", random.Random(seed).choice([300, 700, 1 << 20]))
        both(mutated(dump_of(8), seed), patch)


@given(st.integers(0, 1 << 30))
def test_mutated_samples(seed: int) -> None:
    chance = random.Random(seed)
    path = chance.choice(evidence.sample_files())
    with pytest.MonkeyPatch.context() as patch:
        both(mutated(path.read_bytes()[: 1 << 15], seed), patch)


@pytest.mark.shared
def test_real_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every trace of the shared evidence, and a mutation of each."""
    regulars = 0
    for number, path in enumerate(evidence.trace_files()):
        data = path.read_bytes()[: 1 << 17]
        regulars += both(data, monkeypatch)
        both(mutated(data, number), monkeypatch)
    print(f"{regulars} goroutines were regular")
    assert regulars > 1000


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (":5 +0x10", ":05 +0x10"),
        (":5 +0x10", ":5 +0x010"),
        (":5 +0x10", ":5 +0x10 fp=0xc0000a sp=0xc0000b pc=0x45"),
        (":5 +0x10\n", ":5 +0x10 fp=0xc0000a sp=0xc0000b pc=0x45\n\tx:1 +0x1\n"),
        ("...)\n\t/home/dev/main.go:5", "...) fp=0x1 sp=0x2 pc=0x3\n\t/home/dev/main.go:5"),
        (":5 +0x10", ":5 +0x10\0"),
        ("{0x2, 0x3?}", "{" * 20 + "}" * 20),
        ("{0x2, 0x3?}", ", ".join(["0x1"] * 1100)),
        ("0xc000010000", "0x12345678901234567"),
        ("main.work(", "main.(*Größe).мера("),
        ("main.work(", "main.f(0x1)("),
        ("[select, 3 minutes]", '[select, 3 minutes] {a: "b, 7 minutes"}'),
        ("[select, 3 minutes]", '[select] {a: "b, 7 minutes"}'),
        ("[select, 3 minutes]", "[select, 03 minutes]"),
        ("goroutine 9 [", "goroutine 9 gp=0xc000007500 m=nil ["),
        ("goroutine 9 [", "goroutine -9 ["),
        ("goroutine 9 [", "gopherine 9 ["),
        ("{0x2, 0x3?}", ", ".join(["{" + ", ".join(["0x1"] * 200) + "}"] * 6)),
        ("goroutine 9 [", "goroutine 123456789012345678901 ["),
        (" in goroutine 1\n", "\n"),
        (" in goroutine 1\n", " in goroutine 1 in goroutine 2\n"),
        (" in goroutine 1\n", " in goroutine 01\n"),
        ("\ngoroutine 9", "\n\ngoroutine 9"),
        ("\ngoroutine 9", "\n-----\n\ngoroutine 9"),
        ("\n", "\r\n"),
        ("\t", "    "),
    ],
)
def test_what_looks_regular(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = dump_of(9).decode()
    assert old in text
    both(text.replace(old, new).encode(), monkeypatch)
    both(text.replace(old, new, 1).encode(), monkeypatch)


def test_frames_are_a_tuple_in_all_but_type(monkeypatch: pytest.MonkeyPatch) -> None:
    (dump,) = read(dump_of(3), 0, monkeypatch)
    frames = dump.goroutines[0].frames
    assert isinstance(frames, Frames)
    plain = tuple(frames)
    assert (len(frames), frames[0], frames[-2:]) == (3, plain[0], plain[-2:])
    assert frames == plain
    assert plain == frames
    assert hash(frames) == hash(plain)
    assert frames + plain == plain + frames == plain + plain
    assert plain[1] in frames
    copy = pickle.loads(pickle.dumps(dump))
    assert isinstance(copy.goroutines[0].frames, Frames)
    assert copy.goroutines[0].frames == plain
    assert copy == dump
    assert [g.frames.numbers() for g in copy.goroutines if isinstance(g.frames, Frames)]


def test_frames_are_pickled_as_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text once, however often it stands there, and no word; calls are shared as before."""
    (dump,) = read(dump_of(300), 0, monkeypatch)
    data = pickle.dumps(dump)
    assert len(data) < 3 * len(dump_of(300))
    copy = pickle.loads(data)
    calls = {id(f.call) for g in dump.goroutines for f in g.frames}
    assert len({id(f.call) for g in copy.goroutines for f in g.frames}) == len(calls)


@given(st.integers(0, 1 << 30))
def test_numbers_are_those_of_the_words(seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        dumps = read(mutated(dump_of(8), seed), 0, patch)
    stacks = [g.frames for d in dumps for g in d.goroutines if isinstance(g.frames, Frames)]
    for stack in stacks:
        words = [w.value for f in stack for w in f.call.words()]
        assert list(stack.numbers()) == words


def test_reading_builds_no_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    (dump,) = read(dump_of(30), 0, monkeypatch)
    lazy = [g.frames for g in dump.goroutines if isinstance(g.frames, Frames)]
    assert len(lazy) >= 29
    assert all(f._made is None for f in lazy[1:])  # the first shows whether tabs were lost


def test_text_without_blank_lines_takes_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk in which no goroutine ends is looked at once, not once for each goroutine."""
    data = dump_of(3000).replace(b"\n", b"\r\n")
    looked = 0
    fill = regular.RegularReader._fill

    def counted(self: regular.RegularReader, data: bytes) -> bool:
        nonlocal looked
        looked += 1
        return fill(self, data)

    monkeypatch.setattr(regular.RegularReader, "_fill", counted)
    (dump,) = read(data, 0, monkeypatch)
    assert len(dump.goroutines) == 3000
    most = len(data) // regular.CHUNK + 3
    assert looked <= most
    (dump,) = read(re.sub(rb"\n\n", b"\n\n\n", dump_of(3000)), 0, monkeypatch)
    assert looked <= 2 * most


@pytest.mark.parametrize("path", evidence.sample_files(), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_large_dumps_are_the_same_json(path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written without objects is what the objects say, byte for byte."""
    from gotrace.rendering import json, json_text  # noqa: PLC0415

    for module in (json, json_text):
        monkeypatch.setattr(module, "LONG", 0)
    for dump in gotrace.parse(path.read_bytes()).dumps:  # type: ignore[attr-defined]
        report = gotrace.annotate(dump)
        for indent in (None, 2):
            expected = json.dumps(json.dump(report), indent=indent)
            assert expected == json.dumps(json.entry(report), indent=indent)
