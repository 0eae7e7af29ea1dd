"""The constants that lengths of arrays name, wherever they are declared."""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.source.constants import evaluate
from gotrace.source.gofile import ConstantDeclaration
from gotrace.source.packages import Package
from gotrace.source.scopes import Scope, Scopes
from gotrace.source.syntax import Syntax

_DEEPEST = 40  # constants that name constants


class Lengths:
    """Evaluates constant expressions of one source tree."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self._open: list[ConstantDeclaration] = []
        self._known: dict[tuple[str, str], int | None] = {}

    def constant(self, node: Syntax, scope: Scope, iota: int | None = None) -> int | None:
        """The value of a constant expression; None where nothing here tells it."""

        def lookup(part: Syntax) -> int | None:
            if part.text == "iota" and iota is not None:
                return iota
            if part.kind == "selector_expression":
                return self._qualified(part, scope)
            return self._named(part.text, scope)

        return evaluate(node, lookup, self.scopes.library.build.word_size)

    def _qualified(self, node: Syntax, scope: Scope) -> int | None:
        operand, field = node.field("operand"), node.field("field")
        package = self.scopes.qualified(operand.text, scope) if operand else None
        if package is None or field is None:
            return None
        return self._agreed(package, package.constants(field.text))

    def _named(self, name: str, scope: Scope) -> int | None:
        if name in scope.hidden:
            return None
        own = scope.file.constants.get(name)
        if own:
            return self._value(scope.package, own)
        for package in (scope.package, *self.scopes.dot_imported(scope)):
            found = package.constants(name)
            if found:
                return self._agreed(package, found)
        return None

    def _agreed(self, package: Package, declared: Sequence[ConstantDeclaration]) -> int | None:
        """What all declarations say that a build may take."""
        values = {self._value(package, d) for d in declared}
        return values.pop() if len(values) == 1 else None

    def _value(self, package: Package, declaration: ConstantDeclaration) -> int | None:
        key = (declaration.file.path, declaration.name)
        if key not in self._known:
            if declaration.value is None or declaration in self._open:
                return None
            if len(self._open) > _DEEPEST:
                return None
            self._open.append(declaration)
            scope = Scope(declaration.file, package)
            value = self.constant(declaration.value, scope, declaration.iota)
            self._open.pop()
            self._known[key] = value
        return self._known[key]
