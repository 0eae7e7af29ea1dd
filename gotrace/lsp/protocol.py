"""pygls, with documents of our own, and with nothing of a log in what it says of errors.

pygls keeps documents as one text, splits it anew for each change, and at characters that are no
line ends for the protocol; here they are kept by ``text``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from gotrace.version import VERSION


class Protocol(LanguageServerProtocol):
    """The handlers of documents that pygls has built in, without its documents."""

    @property
    def ended(self) -> bool:
        """Whether the client asked for the end."""
        return self._shutdown

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Any:
        """A document was opened."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Any:
        """A document was edited."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Any:
        """A document was closed."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None


class Server(LanguageServer):
    """The server. What fails is told in one line: the kind of defect and its place in our code."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__(
            "gotrace",
            VERSION,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=Protocol,
            max_workers=2,
        )

    def report_server_error(self, error: Exception, source: Any) -> None:
        """pygls would show the error's text, which may quote the document."""
        self.fail(error, getattr(source, "__name__", "a message"))

    def fail(self, error: Exception, what: str) -> None:
        """One line about a defect; called where it is handled."""
        if os.environ.get("GOTRACE_DEBUG") == "1":
            logging.getLogger(__name__).error(what, exc_info=error)
        message = f"gotrace: {what}: {type(error).__name__}{_place(error)}"
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))

    def guarded(self, handler: Callable[..., Any], what: str) -> Callable[..., Any]:
        """A handler that answers with nothing where it has a defect."""

        async def called(*arguments: Any) -> Any:
            try:
                return await handler(*arguments)
            except Exception as error:
                self.fail(error, what)
                return None

        return called

    def guarded_at_once(self, handler: Callable[..., Any], what: str) -> Callable[..., Any]:
        """The same for what must be done before the next message is read."""

        def called(*arguments: Any) -> Any:
            try:
                return handler(*arguments)
            except Exception as error:
                self.fail(error, what)
                return None

        return called


def _place(error: Exception) -> str:
    import traceback  # noqa: PLC0415 - only for a defect of ours

    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    return f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}"


def quieten() -> None:
    """pygls logs messages whole, and so what stands in documents: nothing of it is shown."""
    for name in ("pygls", "asyncio"):
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        logger.setLevel(logging.CRITICAL)
