"""The language server as an editor sees it: a real process, with the profiles of real clients."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

try:
    import pytest_lsp
    from lsprotocol import types
    from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
except ImportError:  # the extra is not there
    pytest.skip(
        "NOT RUN: language server: pygls or pytest-lsp is not installed", allow_module_level=True
    )

SAMPLES = Path(__file__).parent.parent / "samples"
TRACE = (SAMPLES / "pushd" / "panic.log").read_text("utf-8")
SOURCE = SAMPLES / "culprit" / "src"
SEEDED = "pkg.tonybai.com/smspush/vendor/github.com/bigwhite/gocmpp/client.go"
PROFILES = ["neovim@0.7", "neovim@0.11", "visual-studio-code", "emacs"]


def server() -> ClientServerConfig:
    command = [sys.executable, "-m", "gotrace", "lsp"]
    return ClientServerConfig(server_command=command, client_factory=editor)


def editor() -> LanguageClient:
    """A client that takes what servers ask of all of them."""
    made = pytest_lsp.make_test_lsp_client()
    made.registered = []
    take = made.registered.append
    made.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: take(params.registrations))
    for name in (
        types.WORKSPACE_INLAY_HINT_REFRESH,
        types.WORKSPACE_SEMANTIC_TOKENS_REFRESH,
        types.WORKSPACE_CODE_LENS_REFRESH,
    ):
        made.feature(name)(lambda *_: None)
    return made


@pytest_lsp.fixture(scope="module", params=PROFILES, config=server())
async def client(
    request: pytest.FixtureRequest,
    lsp_client: LanguageClient,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[None]:
    """A client of each profile, in a workspace with the source that crashed."""
    root = tmp_path_factory.mktemp("workspace")
    shutil.copytree(SOURCE, root / "src")
    shutil.copy(SAMPLES / "pushd" / "prototypes.go", root / "told.go")
    (root / "gotrace.toml").write_text('sources = ["src"]\nsignatures = ["told.go"]\n')
    answer = await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(request.param), root_uri=root.as_uri()
        )
    )
    lsp_client.root, lsp_client.server = root, answer.capabilities
    yield
    await lsp_client.shutdown_session()
    assert lsp_client.log_messages == []


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def opened(client: LanguageClient, name: str, text: str) -> str:
    """Open a document, and wait for its diagnostics."""
    uri = (client.root / name).as_uri()
    client.diagnostics.pop(uri, None)
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "log", 1, text))
    )
    await told(client, uri)
    return uri


async def told(client: LanguageClient, uri: str) -> None:
    """Wait for news of a document."""
    while uri not in client.diagnostics:
        await asyncio.wait_for(
            client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS), 10
        )


def close(client: LanguageClient, uri: str) -> None:
    client.text_document_did_close(
        types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
    )


def under(client: LanguageClient, text: str, range_: types.Range) -> str:
    """What stands in a range, by the encoding that was agreed on."""
    encoding = client.server.position_encoding
    line = text.split("\n")[range_.start.line]
    assert range_.start.line == range_.end.line
    start, end = range_.start.character, range_.end.character
    if encoding == "utf-8":
        return line.encode()[start:end].decode()
    if encoding == "utf-32":
        return line[start:end]
    return line.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def place(client: LanguageClient, text: str, needle: str, more: int = 0) -> types.Position:
    """Where a text begins."""
    offset = text.index(needle) + more
    line = text.count("\n", 0, offset)
    head = text[:offset].rpartition("\n")[2]
    encoding = client.server.position_encoding
    units = {"utf-8": len(head.encode()), "utf-32": len(head)}
    return types.Position(line, units.get(encoding, len(head.encode("utf-16-le")) // 2))


@pytest.fixture
def trace() -> str:
    """A trace in a logger's record, behind text whose columns no two encodings count alike."""
    return wrapped(TRACE)


def wrapped(text: str) -> str:
    record = {"level": "error", "msg": "\N{ROCKET} \u00e9", "stacktrace": text}
    return json.dumps({"level": "info"}) + "\n" + json.dumps(record, ensure_ascii=False) + "\n"


# ---------------------------------------------------------------------- agreement


async def test_the_encoding_is_one_that_the_client_has(client: LanguageClient) -> None:
    """Neovim 0.11 prefers UTF-8; what says nothing counts UTF-16 units."""
    general = client.capabilities.general
    wanted = general.position_encodings if general and general.position_encodings else ["utf-16"]
    assert client.server.position_encoding == wanted[0]


# ---------------------------------------------------------------------- diagnostics


async def test_the_culprit_stands_at_the_failing_frame(client: LanguageClient) -> None:
    """In the log at the function's name, and in the Go file that is open at the expression."""
    text = wrapped(TRACE)
    uri = await opened(client, "panic.log", text)
    found = [d for d in client.diagnostics[uri] if d.code == "culprit/nil-dereference"]
    assert {d.code_description.href[-28:] for d in found if d.code_description is not None} == {
        "/culprits/nil-dereference.md"
    }
    assert len(found) == 1
    assert under(client, text, found[0].range).endswith("gocmpp.(*Client).Connect")
    assert "rsp is nil (certain)" in found[0].message
    assert found[0].severity == types.DiagnosticSeverity.Error
    assert found[0].source == "gotrace"

    source = client.root / "src" / SEEDED
    code = source.read_text("utf-8")
    go_uri = await opened(client, f"src/{SEEDED}", code)
    await until(lambda: client.diagnostics.get(go_uri))
    [there, *_] = client.diagnostics[go_uri]
    assert under(client, code, there.range) == "rsp"
    assert there.range.start.line == 78

    # The line is edited: nothing is said of what nobody judged.
    del client.diagnostics[go_uri]
    start = types.Position(78, 0)
    change(client, go_uri, 2, types.Range(start, start), "x")
    await told(client, go_uri)
    assert not client.diagnostics[go_uri]
    change(client, go_uri, 3, types.Range(start, types.Position(78, 1)), "")
    await until(lambda: client.diagnostics[go_uri])

    # The log comes and goes while the Go file is open.
    close(client, uri)
    await until(lambda: not client.diagnostics[go_uri])
    uri = await opened(client, "panic.log", text)
    await until(lambda: client.diagnostics[go_uri])
    close(client, go_uri)
    close(client, uri)


async def until(condition) -> None:  # type: ignore[no-untyped-def]
    """Wait until something holds."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


def change(client: LanguageClient, uri: str, version: int, where: types.Range, text: str) -> None:
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(version=version, uri=uri),
            [types.TextDocumentContentChangePartial(where, text)],
        )
    )


async def test_findings_stand_at_their_words(client: LanguageClient) -> None:
    """Behind an emoji too, whatever the client counts; with code, page and evidence."""
    text = wrapped(TRACE.replace("(0xc42040c7f0,", "(0x8,"))
    uri = await opened(client, "findings.log", text)
    found = [d for d in client.diagnostics[uri] if d.code == "low-pointer"]
    assert [under(client, text, d.range) for d in found] == ["0x8"]
    assert found[0].severity == types.DiagnosticSeverity.Error
    assert found[0].code_description is not None
    assert found[0].code_description.href.endswith("/findings/low-pointer.md")
    close(client, uri)


async def test_what_was_not_understood_is_said(client: LanguageClient) -> None:
    """With a code of its own, at its line."""
    text = TRACE.replace("\ncreated by", "\n\t?? garbage (0x1)\ncreated by")
    uri = await opened(client, "odd.log", text)
    found = [d for d in client.diagnostics[uri] if d.severity == types.DiagnosticSeverity(3)]
    assert "?? garbage (0x1)" in {under(client, text, d.range).strip() for d in found}
    links = {d.code: d.code_description.href for d in found if d.code_description is not None}
    assert links["foreign-line"].endswith("/issues/foreign-line.md")
    close(client, uri)


async def test_an_edit_takes_diagnostics_away(client: LanguageClient) -> None:
    """The words are mended: nothing more is wrong."""
    uri = await opened(client, "edited.log", TRACE)
    assert client.diagnostics[uri]
    del client.diagnostics[uri]
    end = types.Position(TRACE.count("\n"), 0)
    change(client, uri, 2, types.Range(types.Position(0, 0), end), "nothing\n")
    await told(client, uri)
    assert not client.diagnostics[uri]
    close(client, uri)
    await until(lambda: not client.diagnostics[uri])


# ---------------------------------------------------------------------- at a place


async def test_hover_shows_the_table_of_the_frame(client: LanguageClient, trace: str) -> None:
    """In Markdown where the client reads it; nothing of the log is markup."""
    uri = await opened(client, "hover.log", trace)
    at = place(client, trace, "0x37e11d600")
    found = await client.text_document_hover_async(
        types.HoverParams(types.TextDocumentIdentifier(uri), at)
    )
    assert "| `timeout` | `time.Duration` | `15s` |" in found.contents.value
    assert found.contents.kind == types.MarkupKind.Markdown
    nothing = await client.text_document_hover_async(
        types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(0, 3))
    )
    assert nothing is None
    close(client, uri)


async def test_inlay_hints_name_the_words(client: LanguageClient, trace: str) -> None:
    """The name stands before an argument's first word, the value behind its last."""
    uri = await opened(client, "hints.log", trace)
    lines = trace.count("\n")
    found = await client.text_document_inlay_hint_async(
        types.InlayHintParams(
            types.TextDocumentIdentifier(uri),
            types.Range(types.Position(0, 0), types.Position(lines, 0)),
        )
    )
    labels = {(h.position.line, h.position.character): h.label for h in found}
    word = place(client, trace, "0x37e11d600")
    assert labels[word.line, word.character] == "timeout="
    assert labels[word.line, word.character + len("0x37e11d600")] == "15s"
    some = await client.text_document_inlay_hint_async(
        types.InlayHintParams(
            types.TextDocumentIdentifier(uri),
            types.Range(types.Position(0, 0), types.Position(0, 1)),
        )
    )
    assert not some
    close(client, uri)


async def test_frames_lead_to_their_source(client: LanguageClient, trace: str) -> None:
    """Links on file lines, and a definition: of the culprit's frame the very expression."""
    uri = await opened(client, "links.log", trace)
    document = types.TextDocumentIdentifier(uri)
    source = (client.root / "src" / SEEDED).as_uri()
    found = await client.text_document_document_link_async(types.DocumentLinkParams(document))
    [link] = [k for k in found if k.target == f"{source}#79"]
    assert under(client, trace, link.range).endswith("/gocmpp/client.go:79")
    assert under(client, trace, link.range).startswith("/root/.go/")
    at = place(client, trace, "(*Client).Connect")
    there = await client.text_document_definition_async(types.DefinitionParams(document, at))
    assert (there.uri, there.range.start.line) == (source, 78)
    column = there.range.start.character
    line = (client.root / "src" / SEEDED).read_text("utf-8").split("\n")[78]
    assert line[column:].startswith("rsp")
    close(client, uri)


async def test_symbols_and_folds_are_goroutines(client: LanguageClient) -> None:
    """A tree where the client shows one; each goroutine folds."""
    uri = await opened(client, "symbols.log", f"before\n{TRACE}")
    document = types.TextDocumentIdentifier(uri)
    found = await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    names = {s.name for s in found}
    for symbol in found:
        names |= {c.name for c in getattr(symbol, "children", None) or ()}
    assert "goroutine 266900 [running]" in names
    folds = await client.text_document_folding_range_async(types.FoldingRangeParams(document))
    assert (4, 16) in {(f.start_line, f.end_line) for f in folds}
    close(client, uri)


async def test_tokens_tell_what_is_stale_and_what_is_the_runtimes(client: LanguageClient) -> None:
    """Each token is a whole word; those with a `?` are stale."""
    text = (
        "panic: x\n\ngoroutine 1 [running]:\nmain.f({0xc000012000?, 0x3}, 0x7)\n"
        "\t/app/main.go:3 +0x1d\nstrings.Repeat({0xc000014000?, 0x3}, 0x5)\n"
        "\t/usr/local/go/src/strings/strings.go:600 +0x1d\n"
        "runtime.main()\n\t/usr/local/go/src/runtime/proc.go:250 +0x1d\n"
    )
    uri = await opened(client, "tokens.log", text)
    document = types.TextDocumentIdentifier(uri)
    provider = client.server.semantic_tokens_provider
    if provider.range:
        whole = types.Range(types.Position(0, 0), types.Position(9, 0))
        answer = await client.text_document_semantic_tokens_range_async(
            types.SemanticTokensRangeParams(document, whole)
        )
    else:
        answer = await client.text_document_semantic_tokens_full_async(
            types.SemanticTokensParams(document)
        )
    found = decoded(answer.data, text, provider.legend)
    assert ("main.f", "function", {"crashed"}) in found
    assert any(t[:2] == ("0xc000012000?", "parameter") and "stale" in t[2] for t in found)
    assert any(t[0] == "0x7" and "stale" not in t[2] for t in found)
    assert ("0xc000014000?", "parameter", {"stale", "library", "defaultLibrary"}) in found
    assert ("0x5", "parameter", {"library", "defaultLibrary"}) in found
    assert ("runtime.main", "function", {"library", "defaultLibrary"}) in found
    close(client, uri)


def decoded(data: list[int], text: str, legend: types.SemanticTokensLegend) -> list[object]:
    lines, found = text.split("\n"), []
    line = column = 0
    for i in range(0, len(data), 5):
        down, right, length, kind, marks = data[i : i + 5]
        line, column = line + down, right + (0 if down else column)
        names = {m for b, m in enumerate(legend.token_modifiers) if marks >> b & 1}
        found.append((lines[line][column : column + length], legend.token_types[kind], names))
    return found


# ---------------------------------------------------------------------- lenses, actions


async def test_a_lens_counts_goroutines_that_are_alike(client: LanguageClient) -> None:
    """Its command lists them."""
    waiting = "goroutine {} [chan receive]:\nmain.wait(0xc0000{:05x}, 0x1)\n\t/app/main.go:9 +0x1\n"
    text = "panic: x\n\ngoroutine 1 [running]:\nmain.f(0x7)\n\t/app/main.go:3 +0x1d\n\n"
    text += "\n".join(waiting.format(i, i * 16) for i in range(2, 1502))
    uri = await opened(client, "lens.log", text)
    document = types.TextDocumentIdentifier(uri)
    found = await client.text_document_code_lens_async(types.CodeLensParams(document))
    [lens] = [k for k in found if "like this" in k.command.title]
    assert lens.command.title.startswith("1,500 goroutines like this")
    assert lens.range.start.line == 6
    shown = await client.workspace_execute_command_async(
        types.ExecuteCommandParams(lens.command.command, lens.command.arguments)
    )
    assert "1500 goroutines" in shown
    assert "goroutine 1001 " in shown
    close(client, uri)


async def test_a_rule_can_be_ignored(client: LanguageClient) -> None:
    """The edit adds it to the settings that count."""
    text = TRACE.replace("(0xc42040c7f0,", "(0x8,")
    uri = await opened(client, "ignore.log", text)
    [finding] = [d for d in client.diagnostics[uri] if d.code == "low-pointer"]
    found = await client.text_document_code_action_async(
        types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            finding.range,
            types.CodeActionContext([finding]),
        )
    )
    [action] = [a for a in found if a.title.startswith("Ignore low-pointer")]
    [edit] = action.edit.document_changes
    assert edit.text_document.uri == (client.root / "gotrace.toml").as_uri()
    assert edit.edits[0].new_text == 'disable = ["low-pointer"]\n'
    copy = [a for a in found if "decoded frame" in a.title]
    assert len(copy) == 1
    close(client, uri)


async def test_settings_change_what_is_said(client: LanguageClient) -> None:
    """A rule that gotrace.toml ignores is not spoken of once the editor says that it changed."""
    text = TRACE.replace("(0xc42040c7f0,", "(0x8,")
    uri = await opened(client, "settings.log", text)
    assert "low-pointer" in {d.code for d in client.diagnostics[uri]}
    config = client.root / "gotrace.toml"
    before = config.read_text()
    config.write_text(f'disable = ["low-pointer"]\n{before}')
    event = types.FileEvent(config.as_uri(), types.FileChangeType.Changed)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await until(lambda: "low-pointer" not in {d.code for d in client.diagnostics[uri]})
    config.write_text(before)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await until(lambda: "low-pointer" in {d.code for d in client.diagnostics[uri]})
    close(client, uri)
