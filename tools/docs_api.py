"""The page of the public names of ``gotrace``, from their signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import gotrace

_PARTS = {
    "To read text": ("parse", "scan", "Scanner"),
    "To say what it means": ("annotate", "render", "redact"),
    "Where signatures come from": (
        "from_prototypes", "from_binary", "from_source", "from_signature_file", "Signatures",
    ),
    "What comes out": ("Parse", "Dump", "Goroutine", "Frame", "Issue", "Report"),
    "Errors": ("GotraceError", "SignatureSyntaxError", "UnreadableFileError"),
}  # fmt: skip
# The parts of a docstring that follow its text.
_LABEL = re.compile(r"^(Shape|Units|Errors|Source): +", re.M)
_HEAD = """\
<!-- Written by tools/docs.py from the docstrings. -->

# Python

All that is public is in `gotrace` itself. Values are immutable, may be pickled and used by several
threads; `str()` of what was read looks like the trace.

```python
import gotrace

with open("samples/pushd/panic.log", "rb") as log, open("samples/pushd/prototypes.go") as go:
    dump = gotrace.parse(log.read(), source=log.name).dumps[0]
    report = gotrace.annotate(dump, signatures=[gotrace.from_prototypes(go.read())])
assert report.crashed.frames[0]["timeout"].value.human == "15s"
```
"""


def page() -> str:
    """The page. Every public name is on it."""
    named = {name for names in _PARTS.values() for name in names}
    assert named == {*gotrace.__all__} - {"__version__"}, named ^ {*gotrace.__all__}
    return "\n".join([_HEAD, *_lines()]) + "\n"


def _lines() -> Iterator[str]:
    for title, names in _PARTS.items():
        yield f"## {title}"
        yield ""
        for name in names:
            yield from _entry(name, getattr(gotrace, name))


def _entry(name: str, value: Any) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    fields = getattr(value, "_fields", ())
    if fields:
        yield from _block(f"class {name}", [f"{f}: {value.__annotations__[f]}" for f in fields])
    else:
        yield from _declared("class " + name if inspect.isclass(value) else name, value)
    yield from _about(value)
    for member, inner in vars(value).items() if inspect.isclass(value) else ():
        if not member.startswith("_") and inspect.getdoc(inner) and _is_told(inner, fields, member):
            yield from _member(name, member, inner)


def _is_told(inner: object, fields: tuple[str, ...], member: str) -> bool:
    return member not in fields and (callable(inner) or isinstance(inner, property))


def _member(owner: str, name: str, value: Any) -> Iterator[str]:
    yield f"#### {owner}.{name}"
    yield ""
    if isinstance(value, property):
        shown = inspect.signature(value.fget).return_annotation if value.fget else "object"
        yield from _block("", [f"{name}: {shown}"])
    else:
        yield from _declared(name, value)
    yield from _about(value)


def _declared(name: str, value: Any) -> Iterator[str]:
    """The signature, a parameter in a line."""
    signature = inspect.signature(value)
    lines, seen = [], False
    for parameter in signature.parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not seen:
            lines.append("*,")
            seen = True
        seen = seen or parameter.kind is parameter.VAR_POSITIONAL
        lines.append(f"{_parameter(parameter)},")
    result = "" if inspect.isclass(value) else f" -> {_plain(signature.return_annotation)}"
    short = f"{name}({' '.join(lines).rstrip(',')}){result}"
    if len(short) <= 88:
        yield from _block("", [short])
        return
    yield from _block("", [f"{name}(", *(f"    {line}" for line in lines), f"){result}"])


def _parameter(parameter: inspect.Parameter) -> str:
    star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
    text = f"{star}{parameter.name}: {_plain(parameter.annotation)}"
    return text if parameter.default is parameter.empty else f"{text} = {parameter.default!r}"


def _plain(annotation: object) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")


def _block(head: str, lines: list[str]) -> Iterator[str]:
    yield "<!-- not run: a declaration -->"
    yield "```python"
    if head:
        yield f"{head}:"
    yield from (f"    {line}" if head else line for line in lines)
    yield "```"
    yield ""


def _about(value: Any) -> Iterator[str]:
    """The docstring: its text, then a table of its labelled parts."""
    text, *parts = _LABEL.split(inspect.getdoc(value) or "")
    yield _markdown(text.strip())
    yield ""
    if parts:
        yield "| | |"
        yield "|---|---|"
        for label, told in zip(parts[::2], parts[1::2], strict=True):
            yield f"| {label} | {_markdown(' '.join(told.split())).replace('|', chr(92) + '|')} |"
        yield ""


def _markdown(text: str) -> str:
    text = re.sub(r":(?:func|class|meth):`(?:gotrace\.)?(\w+)`", r"`\1`", text)
    text = re.sub(r"\bdocs/([\w-]+)\.md\b", r"[\1](../\1.md)", text)
    return text.replace("``", "`")
