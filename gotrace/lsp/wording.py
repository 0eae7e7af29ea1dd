"""Arguments in a few words, as they stand between the words of a log."""

from __future__ import annotations

from gotrace.annotated import AnnotatedFrame
from gotrace.patterns import lazy_pattern
from gotrace.rendering.style import clean, cut
from gotrace.rendering.values import Names, value_text
from gotrace.signature import Role
from gotrace.value import Argument, Certainty, Value, ValueKind

_HEX = lazy_pattern(r" \(0x[0-9a-f]+\)")
LONGEST = 48  # characters of a value in a line


def name_of(argument: Argument, index: int) -> str:
    """As declared; `→` before a result, `#2` where it has no name."""
    if argument.role is Role.RESULT:
        return f"→{clean(argument.name or 'result')}"
    if argument.role is Role.DICTIONARY:
        return "dictionary"
    return clean(argument.name or f"#{index}")


def short_value(argument: Argument, names: Names) -> str:
    """What the printed words do not say themselves; empty where they do."""
    value = argument.value
    if value is None:
        return ""
    if argument.certainty is Certainty.UNSET:
        return "not set"
    return cut(_short(value, names), LONGEST)


def _short(value: Value, names: Names) -> str:
    """Without addresses: they stand there."""
    if value.truncated or value.kind is ValueKind.UNKNOWN:
        return ""
    if value.kind is ValueKind.INTERFACE and value.type_word and not value.dynamic_type:
        return ""
    text = value_text(value, names)
    if value.kind is ValueKind.POINTER and value.pointer:
        name = names.get(value.pointer)
        stale = "?" if value.certainty is Certainty.STALE else ""
        parts = [f"{name}{stale}" if name else "", clean(value.symbol) if value.symbol else ""]
        return " ".join(p for p in parts if p)
    if value.kind is ValueKind.INT and isinstance(value.number, int) and not value.human:
        # 0x3 says 3; it does not say -1, nor 4096
        return "" if 0 <= value.number < 10 else _HEX.sub("", text)
    addressed = {ValueKind.STRING, ValueKind.SLICE, ValueKind.INTERFACE}
    return _without_address(text) if value.kind in addressed and value.text is None else text


def _without_address(text: str) -> str:
    """`A? 17 bytes` of `A  0xc42040c7f0?  17 bytes`."""
    found: list[str] = []
    for part in text.split("  "):
        if not part.startswith("0x"):
            found.append(part)
        elif part.endswith("?") and found and found[-1].isalpha() and found[-1].isupper():
            found[-1] += "?"
    return " ".join(found)


def finding_marks(argument: Argument) -> str:
    """The codes of what is wrong with it."""
    return ", ".join(dict.fromkeys(f.code for f in argument.findings))


def printed_value(argument: Argument, names: Names) -> str:
    """All that is known of a value, in one line."""
    value = argument.value
    if value is None:
        return clean(argument.reason or "not printed")
    if argument.certainty is Certainty.UNSET:
        return "not set: the function has not returned"
    if value.truncated:
        return clean(argument.reason or "not printed")
    return value_text(value, names)


def title_of(frame: AnnotatedFrame) -> str:
    """The function as printed."""
    return clean(frame.frame.function)
