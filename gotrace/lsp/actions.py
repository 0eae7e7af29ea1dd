"""Code actions: copy a decoded frame, ignore a rule, name the program's binary."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from lsprotocol import types

from gotrace.findings.rules import RULES
from gotrace.lsp.diagnostics import SOURCE
from gotrace.lsp.documents import Document
from gotrace.lsp.hover import frame_at, frame_text
from gotrace.lsp.positions import Encoding, units
from gotrace.lsp.settings import Given
from gotrace.rendering.files import uri_of
from gotrace.tuples import NamedTuple

COPY, OPEN_BINARY = "gotrace.copy", "gotrace.openBinary"  # what a client may know to do
SHOW_FRAME = "gotrace.showFrame"
FILE = "gotrace.toml"
_PROGRAMS = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xca\xfe\xba\xbe")
_FOLDERS = ("", "bin", "build", "dist", "out", "target")
_MOST = 3
_LOOKED_AT = 200  # files of a folder


def actions(
    document: Document,
    given: Given,
    params: types.CodeActionParams,
    *,
    folder: str | None,
    client: frozenset[str],
    config: str | None,
) -> list[types.CodeAction]:
    """What can be done at a place. ``client`` are commands that the client knows, ``config`` is
    the text of the settings' file as the editor has it, where it is open."""
    found = []
    offset = document.text.offset((params.range.start.line, params.range.start.character))
    at = frame_at(document, offset)
    if at is not None:
        found.append(_copy(document, params.range.start, frame_text(*at), client))
    target = given.config or _place(document, folder)
    if target is not None:
        settings = _text(target) if config is None else config
        if settings is not None:
            file = _File(target, settings, document.text.encoding)
            found += _ignoring(params.context.diagnostics, file, given)
            if at is not None and not given.binaries and OPEN_BINARY not in client:
                found += _programs(folder, file)
    if at is not None and OPEN_BINARY in client:
        title = "Choose the program's binary…"
        command = types.Command(title, OPEN_BINARY, arguments=[document.uri])
        found.append(types.CodeAction(title, kind=types.CodeActionKind.Empty, command=command))
    return found


def _copy(
    document: Document, place: types.Position, text: str, client: frozenset[str]
) -> types.CodeAction:
    title = "Copy the decoded frame"
    if COPY in client:
        command = types.Command(title, COPY, arguments=[text])
    else:
        title = "Show the decoded frame"
        arguments = [document.uri, place.line, place.character]
        command = types.Command(title, SHOW_FRAME, arguments=arguments)
    return types.CodeAction(title, kind=types.CodeActionKind.Empty, command=command)


def _place(document: Document, folder: str | None) -> str | None:
    start = folder or (os.path.dirname(document.path) if document.path else None)
    return os.path.join(start, FILE) if start and os.path.isdir(start) else None


def _text(path: str) -> str | None:
    """The settings as they are; empty where there are none yet, None where nobody can read them."""
    if not os.path.exists(path):
        return ""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, ValueError):
        return None


# ---------------------------------------------------------------------- settings


class _File(NamedTuple):
    """The settings' file: where it is, what it says, and how the client counts its columns."""

    path: str
    text: str
    encoding: Encoding


def _ignoring(
    diagnostics: Sequence[types.Diagnostic], file: _File, given: Given
) -> Iterator[types.CodeAction]:
    for diagnostic in diagnostics:
        code = diagnostic.code
        if diagnostic.source != SOURCE or code not in RULES or code in given.disabled:
            continue
        edit = adding(*file[:2], "disable", str(code), file.encoding)
        if edit is not None:
            yield types.CodeAction(
                f"Ignore {code} ({os.path.basename(file.path)})",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[diagnostic],
                edit=edit,
            )


def _programs(folder: str | None, file: _File) -> Iterator[types.CodeAction]:
    """Programs that lie in the workspace; the report refuses those that did not print the log."""
    for path in _candidates(folder) if folder else ():
        name = os.path.relpath(path, os.path.dirname(file.path)).replace(os.sep, "/")
        edit = adding(*file[:2], "binaries", name, file.encoding)
        if edit is not None:
            title = f"Decode with {name} ({os.path.basename(file.path)})"
            yield types.CodeAction(title, kind=types.CodeActionKind.QuickFix, edit=edit)


def _candidates(folder: str) -> list[str]:
    found: list[str] = []
    for name in _FOLDERS:
        try:
            with os.scandir(os.path.join(folder, name)) as entries:
                files = [e.path for _, e in zip(range(_LOOKED_AT), entries, strict=False)]
        except OSError:
            continue
        found += (path for path in sorted(files) if _is_program(path))
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def _is_program(path: str) -> bool:
    try:
        if not os.path.isfile(path) or not os.access(path, os.X_OK):
            return False
        with open(path, "rb") as file:
            return file.read(4).startswith(_PROGRAMS)
    except OSError:
        return False


def adding(
    target: str, text: str, key: str, value: str, encoding: Encoding
) -> types.WorkspaceEdit | None:
    """The edit that adds ``value`` to a list of the settings; None where they are too odd."""
    quoted = _quoted(value)
    section = os.path.basename(target) == "pyproject.toml"
    begin, end = _table(text, section=section)
    if begin < 0:
        return None
    listed = re.search(rf"(?m)^[ \t]*{key}[ \t]*=[ \t]*\[", text[begin:end])
    if listed is not None:
        offset, new = begin + listed.end(), f"{quoted}, "
    elif re.search(rf"(?m)^[ \t]*{key}\b", text[begin:end]):
        return None
    else:
        offset, new = begin, f"{key} = [{quoted}]\n"
    lines = text[:offset].split("\n")
    place = types.Position(len(lines) - 1, units(lines[-1].encode("utf-8", "replace"), encoding))
    edits: list[types.TextDocumentEdit | types.CreateFile] = []
    uri = uri_of(target)
    if not os.path.exists(target):
        edits.append(types.CreateFile(uri, options=types.CreateFileOptions(ignore_if_exists=True)))
    changed = types.OptionalVersionedTextDocumentIdentifier(uri, None)
    edits.append(types.TextDocumentEdit(changed, [types.TextEdit(types.Range(place, place), new)]))
    return types.WorkspaceEdit(document_changes=edits)


def _table(text: str, *, section: bool) -> tuple[int, int]:
    """The part of a TOML file that holds the settings."""
    if not section:
        begin = 0
    else:
        head = re.search(r"(?m)^[ \t]*\[tool\.gotrace\][^\n]*\n", text)
        if head is None:
            return -1, -1
        begin = head.end()
    following = re.compile(r"(?m)^[ \t]*\[[A-Za-z\"']").search(text, begin)
    return begin, len(text) if following is None else following.start()


def _quoted(value: str) -> str:
    """A string of TOML."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped) + '"'
