"""Which parameters Go passes and prints for a call: not always the declared ones.

Since go1.17 the compiler leaves out the first parameter of every function with `[` in its name,
taking it for the dictionary (cmd/compile/internal/ssagen/ssa.go EmitArgInfo, go1.26.6:6898). It is
one only for plain generic functions.
"""

from __future__ import annotations

from functools import lru_cache

from gotrace.goversion import Facts
from gotrace.names import FunctionName
from gotrace.signature import Parameter, Role, Signature
from gotrace.tuples import NamedTuple
from gotrace.types import GoType, Kind

DICTIONARY = Parameter(
    "",
    GoType(Kind.UNSAFE_POINTER, "dictionary"),
    role=Role.DICTIONARY,
    escapes=False,
)
CAPTURED = Parameter(None, GoType(Kind.UNKNOWN, "captured variables"), role=Role.CAPTURED)


class Passed(NamedTuple):
    """A parameter as the call passes it. ``may_live``: its slot may count as always live."""

    parameter: Parameter
    printed: bool
    may_live: bool = True


def as_words(signature: Signature, name: FunctionName) -> Signature:
    """What go1.16 and earlier print for a call, in front of the parameters too.

    A closure that is called where it stands (also by go and defer) gets what it captures as
    parameters in front of its own (cmd/compile/internal/gc/closure.go transformclosure, go1.15.15),
    and no declaration tells: they are a first parameter of unknown width.
    """
    if not name.closure or signature.captures_known:
        return signature
    return _with_captured(signature)


@lru_cache(maxsize=1024)
def _with_captured(signature: Signature) -> Signature:
    """The same object each time: words are laid out once for each."""
    return signature._replace(captured=(CAPTURED,))


def passed(
    signature: Signature, name: FunctionName, facts: Facts
) -> tuple[tuple[Passed, ...], ...]:
    """What may be passed, in order; more than one where the release decides and is not known."""
    inputs = [*signature.captured, *signature.parameters]
    if signature.receiver and not name.local.endswith("-fm"):  # a method value holds its receiver
        inputs.insert(0, signature.receiver)
    shown = [Passed(parameter, True) for parameter in inputs]
    if not name.generic:
        return (tuple(shown),)
    hidden = Passed(DICTIONARY, False, may_live=False)
    if name.closure:
        first_hidden = (*(item._replace(printed=False) for item in shown[:1]), *shown[1:])
        # The dictionary is captured as well: where the literal is called in place, it comes first.
        return first_hidden, (hidden, *shown)
    if signature.receiver is None:
        return ((hidden, *shown),)
    receiver, *rest = shown
    before = (hidden, receiver, *rest)
    since = (
        receiver._replace(printed=False),
        hidden._replace(printed=True),
        *rest,
    )
    generic_method = "[" not in (name.receiver or "")  # since go1.27
    decided = True if generic_method else facts.has("generic_method_dictionary")
    if decided is None:
        return since, before
    return (since,) if decided else (before,)
