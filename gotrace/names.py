"""Function names as a traceback prints them, taken apart."""

from __future__ import annotations

from functools import lru_cache

from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple


class FunctionName(NamedTuple):
    """``package`` is the import path with ``%xx`` undone (None where there is none).

    ``receiver`` is ``*T`` or ``T``; ``name`` the rest (``Connect``, ``main.func1``). ``closure`` is
    whether the frame is a function literal or a compiler-made wrapper of one. ``generic`` is
    whether ``[...]`` stands in it. ``local`` is everything behind the package's dot, as printed.
    """

    package: str | None
    receiver: str | None
    name: str
    closure: bool
    generic: bool
    local: str


_ESCAPE = lazy_pattern(r"%([0-9a-f]{2})")
_POINTER_RECEIVER = lazy_pattern(r"\((\*[^()]*)\)\.")
# A literal's name has its outer function in front; a declared function may well be named func1.
_CLOSURE = lazy_pattern(
    r"[.\-](?:func|gowrap|deferwrap|range)[0-9]+(?=$|[.\-])|\u00b7|-fm$|(?<!^init)\.[0-9]+$"
)


@lru_cache(maxsize=65536)
def split_name(function: str) -> FunctionName:
    """Take ``function`` apart: the package ends at the first dot after the last slash that stands
    before any ``[`` or ``(`` (traceback format reference, section 7)."""
    stop = min(
        (i for i in (function.find("["), function.find("(")) if i >= 0), default=len(function)
    )
    slash = function.rfind("/", 0, stop)
    dot = function.find(".", slash + 1)
    if dot < 0:
        return FunctionName(None, None, function, False, "[...]" in function, function)
    package = unescape(function[:dot])
    local = function[dot + 1 :]
    receiver, name = _receiver(local)
    closure = bool(_CLOSURE.search(name))
    return FunctionName(package, receiver, name, closure, "[...]" in local, local)


def _receiver(local: str) -> tuple[str | None, str]:
    pointer = _POINTER_RECEIVER.match(local)
    if pointer:
        return pointer[1], local[pointer.end() :]
    head, dot, rest = local.partition(".")
    if head.endswith("[") and rest.startswith("..]"):  # the dots of T[...]
        head, rest = head + "...]", rest[3:]
        dot, rest = ("." if rest.startswith(".") else ""), rest[1:]
    if (
        dot
        and rest
        and not _CLOSURE.search(f".{rest.removesuffix('-fm')}")
        and not _is_function(head)
    ):
        return head, rest
    return None, local


def _is_function(head: str) -> bool:
    """``glob``, ``init`` and the like never name a type."""
    return head in {"glob", "init", "map", "type", "type:", ""}


def unescape(package: str) -> str:
    """Undo ``%xx`` (an escaped byte of the path, cmd/internal/objabi.PathToPrefix)."""
    if "%" not in package:
        return package
    raw = _ESCAPE.sub(
        lambda m: chr(int(m[1], 16)), package.encode("utf-8", "surrogateescape").decode("latin-1")
    )
    return raw.encode("latin-1").decode("utf-8", "surrogateescape")


# The first path elements of the standard library, Go 1.0 to 1.27 (go list std).
_STANDARD = frozenset(
    (
        "archive arena bufio builtin bytes cmp compress container context crypto database debug "
        "embed encoding errors expvar exp flag fmt go hash html image index internal io iter log "
        "maps math mime net old os path plugin reflect regexp runtime simd slices sort strconv "
        "strings structs sync syscall testing text time unicode unique unsafe vendor weak"
    ).split()
)


@lru_cache(maxsize=65536)
@lru_cache(maxsize=65536)
def is_standard(function: str) -> bool:
    """Whether ``function`` is of the standard library or the runtime, by its package's path."""
    package = split_name(function).package
    if package is None:
        return function == "panic" or function.startswith(("_cgoexp_", "_rt0_", "crosscall"))
    return package.split("/", 1)[0] in _STANDARD or package in {"type", "type:", "go"}
