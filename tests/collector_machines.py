"""What collectors do with multiline rules, as small machines that read ``docs/collectors/``.

A machine takes lines and gives records: lists of the lines' numbers. Time-outs and limits are left
out. Written from the collectors' sources: Fluent Bit src/multiline/flb_ml_rule.c,
fluent-plugin-concat lib/fluent/plugin/filter_concat.rb, Vector src/line_agg.rs, Beats
libbeat/reader/multiline/while.go, OpenTelemetry's pkg/stanza/operator/transformer/recombine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tests.evidence import ROOT

FOLDER = ROOT / "docs" / "collectors"
Records = list[list[int]]
Machine = Callable[[Sequence[str]], Records]


def told(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def quoted(name: str, key: str) -> list[str]:
    """The single-quoted texts of a key in a YAML file."""
    return re.findall(rf"^ *(?:- )?{key}: '([^']*)'$", told(name), re.M)


# ---------------------------------------------------------------------- Fluent Bit


def fluent_bit_rules(name: str) -> list[tuple[tuple[str, ...], str, str]]:
    if name.endswith(".conf"):
        found = re.findall(r'^ +rule +"([^"]*)" "/([^"]*)/" "([^"]*)"$', told(name), re.M)
    else:
        states, patterns = quoted(name, "state"), quoted(name, "regex")
        to = re.findall(r"^ +next_state: (\S+)$", told(name), re.M)
        found = list(zip(states, (p[1:-1] for p in patterns), to, strict=True))
    assert found
    return [(tuple(re.split(r", *", states)), pattern, to) for states, pattern, to in found]


def fluent_bit(name: str = "fluent-bit.conf") -> Machine:
    """A line goes on with the record where a rule of the state fits; else it starts one, or stands
    alone. Rules that start are never tried to go on, and the first that fits counts."""
    rules = [(states, compiled(p), to) for states, p, to in fluent_bit_rules(name)]
    starts = [(p, to) for states, p, to in rules if "start_state" in states]
    by_state = {
        state: [(p, to) for states, p, to in rules if state in states]
        for state in {to for _, _, to in rules}
    }
    assert all(by_state.values()), "a state without rules is refused"
    assert all(states == ("start_state",) or "start_state" not in states for states, _, _ in rules)

    def run(lines: Sequence[str]) -> Records:
        records: Records = []
        state: str | None = None
        for number, line in enumerate(lines):
            going = by_state[state] if state is not None else []
            to = next((to for p, to in going if p.search(line)), None)
            if to is not None:
                records[-1].append(number)
            else:
                to = next((to for p, to in starts if p.search(line)), None)
                records.append([number])
            state = to
        return records

    return run


# ---------------------------------------------------------------------- Fluentd


def fluentd() -> Machine:
    """Filters one behind the other: a line that starts a record ends the one before."""
    starts = re.findall(r"^ +multiline_start_regexp /(.*)/$", told("fluentd.conf"), re.M)
    on = re.findall(r"^ +continuous_line_regexp /(.*)/$", told("fluentd.conf"), re.M)
    assert starts
    filters = [(compiled(s), compiled(c)) for s, c in zip(starts, on, strict=True)]

    def one(start: re.Pattern[str], on: re.Pattern[str], texts: list[str], of: Records) -> Records:
        records: Records = []
        open_ = False
        for text, numbers in zip(texts, of, strict=True):
            if start.search(text):
                records.append([*numbers])
                open_ = True
            elif open_ and on.search(text):
                records[-1] += numbers
            else:
                records.append([*numbers])
                open_ = False
        return records

    def run(lines: Sequence[str]) -> Records:
        records = [[i] for i in range(len(lines))]
        for start, goes_on in filters:
            texts = ["\n".join(lines[i] for i in r) for r in records]
            records = one(start, goes_on, texts, records)
        return records

    return run


# ---------------------------------------------------------------------- Vector, Filebeat, OTel


def vector() -> Machine:
    """Inside of a record the condition alone counts; outside, the start."""
    (start,), (on,) = (
        quoted("vector.yaml", "start_pattern"),
        quoted("vector.yaml", "condition_pattern"),
    )
    assert "mode: continue_through" in told("vector.yaml")
    start_, on_ = compiled(start), compiled(on)

    def run(lines: Sequence[str]) -> Records:
        records: Records = []
        open_ = False
        for number, line in enumerate(lines):
            if open_ and on_.search(line):
                records[-1].append(number)
            else:
                records.append([number])
                open_ = start_.search(line) is not None
        return records

    return run


def filebeat() -> Machine:
    """Lines that fit are one record while they last."""
    (pattern,) = quoted("filebeat.yml", "pattern")
    assert "type: while_pattern" in told("filebeat.yml")
    fits = compiled(pattern)

    def run(lines: Sequence[str]) -> Records:
        records: Records = []
        open_ = False
        for number, line in enumerate(lines):
            fit = fits.search(line) is not None
            if fit and open_:
                records[-1].append(number)
            else:
                records.append([number])
            open_ = fit
        return records

    return run


def opentelemetry() -> Machine:
    """Two operators: one ends a record with each line that is last, the other starts one with each
    that is first. No line break is written behind an empty text."""
    (last,) = quoted("otel.yaml", "is_last_entry")
    (first,) = quoted("otel.yaml", "is_first_entry")
    is_last, is_first = (_not(e) for e in (last, first))

    def run(lines: Sequence[str]) -> Records:
        before: Records = []
        texts: list[str] = []
        open_ = False
        for number, line in enumerate(lines):
            if open_:
                before[-1].append(number)
                texts[-1] = f"{texts[-1]}\n{line}" if texts[-1] else line
            else:
                before.append([number])
                texts.append(line)
            open_ = not is_last(line)
        records: Records = []
        for text, numbers in zip(texts, before, strict=True):
            if is_first(text) or not records:
                records.append([*numbers])
            else:
                records[-1] += numbers
        return records

    return run


def _not(expression: str) -> Callable[[str], bool]:
    found = re.fullmatch(r"not \(body matches `([^`]*)`\)", expression)
    assert found is not None, expression
    pattern = compiled(found[1].replace("$$", "$"))
    return lambda text: pattern.search(text) is None


MACHINES: dict[str, Callable[[], Machine]] = {
    "fluent-bit": fluent_bit,
    "fluentd": fluentd,
    "vector": vector,
    "filebeat": filebeat,
    "opentelemetry": opentelemetry,
}


def patterns() -> dict[str, list[str]]:
    """Every pattern, by the file it stands in."""
    conf = told("fluentd.conf")
    return {
        "fluent-bit.conf": [p for _, p, _ in fluent_bit_rules("fluent-bit.conf")],
        "fluent-bit.yaml": [p for _, p, _ in fluent_bit_rules("fluent-bit.yaml")],
        "fluentd.conf": re.findall(r"_regexp /(.*)/$", conf, re.M),
        "vector.yaml": quoted("vector.yaml", r"\w+_pattern"),
        "filebeat.yml": quoted("filebeat.yml", "pattern"),
        "otel.yaml": [p.replace("$$", "$") for p in re.findall(r"`([^`]*)`", told("otel.yaml"))],
    }
