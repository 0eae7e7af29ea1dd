"""Write ``docs/gotrace.1`` from the parser of the command: ``python tools/man.py [--check]``.

``--check`` writes nothing and exits with 1 when the page is not what the parser gives.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from gotrace.cli import build_parser
from gotrace.version import VERSION

PAGE = Path(__file__).resolve().parent.parent / "docs" / "gotrace.1"


def main() -> int:
    """The exit code."""
    text = page()
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.exists() and PAGE.read_text("utf-8") == text else 1
    PAGE.write_text(text, "utf-8")
    return 0


def page() -> str:
    """The manual page, in the man macros of roff."""
    parser = build_parser()
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return "\n".join(_lines(parser, commands)) + "\n"


def _lines(
    parser: argparse.ArgumentParser,
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> Iterator[str]:
    yield '.\\" Written by tools/man.py from the parser of the command.'
    yield f'.TH GOTRACE 1 "" "gotrace {VERSION}" "User Commands"'
    yield ".SH NAME"
    about = (parser.description or "").rstrip(".")
    yield f"gotrace \\- {_roff(about[:1].lower() + about[1:])}"
    yield ".SH SYNOPSIS"
    yield ".B gotrace"
    yield ".I COMMAND"
    yield "[\\fIOPTION\\fR]... [\\fIFILE\\fR]..."
    yield ".SH COMMANDS"
    for choice in commands._choices_actions:
        yield ".TP"
        yield f".B gotrace {_roff(choice.dest)}"
        yield _line(choice.help)
    for name, command in commands.choices.items():
        yield from _command(name, command)
    yield ".SH ENVIRONMENT"
    for variable, about in ENVIRONMENT.items():
        yield ".TP"
        yield f".B {variable}"
        yield _line(about)
    yield ".SH FILES"
    yield ".TP"
    yield ".I gotrace.toml"
    yield _line("Settings; the nearest one from the working directory upwards counts.")


ENVIRONMENT = {
    "GOTRACE_PAGER, PAGER": "Shows output that is longer than the screen; an empty one and cat are "
    "none.",
    "NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE": "Never, or always colour, where --color is auto.",
    "GOTRACE_DEBUG": "With 1, a defect of gotrace is raised and not reported.",
}


def _command(name: str, command: argparse.ArgumentParser) -> Iterator[str]:
    yield f".SH GOTRACE {_roff(name.upper())}"
    yield _line(command.description or "")
    for group in command._action_groups:
        for action in group._group_actions:
            if action.help == argparse.SUPPRESS:
                continue
            yield ".TP"
            yield _term(action)
            yield _line(_about(action))
    if command.epilog:
        yield ".PP"
        yield ".nf"
        yield from map(_line, command.epilog.rstrip().split("\n"))
        yield ".fi"


def placeholder(action: argparse.Action) -> str:
    """What stands for an option's value; empty for an option without one."""
    if action.nargs == 0:
        return ""
    value = action.metavar or ("" if action.choices is None else "WHAT")
    shown = value if isinstance(value, str) else " ".join(value)
    return shown or action.dest.upper()


def _term(action: argparse.Action) -> str:
    shown = placeholder(action)
    if not action.option_strings:
        return f"\\fI{_roff(shown)}\\fR"
    names = ", ".join(f"\\fB{_roff(n)}\\fR" for n in action.option_strings)
    return f"{names} \\fI{_roff(shown)}\\fR" if shown else names


def _about(action: argparse.Action) -> str:
    text = (action.help or "").replace("%%", "%")
    if action.choices is not None and action.option_strings:
        listed = ", ".join(map(str, action.choices))
        text = f"{text} ({listed})" if text else f"One of {listed}."
    return text


def _line(text: str | None) -> str:
    """A line of text; one that begins like a request is not one."""
    shown = _roff(text or "")
    return f"\\&{shown}" if shown.startswith((".", "'")) else shown


def _roff(text: str) -> str:
    """``text`` with what roff acts on escaped; the rest of Unicode by its number."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")
    text = text.replace("'", "\\(aq").replace("~", "\\(ti").replace("^", "\\(ha")
    return "".join(c if ord(c) < 0x80 else f"\\[u{ord(c):04X}]" for c in text)


if __name__ == "__main__":
    sys.exit(main())
