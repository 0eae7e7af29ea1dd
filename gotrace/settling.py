"""Release and port from what fits in one way only: signatures as evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.arch import Port
from gotrace.bind import fits
from gotrace.goversion import FACTS, Evidence, Facts
from gotrace.infer import Runtime, infer
from gotrace.infer_port import PortEvidence
from gotrace.model import Call, Dump
from gotrace.signature import Signature

Signed = list[tuple[Call, Signature]]


def settle(
    dump: Dump,
    signed: Signed,
    go: str | None,
    arch: str | None,
    *,
    evidence: Sequence[Evidence] = (),
    ports: Sequence[PortEvidence] = (),
) -> Runtime:
    """Release and port of ``dump``, with signatures as evidence: words that fit them as one style
    or as one word size only prove it.

    ``evidence`` and ``ports`` are what else is known (a binary).
    """
    runtime = infer(dump, go=go, arch=arch, evidence=evidence, port=ports)
    styles = [] if runtime.style is not None else list(_style_evidence(signed, runtime))
    known = [*evidence, *styles]
    if styles:
        runtime = infer(dump, go=go, arch=arch, evidence=known, port=ports)
    sizes = [] if runtime.port.word_size_proven else list(_size_evidence(signed, runtime))
    if not sizes:
        return runtime
    every = [*ports, *sizes]
    runtime = infer(dump, go=go, arch=arch, evidence=known, port=every)
    if runtime.style is None:
        known = [*evidence, *_style_evidence(signed, runtime)]
    return infer(dump, go=go, arch=arch, evidence=known, port=every)


def _style_evidence(signed: Signed, runtime: Runtime) -> Iterator[Evidence]:
    """One style fits and the other does not, with the word size that is proven or assumed."""
    first = FACTS["argument_values"].since
    low, high = runtime.facts
    words = Facts(low, first - 1 if high is None else min(high, first - 1))
    values = Facts(max(low, first), high)
    port = runtime.port._replace(word_size_proven=True)
    fit_words = not _misfits(signed, words, port)
    fit_values = not _misfits(signed, values, port)
    if fit_words and not fit_values:
        text = "the words fit the signatures only as those of Go ≤ 1.16"
        yield Evidence(text, None, first - 1, None)
    elif fit_values and not fit_words:
        yield Evidence("the words fit the signatures only as those of Go ≥ 1.17", first, None, None)


def _size_evidence(signed: Signed, runtime: Runtime) -> Iterator[PortEvidence]:
    """One word size fits and the other does not. A single signature proves none: it may be old."""
    if len({signature.function for _, signature in signed}) < 2:
        return
    wide, narrow = (runtime.port._replace(word_size=n, word_size_proven=True) for n in (8, 4))
    fit_wide = not _misfits(signed, runtime.facts, wide)
    fit_narrow = not _misfits(signed, runtime.facts, narrow)
    if fit_narrow and not fit_wide:
        yield PortEvidence("the words fit the signatures only as 4-byte words", word_size=4)
    elif fit_wide and not fit_narrow:
        yield PortEvidence("the words fit the signatures only as 8-byte words", word_size=8)


def _misfits(signed: Signed, facts: Facts, port: Port) -> bool:
    """Whether some frame does not fit its signature."""
    return not all(fits(call, signature, facts, port) for call, signature in signed)
