"""Write the multiline rules in ``docs/collectors/``: ``python tools/collectors.py [--check]``.

``--check`` writes nothing and exits with 1 when a file is not what ``collector_lines`` gives, or
when a rule of a grammar is neither described nor left out by name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from collector_lines import (
    BARE,
    BEFORE,
    CALL,
    DEATH,
    FATAL,
    GLUED,
    GOES_ON,
    HEADER,
    HEX,
    HTTP,
    INSIDE,
    LEFT_OUT,
    MEMORY,
    MORE_BEFORE,
    PANIC,
    PROFILE,
    RACE,
    RAW,
    RULE,
    RUNTIME,
    STARTS,
    any_of,
    begins,
)
from derive import Grammar

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "collectors"
RAW_LINES = 8  # of a message that Go before 1.23 does not indent


def main() -> int:
    """The exit code."""
    stale = [f"{name}: covered by no pattern" for name in uncovered()]
    for name, write in WRITERS.items():
        path = FOLDER / name
        text = write()
        if "--check" not in sys.argv[1:]:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != text:
            stale.append(f"{path.relative_to(ROOT)} is not what tools/collectors.py gives")
    print("\n".join(stale), end="\n" if stale else "")
    return 1 if stale else 0


def uncovered() -> list[str]:
    """Rules of the grammars that describe a line which no pattern covers."""
    covered = {rule for line in (*STARTS, *GOES_ON) for rule in line.rules.split()}
    records = [r for name in ("traceback", "race") for r in Grammar(name).records()]
    return [rule for rule in records if rule not in covered | LEFT_OUT.keys()]


# ---------------------------------------------------------------------- Fluent Bit


class Rule(NamedTuple):
    """A rule of Fluent Bit's: in one of these states, a line like this leads to that state."""

    states: str
    pattern: str
    to: str


def fluent_bit_rules() -> list[Rule]:
    """A message may go on raw for some lines; behind a goroutine's header, or a frame of C, stands
    a function, whatever it is called; a race report ends with its rule."""
    raw = [f"raw_{i}" for i in range(1, RAW_LINES + 1)]
    message = ", ".join(["message", *raw])
    every = f"{message}, frames, called"
    after = begins(any_of((FATAL, DEATH, RUNTIME, PROFILE)))
    steps = zip(["message", *raw[:-1]], raw, strict=True)
    return [
        Rule("start_state", begins(PANIC.pattern, HTTP.pattern), "message"),
        Rule("start_state", begins(RULE.pattern, RACE.pattern), "race"),
        Rule("start_state", begins(HEADER.pattern), "called"),
        Rule(
            "start_state",
            begins(any_of((FATAL, DEATH, RUNTIME, PROFILE, CALL, BARE)), GLUED),
            "frames",
        ),
        Rule("race", begins(RULE.pattern), "race_end"),
        Rule("race", begins(RACE.pattern, any_of(GOES_ON)), "race"),
        Rule("race_end", begins(r"Found \d+ data race", r"exit status \d"), "race_end"),
        Rule(every, begins(HEADER.pattern, rf"\t(?:\S+ )?pc={HEX}\s*$"), "called"),
        Rule(every, r"^\tpanic: ", "message"),
        Rule(message, r"^\t", "message"),
        *(Rule(every, begins(line.pattern), "frames") for line in GOES_ON),
        Rule("called", r"^\S+\s*$", "frames"),  # a function of C
        Rule("frames, called", begins(PANIC.pattern), "message"),
        Rule(every, after, "frames"),
        *(Rule(state, RAW, to) for state, to in steps),
    ]


def fluent_bit() -> str:
    """A parsers file in the classic format."""
    rules = "\n".join(
        f'    rule      "{r.states}" "/{r.pattern}/" "{r.to}"' for r in fluent_bit_rules()
    )
    return f"""\
{_head("#", "parsers_file in [SERVICE]; multiline.parser gotrace in the tail input or filter")}
[MULTILINE_PARSER]
    name          gotrace
    type          regex
    flush_timeout 5000
{rules}
"""


def fluent_bit_yaml() -> str:
    """The same in YAML."""
    rules = "".join(
        f"      - state: {_quoted(r.states)}\n"
        f"        regex: {_quoted(f'/{r.pattern}/')}\n"
        f"        next_state: {r.to}\n"
        for r in fluent_bit_rules()
    )
    return f"""\
{_head("#", "include it, and set multiline.parser to gotrace in the tail input or filter")}
multiline_parsers:
  - name: gotrace
    type: regex
    flush_timeout: 5000
    rules:
{rules}"""


# ---------------------------------------------------------------------- Fluentd


def fluentd() -> str:
    """Three filters, for a line that begins a record always ends the one before: first what
    is said before a fatal error, then causes, then stacks without one."""
    goes_on = begins(any_of((HEADER, RULE, *GOES_ON), INSIDE), anchor="\\A")
    before = begins(any_of((FATAL, HEADER, RULE, *GOES_ON), r"runtime: "), anchor="\\A")
    said = begins(*BEFORE, anchor="\\A")
    causes = begins(GLUED, any_of((PANIC, HTTP, FATAL, DEATH, PROFILE, RACE)), anchor="\\A")
    stacks = begins(r"goroutine -?\d+ [^\[]*\[running", anchor="\\A")
    filters = ((said, before), (causes, goes_on), (stacks, goes_on))
    texts = (
        f"""\
<filter go.**>
  @type concat
  key log
  stream_identity_key container_id
  multiline_start_regexp /{start}/
  continuous_line_regexp /{on}/
  separator "\\n"
  flush_interval 5
  timeout_label @GOTRACE
</filter>
"""
        for start, on in filters
    )
    head = _head(
        "#", "needs fluent-plugin-concat; key, tag, stream_identity_key and label are yours to set"
    )
    return head + "\n" + "\n".join(texts) + _LABEL


_LABEL = """
# What is sent because nothing followed arrives in the label: all else has to go there too.
<match go.**>
  @type relabel
  @label @GOTRACE
</match>

<label @GOTRACE>
  <match **>
    @type stdout
  </match>
</label>
"""


# ---------------------------------------------------------------------- Vector, Filebeat, OTel


def vector() -> str:
    """A file source."""
    start = begins(any_of((*STARTS, CALL, BARE)), GLUED)
    on = begins(any_of((PANIC, FATAL, DEATH, RUNTIME, HEADER, RACE, RULE, *GOES_ON)))
    return f"""\
{_head("#", "the multiline part of a file source; include and the rest are yours to set")}
sources:
  go:
    type: file
    include: [/var/log/app/*.log]
    max_line_bytes: 10485760
    multiline:
      mode: continue_through
      start_pattern: {_quoted(start)}
      condition_pattern: {_quoted(on)}
      timeout_ms: 5000
"""


def filebeat() -> str:
    """A filestream input: lines that can be of a dump are kept together while they last."""
    return f"""\
{_head("#", "Filebeat, and Elastic Agent's custom logs: the parsers are the part to take over")}
filebeat.inputs:
  - type: filestream
    id: go
    paths: [/var/log/app/*.log]
    message_max_bytes: 10485760
    parsers:
      - multiline:
          type: while_pattern
          pattern: {_quoted(begins(any_of((*STARTS, *GOES_ON))))}
          negate: false
          max_lines: 200000
          timeout: 5s
"""


def opentelemetry() -> str:
    """A filelog receiver: first what is said before a fatal error, then all that goes on."""
    said = begins(*BEFORE, MORE_BEFORE, MEMORY.pattern)
    goes_on = begins(any_of((HEADER, RULE, *GOES_ON), INSIDE))
    return f"""\
{_head("#", "the operators of a filelog receiver; put yours behind them")}
receivers:
  filelog/go:
    include: [/var/log/app/*.log]
    include_file_path: true
    operators:
      - type: recombine
        combine_field: body
        source_identifier: attributes["log.file.path"]
        is_last_entry: {_expression(said)}
        max_batch_size: 0
        max_unmatched_batch_size: 0
        force_flush_period: 5s
      - type: recombine
        combine_field: body
        source_identifier: attributes["log.file.path"]
        is_first_entry: {_expression(goes_on)}
        max_batch_size: 0
        max_unmatched_batch_size: 0
        max_log_size: 16MiB
        force_flush_period: 5s
"""


def _expression(pattern: str) -> str:
    """No line of that pattern; a dollar stands twice, or the collector takes it for its own."""
    return _quoted(f"not (body matches `{pattern}`)".replace("$", "$$"))


def _quoted(text: str) -> str:
    """A YAML text in which nothing is escaped."""
    assert "'" not in text
    return f"'{text}'"


def _head(mark: str, use: str) -> str:
    told = (
        "Keeps each dump of a Go program in one record. Written by tools/collectors.py; see",
        f"docs/collectors.md. Use: {use}.",
    )
    return "\n".join(f"{mark} {line}" for line in told)


WRITERS: dict[str, Callable[[], str]] = {
    "fluent-bit.conf": fluent_bit,
    "fluent-bit.yaml": fluent_bit_yaml,
    "fluentd.conf": fluentd,
    "vector.yaml": vector,
    "filebeat.yml": filebeat,
    "otel.yaml": opentelemetry,
}


if __name__ == "__main__":
    sys.exit(main())
