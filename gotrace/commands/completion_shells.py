"""Completion scripts, made from the parsers of the commands."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from gotrace.tuples import NamedTuple

_PATHS = {"FILE", "DIR", "LOG", "FROM=TO"}  # values of options that are files
_SHELL_SYNTAX = frozenset("'\\\"$`")


class Option(NamedTuple):
    """``names`` as they are typed; ``words`` are the values that it can have, ``path`` whether they
    are files. ``valued`` is whether it takes one."""

    names: tuple[str, ...]
    help: str
    valued: bool
    words: tuple[str, ...]
    path: bool


class Command(NamedTuple):
    """``words`` are what may stand behind it; none: files."""

    name: str
    help: str
    options: tuple[Option, ...]
    words: tuple[str, ...]


def script(shell: str, commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> str:
    """The script for ``bash``, ``zsh`` or ``fish``."""
    helps = {a.dest: _text(a.help) for a in commands._choices_actions}
    listed = [
        Command(name, helps.get(name, ""), tuple(_options(parser)), _operands(parser))
        for name, parser in commands.choices.items()
    ]
    return "\n".join(_SCRIPTS[shell](listed)) + "\n"


def _options(parser: argparse.ArgumentParser) -> Iterator[Option]:
    for action in parser._actions:
        if action.option_strings and action.help != argparse.SUPPRESS:
            words = tuple(map(str, action.choices or ()))
            valued = action.nargs != 0
            path = valued and action.metavar in _PATHS
            yield Option(tuple(action.option_strings), _text(action.help), valued, words, path)


def _operands(parser: argparse.ArgumentParser) -> tuple[str, ...]:
    for action in parser._actions:
        if not action.option_strings and action.choices:
            return tuple(map(str, action.choices))
    return ()


def _text(raw: str | None) -> str:
    """A help text without what a shell would act on."""
    text = (raw or "").replace("%%", "%").replace("'", "’")
    return "".join(c for c in text if c not in _SHELL_SYNTAX)


# ---------------------------------------------------------------------- bash


def _bash(commands: list[Command]) -> Iterator[str]:
    names = " ".join(c.name for c in commands)
    yield "# bash completion for gotrace; what is not listed is a file"
    yield "_gotrace() {"
    yield "    local current=${COMP_WORDS[COMP_CWORD]} words="
    yield "    COMPREPLY=()"
    yield "    if ((COMP_CWORD == 1)); then"
    yield f"        words='{names} --help --version'"
    yield "    else"
    yield '        case "${COMP_WORDS[1]} ${COMP_WORDS[COMP_CWORD - 1]}" in'
    for command in commands:
        for option in command.options:
            if option.valued:
                cases = " | ".join(f"'{command.name} {name}'" for name in option.names)
                yield f"            {cases}) words='{' '.join(option.words)}' ;;"
    yield "            *)"
    yield '                case "${COMP_WORDS[1]} $current" in'
    for command in commands:
        flags = " ".join(n for o in command.options for n in o.names)
        yield f"                    '{command.name} '-*) words='{flags}' ;;"
        if command.words:
            yield f"                    '{command.name} '*) words='{' '.join(command.words)}' ;;"
    yield "                esac ;;"
    yield "        esac"
    yield "    fi"
    yield '    [[ -z $words ]] || COMPREPLY=($(compgen -W "$words" -- "$current"))'
    yield "}"
    yield "complete -o default -F _gotrace gotrace"


# ---------------------------------------------------------------------- zsh


def _zsh(commands: list[Command]) -> Iterator[str]:
    yield "#compdef gotrace"
    yield "_gotrace() {"
    yield "    local curcontext=$curcontext state line"
    yield "    local -a commands"
    yield "    commands=("
    for command in commands:
        yield f"        '{command.name}:{command.help}'"
    yield "    )"
    yield "    _arguments -C '--help[show help]' '--version[show the version]' \\"
    yield "        '1:command:->command' '*::argument:->argument'"
    yield "    case $state in"
    yield "        command) _describe command commands ;;"
    yield "        argument)"
    yield "            case $words[1] in"
    for command in commands:
        specs = [_spec(name, o) for o in command.options for name in o.names]
        operand = f"({' '.join(command.words)})" if command.words else "_files"
        yield f"                {command.name})"
        yield "                    _arguments \\"
        yield from (f"                        {spec} \\" for spec in specs)
        yield f"                        '*:argument:{operand}' ;;"
    yield "            esac ;;"
    yield "    esac"
    yield "}"
    # As a file of fpath it is run, else it is sourced.
    yield "if [[ $funcstack[1] == _gotrace ]]"
    yield 'then _gotrace "$@"'
    yield "else compdef _gotrace gotrace"
    yield "fi"


def _spec(name: str, option: Option) -> str:
    about = option.help.replace("[", "(").replace("]", ")").replace(":", " -")
    if not option.valued:
        return f"'{name}[{about}]'"
    values = f"({' '.join(option.words)})" if option.words else "_files" if option.path else ""
    return f"'*{name}[{about}]:value:{values}'"


# ---------------------------------------------------------------------- fish


def _fish(commands: list[Command]) -> Iterator[str]:
    yield "# fish completion for gotrace"
    yield "complete -c gotrace -n __fish_use_subcommand -f -l help -d 'show help'"
    yield "complete -c gotrace -n __fish_use_subcommand -f -l version -d 'show the version'"
    for command in commands:
        about = f"-a {command.name} -d '{command.help}'"
        yield f"complete -c gotrace -n __fish_use_subcommand -f {about}"
    for command in commands:
        lead = f"complete -c gotrace -n '__fish_seen_subcommand_from {command.name}'"
        if command.words:
            yield f"{lead} -f -a '{' '.join(command.words)}'"
        for option in command.options:
            names = " ".join(
                f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in option.names
            )
            yield f"{lead} {names}{_fish_value(option)} -d '{option.help}'"


def _fish_value(option: Option) -> str:
    if not option.valued:
        return ""
    if option.words:
        return f" -x -a '{' '.join(option.words)}'"
    return " -r -F" if option.path else " -x"


_SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
