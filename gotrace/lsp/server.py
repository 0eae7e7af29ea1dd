"""The language server: which message is answered by which module."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.uris import to_fs_path

from gotrace.config import Settings
from gotrace.lsp import diagnostics
from gotrace.lsp.answers import Answers
from gotrace.lsp.client import SECTION, Client, client_of
from gotrace.lsp.documents import Change, Document
from gotrace.lsp.protocol import Server, quieten
from gotrace.lsp.session import Entry, Session
from gotrace.lsp.settings import told

HOST = "127.0.0.1"
_SWITCH = 0.001  # seconds after which the reader lets the loop go on


def serve(port: int | None) -> bool:
    """Talk to one client, on stdin and stdout or on a port of this machine, until it ends.

    Whether it said that it would, as the protocol asks.
    """
    quieten()
    sys.setswitchinterval(_SWITCH)
    server = Server()
    wiring = _Wiring(server)
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # what is printed there by mistake is no message; out gets closed
    try:
        if port is None:
            server.start_io(sys.stdin.buffer, out)
        else:
            server.start_tcp(HOST, port)
    finally:
        wiring.close()
    return server.protocol.ended


class _Wiring:
    """The handlers. Those that answer wait until what they are asked for was read."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.client = Client()
        self.session: Session | None = None
        self.answers: Answers | None = None
        self.sent: dict[str, tuple[int | None, list[types.Diagnostic]]] = {}
        at_once: dict[str, Callable[..., Any]] = {
            types.INITIALIZE: self.initialize,
            types.SHUTDOWN: lambda *_: self.close(),
            types.TEXT_DOCUMENT_DID_OPEN: self.opened,
            types.TEXT_DOCUMENT_DID_CHANGE: self.changed,
            types.TEXT_DOCUMENT_DID_CLOSE: self.closed,
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES: lambda _: self._session().reread(),
        }
        for name, handler in at_once.items():
            server.feature(name)(server.guarded_at_once(handler, name))
        for name, waiting in (
            (types.INITIALIZED, self.initialized),
            (types.WORKSPACE_DID_CHANGE_CONFIGURATION, self.configured),
        ):
            server.feature(name)(server.guarded(waiting, name))

    def close(self) -> None:
        """The end."""
        if self.session is not None:
            self.session.close()
        if self.answers is not None:
            self.answers.close()

    def _session(self) -> Session:
        assert self.session is not None, "nothing comes before initialize"
        return self.session

    # ------------------------------------------------------------------ start, settings

    def initialize(self, params: types.InitializeParams) -> None:
        self.client = client_of(params)
        self.session = Session(
            asyncio.get_running_loop(),
            publish=self.publish,
            refresh=self.refresh,
            fail=self.server.fail,
            say=self.say,
        )
        self.session.encoding = self.client.encoding
        self.session.folder = self.client.folder
        self.session.settings = told(self.client.options, self.client.folder)
        self.answers = Answers(self.server, self.client, self.session)
        self.answers.register()
        self.session.warm()

    async def initialized(self, _: types.InitializedParams) -> None:
        wanted = []
        if "did_change_watched_files" in self.client.registers:
            watchers = [types.FileSystemWatcher(glob_pattern="**/{gotrace.toml,prototypes.go}")]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            name = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            wanted.append(types.Registration("files", name, options))
        if "did_change_configuration" in self.client.registers:
            name = types.WORKSPACE_DID_CHANGE_CONFIGURATION
            wanted.append(types.Registration("settings", name, {"section": SECTION}))
        if wanted:
            self.server.client_register_capability(types.RegistrationParams(wanted))
        await self.configured(None)

    async def configured(self, params: types.DidChangeConfigurationParams | None) -> None:
        """The user's settings: asked for where the client can be asked."""
        found: Any = None
        if self.client.configuration:
            item = types.ConfigurationItem(section=SECTION)
            asked = types.ConfigurationParams([item])
            answer = await self.server.workspace_configuration_async(asked)
            found = answer[0] if answer else None
        elif params is not None and isinstance(params.settings, dict):
            found = params.settings.get(SECTION)
        said = found if isinstance(found, dict) else {}
        settings: Settings = told({**self.client.options, **said}, self.client.folder)
        session = self._session()
        if settings != session.settings:
            session.settings = settings
            session.reread()

    # ------------------------------------------------------------------ documents

    def opened(self, params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        path = to_fs_path(document.uri)
        self._session().open(document.uri, path, document.text, document.version)

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        made = [_change(c) for c in params.content_changes]
        self._session().change(document.uri, document.version, made)

    def closed(self, params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        self._session().forget(uri)
        self._send(uri, None, [])
        del self.sent[uri]
        self._publish_sources()

    # ------------------------------------------------------------------ what is sent unasked

    def publish(self, entry: Entry) -> None:
        """The diagnostics of a document, and those of Go files that its culprits stand in."""
        self._publish_one(entry)
        if not _is_source(entry.document):
            self._publish_sources()

    def _publish_sources(self) -> None:
        for entry in self._session().entries.values():
            if _is_source(entry.document) and entry.document.settled:
                self._publish_one(entry)

    def _publish_one(self, entry: Entry) -> None:
        document, related = entry.document, self.client.related
        found = diagnostics.of_log(document, related=related)
        logs = [e.document for e in self._session().entries.values()]
        found += diagnostics.of_source(document, logs, related=related)
        # What was read before the last edits is not of this version.
        behind = entry.was_read and not document.settled
        self._send(document.uri, None if behind else document.version, found)

    def _send(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        key = (version, found)
        if self.sent.get(uri) == key:
            return
        self.sent[uri] = key
        sent = types.PublishDiagnosticsParams(uri, found, version)
        self.server.text_document_publish_diagnostics(sent)

    def refresh(self) -> None:
        """Answers were given before all was read: let the client ask again."""
        calls = {
            "inlay_hint": self.server.workspace_inlay_hint_refresh,
            "semantic_tokens": self.server.workspace_semantic_tokens_refresh,
            "code_lens": self.server.workspace_code_lens_refresh,
        }
        for name in self.client.refreshes:
            calls[name](None)

    def say(self, text: str) -> None:
        """What the user should know: a setting that cannot be used."""
        shown = types.ShowMessageParams(types.MessageType.Warning, f"gotrace: {text}")
        self.server.window_show_message(shown)


def _change(
    change: types.TextDocumentContentChangePartial | types.TextDocumentContentChangeWholeDocument,
) -> Change:
    if isinstance(change, types.TextDocumentContentChangePartial):
        start, end = change.range.start, change.range.end
        return Change((start.line, start.character), (end.line, end.character), change.text)
    return Change(None, None, change.text)


def _is_source(document: Document) -> bool:
    return document.uri.endswith(".go")
