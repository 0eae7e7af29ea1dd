"""Patterns that are compiled late: all can be, and none is compiled where it is defined."""

from __future__ import annotations

import copy
import importlib
import pickle
import re
from pathlib import Path

import gotrace
from gotrace.patterns import lazy_pattern

HOME = Path(gotrace.__file__).parent


def test_all_patterns_of_modules_are_lazy_and_compile() -> None:
    count = 0
    for path in sorted(HOME.rglob("*.py")):
        text = path.read_text()
        if "lazy_pattern(" not in text or path.name == "patterns.py":
            continue
        name = ".".join(path.relative_to(HOME.parent).with_suffix("").parts)
        module = importlib.import_module(name)
        lazy = [v for v in vars(module).values() if type(v) is type(lazy_pattern(""))]
        for value in vars(module).values():
            if isinstance(value, dict):
                lazy += [v for v in value.values() if type(v) is type(lazy_pattern(""))]
        count += len(lazy)
        for one in lazy:
            assert isinstance(one.pattern, str | bytes), (name, one)
    assert count > 150


def test_no_module_compiles_one_when_it_is_imported() -> None:
    found = [
        (path.name, line)
        for path in HOME.rglob("*.py")
        for line in path.read_text().splitlines()
        if re.match(r"[A-Za-z_]\w*(: .*)? = re\.compile\(", line)
    ]
    assert found == []


def test_it_does_what_the_compiled_one_does() -> None:
    lazy, whole = lazy_pattern(r"a(?P<b>.)", re.I), re.compile(r"a(?P<b>.)", re.I)
    assert "match" not in vars(lazy)
    assert lazy.sub("-", "xAbab") == whole.sub("-", "xAbab") == "x--"
    assert "match" in vars(lazy)
    assert lazy.groupindex == whole.groupindex
    found = lazy.fullmatch("ab")
    assert found is not None
    assert found["b"] == "b"
    assert copy.deepcopy(lazy).findall("ab") == pickle.loads(pickle.dumps(lazy)).findall("ab")
    assert repr(lazy).startswith("lazy_pattern(")
