"""Go's names in DWARF, as Go source spells them.

DWARF has the linker's names: packages by import path (`net/http.Header`), odd bytes escaped, field
names of other packages qualified. Source: cmd/compile/internal/types/fmt.go LinkString (go1.27.3),
cmd/internal/objabi/path.go PathToPrefix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gotrace.names import FunctionName, unescape
from gotrace.patterns import lazy_pattern
from gotrace.signature import Parameter, Signature

_TEXT = r'"(?:[^"\\]|\\.)*"'  # a field's tag
_PATH = r"(?:\w[\w.~%+\-]*/)*\w[\w~%+\-]*"
_QUALIFIED = lazy_pattern(rf"{_TEXT}|({_PATH})\.(?=[\w(])")
_FIELD = lazy_pattern(rf'{_TEXT}|(?<=[{{;] ){_PATH}\.(\w+) (?=[^;}}"])')
# go1.18 and go1.19 number the type arguments: go.shape.int_0.
_NUMBERED = lazy_pattern(r"(go\.shape\.(?:\*|\[\d*\])*[\w./%\-]+?|[})])_\d+(?=[,\])};\s]|$)")
_LOCAL = lazy_pattern(r"\u00b7\d+")  # T·1: declared inside a function
_LITERAL = lazy_pattern(r"[*\[(]|map\[|chan |<-chan |chan<- |func\(|struct \{|interface \{")
_SHAPE = "go.shape."


def go_text(raw: str, package_name: Callable[[str], str]) -> str:
    """A type's DWARF name in Go syntax; ``package_name`` tells what a path's package is called."""
    if raw.isalnum():
        return raw
    if _SHAPE in raw:
        raw = _NUMBERED.sub(r"\1", raw)
    if "struct {" in raw:
        raw = _FIELD.sub(lambda m: f"{m[1]} " if m[1] else m[0], raw)
    raw = _LOCAL.sub("", raw)
    return _QUALIFIED.sub(lambda m: f"{package_name(m[1])}." if m[1] else m[0], raw)


def last_element(path: str) -> str:
    """The last element of an import path, which most packages are named like."""
    return unescape(path.rsplit("/", 1)[-1])


def is_defined(text: str) -> bool:
    """Whether a type's text is the name of a defined type, not a literal or a shape."""
    return not _LITERAL.match(text) and not text.startswith(_SHAPE) and "." in text


def receiver_name(name: str, printed: FunctionName) -> str:
    """The DWARF name of the receiver's type, by the function's: `*net/http.conn`."""
    head = name[: package_end(name)]
    local = name[len(head) :]
    if local.startswith("(*"):
        return "*" + head + local[2 : local.rindex(")")]
    depth = 0
    for i, char in enumerate(local):
        depth += (char == "[") - (char == "]")
        if char == "." and not depth:
            return head + local[:i]
    return head + (printed.receiver or "")


def package_end(name: str) -> int:
    """Where the local name starts, behind the dot; 0 where there is no package in front."""
    stop = min((i for i in (name.find("["), name.find("(")) if i >= 0), default=len(name))
    return name.find(".", name.rfind("/", 0, stop) + 1) + 1


def count_captured(parameters: Sequence[Parameter]) -> int:
    """How many of a function literal's inputs are captured variables: all up to the last `&x`.

    Those captured by value that follow it look like parameters.
    """
    return max(
        (i + 1 for i, p in enumerate(parameters) if (p.name or "").startswith("&")), default=0
    )


def source_name(name: str) -> str | None:
    """The name in the source: None for the compiler's `~r0` and `~p0`, `_` for its `~b0`."""
    if name.startswith("~b"):
        return "_"
    return None if name.startswith(("~", ".")) or not name else name


def declaration(signature: Signature, printed: FunctionName) -> str:
    """The declaration as a line of Go."""
    name = printed.local
    before = ""
    if signature.receiver:
        before = f"({_spelled((signature.receiver,))[0]}) "
        name = printed.name
    inputs = ", ".join(_spelled((*signature.captured, *signature.parameters)))
    results = _spelled(signature.results)
    behind = ""
    if results:
        bare = len(results) == 1 and signature.results[0].name is None
        behind = f" {results[0]}" if bare else f" ({', '.join(results)})"
    return f"func {before}{name}({inputs}){behind}"


def _spelled(parameters: Sequence[Parameter]) -> list[str]:
    """Go wants names for all or for none."""
    if not any(p.name for p in parameters):
        return [p.type.text for p in parameters]
    return [f"{p.name or '_'} {p.type.text}" for p in parameters]


def result_number(name: str) -> int:
    """The number of a result that the compiler named, `~r3`."""
    return int(name[2:]) if name[2:].isdecimal() else 0
