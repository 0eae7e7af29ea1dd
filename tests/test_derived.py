"""The committed tables are what the grammars give."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.evidence import ROOT


def derive() -> ModuleType:
    path = ROOT / "tools" / "derive.py"
    spec = importlib.util.spec_from_file_location("derive", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["traceback", "race", "prototypes"])
def test_tables_are_what_the_grammar_gives(name: str) -> None:
    """Byte for byte, but for the version of Lark."""
    tool = derive()
    committed = tool.TARGETS[name].read_text("utf-8")
    assert tool._comparable(committed) == tool._comparable(tool.Grammar(name).module())


def test_check_sees_an_edited_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--check`` fails when a grammar and its tables differ."""
    tool = derive()
    grammars = tmp_path / "grammars"
    grammars.mkdir()
    for name in tool.TARGETS:
        text = (ROOT / "grammars" / f"{name}.lark").read_text("utf-8")
        (grammars / f"{name}.lark").write_text(text.replace('RELAY: "-----"', 'RELAY: "----"'))
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(
        tool, "TARGETS", {n: tmp_path / p.relative_to(ROOT) for n, p in tool.TARGETS.items()}
    )
    for name, target in tool.TARGETS.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text((ROOT / target.relative_to(tmp_path)).read_text("utf-8"))
        assert name
    monkeypatch.setattr(sys, "argv", ["derive.py", "--check"])
    assert tool.main() == 1
    assert "_tables.py is not what grammars/traceback.lark gives" in capsys.readouterr().out
