"""Markdown: whatever a log says, it stays text. Read by a CommonMark parser, not by our eyes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import gotrace
from gotrace.culprit import Culprit, CulpritCertainty, SourceSpan
from gotrace.culprit.culprit import Blame, Evidence
from gotrace.rendering.formats import Page, writer
from gotrace.rendering.markdown import MOST
from gotrace.rendering.markdown_text import Budget, code, fence, prose
from gotrace.rendering.style import clean
from gotrace.report import Report
from tests.evidence import SAMPLES
from tests.test_culprit_report import passed, story

markdown_it = pytest.importorskip("markdown_it", reason="NOT RUN: markdown-it-py is missing")

OURS = re.compile(
    r"<details>\n<summary>([0-9]+ other goroutines?( in [0-9]+ groups)?|Notes)</summary>\n?"
    r"|</details>\n?"
)
HOSTILE = [
    "```\n</details>", "````", "@someone #1 owner/repo#2 GH-3", "<img src=x onerror=alert(1)>",
    "[a](javascript:x)", "https://evil.example", "www.evil.example", "*a* _b_ ~~c~~", "# h", "- x",
    "deadbeef deadbeefdeadbeefdeadbeefdeadbeefdeadbeef", "a|b", "&lt;", "`", "``x`", "\\", "1. x",
    ":smile:", "---", "\x1b[31mred\u202e", "$x$", "\udcff",
]  # fmt: skip
texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=12), max_size=6).map(" ".join)


def shown(*reports: Report, page: Page = Page()) -> str:  # noqa: B008 - immutable
    out = io.StringIO()
    writer("markdown")(reports, out, page)
    return out.getvalue()


def tokens(text: str) -> Iterator[Any]:
    """All tokens, those inside of lines too."""
    parser = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for token in parser.parse(text):
        yield token
        yield from token.children or ()


def check(text: str) -> None:
    """Outside of code stands nothing but our words; no markup but ours."""
    allowed = {
        "fence", "code_inline", "text", "paragraph_open", "paragraph_close", "inline",
        "html_block", "strong_open", "strong_close", "bullet_list_open", "bullet_list_close",
        "list_item_open", "list_item_close", "hr",
    }  # fmt: skip
    for token in tokens(text):
        assert token.type in allowed, token
        if token.type == "html_block":
            assert OURS.fullmatch(token.content), token.content
        if token.type == "text":
            for word in token.content.split():
                assert re.fullmatch(r"[(:,.;]*[A-Za-z0-9.]*[),.;:…]*", word), word
                assert not re.search(r"[0-9a-fA-F]{7}|www", word), word


def with_text(text: str) -> Report:
    """The story, each text of it hostile."""
    said = " ".join(text.split("\n"))
    span = SourceSpan("/x/y.go", 3, 1, 1 + len(said[:9]), said)
    culprit = Culprit(
        0, text, text, text, CulpritCertainty.LIKELY, (Evidence("offset-fits", text, 1.0),), span,
        (Blame(1, text, False),), f"{text}; {text}", (text, text), text,
    )  # fmt: skip
    report = story()
    cause = report.dump.causes[0]._replace(message=text)
    dump = report.dump._replace(causes=(cause,), source=text or "x")
    return report._replace(dump=dump, culprit=culprit)


# ---------------------------------------------------------------------- the page


def test_the_story() -> None:
    """Cause, culprit with its line, frames; what was not understood is folded away."""
    golden = (SAMPLES.parent / "tests" / "data" / "story.golden.md").read_text("utf-8")
    text = re.sub(r"(?m)^       /.*/samples/", "       …/samples/", shown(story()))
    assert golden == text
    check(text)


def test_callers(tmp_path: Path) -> None:
    text = shown(passed(tmp_path))
    assert "- passed as `nil` by `main.main` at `main.go:10`\n" in text
    check(text)


def test_others_are_folded() -> None:
    log = SAMPLES / "sigquit" / "go1.27.log"
    report = gotrace.annotate(gotrace.parse(log.read_bytes()).dumps[0])
    text = shown(report)
    assert re.search(r"<details>\n<summary>[0-9]+ other goroutines", text)
    check(text)


def test_every_sample_is_text() -> None:
    for log in sorted(SAMPLES.glob("*/*.log")):
        dumps = gotrace.parse(log.read_bytes(), source=str(log)).dumps
        check(shown(*(gotrace.annotate(d, stdlib=False) for d in dumps), page=Page(titled=True)))


def test_it_fits_an_issue() -> None:
    """GitHub takes 65,536 characters; what is left out is counted. --all leaves out nothing."""
    report = story()
    cause = report.dump.causes[0]._replace(message="x\n" * 70_000)
    long = report._replace(dump=report.dump._replace(causes=(cause,)))
    text = shown(long, report)
    assert MOST - 200 < len(text) < 65_536
    assert "more lines" in text
    assert "… and 1 more dump" in text
    assert len(shown(long, page=Page(everything=True))) > 140_000


# ---------------------------------------------------------------------- hostile text


@given(texts)
@example(" ".join(HOSTILE))
@example("```\n```\n<b>")
def test_nothing_of_a_log_is_markup(text: str) -> None:
    check(shown(with_text(text), page=Page(titled=True)))


@given(texts)
def test_a_code_span_holds_its_text(text: str) -> None:
    """One token, whatever it is."""
    found = [t for t in tokens(f"at {code(text)} x") if t.type == "code_inline"]
    assert len(found) == 1


@given(texts)
def test_a_fence_holds_its_text(text: str) -> None:
    lines = [clean(line) for line in text.split("\n")]
    found = [t for t in tokens(fence(lines, Budget(None)) + "\nbehind") if t.type == "fence"]
    assert ["\n".join(lines).strip("\n")] == [t.content.removesuffix("\n") for t in found]


def test_prose_keeps_sentences() -> None:
    assert prose("rsp comes from line 78; ok is not checked") == (
        "rsp comes from line 78; ok is not checked"
    )
    assert prose("a.b is @all, not #1: deadbeef") == "`a.b` is `@all`, not `#1`: `deadbeef`"
