"""What ``go build`` wrote into a program about itself: release, modules, settings, build ids."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterable

from gotrace.binary.view import CorruptError, View
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple

MAGIC = b"\xff Go buildinf:"
LONGEST = 1 << 20
_ALIGN = 16
_VERSION = lazy_pattern(r"go1\.(\d{1,4})(?:\.(\d{1,4})|((?:beta|rc)\d+))?")
_QUOTED = lazy_pattern(r'"(?:[^"\\\n]|\\.)*"')
_BUILD_ID = lazy_pattern(rb'\xff Go build ID: "([^"\n]{1,1024})"\n \xff')
_HASHES = lazy_pattern(r"[\w-]{20}(?:/[\w-]{20})+")
_GO_NOTE, _GNU_NOTE = (b"Go\0\0", 4), (b"GNU\0", 3)


class Build(NamedTuple):
    """``version`` is the release without ``go`` (``1.23.4``; ``1.28`` for a development version),
    ``text`` what the file says. ``path`` is the main package's import path, ``module`` its
    module's. ``settings`` are GOARCH, GOOS, -trimpath, vcs.revision … (since go1.18)."""

    version: str
    text: str
    path: str | None
    module: str | None
    module_version: str | None
    settings: dict[str, str]

    @property
    def minor(self) -> int | None:
        """``23`` for go1.23.4."""
        match = _VERSION.search(f"go{self.version}")
        return int(match[1]) if match else None


def read_build(view: View, read: Callable[[int, int], bytes | None]) -> Build | None:
    """The build information in a section that may have it; ``read`` reads at an address.

    Source: debug/buildinfo/buildinfo.go (go1.27.3), cmd/go/internal/version (go1.17).
    """
    position = _find(bytes(view.data))
    if position < 0:
        return None
    try:
        if view.u8(position + 15) & 2:  # since go1.18 both texts follow the header
            version, end = _inline(view, position + 32)
            modules, _ = _inline(view, end)
        else:
            pointers = View(
                view.data[position:], view.u8(position + 14), view.u8(position + 15) == 1
            )
            if pointers.word_size not in {4, 8}:
                return None
            version = _pointed(pointers, pointers.word(16), read)
            modules = _pointed(pointers, pointers.word(16 + pointers.word_size), read)
    except CorruptError:
        return None
    return _build(version, modules) if version else None


def _find(data: bytes) -> int:
    position = data.find(MAGIC)
    while position >= 0 and position % _ALIGN:
        position = data.find(MAGIC, position + 1)
    return position


def _inline(view: View, offset: int) -> tuple[bytes, int]:
    size, start = view.varint(offset)
    return bytes(view.slice(start, min(size, LONGEST))), start + size


def _pointed(pointers: View, address: int, read: Callable[[int, int], bytes | None]) -> bytes:
    """The text whose header (pointer, length) lies at ``address``."""
    header = read(address, 2 * pointers.word_size) if address else None
    if header is None:
        return b""
    start, size = pointers.of(header).words(0, 2)
    return (read(start, size) or b"") if size <= LONGEST else b""


def _build(version: bytes, modules: bytes) -> Build:
    text = version.decode("utf-8", "replace")
    match = _VERSION.search(text)
    short = ""
    if match:
        short = f"1.{match[1]}" + (f".{match[2]}" if match[2] else match[3] or "")
    path = module = module_version = None
    settings: dict[str, str] = {}
    for line in _module_lines(modules):
        match line.split("\t"):
            case ["path", name]:
                path = name
            case ["mod", name, *rest]:
                module, module_version = name, rest[0] if rest else None
            case ["build", setting, *_]:
                key, _, value = _setting(setting)
                settings[key] = value
    return Build(short, text, path, module, module_version, settings)


def _module_lines(modules: bytes) -> list[str]:
    """Sixteen bytes stand on each side of the text (cmd/go/internal/modload/build.go)."""
    if len(modules) < 33 or modules[-17:-16] != b"\n":
        return []
    return modules[16:-16].decode("utf-8", "replace").split("\n")


def _setting(text: str) -> tuple[str, str, str]:
    """``key=value``, either of them quoted where it has odd characters."""
    if text.startswith(('"', "`")):
        end = text.find(text[0], 1) + 1
        return _unquoted(text[:end]), "=", _unquoted(text[end + 1 :])
    key, equals, value = text.partition("=")
    return key, equals, _unquoted(value)


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == "`":
        return text[1:-1]
    if not _QUOTED.fullmatch(text):
        return text
    try:
        return str(ast.literal_eval(text))  # the escapes of Go's strings are Python's
    except (SyntaxError, ValueError):
        return text[1:-1]


def build_id_in_text(start: bytes) -> str | None:
    """The Go build id at the start of the code (Mach-O, PE, and others without notes).

    Source: cmd/internal/buildid/buildid.go (go1.27.3).
    """
    match = _BUILD_ID.search(start)
    return match[1].decode("ascii", "replace") if match else None


def telling_ids(go: str | None, gnu: str | None) -> tuple[str | None, str | None]:
    """The build ids that no other build has; None for those that somebody chose (-buildid=x).

    Source: cmd/go/internal/work/buildid.go: hashes between slashes; cmd/link/internal/ld/main.go:
            since go1.24 GNU's is made of Go's (both go1.27.3).
    """
    if go is None:
        return None, gnu
    if _HASHES.fullmatch(go):
        return go, gnu
    digest = hashlib.sha256(go.encode("utf-8", "surrogateescape")).digest()[:20]
    made = {digest.hex(), bytes([digest[0] ^ 0xFF, *digest[1:]]).hex()}
    return None, None if gnu in made else gnu


def notes(views: Iterable[View]) -> tuple[str | None, str | None]:
    """The Go build id and GNU's, from the ELF sections of notes."""
    go = gnu = None
    for view in views:
        for name, kind, contents in _notes(view):
            if (name, kind) == _GO_NOTE:
                go = go or contents.decode("ascii", "replace")
            elif (name, kind) == _GNU_NOTE:
                gnu = gnu or contents.hex()
    return go, gnu


def _notes(view: View) -> list[tuple[bytes, int, bytes]]:
    found: list[tuple[bytes, int, bytes]] = []
    offset = 0
    try:
        while offset + 12 <= len(view):
            name_size, size, kind = view.numbers(offset, 3, 4)
            name = bytes(view.slice(offset + 12, name_size))
            start = offset + 12 + (name_size + 3 & ~3)
            found.append((name, kind, bytes(view.slice(start, size))))
            offset = start + (size + 3 & ~3)
    except CorruptError:
        pass
    return found
