"""What printed this: Go release, architecture and operating system, each with its evidence.

Everything comes from the text, and from what a caller adds: the user's ``--go`` and ``--arch``, a
binary, signatures that fit in one way only. Evidence in the text beats what the user believes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gotrace.arch import Port
from gotrace.goversion import NEWEST, Evidence, Facts
from gotrace.infer_port import PortEvidence, port_evidence, settle_port
from gotrace.infer_text import text_evidence
from gotrace.model import (
    Dump,
    Issue,
)
from gotrace.tuples import NamedTuple


class Runtime(NamedTuple):
    """What printed the dump. ``style`` is ``words`` (≤ 1.16), ``values`` (≥ 1.17) or None.

    ``exact`` is set where the very release is known (``1.23.4``). ``assumed`` lists what is used
    without proof (``word_size=8``, ``byte_order=little``; ``go=1.27``, as which a newer release is
    read).
    """

    style: str | None
    facts: Facts
    evidence: tuple[Evidence, ...]
    port: Port
    os: str | None = None
    exact: str | None = None
    assumed: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


def infer(
    dump: Dump,
    *,
    go: str | None = None,
    arch: str | None = None,
    evidence: Iterable[Evidence] = (),
    port: Iterable[PortEvidence] = (),
) -> Runtime:
    """Release, port and style of ``dump`` with their evidence.

    ``evidence`` and ``port`` come from elsewhere (a binary, signatures that fit only one way).
    Errors: contradictions are Issues; ValueError for a ``go`` or ``arch`` that does not exist.
    """
    issues: list[Issue] = []
    found = [*_distinct(text_evidence(dump)), *evidence]
    if go is not None:
        _believe(found, go, dump, issues)
    facts = _range(found, dump, issues)
    has_values = facts.has("argument_values")
    style = None if has_values is None else "values" if has_values else "words"
    ports = [*port_evidence(dump, style), *port]
    known, assumed = settle_port(ports, arch, dump, issues)
    if facts.newer:
        assumed = (f"go=1.{NEWEST}", *assumed)
    system = next((p.os for p in ports if p.os is not None), None)
    exact = next((e.exact for e in found if e.exact and facts.min == facts.max == e.min), None)
    return Runtime(style, facts, tuple(found), known, system, exact, assumed, tuple(issues))


def minor_release(go: str) -> int:
    """The minor number of ``1.23``, ``go1.23.4`` or ``23``; ValueError for anything else."""
    match = re.fullmatch(
        r"([0-9]{1,2})|(?:go)?1\.([0-9]{1,3})(?:\.[0-9]+)?(?:(?:rc|beta)[0-9]+)?(?:[ +-].*)?", go
    )
    if match is None:
        raise ValueError(f"not a Go release: {go!r}")
    return int(match[1] or match[2])


def _distinct(evidence: Iterator[Evidence]) -> list[Evidence]:
    seen: dict[str, Evidence] = {}
    for item in evidence:
        seen.setdefault(item.text, item)
    return list(seen.values())


def _believe(found: list[Evidence], go: str, dump: Dump, issues: list[Issue]) -> None:
    """Add the user's release, or say that the text speaks against it."""
    minor = minor_release(go)
    against = next((e for e in found if not e.weak and not _allows(e, minor)), None)
    if against is None:
        exact = go.removeprefix("go") if go.count(".") == 2 else None
        found.append(Evidence(f"go{go.removeprefix('go')} as given", minor, minor, None, exact))
        return
    text = f"the text is not of Go {go.removeprefix('go')}: {against.text}"
    issues.append(Issue("go-contradicted", text, against.span or dump.span))


def _allows(evidence: Evidence, minor: int) -> bool:
    return (evidence.min or 0) <= minor and (evidence.max is None or minor <= evidence.max)


def _range(found: list[Evidence], dump: Dump, issues: list[Issue]) -> Facts:
    """What all evidence allows; names of folders give way, contradictions are told."""
    strong = _common([e for e in found if not e.weak])
    if strong is None:
        text = "the evidence for the Go release contradicts itself: " + " / ".join(
            e.text for e in found if not e.weak and (e.min or e.max is not None)
        )
        issues.append(Issue("go-contradictory", text, dump.span))
        return Facts(0, None)
    every = _common(found)
    if every is not None:
        return every
    for evidence in [e for e in found if e.weak]:
        found.remove(evidence)
        text = f"not believed, because the rest speaks against it: {evidence.text}"
        issues.append(Issue("go-contradictory", text, evidence.span or dump.span))
    return strong


def _common(evidence: list[Evidence]) -> Facts | None:
    low = max((e.min for e in evidence if e.min is not None), default=0)
    high = min((e.max for e in evidence if e.max is not None), default=None)
    return Facts(low, high) if high is None or low <= high else None
