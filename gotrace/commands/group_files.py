"""What ``gotrace group`` and ``gotrace diff`` do."""

from __future__ import annotations

import argparse
from collections.abc import Hashable, Iterable, Iterator
from itertools import islice
from typing import Any, TextIO

from gotrace.errors import GotraceError
from gotrace.exits import INTERNAL, NOTHING, OK, USAGE, complain, say
from gotrace.grouping import Bucket, Level, buckets, group, stack
from gotrace.input.files import read_input
from gotrace.inputs import look_for_long_lines, named
from gotrace.model import Dump, Goroutine
from gotrace.output import opened, wants_colour
from gotrace.parsing import each_dump
from gotrace.parsing.collector import paused
from gotrace.rendering import groups, style

MANY = 256  # texts written at once: PYTHONUNBUFFERED makes each a call of the system


@paused()
def group_files(options: argparse.Namespace) -> int:
    """Group all files, print, and return the exit code."""
    failed, defect = False, False
    found: list[tuple[Dump, list[Bucket]]] = []
    for name in options.files:
        try:
            for dump in _read(name, options):
                defect |= any(i.code == "internal" for i in dump.issues)
                all_ = buckets(_chosen(dump, options), Level(options.by))
                wanted = [b for b in all_ if _wanted(b, options)]
                if wanted:
                    found.append((dump, groups.own_first(wanted)))
        except GotraceError as error:
            complain(error)
            failed = True
    with opened(options.output, options.files, text=options.format == "text") as out:
        if options.format == "json":
            _write_json({"dumps": [_dump_data(*f, options) for f in found]}, out)
        else:
            paint = _paint(out, options)
            texts = _group_texts(found, paint, options.by, everything=options.all)
            while many := "".join(islice(texts, MANY)):
                out.write(many)
    if not found and not failed:
        say(f"no goroutines found in {named(options.files)}")
    return INTERNAL if defect else USAGE if failed else OK if found else NOTHING


@paused()
def diff_files(options: argparse.Namespace) -> int:
    """Compare two files, print, and return the exit code."""
    dumps = []
    for name in (options.old, options.new):
        found = list(_read(name, options))
        if not any(d.goroutines for d in found):
            say(f"no goroutines found in {named([name])}")
            return NOTHING
        dumps.append([d for d in found if d.goroutines][-1])
    by_kind = groups.changes(*(_by_key(d, options) for d in dumps))
    with opened(options.output, [options.old, options.new], text=options.format == "text") as out:
        if options.format == "json":
            listed = [groups.change_data(c) for kind in groups.KINDS for c in by_kind[kind]]
            same = {"groups": len(by_kind["same"]), "goroutines": _goroutines(by_kind["same"])}
            _write_json({"level": options.by, "changes": listed, "same": same}, out)
        else:
            paint = _paint(out, options)
            out.writelines(_diff_texts(by_kind, paint, everything=options.all))
    return OK


# ---------------------------------------------------------------------- which


def _read(name: str, options: argparse.Namespace) -> Iterator[Dump]:
    data = read_input(name)
    look_for_long_lines(name, data)
    return each_dump(data, source=name, prefix=options.prefix)


def _chosen(dump: Dump, options: argparse.Namespace) -> Iterable[Goroutine]:
    """The goroutines that were asked for by their header."""
    chosen: Iterable[Goroutine] = dump.goroutines
    if options.min_wait is not None:
        chosen = [g for g in chosen if (g.wait_minutes or 0) >= options.min_wait]
    if options.state is not None:
        chosen = [g for g in chosen if options.state in (g.state or "")]
    return chosen


def _by_key(dump: Dump, options: argparse.Namespace) -> dict[Hashable, Bucket]:
    """The buckets that were asked for, to be compared with another dump's."""
    found = group(_chosen(dump, options), Level(options.by))
    return {key: bucket for key, bucket in found.items() if _wanted(bucket, options)}


def _wanted(bucket: Bucket, options: argparse.Namespace) -> bool:
    """Whether one of its functions, or files, is what was asked for."""
    if options.function is None and options.file is None:
        return True
    goroutine = bucket.goroutines[0]
    places = [*stack(goroutine.frames)]
    if goroutine.created_by is not None:
        places.append((goroutine.created_by.function, goroutine.created_by.site))
    if options.function is not None and not any(options.function in f for f, _ in places):
        return False
    return options.file is None or any(s is not None and options.file in s.file for _, s in places)


# ---------------------------------------------------------------------- output


def _group_texts(
    found: list[tuple[Dump, list[Bucket]]], paint: groups.Paint, level: str, *, everything: bool
) -> Iterator[str]:
    writer = groups.GroupWriter((b for _, bs in found for b in bs), paint, everything=everything)
    for number, (dump, listed) in enumerate(found):
        head = groups.heading(dump, sum(b.count for b in listed), len(listed), level)
        yield f"\n{paint(head)}\n" if number else f"{paint(head)}\n"
        for bucket in listed:
            yield f"\n{writer.text(bucket, str(bucket.count))}"


def _diff_texts(
    by_kind: dict[str, list[groups.Change]], paint: groups.Paint, *, everything: bool
) -> Iterator[str]:
    every = (c.bucket for kind in groups.KINDS for c in by_kind[kind])
    writer = groups.GroupWriter(every, paint, everything=everything)
    old, new = (sum(c.counts[i] for cs in by_kind.values() for c in cs) for i in (0, 1))
    yield paint((style.Piece(f"{old} → {new} goroutines", style.Style.HEADING),)) + "\n"
    for kind in groups.KINDS:
        if by_kind[kind]:
            yield f"\n{paint((style.Piece(kind, style.Style.HEADING),))}\n"
        for change in by_kind[kind]:
            before, after = change.counts
            count = str(max(before, after)) if 0 in (before, after) else f"{before} → {after}"
            yield writer.text(change.bucket, count)
    same = by_kind["same"]
    if same:
        text = f"unchanged: {groups.counted(_goroutines(same), len(same))}"
        yield f"\n{paint((style.Piece(text, style.Style.DIM),))}\n"


def _goroutines(changes: list[groups.Change]) -> int:
    return sum(c.counts[1] for c in changes)


def _paint(out: TextIO, options: argparse.Namespace) -> groups.Paint:
    return style.coloured if wants_colour(options.color, out) else style.plain


def _dump_data(dump: Dump, buckets: list[Bucket], options: argparse.Namespace) -> dict[str, Any]:
    return {
        "source": dump.source,
        "first_line": dump.first_line,
        "kind": dump.kind.value,
        "goroutines": sum(b.count for b in buckets),
        "level": options.by,
        "groups": [groups.bucket_data(b) for b in buckets],
    }


def _write_json(data: dict[str, Any], out: TextIO) -> None:
    import json  # noqa: PLC0415 - only for this format

    out.write(json.dumps({"schema": groups.SCHEMA} | data, indent=1) + "\n")
