"""The page of the command: every option, from the parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from man import placeholder

from gotrace.cli import build_parser

# Said once, above all commands.
_COMMON = {"-h", "--help"}


def page() -> str:
    """The page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    parser = build_parser()
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    yield "<!-- Written by tools/docs.py from the parser of the command. -->"
    yield ""
    yield "# The command"
    yield ""
    yield f"{parser.description} `--help` prints what stands here, `man gotrace` too."
    yield ""
    yield "| command | |"
    yield "|---|---|"
    for choice in commands._choices_actions:
        yield f"| [`gotrace {choice.dest}`](#gotrace-{choice.dest}) | {_cell(choice.help or '')} |"
    yield ""
    yield "Exit codes:"
    yield ""
    for code in exit_codes(parser.epilog or ""):
        yield f"- {code}"
    for name, command in commands.choices.items():
        yield from _command(name, command)


def exit_codes(epilog: str) -> list[str]:
    """Each code with its meaning, as the help tells them."""
    told = epilog.partition("\n\n")[0].removeprefix("exit codes: ")
    codes = [" ".join(part.split()) for part in told.split("·")]
    return [f"`{code}` {meaning}" for code, _, meaning in (c.partition(" ") for c in codes)]


def _command(name: str, command: argparse.ArgumentParser) -> Iterator[str]:
    yield ""
    yield f"## gotrace {name}"
    yield ""
    yield _text(command.description or "")
    for group in command._action_groups:
        actions = [a for a in group._group_actions if _shown(a)]
        if actions:
            yield ""
            yield f"| {_title(group.title or '')} | |"
            yield "|---|---|"
            yield from (f"| {_term(a)} | {_about(a)} |" for a in actions)
    examples = [line for line in (command.epilog or "").split("\n") if line.startswith("  ")]
    if examples:
        yield from ("", "<!-- not run: the files are yours -->", "```sh")
        yield from (line.strip() for line in examples)
        yield "```"


def _shown(action: argparse.Action) -> bool:
    return action.help != argparse.SUPPRESS and not _COMMON & {*action.option_strings}


def _title(title: str) -> str:
    return {"positional arguments": "arguments"}.get(title, title.partition(" (docs/")[0])


def _term(action: argparse.Action) -> str:
    shown = placeholder(action)
    if not action.option_strings:
        return f"`{shown}`"
    return ", ".join(f"`{name} {shown}".rstrip() + "`" for name in action.option_strings)


def _about(action: argparse.Action) -> str:
    text = _cell(action.help or "")
    if action.choices is None or not action.option_strings:
        return text
    listed = ", ".join(f"`{choice}`" for choice in action.choices)
    return f"{text}: {listed}" if text else listed


def _cell(text: str) -> str:
    return _text(text).replace("|", "\\|").replace("\n", " ")


def _text(text: str) -> str:
    """As Markdown: what stands for something else there is escaped."""
    text = text.replace("%%", "%").replace("<", "&lt;").replace("*", "\\*")
    return text.replace("http://…/debug/pprof/goroutine?debug=2", "`http://…/goroutine?debug=2`")
