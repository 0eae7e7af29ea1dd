"""The rules that results and notifications of a SARIF document refer to."""

from __future__ import annotations

import re

from gotrace.culprit.messages import FaultKind
from gotrace.rendering.json_values import Json
from gotrace.rendering.pages import CRASH, CULPRIT, address, page

_HELP = {
    CULPRIT: "The expression that failed, how sure that is, and why.",
    CRASH: "How the program died. Its source or binary would tell what failed.",
}
_CRASHES = {
    "panic": "The program panicked.",
    "fatal": "The runtime stopped the program with a fatal error.",
    "signal": "A signal killed the program.",
    "race": "The race detector saw two accesses that nothing orders.",
}


def slug(kind: str) -> str:
    """``nil-dereference`` of ``nil dereference``."""
    return re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-")


class Rules:
    """The rules that were used, in order of their first use."""

    def __init__(self) -> None:
        self._found: dict[str, Json] = {}
        self._told: dict[str, Json] = {}

    def refer(self, code: str, level: str) -> Json:
        """The keys of a result that name its rule."""
        if code not in self._found:
            self._found[code] = _rule(code, level)
        return {"ruleId": code, "ruleIndex": list(self._found).index(code)}

    def notify(self, code: str) -> Json:
        """What a notification refers to."""
        about = {"text": f"What was not understood, or what was done: {code}."}
        shown: Json = {"id": code, "shortDescription": about, "fullDescription": about}
        shown["help"] = {"text": f"See docs/{page(code)}."}
        where = address(code)
        if where is not None:
            shown["helpUri"] = where
        self._told.setdefault(code, shown)
        return {"id": code, "index": list(self._told).index(code)}

    def notifications(self) -> list[Json]:
        """The descriptions of those."""
        return list(self._told.values())

    def listed(self) -> list[Json]:
        """Their descriptions."""
        return list(self._found.values())


def _rule(code: str, level: str) -> Json:
    family = code[: code.rfind("/") + 1]
    about = _HELP.get(family, "A reason to distrust a decoded value.")
    found: Json = {
        "id": code,
        "name": _pascal(code),
        "shortDescription": {"text": _short(family, code[len(family) :])},
        "fullDescription": {"text": about},  # GitHub's code scanning asks for it
        "help": {"text": f"{about} See docs/{page(code)}."},
        "defaultConfiguration": {"level": level},
    }
    where = address(code)
    return found if where is None else {**found, "helpUri": where}


def _short(family: str, kind: str) -> str:
    known = {slug(k.value): k.value for k in FaultKind}.get(kind, kind)
    if family == CULPRIT:
        return f"What failed: {known}."
    if family == CRASH:
        return _CRASHES.get(kind, f"The program died: {known}.")
    return f"A decoded value to distrust: {kind.replace('-', ' ')}."


def _pascal(code: str) -> str:
    return "".join(word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", code))
