"""All declarations of a source tree, for a signature file."""

from __future__ import annotations

import os
from collections.abc import Iterator

from gotrace.signature import Signature
from gotrace.source.functions import Place
from gotrace.source.scopes import Scope
from gotrace.source.tree import SourceTree

_SKIPPED = ("testdata", "vendor")  # nested: cmd/go leaves these and `_x`, `.x` out of `./...`
_DEEPEST = 40


def declarations(tree: SourceTree) -> Iterator[Signature]:
    """The signature of every function and method below the roots, tests left out.

    Shape:  files in the order of their names; what build tags exclude for certain is left out.
    Errors: none; what cannot be read is left out.
    """
    for root in tree.roots:
        yield from _below(tree, root, None, 0)


def _below(tree: SourceTree, directory: str, path: str | None, depth: int) -> Iterator[Signature]:
    """``path`` is the import path of ``directory``, where a go.mod above tells."""
    module = tree.modules.module(directory)
    path = module.path if module is not None else path
    listing = tree.files.listing(directory)
    for name in sorted(listing.files):
        if name.endswith(".go") and not name.endswith("_test.go"):
            yield from _of_file(tree, os.path.join(directory, name), path)
    for name in sorted(listing.directories):
        if depth < _DEEPEST and name not in _SKIPPED and name[0] not in "_.":
            below = None if path is None else f"{path}/{name}"
            yield from _below(tree, os.path.join(directory, name), below, depth + 1)


def _of_file(tree: SourceTree, path: str, package: str | None) -> Iterator[Signature]:
    file = tree.library.file(path)
    if file is None or tree.library.build.takes(os.path.basename(path), file.head) is False:
        return
    printed = "main" if file.package == "main" else package or file.package
    if not printed:
        return
    scope = Scope(file, tree.library.package_of(file, package))
    for declared in file.functions:
        place = Place(f"{printed}.{declared.printed}", declared.node.line)
        yield tree.functions.declared(place, declared, scope)
