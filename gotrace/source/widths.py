"""Sizes that differ between ports and releases."""

from __future__ import annotations

from gotrace.tuples import NamedTuple


class Widths(NamedTuple):
    """What differs between ports and releases, in bytes: a word, and where in an interface's table
    its methods begin (runtime itab, internal/abi ITab): behind two pointers and a hash."""

    word: int = 8
    methods: int = 24
