"""Reports as one HTML file that needs nothing else: no network, and no script to be read.

A policy in the page lets only its own style and script act, by their hashes. All that a log or a
source says is text: it passes ``html_text.shown`` here, and ``textContent`` in the script.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TextIO

from gotrace.parsing.collector import paused
from gotrace.rendering.formats import Page
from gotrace.rendering.html_dump import Room, Shown, section
from gotrace.rendering.html_text import counted, shown
from gotrace.rendering.style import clean
from gotrace.report import Report
from gotrace.version import VERSION

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="gotrace {version}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="bar">
<h1>gotrace</h1><span class="file">{source}</span>
<search class="tools" hidden>
<label class="find"><span class="hidden">Filter goroutines</span><input id="find" type="search"
 autocomplete="off" spellcheck="false"
 placeholder="Filter: function, file, value, state, #id"></label>
<label class="pick"><span class="hidden">State</span><select id="state"></select></label>
<label class="pick"><span class="hidden">Order</span><select id="order">
<option value="">your code first</option><option value="count">most goroutines</option>
<option value="wait">longest wait</option></select></label>
<label class="check"><input id="own" type="checkbox"> only your frames</label>
<output id="found" for="find state"></output>
</search>
<span class="buttons" hidden><button type="button" id="theme">Theme: auto</button><button
 type="button" id="help" aria-label="Keyboard shortcuts">?</button></span>
</header>
<main id="main" tabindex="-1">
"""


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """A section for each dump. ``page.everything`` writes all goroutines into the page itself."""
    room = Room()
    sources: dict[str, None] = {}
    sections: list[Shown] = []
    for number, report in enumerate(reports, 1):
        sources.setdefault(clean(report.dump.source))
        with paused():  # it would look through the whole report again and again
            sections.append(section(report, number, page, room))
    title = sections[0].title if sections else "no traceback found"
    style, script = _asset("report.css"), _asset("view.js") + _asset("report.js")
    head = _HEAD.format(
        policy=escape(_policy(style, script)),
        version=VERSION,
        title=f"{escape(title[:120])} – gotrace",
        style=style,
        source=escape(", ".join(sources)),
    )
    out.write(head)
    out.write(_contents(sections))
    out.writelines(shown.markup for shown in sections)
    out.write("</main>\n" + _foot(page) + f"<script>{script}</script>\n</body>\n</html>\n")


def _asset(name: str) -> str:
    text = files("gotrace.rendering").joinpath("assets", name).read_text("utf-8")
    assert "</s" not in text, f"{name} would end its own element"
    return "\n" + text


def _policy(style: str, script: str) -> str:
    """Nothing but this very style and this very script; no text becomes markup in the script."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _contents(sections: list[Shown]) -> str:
    if not sections:
        return "<p>There is no Go traceback in what was read.</p>\n"
    if len(sections) == 1:
        return ""
    links = "".join(
        f'<li><a href="#d{number}">{escape(shown.title[:200])}</a></li>'
        for number, shown in enumerate(sections, 1)
    )
    title = counted(len(sections), "traceback")
    return f'<nav class="panel" aria-label="Tracebacks"><h2>{title}</h2><ol>{links}</ol></nav>\n'


def _foot(page: Page) -> str:
    said = [*page.notes, *page.unreadable]
    told = "".join(f"<li>{shown(text)}</li>" for text in said)
    listed = f"<ul>{told}</ul>" if told else ""
    return f"<footer>{listed}<p>Made by gotrace {VERSION}.</p></footer>\n"
