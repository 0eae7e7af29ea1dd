"""Signatures of programs seen before, so that the next dump needs no debug information.

One JSON file for each build, named by its build id, in a folder of the user's own. Two that write
at a time do not harm each other: a file is replaced as a whole, the later one wins. A file that
is damaged is as good as none, a folder that cannot be written is no error.
GOTRACE_CACHE=off switches it off.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from gotrace.signature import Signature
from gotrace.stored import load, store
from gotrace.version import VERSION

SCHEMA = 2
_LARGEST = 64 << 20
_PIECE = 1 << 20


class Cache:
    """The signatures of one build, by what was asked for. Read on first use."""

    def __init__(self, build_id: str, folder: Path | None = None) -> None:
        self.build_id = build_id
        self._folder = folder or cache_folder()
        self._known: dict[str, Signature] | None = None
        self._changed = False

    @property
    def path(self) -> Path | None:
        """The build's file; None where the cache is off."""
        name = hashlib.sha256(self.build_id.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        return self._folder / f"{name}.json" if self._folder else None

    def get(self, key: str) -> Signature | None:
        """What was put under ``key``."""
        return self._all.get(key)

    def put(self, key: str, signature: Signature) -> None:
        """Remember; :meth:`save` writes it down."""
        self._all[key] = signature
        self._changed = True

    def save(self) -> None:
        """Write what is new, together with what others have written meanwhile."""
        path = self.path
        if path is None or not self._changed or self._known is None:
            return
        merged = {**_read(path, self.build_id), **self._known}
        data = {
            "schema": SCHEMA,
            "reader": _reader(),
            "build": self.build_id,
            "keys": list(merged),
            **store(merged.values()),
        }
        _replace(path, _sealed(json.dumps(data, separators=(",", ":")).encode()))
        self._changed = False

    @property
    def _all(self) -> dict[str, Signature]:
        if self._known is None:
            self._known = _read(self.path, self.build_id) if self.path else {}
        return self._known


def cache_folder() -> Path | None:
    """Where the files are; None where the user wants none or has no folder."""
    if os.environ.get("GOTRACE_CACHE", "").lower() in {"off", "0", "no"}:
        return None
    base = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(base):
        return Path(base, "gotrace", "signatures")
    home = os.path.expanduser("~")
    return Path(home, ".cache", "gotrace", "signatures") if os.path.isabs(home) else None


def content_id(path: str) -> str | None:
    """The id of a file that has none: its size and what is in it. None if it cannot be read."""
    digest = hashlib.sha256()
    size = 0
    try:
        with open(path, "rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except OSError:
        return None
    return f"content:{size}:{digest.hexdigest()}"


@cache
def _reader() -> str:
    """Which code read the program: answers of another state of it are not taken."""
    files = sorted(os.scandir(os.path.dirname(__file__)), key=lambda entry: entry.name)
    states = [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in files if f.is_file()]
    return hashlib.sha256(repr((VERSION, states)).encode()).hexdigest()[:16]


def _read(path: Path, build_id: str) -> dict[str, Signature]:
    try:
        if path.stat().st_size > _LARGEST:
            return {}
        content = path.read_bytes()
        if not _is_whole(content):
            return {}
        data: Any = json.loads(content)
        if [data[k] for k in ("schema", "reader", "build")] != [SCHEMA, _reader(), build_id]:
            return {}
        keys = data["keys"]
        signatures = load(data)
        if len(keys) != len(signatures) or not all(isinstance(key, str) for key in keys):
            return {}
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return {}
    return dict(zip(keys, signatures, strict=True))


def _sealed(content: bytes) -> bytes:
    """With the digest of what stands before it as the object's last member: a bit that flips in a
    name would be a wrong name."""
    return content[:-1] + b',"digest":"' + _digest(content[:-1]) + b'"}'


def _is_whole(content: bytes) -> bool:
    body = content[: -len(_sealed(b"}"))]
    return content == _sealed(body + b"}")


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest()[:32].encode()


def _replace(path: Path, content: bytes) -> None:
    written = ""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
            written = file.name
            file.write(content)
        os.replace(written, path)
    except OSError:
        if written:
            _remove(written)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return
