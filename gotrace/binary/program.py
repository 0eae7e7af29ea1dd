"""A program file with all that it tells: what the report asks.

    from_binary(path, debug=None) → Program
    paired(programs)              → those among several that are files of debug information, joined

Each part is read on first use. A signature that was found once is in the user's cache; it needs
neither debug information nor the function table the next time.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from gotrace.binary import debugfile
from gotrace.binary.cache import Cache, content_id
from gotrace.binary.image import Image, open_image
from gotrace.model import Site
from gotrace.signature import Signature

if TYPE_CHECKING:
    from gotrace.binary.dwarf import Dwarf
    from gotrace.binary.pclntab import Function, FunctionTable
    from gotrace.binary.rtype import RuntimeTypes
    from gotrace.binary.symbols import Symbols


def from_binary(
    path: str | os.PathLike[str], debug: str | os.PathLike[str] | None = None
) -> Program:
    """A program, and the file with its debug information if that is another one.

    Errors: GotraceError where a file cannot be read, or ``debug`` is of another build.
    """
    image = open_image(path)
    given = None if debug is None else debugfile.given(image, os.fspath(debug))
    return Program(image, given)


def paired(programs: Sequence[Program]) -> list[Program]:
    """The programs, each with the file of its debug information where that is among them.

    Errors: none; a file that belongs to none of them stays.
    """
    joined: dict[int, Program] = {}
    for i, found in enumerate(programs if len(programs) > 1 else ()):
        if found.is_debug_file:
            for k, program in enumerate(programs):
                bare = program.table is not None and not debugfile.has_debug(program.image)
                if bare and not debugfile.difference(program.image, found.image):
                    joined[i] = joined[k] = Program(program.image, found.image)
    return list(dict.fromkeys(joined.get(i, program) for i, program in enumerate(programs)))


class Program:
    """One build. ``debug`` is the image that has its debug information."""

    def __init__(
        self, image: Image, debug: Image | None = None, *, cache: Cache | None = None
    ) -> None:
        self.path = image.path
        self.image = image
        self._given = debug
        self._named: dict[str, tuple[Function, ...]] = {}
        if cache is not None:
            self.__dict__["cache"] = cache

    # ------------------------------------------------------------------ parts

    @cached_property
    def table(self) -> FunctionTable | None:
        """The function table; None in a file that no Go linker wrote."""
        from gotrace.binary import pclntab  # noqa: PLC0415 - the cache may have it all

        return pclntab.table(self.image)

    @cached_property
    def debug(self) -> Image:
        """The image with the debug information: a second file, or the program itself."""
        if self._given is not None:
            return self._given
        own = debugfile.has_debug(self.image)
        return self.image if own else debugfile.beside(self.image) or self.image

    @property
    def is_debug_file(self) -> bool:
        """Whether it describes a program and is none (``objcopy --only-keep-debug``)."""
        return self.table is None and debugfile.has_debug(self.image)

    @cached_property
    def dwarf(self) -> Dwarf:
        """The debug information; there may be none in it."""
        from gotrace.binary.dwarf import Dwarf  # noqa: PLC0415

        return Dwarf(self.debug, self.table)

    @cached_property
    def types(self) -> RuntimeTypes | None:
        """The runtime's types; None where they cannot be found."""
        from gotrace.binary.rtype import runtime_types  # noqa: PLC0415

        return None if self.table is None else runtime_types(self.table)

    @cached_property
    def symbols(self) -> Symbols:
        """Symbols by address and name, those of the debug file where the program has none."""
        from gotrace.binary.symbols import Symbols  # noqa: PLC0415

        image = self.image if self.image.symbols else self.debug
        return Symbols(image, self.table)

    @cached_property
    def cache(self) -> Cache:
        """The signatures of this build that were found before; written at exit at the latest."""
        go, gnu = self.image.telling_ids
        found = Cache(go or gnu or content_id(self.path) or self.path)
        weakref.finalize(self, found.save)
        return found

    @cached_property
    def go_minor(self) -> int | None:
        """The release of Go 1 that built it; None where the file does not tell."""
        return self.image.build.minor if self.image.build else None

    @cached_property
    def go_version(self) -> str | None:
        """Its version without ``go``: ``1.23.4``."""
        return self.image.build.version if self.image.build else None

    # ------------------------------------------------------------------ functions

    def named(self, function: str) -> tuple[Function, ...]:
        """The functions that a traceback prints as ``function``."""
        if function not in self._named:
            self.look_up([function])
        return self._named[function]

    def look_up(self, functions: Iterable[str]) -> None:
        """Find many names in one pass, for :meth:`named`."""
        missing = [name for name in dict.fromkeys(functions) if name not in self._named]
        if missing:
            found = self.table.named(missing) if self.table else {}
            self._named.update({name: found.get(name, ()) for name in missing})

    def signature(self, function: str, site: Site | None) -> Signature | None:
        """The signature of the function at a frame; None where DWARF does not prove one."""
        here = function if site is None else f"{function} +{site.offset}:{site.line}"
        for key in (function, here):
            known = self.cache.get(key)
            if known is not None:
                return known
        functions = self.named(function)
        found = self.dwarf.find(function, site)
        if found is not None:  # without a site, all of that name agree
            self.cache.put(here if len(functions) > 1 and site is not None else function, found)
        return found

    def find_all(
        self, places: Iterable[tuple[str, Site | None]]
    ) -> dict[tuple[str, Site | None], Signature | None]:
        """Signatures of many frames at once."""
        wanted = list(places)
        self.look_up(name for name, _ in wanted if self.cache.get(name) is None)
        return {place: self.signature(*place) for place in wanted}

    def symbol_at(self, address: int) -> tuple[str, int] | None:
        """The symbol at an address and how far into it that is."""
        return self.symbols.at(address)

    def signatures(self) -> Iterator[Signature]:
        """Those of all functions, for export; none of it is cached."""
        return self.dwarf.signatures()

    def save(self) -> None:
        """Write the cache now."""
        self.cache.save()
