"""Whether printed arguments are those that a function of a program prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gotrace.binary.pclntab import ArgToken, Function, FunctionTable
from gotrace.model import Absence, AbsenceReason, Call, Group, Item, Word


def printed_misfit(table: FunctionTable, function: Function, call: Call, word_size: int) -> str:
    """Why what was printed cannot be this function's arguments; empty where it can.

    Errors: none.
    Source: runtime/traceback.go printArgs (go1.27.3); printOneFrame of go1.15.15.
    """
    if not call.parenthesised or any(_broken(item) for item in call.items):
        return ""
    tokens = table.arguments(function)
    if tokens is not None:
        expected, printed = "".join(map(_sign, tokens)), "".join(_signs(call.items))
        if expected != printed or not _is_wide_enough(tokens, call):
            return f"{call.function} prints {_shape(tokens)} in it, the trace printed {call}"
        return ""
    if table.prints_words and function.args is not None:
        words = function.args // word_size
        printed_words = sum(isinstance(item, Word) for item in call.items)
        if printed_words != min(words, 10):
            return f"{call.function} takes {words} words in it, the trace printed {printed_words}"
    return ""


def _is_wide_enough(tokens: Sequence[ArgToken], call: Call) -> bool:
    """Whether every number fits the bytes that the program reads it from."""
    sizes = (token[1] for token in tokens if isinstance(token, tuple))
    return all(not w.value >> 8 * size for size, w in zip(sizes, call.words(), strict=False))


def _broken(item: Item) -> bool:
    return isinstance(item, Absence) and item.reason is AbsenceReason.TRUNCATED


def _sign(token: ArgToken) -> str:
    return "." if isinstance(token, tuple) else {"...": "~"}.get(token, token)


def _signs(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        match item:
            case Word():
                yield "."
            case Group(items=inner):
                yield "{"
                yield from _signs(inner)
                yield "}"
            case Absence(reason=reason):
                yield "_" if reason is AbsenceReason.TOO_FAR else "~"


def _shape(tokens: Sequence[ArgToken]) -> str:
    text = " ".join("·" if isinstance(token, tuple) else token for token in tokens)
    return f"({text.replace('{ ', '{').replace(' }', '}')})"
