"""What the client can do, and what the user told it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder, get_capability
from pygls.uris import to_fs_path

from gotrace.lsp.positions import Encoding
from gotrace.tuples import NamedTuple

SECTION = "gotrace"


class Client(NamedTuple):
    """``commands`` are those that it knows itself; ``options`` what it said at the start."""

    encoding: Encoding = Encoding.UTF16
    folder: str | None = None
    options: Mapping[str, Any] = {}
    commands: frozenset[str] = frozenset()
    related: bool = False
    markdown: bool = False
    trees: bool = False
    most_folds: int | None = None
    configuration: bool = False
    documents: bool = False  # whether it shows documents when asked
    token_ranges: bool = False
    tooltips: bool = False  # of links
    refreshes: frozenset[str] = frozenset()
    registers: frozenset[str] = frozenset()


def client_of(params: types.InitializeParams) -> Client:
    """What ``initialize`` says."""
    capabilities = params.capabilities

    def can(path: str) -> Any:
        return get_capability(capabilities, path)

    formats = can("text_document.hover.content_format") or []
    options = params.initialization_options
    options = options if isinstance(options, Mapping) else {}
    known = options.get("clientCommands")
    refreshes = ("inlay_hint", "semantic_tokens", "code_lens")
    registers = ("did_change_watched_files", "did_change_configuration")
    return Client(
        encoding=Encoding(str(_encoding(capabilities))),
        folder=_folder(params),
        options=options,
        commands=frozenset(c for c in known if isinstance(c, str))
        if isinstance(known, list)
        else frozenset(),
        related=bool(can("text_document.publish_diagnostics.related_information")),
        markdown=types.MarkupKind.Markdown in formats,
        trees=bool(can("text_document.document_symbol.hierarchical_document_symbol_support")),
        most_folds=can("text_document.folding_range.range_limit"),
        configuration=bool(can("workspace.configuration")),
        documents=bool(can("window.show_document.support")),
        token_ranges=bool(can("text_document.semantic_tokens.requests.range")),
        tooltips=bool(can("text_document.document_link.tooltip_support")),
        refreshes=frozenset(r for r in refreshes if can(f"workspace.{r}.refresh_support")),
        registers=frozenset(r for r in registers if can(f"workspace.{r}.dynamic_registration")),
    )


def _encoding(capabilities: types.ClientCapabilities) -> str:
    chosen = ServerCapabilitiesBuilder.choose_position_encoding(capabilities)
    return chosen.value if isinstance(chosen, types.PositionEncodingKind) else chosen


def _folder(params: types.InitializeParams) -> str | None:
    """The first folder of the workspace."""
    uris = [f.uri for f in params.workspace_folders or ()]
    uris += [params.root_uri] if params.root_uri else []
    found = next((path for path in map(to_fs_path, uris) if path), None)
    return found or params.root_path
