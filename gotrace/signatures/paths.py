"""Import paths: what they say about the package's name."""

from __future__ import annotations

from functools import lru_cache

from gotrace import names
from gotrace.patterns import lazy_pattern

_VERSION = lazy_pattern(r"v[0-9]+")
_SUFFIX = lazy_pattern(r"(.+)\.v[0-9]+")  # gopkg.in/yaml.v2


@lru_cache(maxsize=4096)
def package_names(path: str) -> tuple[str, ...]:
    """Names that a package of this import path usually has, the likeliest first.

    The last element, without a version: ``gopkg.in/yaml.v2`` is ``yaml``, ``math/rand/v2`` is
    ``rand`` (cmd/go and goimports guess alike).
    """
    *parents, last = path.split("/")
    suffixed = _SUFFIX.fullmatch(last)
    if suffixed:
        return (suffixed[1], last)
    if parents and _VERSION.fullmatch(last):
        return (parents[-1], last)
    return (last,)


def after_vendor(path: str) -> str:
    """The path behind the last ``/vendor/``; all of it where there is none.

    Releases before modules put the vendor folder into the symbol's name.
    """
    return f"/{path}".rpartition("/vendor/")[2].removeprefix("/")


def is_standard(path: str) -> bool:
    """Whether ``path`` begins as only the standard library's do: no module can be named so."""
    return names.is_standard(f"{path}.")
