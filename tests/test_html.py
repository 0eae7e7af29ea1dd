"""The HTML report: complete, self-contained, and whatever a log says stays text."""

from __future__ import annotations

import io
import json
import re
import time
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import gotrace
from gotrace.culprit import Culprit, CulpritCertainty, SourceSpan
from gotrace.culprit.culprit import Blame, Evidence
from gotrace.rendering import html_dump
from gotrace.rendering.formats import Page, writer
from gotrace.rendering.html_blob import WORD_MARK
from gotrace.rendering.html_rows import WORD
from gotrace.rendering.style import clean
from gotrace.report import Report
from gotrace.value import Finding, Severity
from tests.browser.large import dump as large
from tests.evidence import SAMPLES
from tests.test_culprit_report import passed, story

EVERYTHING = Page(everything=True)
VOID = {"meta", "input", "col"}
TAGS = VOID | set(
    "html head title style body a header h1 h2 h3 span search label select option output button "
    "main article section details summary p ul ol li dl div dt dd pre b strong table colgroup "
    "thead tbody tr th td code mark svg g rect text script nav footer".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class href id hidden type autocomplete spellcheck "
    "placeholder value for tabindex aria-label aria-labelledby data-dump data-whole open data-w "
    "data-name data-packed scope role width height x y rx".split()
)
HOSTILE = [
    "</script><img src=x onerror=alert(1)>", "<!--", "]]>", "javascript:alert(1)", '" onload="x',
    "'", "&lt;", "<svg/onload=x>", "\x1b[31mred", "\u202egpj.exe", "\u2028", "\udcff", "\0", "\x01",
    "\x010;", "{style}", "%s", "</style>", "<a href=//x>", "https://evil.example/",
]  # fmt: skip
texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), max_size=5).map(" ".join)


class Reader(HTMLParser):
    """Every tag is ours, closed where it must be, with harmless attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.inline: dict[str, list[str]] = {"style": [], "script": []}
        self.data: dict[str, str] = {}
        self.policy = ""
        self.words: list[str] = []
        self.raw: list[str] = []
        self._block = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        assert tag in TAGS, tag
        assert told.keys() <= ATTRIBUTES, told
        assert all(v.isprintable() for v in told.values())
        if "id" in told:
            self.ids.append(told["id"])
        if "href" in told:
            self.links.append(told["href"])
        if told.get("http-equiv") == "Content-Security-Policy":
            self.policy = told["content"]
        if tag not in VOID:
            self.open.append(tag)
        self._block = told.get("id", "") if "type" in told and tag == "script" else ""
        if told.get("class") == "raw":
            self.raw.append("")
        if told.get("class") == "w":
            self.words.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.inline:
            if self._block:
                self.data[self._block] = data
            else:
                self.inline[self.open[-1]].append(data)
            return
        assert all(c.isprintable() or c == "\n" for c in data), data
        if "pre" in self.open and self.raw:
            self.raw[-1] += data
        if self.open and self.open[-1] == "b" and self.words:
            self.words[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        assert decl == "DOCTYPE html"


def shown(*reports: Report, page: Page = Page()) -> str:  # noqa: B008 - immutable
    out = io.StringIO()
    writer("html")(reports, out, page)
    return out.getvalue()


def checked(text: str) -> Reader:
    """What any report must be."""
    reader = Reader(text)
    assert len(set(reader.ids)) == len(reader.ids)
    assert all(re.fullmatch(r"#[a-z0-9-]+", link) for link in reader.links), reader.links
    for kind in ("style", "script"):
        (text,) = reader.inline[kind]
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in reader.policy
    assert reader.policy.startswith("default-src 'none'; ")
    assert "unsafe" not in reader.policy
    return reader


def data_of(reader: Reader, number: int = 1) -> dict[str, Any]:
    text = reader.data[f"data-{number}"]
    if not text.startswith("{"):
        text = zlib.decompress(b64decode(text)).decode("ascii")
    told: dict[str, Any] = json.loads(text)
    return told


def from_text(text: str | bytes, **options: Any) -> Report:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
    return gotrace.annotate(gotrace.parse(data, source="x.log").dumps[0], **options)


def calls_of(report: Report) -> Iterator[str]:
    """Each frame's call as the page should show it, of all distinct goroutines."""
    for goroutine in report.goroutines:
        for frame in goroutine.frames:
            call = frame.frame.call
            raw = f"({clean(call.arguments)})" if call.parenthesised else ""
            yield clean(call.function) + raw


# ---------------------------------------------------------------------- what is there


def test_the_story() -> None:
    """Cause and culprit first, with source around the line and a caret; then the frames."""
    text = shown(story())
    checked(text)
    at = [
        text.index(part)
        for part in (
            "panic: runtime error: invalid memory address",
            "SIGSEGV (segmentation violation) at address 0x0",
            "<strong>rsp is nil</strong>",
            '<span class="sure certain">certain</span> <a href="#g266900-f1">client.go:79</a>',
            "rsp, ok = p.(*Cmpp3ConnRspPkt)",
            "status = uint8(<mark>rsp</mark>.Status)",
            "^^^",
            "rsp comes from the type assertion at line 78",
            'id="g266900-f1"',
            "failed here",
            'id="g266900-f5"',
        )
    ]
    assert at == sorted(at)


def test_a_source_that_changed_shows_its_line_only(tmp_path: Path) -> None:
    """What stands around the line now is not what was built."""
    report = story()
    assert report.culprit is not None
    assert report.culprit.span is not None
    file = tmp_path / "client.go"
    file.write_text("elsewhere\n" * 200)
    span = report.culprit.span._replace(path=str(file))
    text = shown(report._replace(culprit=report.culprit._replace(span=span)))
    assert "<mark>rsp</mark>" in text
    assert "elsewhere" not in text


def test_callers(tmp_path: Path) -> None:
    """Where a nil was passed, with its line."""
    text = shown(passed(tmp_path))
    checked(text)
    assert "as <code>nil</code> by main.main at main.go:10" in text


def test_words_and_arguments_are_linked() -> None:
    """A row names the words it was made of, by their place among the printed ones."""
    report = from_text(
        "panic: x\n\ngoroutine 1 [running]:\n"
        "main.f(0x1, {0xc000012345, 0x5}, 0x7?)\n\t/a/main.go:3 +0x1d\n",
        signatures=[gotrace.from_prototypes("package main\nfunc f(a int, s string, b int)")],
    )
    text = shown(report)
    reader = checked(text)
    assert reader.words == ["0x1", "0xc000012345", "0x5", "0x7?"]
    words = re.findall(r'<b class="w" data-w="([0-9])">([^<]*)</b>', text)
    assert words == list(zip("0123", reader.words, strict=True))
    rows = re.findall(r'<tr class="([^"]*)" data-w="([^"]*)"><th scope="row">(.)', text)
    assert [(words, name) for _, words, name in rows] == [("0", "a"), ("1 2", "s"), ("3", "b")]
    assert rows[2][0] == "c-stale"


@pytest.mark.parametrize("log", sorted(SAMPLES.glob("*/*.log")), ids=lambda p: f"{p.parent.name}")
def test_every_frame_and_word_is_there(log: Path) -> None:
    dumps = gotrace.parse(log.read_bytes(), source=str(log)).dumps
    reports = [gotrace.annotate(d, stdlib=False) for d in dumps]
    reader = checked(shown(*reports, page=EVERYTHING))
    found = {raw.partition("\n")[0] for raw in reader.raw}
    wanted = {call for report in reports for call in calls_of(report)}
    assert wanted == found
    assert {w for call in wanted for w in WORD.findall(call)} == set(reader.words)


def test_the_data_says_what_the_page_says() -> None:
    """The script's data holds the same calls and values as the elements."""
    log = SAMPLES / "sigquit" / "go1.27.log"
    report = from_text(log.read_bytes())
    reader = checked(shown(report, page=EVERYTHING))
    told = data_of(reader)
    strings, heads = told["strings"], told["heads"]
    calls = {strings[heads[head][0]] + raw for head, raw, *_ in told["rows"]}
    assert {raw.partition("\n")[0] for raw in reader.raw} == calls
    assert len(told["groups"]) == len(report.goroutines)
    for _, raw, cells, *_ in told["rows"]:
        words = WORD.findall(raw)
        for cell in (told["cells"][c] for c in cells):
            for number in re.findall(rf"{WORD_MARK}([0-9]+);", strings[cell[4]]):
                assert int(number) < len(words)


def test_findings() -> None:
    """Severity in words, message, code and evidence at the argument."""
    report = story()
    goroutine = report.goroutines[0]
    frame = goroutine.frames[0]
    finding = Finding("low-pointer", Severity.ERROR, "0x10 is <no> pointer", ("page & zero",), 0, 4)
    argument = frame.arguments[0]._replace(findings=(finding,))
    frame = frame._replace(arguments=(argument, *frame.arguments[1:]))
    goroutine = goroutine._replace(frames=(frame, *goroutine.frames[1:]))
    text = shown(report._replace(goroutines=(goroutine, *report.goroutines[1:])))
    checked(text)
    assert (
        '<span class="mark error"><b>error</b> 0x10 is &lt;no&gt; pointer '
        '<code>low-pointer</code><span class="ev">page &amp; zero</span></span>'
    ) in text


def test_several_dumps() -> None:
    """A table of contents; anchors of the second have its number."""
    reader = checked(shown(story(), story()))
    assert {"#d1", "#d2", "#d2-g266900-f1"} <= set(reader.links)
    assert {"data-1", "data-2", "d2-g266900"} <= set(reader.ids)


def test_nothing_found() -> None:
    text = shown(page=Page(notes=["a <note>"], unreadable=["gone.log: no such file"]))
    checked(text)
    assert "There is no Go traceback" in text
    assert "<li>a &lt;note&gt;</li><li>gone.log: no such file</li>" in text


def test_waiting() -> None:
    log = next(SAMPLES.glob("waiting/mutex-ring/*.log"))
    text = shown(from_text(log.read_bytes()))
    checked(text)
    assert '<div class="deadlock"><dt>deadlock</dt><dd>goroutine ' in text


# ---------------------------------------------------------------------- creation tree, stacks


def goroutine(number: int, creator: int | None = None, function: str = "main.work") -> str:
    by = (
        ""
        if creator is None
        else f"created by main.start in goroutine {creator}\n\t/a/m.go:9 +0x1\n"
    )
    return f"goroutine {number} [select]:\n{function}(0x{number:x})\n\t/a/m.go:5 +0x1d\n{by}"


def tree(*goroutines: str) -> str:
    text = shown(from_text("SIGQUIT: quit\n\n" + "\n".join(goroutines)))
    checked(text)
    return text.partition('<ul class="tree">')[2].partition("</details>")[0]


def test_the_creation_tree() -> None:
    """Children below who created them, the alike in one line; a creator that is gone by name."""
    text = tree(
        goroutine(1, None, "main.main"), goroutine(7, 1), goroutine(8, 1), goroutine(9, 7),
        goroutine(20, 99, "main.orphan"),
    )  # fmt: skip
    lines = re.sub(r"<(?!/?ul|/?li)[^>]*>", "", text)
    assert lines == (
        "<li>main.main<ul><li>2 × main.work by main.start m.go:9<ul><li>main.work by main.start "
        "m.go:9</li></ul></li></ul></li><li>main.start is gone, or its number is not printed<ul>"
        "<li>main.orphan by main.start m.go:9</li></ul></li></ul>"
    )


def test_a_tree_that_goes_round() -> None:
    """Goroutines that created each other, as no program prints them."""
    assert "main.work" in tree(goroutine(1, 2), goroutine(2, 1), goroutine(3, 3))


def test_a_deep_tree() -> None:
    """Two thousand generations end where nobody reads on."""
    text = tree(goroutine(1), *(goroutine(n, n - 1) for n in range(2, 2000)))
    assert "1,975 ×" in text
    assert "all that they created" in text


def test_merged_stacks() -> None:
    """Cells as wide as many goroutines run them."""
    report = from_text(
        "SIGQUIT: quit\n\n" + "\n".join([
            *(goroutine(n, None, "main.a") for n in (1, 2, 3)), goroutine(4, None, "main.b"),
        ])
    )  # fmt: skip
    text = shown(report)
    checked(text)
    assert 'aria-label="main.a: 3 goroutines, 75%"><svg x="0.000%" y="0" width="75.000%"' in text
    assert 'aria-label="main.b: 1 goroutine, 25%"><svg x="75.000%" y="0" width="25.000%"' in text


# ---------------------------------------------------------------------- large dumps


def test_a_large_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups in full as long as there is room, then in a line each, then counted; all in the data.

    The bounds are loose: the machine may be busy."""
    monkeypatch.setattr(html_dump.Room, "__init__", room(full=60_000, brief=20_000))
    report = from_text(large(2000, 500))
    start = time.process_time()
    text = shown(report)
    assert time.process_time() - start < 3
    assert len(text) < 700_000
    reader = checked(text)
    assert re.search(r"<li>and [0-9]+ more groups</li>", text)
    told = data_of(reader)
    assert len(told["groups"]) == 501
    assert sum(group[8] for group in told["groups"]) == 2000
    strings, heads = told["strings"], told["heads"]
    calls = {strings[heads[head][0]] + raw for head, raw, *_ in told["rows"]}
    assert set(calls_of(report)) == calls


def room(full: int, brief: int) -> Any:
    def init(self: html_dump.Room) -> None:
        self.full, self.brief = full, brief

    return init


def test_words_of_huge_dumps_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the last groups only functions and places are told, and that this is so."""
    monkeypatch.setattr(html_dump, "WORDED", 100)
    report = from_text(large(300, 300))
    told = data_of(checked(shown(report)))
    left_out = [row for row in told["rows"] if row[1] == "(…)"]
    assert left_out
    assert len(told["rows"]) - len(left_out) == 100
    assert "words left out" in told["strings"]
    frames = [told["rows"][number] for group in told["groups"] for number in group[14]]
    assert len(frames) == sum(len(g.frames) for g in report.goroutines)
    assert "words left out" not in shown(report, page=EVERYTHING)


# ---------------------------------------------------------------------- hostile text


def with_text(text: str) -> Report:
    """The story, each text of it hostile."""
    said = " ".join(text.split("\n"))
    span = SourceSpan("/x/y.go", 3, 1, 1 + len(said[:9]), said)
    culprit = Culprit(
        0, text, text, text, CulpritCertainty.LIKELY, (Evidence("offset-fits", text, 1.0),), span,
        (Blame(1, text, False, span),), f"{text}; {text}", (text, text), text,
    )  # fmt: skip
    report = story()
    first = report.goroutines[0]
    plain = first.goroutine
    frame = first.frames[0]
    site = frame.frame.site
    assert site is not None
    assert plain.created_by is not None
    call = frame.frame.call._replace(function=text or "f", arguments=text)
    argument = frame.arguments[0]._replace(name=text or "x", type=text)
    value = argument.value
    assert value is not None
    argument = argument._replace(value=value._replace(symbol=text, dynamic_type=text))
    frame = frame._replace(
        frame=frame.frame._replace(call=call, site=site._replace(file=text)),
        arguments=(argument, *frame.arguments[1:]),
    )
    plain = plain._replace(
        state=text, labels=((text, text),), flags=(text,),
        created_by=plain.created_by._replace(function=text, site=site._replace(file=text)),
    )  # fmt: skip
    goroutines = [first._replace(goroutine=plain, frames=(frame, *first.frames[1:]))]
    for number in (7, 8, 9):
        other = plain._replace(id=number, crashed=False, state=f"{text}{number}")
        goroutines.append(goroutines[0]._replace(goroutine=other))
    cause = report.dump.causes[0]._replace(message=text)
    dump = report.dump._replace(
        causes=(cause,), source=text or "x", timestamp=text,
        goroutines=tuple(g.goroutine for g in goroutines),
    )  # fmt: skip
    return report._replace(dump=dump, culprit=culprit, goroutines=tuple(goroutines))


@settings(max_examples=40)
@given(texts)
@example(" ".join(HOSTILE))
def test_nothing_of_a_log_is_markup(text: str) -> None:
    """In elements and in the data; the story twice, so that there is a table of contents."""
    page = Page(titled=True, notes=[text], unreadable=[text])
    report = with_text(text)
    markup = shown(report, report, page=page)
    reader = checked(markup)
    for block in reader.data.values():
        assert not set("<>&\u2028\u2029") & set(block)
    assert data_of(reader)["strings"][0] == ""


def test_a_hostile_trace() -> None:
    """A real text, as someone could make a program print it."""
    report = from_text(
        b"panic: </script><img src=x onerror=alert(1)> \x1b[31mred \xe2\x80\xaegpj \xff\n\n"
        b"goroutine 1 [<b>running</b>]:\nmain.f(0x1)\n"
        b"\tjavascript:alert(1)//</script>.go:7 +0x1d\n"
    )
    text = shown(report)
    checked(text)
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; red \\u202egpj \\xff" in text


def test_nothing_is_loaded() -> None:
    """Neither the style nor the script names anything outside of the page."""
    reader = checked(shown(story()))
    (style,), (script,) = reader.inline["style"], reader.inline["script"]
    assert not re.search(r"url\(|@import|https?:|//[a-z]+\.", style)
    assert not re.search(
        r"https?:|fetch\(|XMLHttp|WebSocket|import\(|eval\(|innerHTML|outerHTML|insertAdjacent"
        r"|document\.write|Function\(|\.src\b",
        script,
    )


def test_an_id_that_is_printed_twice() -> None:
    """Goroutines of a text that repeats their number still have anchors of their own."""
    text = "SIGQUIT: quit\n\n" + "\n".join([
        goroutine(5, None, "main.a"), goroutine(5, None, "main.b"), goroutine(5, None, "main.c"),
    ])  # fmt: skip
    checked(shown(from_text(text), page=EVERYTHING))
