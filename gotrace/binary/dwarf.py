"""Signatures from DWARF.

    Dwarf(image, table).find(function, site) → Signature | None

The function table tells which functions a printed name may mean and where their code is; DWARF has
their parameters. What DWARF says is held against what the program prints (the compiler's list of
printed components, or the bytes of the argument area until go1.16); if they differ there is no
answer, and ``refused`` counts why.

Proven either way: ``Parameter.escapes``. What moves to the heap has a variable ``&x`` beside ``x``.
Not told by DWARF: ``Parameter.used`` (a parameter that is used may well have no location, and the
other way round), and whether the last parameter is variadic.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from gotrace.binary import dwarf_forms as forms
from gotrace.binary.dwarf_build import Builder, Refusal
from gotrace.binary.dwarf_entries import Entries
from gotrace.binary.dwarf_functions import Declared, all_functions, find_function
from gotrace.binary.dwarf_merge import merged
from gotrace.binary.dwarf_shape import Abi
from gotrace.binary.dwarf_units import Unit
from gotrace.binary.image import Image
from gotrace.binary.pclntab import Function, FunctionTable
from gotrace.binary.view import CorruptError
from gotrace.goversion import Facts
from gotrace.layout.values import Registers
from gotrace.model import Site
from gotrace.patterns import lazy_pattern
from gotrace.signature import Signature

_DAMAGE = (CorruptError, RecursionError, OverflowError)
_RELEASE = lazy_pattern(r"\bgo1\.(\d+)")


class Dwarf:
    """The debug information of a program; ``image`` may be a separate file of the same build."""

    def __init__(self, image: Image, table: FunctionTable | None) -> None:
        self.image = image
        self.table = table
        self.refused: Counter[str] = Counter()
        self._known: dict[int, Signature | None] = {}
        self._builders: dict[int, Builder] = {}

    @cached_property
    def _entries(self) -> Entries:
        return Entries(self.image.debug, "big" if self.image.big_endian else "little")

    @property
    def present(self) -> bool:
        """Whether there is any."""
        return bool(self._entries.units)

    def find(self, function: str, site: Site | None) -> Signature | None:
        """The signature of the function that is printed as ``function``.

        A generic one has many instantiations; ``site`` chooses. Where those that it may be have
        different signatures, None.
        """
        if self.table is None or not self.present:
            return None
        return self.choose(self.table.named([function])[function], site)

    def choose(self, functions: tuple[Function, ...], site: Site | None) -> Signature | None:
        """The one signature of ``functions``, as far as they can stand at ``site``."""
        if len(functions) > 1 and site is not None:
            functions = tuple(f for f in functions if self._stands_at(f, site))
        if len(functions) == 1:
            return self.signature(functions[0])
        found = {signature: None for f in functions if (signature := self.signature(f))}
        if len(found) > 1:  # wrappers stand in no file and hardly ever in a trace
            found = {s: None for s in found if s.file is not None}
        return merged(list(found)) if found else None

    def _stands_at(self, function: Function, site: Site) -> bool:
        if site.offset is None:
            return True
        if self.table is None or site.offset > function.end - function.entry:
            return False
        for fault in (False, True):
            calls = self.table.calls(function, site.offset, fault=fault)
            if calls and calls[-1].line == site.line:
                return os.path.basename(calls[-1].file) == os.path.basename(site.file)
        return False

    def signature(self, function: Function) -> Signature | None:
        """The signature of one function of the table; remembered."""
        if function.entry not in self._known:
            self._known[function.entry] = self._read(function)
        return self._known[function.entry]

    def _read(self, function: Function) -> Signature | None:
        try:
            declared = find_function(self._entries, function.name, function.entry)
            return self._build(declared, function) if declared else None
        except _DAMAGE:
            self.refused["damaged"] += 1
            return None

    def _build(self, declared: Declared, function: Function) -> Signature | None:
        try:
            builder = self._builder(declared.unit)
            return builder.build(declared, function) if builder else None
        except Refusal as refusal:
            self.refused[refusal.reason] += 1
            return None

    def signatures(self) -> Iterator[Signature]:
        """All functions' signatures; instantiations that differ are several."""
        if self.table is None or not self.present:
            return
        for declared in all_functions(self._entries):
            function = self.table.at(declared.low_pc)
            if function is None or function.entry != declared.low_pc or declared.wrapper:
                continue
            try:
                found = self._build(declared, function)
            except _DAMAGE:
                self.refused["damaged"] += 1
                continue
            if found is not None:
                yield found

    # ------------------------------------------------------------------ the build

    def _builder(self, unit: Unit) -> Builder | None:
        """What builds signatures for code from this unit's compiler; None without an architecture.

        Packages of one program have one compiler, but assembly and C have others.
        """
        arch = self.image.arch
        release = _RELEASE.search(self._entries.top(unit).text(forms.PRODUCER))
        minor = int(release[1]) if release else None
        if arch is None or minor is None or self.table is None:
            return None
        if minor not in self._builders:
            facts = Facts(minor, minor)
            uses = facts.register_abi(arch)
            registers = Registers(arch.integer_registers, arch.float_registers)
            abi = Abi(facts, registers if uses else Registers())
            self._builders[minor] = Builder(self._entries, self.image, self.table, abi)
        return self._builders[minor]
