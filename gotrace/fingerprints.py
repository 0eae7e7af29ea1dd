"""What a crash is known by: three hashes of its text, each stable over more than the next.

``site`` is where the user's own code failed, ``stack`` how it came there, ``exact`` every frame
with its line, and the message. Functions are spelled alike for all releases and builds, so that an
edit, another compiler or a new version of a module does not make a new crash of an old one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module

from gotrace.model import Cause, CauseKind, Dump, DumpKind, Frame, Goroutine
from gotrace.names import is_standard, split_name, unescape
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

VERSION = 1  # part of each fingerprint: a change of what is hashed is a new version
DIGITS = 16


class Fingerprints(NamedTuple):
    """``1:`` and hexadecimal digits each; ``1`` is the version of what was hashed."""

    site: str
    stack: str
    exact: str


def fingerprints(dump: Dump) -> Fingerprints:
    """The fingerprints of a crash; of a snapshot, those of its first goroutine.

    Ignored: words, ids, offsets, wait times, folders of files; in ``site`` and ``stack`` lines too.
    """
    blamed = [_blamed(g, dump) for g in _failed(dump)]
    users = sorted(_functions(frames, g) for frames, g in blamed)
    message = _messages(dump)
    if not any(users):
        users = [[" ".join(message)]]
    sites = [functions[:1] for functions in users]
    exact = sorted([_line(f) for f in frames] for frames, _ in blamed)
    return Fingerprints(
        _hashed("site", [f for s in sites for f in s]),
        _hashed("stack", [f for s in users for f in ["--", *s]]),
        _hashed("exact", [*message, *(f for lines in exact for f in ["--", *lines])]),
    )


def blamed(dump: Dump) -> tuple[Goroutine | None, Frame | None]:
    """The goroutine that failed, and where the user's own code did; where nothing is the user's,
    the first frame that is not the runtime's."""
    for frames, goroutine in (_blamed(g, dump) for g in _failed(dump)):
        own = (f for f in frames if f.language == "go" and not is_standard(f.function))
        return goroutine, next(own, next(iter(frames), None))
    return None, None


def _hashed(level: str, parts: Iterable[str]) -> str:
    text = "\n".join([level, *parts]).encode("utf-8", "surrogateescape")
    return f"{VERSION}:{_sha256()(text).hexdigest()[:DIGITS]}"


@lru_cache(maxsize=1)
def _sha256() -> Callable[[bytes], Any]:
    """The interpreter's own: hashlib loads OpenSSL, which takes longer than to read a small log."""
    try:
        module = import_module("_sha2" if sys.version_info >= (3, 12) else "_sha256")
    except ImportError:
        module = import_module("hashlib")
    found: Callable[[bytes], Any] = module.sha256
    return found


# ---------------------------------------------------------------------- which frames


def _failed(dump: Dump) -> tuple[Goroutine, ...]:
    """The goroutines that are blamed: both sides of a race, else the one that crashed.

    Where none did (a deadlock, SIGQUIT) chance decides which is printed first: the main goroutine.
    """
    if dump.kind is DumpKind.RACE:
        return tuple(g for g in dump.goroutines if g.access is not None)
    crashed = dump.crashed
    if crashed is None and dump.kind in {DumpKind.SIGNAL, DumpKind.FATAL}:
        crashed = next((g for g in dump.goroutines if g.id == 1), None)
    return dump.goroutines[:1] if crashed is None else (crashed,)


def _blamed(goroutine: Goroutine, dump: Dump) -> tuple[list[Frame], Goroutine]:
    """The frames from the first point of panic on.

    A deferred function that panics again stands above the `panic` that ran it, so the first panic
    is the deepest one (runtime/panic.go gopanic).
    """
    frames = list(goroutine.frames)
    if goroutine.elided is not None:  # how many are printed depends on the release
        frames = frames[: goroutine.elided.after_frame + 1]
    if any(c.kind is CauseKind.PANIC for c in dump.causes):
        deepest = max((i for i, f in enumerate(frames) if f.function in _PANICS), default=-1)
        frames = frames[deepest + 1 :]
    first = next((i for i, f in enumerate(frames) if not _is_machinery(f)), 0)
    return frames[first:], goroutine


_PANICS = {"panic", "runtime.gopanic"}


def _is_machinery(frame: Frame) -> bool:
    return frame.function in _PANICS or frame.function.startswith("runtime.")


def _functions(frames: list[Frame], goroutine: Goroutine) -> list[str]:
    """The user's functions, each once, innermost first; the creator is the outermost.

    Each once: how deep a recursion was does not matter. Where nothing is the user's, all count.
    """
    named = [f.function for f in frames if f.language == "go" and not _vanishes(f)]
    if goroutine.created_by is not None:
        named.append(goroutine.created_by.function)
    own = [f for f in named if not is_standard(f)]
    chosen = own or [f for f in named if not f.startswith("runtime.")] or named
    return list(dict.fromkeys(map(stable_name, chosen)))


def _vanishes(frame: Frame) -> bool:
    """Frames that another release does not print, or under the name of another function.

    The wrappers of `go f(x)` and `defer f(x)`; a literal that was inlined is `lib.Make.func1`,
    `main.main.func2` or `main.main.Make.func2` in Go 1.27, 1.19 and 1.21: its caller stays.
    """
    local = split_name(frame.function).local
    if _WRAPPER.search(local):
        return True
    return frame.call.inlined and _literal_at(local) is not None


# ---------------------------------------------------------------------- names

_WRAPPER = lazy_pattern(r"[.·-](?:gowrap|deferwrap|dwrap)·?[0-9]+$")
_LITERAL = lazy_pattern(
    r"[.·-](?:func|gowrap|deferwrap|dwrap|range)·?[0-9]+(?=$|[.·-])|\.[0-9]+(?=$|[.·-])|·"
)
_BRACKETS = lazy_pattern(r"\[[^\[\]]*\]")
_AT_VERSION = lazy_pattern(r"@[^/]*")


@lru_cache(maxsize=65536)
def stable_name(function: str) -> str:
    """``function`` as all releases and builds would spell it.

    Function literals have the name of the function around them: their numbers change with edits,
    and the functions between with inlining. So `F.g.func1` is `F`, and `T.m.func1` with it.
    """
    name = split_name(function)
    if name.package is None:
        return function
    package = unescape(name.package)  # Go 1.27 escapes twice where a literal was inlined
    package = _AT_VERSION.sub("", package.rpartition("vendor/")[2])
    local = name.local
    while (shorter := _BRACKETS.sub("", local)) != local:
        local = shorter
    local = local.removesuffix("-fm").replace("glob..", "init.", 1)
    if local.startswith(("init.", "map.init")):
        local = "init"  # the n-th init function, literals of package variables
    at = _literal_at(local)
    if at is not None:
        local = _outermost(local[:at])
    return f"{package}.{local}"


def _literal_at(local: str) -> int | None:
    """Where the part of a literal begins in a name, None where there is none."""
    match = _LITERAL.search(local, _behind_receiver(local))
    return None if match is None else match.start()


def _outermost(local: str) -> str:
    """``(*T).m`` of ``(*T).m.g``, ``f`` of ``f.g``."""
    start = _behind_receiver(local)
    return local[:start] + local[start:].partition(".")[0]


def _behind_receiver(local: str) -> int:
    return local.find(").") + 2 if local.startswith("(") and ")." in local else 0


# ---------------------------------------------------------------------- exactly


def _line(frame: Frame) -> str:
    site = frame.site
    if site is None:
        return frame.function
    file = site.file.replace("\\", "/").rpartition("/")[2]
    return f"{stable_name(frame.function)} {file}:{site.line}"


def _messages(dump: Dump) -> list[str]:
    """The class of each message: without addresses, the runtime's own without any number."""
    found = [f"{c.kind} {c.type or ''} {_masked(c)}" for c in dump.causes]
    if dump.signal is not None:
        found.append(dump.signal.name or str(dump.signal.number))
    return found or [dump.kind.value]


def _masked(cause: Cause) -> str:
    text = _ADDRESS.sub("0x", cause.message)
    runtimes = cause.kind is not CauseKind.PANIC or text.startswith("runtime error: ")
    return _NUMBER.sub("N", text) if runtimes else text


_ADDRESS = lazy_pattern(r"0x[0-9a-fA-F]+")
_NUMBER = lazy_pattern(r"-?[0-9]+")
