"""Which signature belongs to a frame: by import path, by vendored path, then by package name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gotrace.names import split_name
from gotrace.signature import Signature
from gotrace.signatures.paths import after_vendor, is_standard, package_names
from gotrace.tuples import NamedTuple


class Tie(NamedTuple):
    """Nothing is bound: the texts or the dump leave open what ``function`` is.

    ``candidates`` differ from each other; where there is only one, frames of several ``packages``
    could be it.
    """

    function: str
    candidates: tuple[Signature, ...]
    packages: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """One line for the user: what ties, and what would decide."""
        if len(self.candidates) > 1:
            declared = " and ".join(dict.fromkeys(map(_where, self.candidates)))
            return f"{self.function} could be any of {len(self.candidates)} signatures ({declared})"
        packages = " and ".join(self.packages)
        return (
            f"the signature {self.candidates[0].text!r} fits functions of {packages};"
            " write the import path behind its package clause"
        )


class _Claim(NamedTuple):
    """``by_path`` is whether the package is certain; else its name alone, or nothing, speaks."""

    found: Signature | Tie | None
    by_path: bool


class Signatures:
    """Signatures, found by the names that a traceback prints.

    ``names`` gives the package name of an import path where it is not the path's last element.
    ``go`` and ``arch`` are the release and architecture of the program they are of, where known.
    Frozen after ``__init__``; not a NamedTuple because of its index.
    """

    __slots__ = ("_index", "_names", "arch", "go", "signatures")

    def __init__(
        self,
        signatures: Iterable[Signature],
        names: Mapping[str, str] | None = None,
        *,
        go: str | None = None,
        arch: str | None = None,
    ) -> None:
        self.go = go
        self.arch = arch
        self.signatures = tuple(signatures)
        self._names = dict(names or {})
        self._index: dict[str, list[Signature]] = {}
        for signature in self.signatures:
            self._index.setdefault(signature.function, []).append(signature)

    def find(self, function: str) -> Signature | Tie | None:
        """The signature of one function, whatever else the dump holds.

        Shape:  the Signature; a Tie where several differ; None where there is none. A function
                literal (``Outer.func1``) never takes the signature of its outer function, because
                the whole name behind the package must be equal.
        Units:  ``function`` as printed.
        Errors: none.
        Source: vendored names: go/build before modules (traceback format reference, section 7).
        """
        return self._claim(function).found

    def find_all(self, functions: Iterable[str]) -> dict[str, Signature | Tie | None]:
        """:meth:`find` for all functions of a dump: a signature without an import path that would
        serve several packages is a Tie for each of them."""
        claims = {f: self._claim(f) for f in functions}
        certain = {id(c.found) for c in claims.values() if c.by_path}
        unsure: dict[int, dict[str, None]] = {}
        for function, claim in claims.items():
            if isinstance(claim.found, Signature) and not claim.by_path:
                package = split_name(function).package or ""
                unsure.setdefault(id(claim.found), {})[package] = None
        return {f: _settled(f, c, certain, unsure) for f, c in claims.items()}

    def _claim(self, function: str) -> _Claim:
        name = split_name(function)
        candidates = self._index.get(name.local, ())
        path = name.package or ""
        for fits in (_same_path, _same_behind_vendor):
            found = [s for s in candidates if fits(s.package, path)]
            if found:
                return _Claim(_only(function, found), True)
        found = [s for s in candidates if s.package and self._same_name(s.package, path)]
        return _Claim(_only(function, found or [s for s in candidates if not s.package]), False)

    def _same_name(self, declared: str, printed: str) -> bool:
        """Whether two packages of different paths have the same name.

        A path that is known and is the standard library's on either side cannot be another's.
        """
        known = "/" in declared or "." in declared
        if known and (is_standard(declared) or is_standard(printed)):
            return False
        names = {self._names.get(declared, ""), *package_names(declared)}
        return not names.isdisjoint(package_names(printed))


def _same_path(declared: str, printed: str) -> bool:
    return declared == printed


def _same_behind_vendor(declared: str, printed: str) -> bool:
    return bool(declared) and after_vendor(declared) == after_vendor(printed)


def _only(function: str, found: list[Signature]) -> Signature | Tie | None:
    """The one signature of ``found``; declarations that say the same count once."""
    different = {_meaning(s): s for s in reversed(found)}
    if len(different) > 1:
        return Tie(function, tuple(reversed(different.values())))
    return next(iter(different.values()), None)


def _meaning(signature: Signature) -> Signature:
    return signature._replace(package="", text="", file=None, line=None)


def _settled(
    function: str, claim: _Claim, certain: set[int], unsure: dict[int, dict[str, None]]
) -> Signature | Tie | None:
    found = claim.found
    if claim.by_path or not isinstance(found, Signature):
        return found
    if id(found) in certain:  # its package is in the dump under its own path: this is another
        return None
    packages = tuple(unsure[id(found)])
    return found if len(packages) == 1 else Tie(function, (found,), packages)


def _where(signature: Signature) -> str:
    place = f"{signature.file}:{signature.line}" if signature.file else str(signature.source)
    return f"{signature.package or 'no package'}, {place}"
