"""Go text to tokens: the terminals of ``grammars/prototypes.lark``, and what no pattern can say.

Three things are done here that a grammar cannot do:

* a semicolon is inserted where Go inserts one (a line ends behind an operand or a closing bracket);
* a function's body becomes one token ``_BODY``, what follows ``var`` one token ``_SKIPPED``;
* two spellings are looked for only where they can stand: the comment behind a package clause
  (``PATH_COMMENT``) and a traceback's own name behind ``func`` (``TRACED_NAME``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from gotrace.errors import SignatureSyntaxError
from gotrace.parsing.driver import Token
from gotrace.patterns import lazy_pattern
from gotrace.signatures._tables import TERMINALS
from gotrace.tuples import NamedTuple

# A line that ends behind one of these ends a statement (Go specification, "Semicolons").
_ENDERS = frozenset(
    {"IDENT", "INT", "FLOAT", "RUNE", "STRING", "RPAR", "RSQB", "RBRACE", "_BODY", "_SKIPPED"}
)
_OPENING = frozenset({"LPAR", "LSQB", "LBRACE"})
_CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})
_IN_CONTEXT = frozenset({"PATH_COMMENT", "TRACED_NAME", "OTHER_KEYWORD"})
_SPACE = lazy_pattern(r"[ \t]*")


class Source(NamedTuple):
    """A text and the name under which errors speak of it."""

    text: str
    file: str

    def error(self, offset: int, message: str, hint: str = "") -> SignatureSyntaxError:
        """The error that shows ``message`` at ``offset`` (in code points)."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", start)
        line = self.text[start : len(self.text) if end < 0 else end]
        return SignatureSyntaxError(
            message,
            file=self.file,
            line=self.line(offset),
            column=offset - start + 1,
            source_line=line.rstrip("\r"),
            hint=hint,
        )

    def line(self, offset: int) -> int:
        """The number of the line of ``offset``, from 1."""
        return self.text.count("\n", 0, offset) + 1


class _Patterns(NamedTuple):
    token: re.Pattern[str]
    body: re.Pattern[str]
    path_comment: re.Pattern[str]
    traced_name: re.Pattern[str]
    other_keyword: re.Pattern[str]
    keywords: dict[str, str]


@cache
def _patterns() -> _Patterns:
    keywords = {pattern: name for name, pattern in TERMINALS.items() if pattern.isalpha()}
    names = [n for n in TERMINALS if n not in _IN_CONTEXT and n not in keywords.values()]
    quoted = "|".join(TERMINALS[n] for n in ("STRING", "RUNE", "COMMENT"))
    return _Patterns(
        token=re.compile("|".join(f"(?P<{n}>{TERMINALS[n]})" for n in names)),
        body=re.compile(rf"(?P<BRACE>[{{}}])|{quoted}|(?P<OPEN>[\"'`]|/\*)"),
        path_comment=re.compile(TERMINALS["PATH_COMMENT"]),
        traced_name=re.compile(TERMINALS["TRACED_NAME"]),
        other_keyword=re.compile(TERMINALS["OTHER_KEYWORD"]),
        keywords=keywords,
    )


def tokens(source: Source) -> Iterator[Token]:
    """The tokens of ``source``, in order.

    Shape:  ``(TERMINAL, start, end)``; an inserted semicolon is empty.
    Units:  code points.
    Errors: SignatureSyntaxError for a character, string, comment or body that is not Go.
    Source: the Go specification, "Lexical elements".
    """
    return _Scanner(source).run()


def found_at(source: Source, offset: int) -> str:
    """What stands at ``offset``, in words for an error message."""
    text = source.text
    match = _patterns().token.match(text, offset)
    if match is not None and match.lastgroup not in {"BLANK", "COMMENT"}:
        shown = match.group().partition("\n")[0]
        return f"'{shown if len(shown) <= 40 else shown[:37] + '…'}'"
    return "the end of the line" if text[offset:].strip() else "the end of the text"


class _Scanner:
    """Where the scanner is; lives inside one call of :func:`tokens`."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.position = 0
        self.depth = 0  # of open brackets
        self.before = "SEMICOLON"  # the last token but one
        self.last = "SEMICOLON"
        self.in_head = False  # behind "func" at the top level, before its body

    def run(self) -> Iterator[Token]:
        while self.position < len(self.text):
            token = self._next()
            if token is None:
                continue
            yield self._emit(token)
            if token[0] == "FUNC" and self.before == "SEMICOLON" and self.depth == 0:
                self.in_head = True
                yield from self._traced_name()
            elif token[0] == "VAR" and self.before == "SEMICOLON" and self.depth == 0:
                yield self._emit(("_SKIPPED", self.position, self._statement_end()))
        if self.last in _ENDERS:
            yield ("SEMICOLON", len(self.text), len(self.text))

    def _emit(self, token: Token) -> Token:
        name = token[0]
        self.before, self.last, self.position = self.last, name, token[2]
        if name in _OPENING:
            self.depth += 1
        elif name in _CLOSING:
            self.depth -= 1
        elif name in {"SEMICOLON", "_BODY"} and self.depth == 0:
            self.in_head = False
        return token

    def _next(self) -> Token | None:
        """The token at the position; None, and the position moved on, where none is."""
        name, start, end = self._match()
        if name == "COMMENT" and self.before == "PACKAGE" and self.last == "IDENT":
            path = _patterns().path_comment.match(self.text, start)
            if path:
                return ("PATH_COMMENT", start, path.end())
        if name in {"BLANK", "COMMENT"}:
            if self._ends_statement(start, end):
                return ("SEMICOLON", start, start)
            self.position = end
            return None
        if name == "IDENT":
            return (self._word(start, end), start, end)
        if name == "LBRACE" and self._opens_body():
            return ("_BODY", start, self._body_end())
        return (name, start, end)

    def _match(self) -> Token:
        match = _patterns().token.match(self.text, self.position)
        open_comment = match is not None and match.lastgroup == "SLASH"
        open_comment = open_comment and self.text.startswith("/*", self.position)
        if match is None or match.lastgroup is None or open_comment:
            raise self._unreadable(self.position)
        return (match.lastgroup, match.start(), match.end())

    def _unreadable(self, offset: int) -> SignatureSyntaxError:
        what = {'"': "string", "`": "string", "'": "rune", "/": "comment"}
        character = self.text[offset]
        if character in what:
            return self.source.error(offset, f"this {what[character]} has no end")
        return self.source.error(offset, f"no Go text begins with {character!r}")

    def _ends_statement(self, start: int, end: int) -> bool:
        last = "IDENT" if self.last == "PATH_COMMENT" else self.last
        return last in _ENDERS and self.text.find("\n", start, end) >= 0

    def _word(self, start: int, end: int) -> str:
        word = self.text[start:end]
        if _patterns().other_keyword.fullmatch(word):
            return "OTHER_KEYWORD"
        return _patterns().keywords.get(word, "IDENT")

    def _opens_body(self) -> bool:
        return self.in_head and self.depth == 0 and self.last not in {"STRUCT", "INTERFACE"}

    def _body_end(self) -> int:
        """Behind the brace that closes the one at the position."""
        depth = 0
        for match in _patterns().body.finditer(self.text, self.position):
            if match.lastgroup == "OPEN":
                raise self._unreadable(match.start())
            if match.lastgroup == "BRACE":
                depth += 1 if match.group() == "{" else -1
                if depth == 0:
                    return match.end()
        raise self.source.error(self.position, "this function body has no end")

    def _traced_name(self) -> Iterator[Token]:
        space = _SPACE.match(self.text, self.position)
        assert space is not None
        name = _patterns().traced_name.match(self.text, space.end())
        if name:
            yield self._emit(("TRACED_NAME", name.start(), name.end()))

    def _statement_end(self) -> int:
        """Where the statement ends that the position stands in."""
        start, depth, last = self.position, 0, ""
        while self.position < len(self.text):
            name, begin, end = self._match()
            blank = name in {"BLANK", "COMMENT"}
            newline = blank and last in _ENDERS and self.text.find("\n", begin, end) >= 0
            if depth <= 0 and (newline or name == "SEMICOLON"):
                self.position = start
                return begin
            depth += (name in _OPENING) - (name in _CLOSING)
            last = last if blank else name
            self.position = end
        self.position = start
        return len(self.text)
