"""What the client asks: each request waits until what it is about was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lsprotocol import types

from gotrace.lsp import actions, commands, hints, hover, lenses, links, symbols, tokens
from gotrace.lsp.client import Client
from gotrace.lsp.documents import Document, Lines
from gotrace.lsp.protocol import Server
from gotrace.lsp.ranges import lines_of
from gotrace.lsp.session import Session
from gotrace.lsp.settings import Given
from gotrace.rendering.files import uri_of

AT_ONCE, SOON, LATER = 2.0, 10.0, 60.0  # seconds that somebody waits for an answer
_NOTHING = Given(())


class Answers:
    """The requests of one client."""

    def __init__(self, server: Server, client: Client, session: Session) -> None:
        self._server = server
        self._client = client
        self._session = session
        self._shown = commands.Shown()

    def close(self) -> None:
        """The end: what was written to be shown goes away."""
        self._shown.close()

    def register(self) -> None:
        """Take all requests."""
        answers: dict[str, Callable[..., Any]] = {
            types.TEXT_DOCUMENT_HOVER: self._hover,
            types.TEXT_DOCUMENT_INLAY_HINT: self._hints,
            types.TEXT_DOCUMENT_DOCUMENT_LINK: self._links,
            types.TEXT_DOCUMENT_DEFINITION: self._definition,
            types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: self._symbols,
            types.TEXT_DOCUMENT_FOLDING_RANGE: self._folds,
            types.TEXT_DOCUMENT_CODE_LENS: self._lenses,
            types.TEXT_DOCUMENT_CODE_ACTION: self._actions,
        }
        for name, handler in answers.items():
            self._take(name, handler)
        # A client that asks for a part is never given the whole: that may be very long.
        if self._client.token_ranges:
            name = types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE
            self._take(name, self._tokens_of_range, tokens.LEGEND)
        else:
            name = types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL
            self._take(name, self._tokens, tokens.LEGEND)
        for name, text in _COMMANDS.items():
            self._server.command(name)(self._server.guarded(self._command(name, text), name))

    def _take(self, name: str, handler: Callable[..., Any], options: Any = None) -> None:
        self._server.feature(name, options)(self._server.guarded(handler, name))

    async def _ready(self, uri: str, lines: Lines | None, patience: float) -> Document | None:
        return await self._session.ready(uri, lines, patience)

    async def _hover(self, params: types.HoverParams) -> types.Hover | None:
        place = params.position
        lines = (place.line, place.line + 1)
        document = await self._ready(params.text_document.uri, lines, AT_ONCE)
        if document is None:
            return None
        offset = document.text.offset((place.line, place.character))
        return hover.hover(document, offset, markdown=self._client.markdown)

    async def _definition(self, params: types.DefinitionParams) -> types.Location | None:
        place = params.position
        lines = (place.line, place.line + 1)
        document = await self._ready(params.text_document.uri, lines, AT_ONCE)
        if document is None:
            return None
        return links.definition(document, document.text.offset((place.line, place.character)))

    async def _hints(self, params: types.InlayHintParams) -> list[types.InlayHint] | None:
        lines = lines_of(params.range)
        document = await self._ready(params.text_document.uri, lines, SOON)
        return None if document is None else hints.hints(document, lines)

    async def _tokens(self, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
        document = await self._ready(params.text_document.uri, None, LATER)
        return None if document is None else tokens.tokens(document, _all(document))

    async def _tokens_of_range(
        self, params: types.SemanticTokensRangeParams
    ) -> types.SemanticTokens | None:
        lines = lines_of(params.range)
        document = await self._ready(params.text_document.uri, lines, SOON)
        return None if document is None else tokens.tokens(document, lines)

    async def _links(self, params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
        document = await self._ready(params.text_document.uri, None, LATER)
        if document is None:
            return None
        return links.links(document, _all(document), tooltips=self._client.tooltips)

    async def _symbols(self, params: types.DocumentSymbolParams) -> list[Any] | None:
        document = await self._ready(params.text_document.uri, None, LATER)
        if document is None:
            return None
        return symbols.symbols(document) if self._client.trees else symbols.flat(document)

    async def _folds(self, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
        document = await self._ready(params.text_document.uri, None, LATER)
        return None if document is None else symbols.folds(document, self._client.most_folds)

    async def _lenses(self, params: types.CodeLensParams) -> list[types.CodeLens] | None:
        document = await self._ready(params.text_document.uri, None, LATER)
        return None if document is None else lenses.lenses(document)

    async def _actions(self, params: types.CodeActionParams) -> list[types.CodeAction] | None:
        uri = params.text_document.uri
        document = await self._ready(uri, lines_of(params.range), AT_ONCE)
        entry = self._session.entries.get(uri)
        if document is None or entry is None:
            return None
        given = entry.given or _NOTHING
        return actions.actions(
            document,
            given,
            params,
            folder=self._client.folder,
            client=self._client.commands,
            config=self._open_text(given.config),
        )

    def _open_text(self, path: str | None) -> str | None:
        """A file as the editor has it, where it is open there."""
        entry = None if path is None else self._session.entries.get(uri_of(path))
        if entry is None:
            return None
        text = entry.document.text
        return text.bytes_of(0, len(text.lines)).decode("utf-8", "replace")

    def _command(self, name: str, text_of: Callable[..., str]) -> Callable[..., Any]:
        async def run(*arguments: Any) -> str | None:
            uri, *place = arguments
            document = await self._ready(uri, None, SOON)
            text = "" if document is None else text_of(document, *place)
            if text and self._client.documents:
                path = self._shown.write(name.rpartition(".")[2], text)
                self._server.window_show_document(types.ShowDocumentParams(uri_of(path)))
            return text or None

        return run


_COMMANDS: dict[str, Callable[..., str]] = {
    lenses.SHOW_REPORT: commands.report_text,
    lenses.SHOW_GOROUTINES: commands.goroutines_text,
    actions.SHOW_FRAME: commands.frame_text_at,
}


def _all(document: Document) -> Lines:
    return 0, len(document.text.lines)
