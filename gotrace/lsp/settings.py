"""What the user said of the program: in the editor, and in the ``gotrace.toml`` near the log.

Files are opened when something is to be read, again only when they changed; one that cannot be read
is told once, and the others still serve.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from gotrace.config import Settings, load_settings
from gotrace.errors import GotraceError
from gotrace.infer import minor_release
from gotrace.infer_port import architecture
from gotrace.rendering.files import as_printed
from gotrace.signatures.matching import Signatures
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from gotrace.binary.program import Program
    from gotrace.source import SourceTree

BESIDE = "prototypes.go"
NAMES = {
    "binaries": "binaries",
    "sources": "sources",
    "pathMaps": "path_maps",
    "signatures": "signatures",
    "disable": "disable",
    "go": "go",
    "arch": "arch",
}
_LISTS = {"binaries", "sources", "path_maps", "signatures", "disable"}
_PATHS = {"binaries", "sources", "signatures"}
_SOURCES = (".go", ".s", ".c", ".h", ".cc", ".cpp")
Stamp = tuple[str, int, int]  # a file, when it was changed, its size


class Given(NamedTuple):
    """What is known of the program, opened; ``key`` is another one whenever any of it changed."""

    key: tuple[object, ...]
    signatures: tuple[Signatures, ...] = ()
    binaries: tuple[Program, ...] = ()
    sources: tuple[SourceTree, ...] = ()
    go: str | None = None
    arch: str | None = None
    disabled: tuple[str, ...] = ()
    config: str | None = None  # the gotrace.toml that counts

    def locate(self, file: str) -> str | None:
        """The local file of a printed path; None where it is not here, or could be several."""
        found = next(filter(None, (tree.locate(file) for tree in self.sources)), None)
        if found is not None:
            return found
        return as_printed(file) if file.endswith(_SOURCES) else None


def told(value: object, folder: str | None) -> Settings:
    """The settings of an editor, as they come: what is not understood is left out.

    Shape:  relative paths are of the workspace's ``folder``.
    Errors: none.
    """
    if not isinstance(value, Mapping):
        return Settings()
    found: dict[str, Any] = {}
    for key, name in NAMES.items():
        given = value.get(key)
        if name == "path_maps" and isinstance(given, Mapping):
            given = [f"{old}={new}" for old, new in given.items()]
        if name not in _LISTS:
            found[name] = given if isinstance(given, str) and given else None
            continue
        texts = [t for t in given if isinstance(t, str) and t] if isinstance(given, list) else []
        if name in _PATHS:
            texts = [os.path.join(folder or "", os.path.expanduser(t)) for t in texts]
        found[name] = tuple(texts)
    return Settings(**found)


class Opened:
    """The files of settings, opened; kept as long as they do not change.

    ``say`` is told what could not be read. Threads may ask at once.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._lock = Lock()
        self._said: set[str] = set()
        self._files: dict[str, tuple[Stamp, object]] = {}
        self._given: dict[object, Given] = {}

    def given(self, editor: Settings, path: str | None, folder: str | None) -> Given:
        """What is known of the program whose log lies at ``path``, in the workspace ``folder``."""
        with self._lock:
            return self._found(editor, path, folder)

    def _found(self, editor: Settings, path: str | None, folder: str | None) -> Given:
        start = os.path.dirname(path) if path else folder
        near = self._near(start)
        merged = _merged(editor, near)
        beside = self._beside(path) if near.discover else ()
        files = (*merged.signatures, *beside)
        stamps = tuple(map(_stamp, (*files, *merged.binaries, *merged.sources)))
        key = (merged, beside, stamps)
        if key not in self._given:
            if len(self._given) > 16:
                self._given.clear()
            self._given[key] = self._open(merged, files, key)
        return self._given[key]

    def _near(self, start: str | None) -> Settings:
        if not start or not os.path.isdir(start):
            return Settings()
        try:
            return load_settings(start)
        except GotraceError as error:
            self._tell(error)
            return Settings()

    def _beside(self, path: str | None) -> tuple[str, ...]:
        found = os.path.join(os.path.dirname(path), BESIDE) if path else ""
        return (found,) if found and os.path.isfile(found) else ()

    def _open(self, merged: Settings, files: Iterable[str], key: tuple[object, ...]) -> Given:
        return Given(
            key,
            self._signatures(files),
            self._programs(merged.binaries),
            self._sources(merged),
            self._checked(merged.go, minor_release),
            self._checked(merged.arch, architecture),
            merged.disable,
            merged.path,
        )

    def _programs(self, paths: Sequence[str]) -> tuple[Program, ...]:
        if not paths:
            return ()
        from gotrace.binary.program import paired  # noqa: PLC0415 - only with a binary

        return tuple(paired([p for p in (self._once(path, _program) for path in paths) if p]))

    def _sources(self, merged: Settings) -> tuple[SourceTree, ...]:
        maps = [m.rpartition("=") for m in merged.path_maps]
        pairs = tuple((old, new) for old, equals, new in maps if equals and old and new)
        for root in (*merged.sources, *(new for _, new in pairs)):
            if not os.path.isdir(root):
                self._tell(GotraceError(f"{root}: no such folder"))
        if not merged.sources and not pairs:
            return ()
        from gotrace.source import SourceTree  # noqa: PLC0415 - only with a source

        return (SourceTree(merged.sources, pairs),)

    def _signatures(self, files: Iterable[str]) -> tuple[Signatures, ...]:
        from gotrace.face import from_prototype_files  # noqa: PLC0415 - only with such files
        from gotrace.input.files import read_text  # noqa: PLC0415
        from gotrace.signatures.file import is_signature_file, read_signatures  # noqa: PLC0415

        found: list[Signatures] = []
        for name in files:
            try:
                text = read_text(name)
                if is_signature_file(text):
                    found.append(read_signatures(text, name))
                else:
                    found.append(from_prototype_files([(name, text)]))
            except GotraceError as error:
                self._tell(error)
        return tuple(found)

    def _once(self, path: str, opened: Callable[[str], Program]) -> Program | None:
        stamp = _stamp(path)
        known = self._files.get(path)
        if known is None or known[0] != stamp:
            try:
                known = stamp, opened(path)
            except GotraceError as error:
                self._tell(error)
                known = stamp, None
            self._files[path] = known
        return known[1]  # type: ignore[return-value]

    def _checked(self, text: str | None, check: Callable[[str], object]) -> str | None:
        try:
            if text is not None:
                check(text)
        except ValueError as error:
            self._tell(GotraceError(str(error)))
            return None
        return text

    def _tell(self, error: GotraceError) -> None:
        text = f"{error.message}: {error.hint}" if error.hint else error.message
        if text not in self._said:
            self._said.add(text)
            self._say(text)


def _program(path: str) -> Program:
    from gotrace.face import from_binary  # noqa: PLC0415 - only with a binary

    return from_binary(path)


def _merged(editor: Settings, near: Settings) -> Settings:
    """The editor's settings, then those of the file."""
    both = {name: (*getattr(editor, name), *getattr(near, name)) for name in _LISTS}
    distinct = {name: tuple(dict.fromkeys(values)) for name, values in both.items()}
    made: Any = {**distinct, "go": editor.go or near.go, "arch": editor.arch or near.arch}
    return near._replace(**made)


def _stamp(path: str) -> Stamp:
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        return path, 0, 0
    return path, state.st_mtime_ns, state.st_size
