"""Holds an annotation (docs/annotation.md) against what a generated program really passed.

``judge`` counts, leaf by leaf: what was printed, what is claimed of it, and what of that is right.
It reads the JSON only, and shares no code with gotrace.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

BELIEVED = ("exact", "likely")
PARTS = {
    "bool": ("value",),
    "int": ("value",),
    "float": ("value",),
    "complex": ("real", "imag"),
    "string": ("pointer", "len"),
    "slice": ("pointer", "len", "cap"),
    "pointer": ("address",),
    "interface": ("type_word", "data_word"),
}
# Why a number that is printed as live, and is right, may be so by luck.
LUCK = ("nameless", "escaping", "unused", "shifted")
CLOSURE = re.compile(r"\.func\d+(\.\d+)*$|\.func\d+\.\d+")
WRAPPER = re.compile(r"gowrap|deferwrap|-fm$|dwrap|gobody")


class Score:
    """Counts over any number of frames, and what to look at."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.doubts: Counter[str] = Counter()
        self.sources: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.notes: list[str] = []

    def __iadd__(self, other: Score) -> Score:
        self.counts += other.counts
        self.doubts += other.doubts
        self.sources += other.sources
        self.wrong += other.wrong
        self.notes += other.notes
        return self

    def share(self, part: str, whole: str) -> float:
        """1.0 where there was nothing."""
        return self.counts[part] / self.counts[whole] if self.counts[whole] else 1.0

    def __str__(self) -> str:
        c = self.counts
        pairs = (
            ("claimed", "live_true"), ("signed", "frames"), ("names_right", "names"),
            ("types_right", "types"), ("texts", "literals"), ("dynamic", "boxed"),
            ("typed", "inside"), ("funcs_named", "funcs"), ("globals_named", "globals"),
            ("results_right", "results"),
        )  # fmt: skip
        rates = [f"{a}/{b} {c[a]}/{c[b]} {self.share(a, b):.2%}" for a, b in pairs if c[b]]
        more = "live stale revived wrong_exact wrong_likely absent untold mismatch inlined".split()
        more += "displaced untyped".split() + [f"live_{by}" for by in LUCK]
        rest = ", ".join(f"{k} {c[k]}" for k in more)
        return "; ".join(rates) + f"\n    {rest}; by {dict(self.sources)}"

    def table(self) -> str:
        """Everything, for a person."""
        lines = [str(self)]
        lines += [f"    doubted {n}: {reason}" for reason, n in self.doubts.most_common(8)]
        lines += [f"    WRONG {text}" for text in self.wrong[:20]]
        lines += [f"    note {text}" for text in self.notes[:20]]
        return "\n".join(lines)


class Leaf(NamedTuple):
    """A scalar: how surely it is claimed, the claim, and what it may be (None: not told)."""

    path: str
    certainty: str
    claimed: Any
    true: Any
    kind: str

    @property
    def right(self) -> bool:
        return same(self.claimed, self.true, self.kind)


def same(claimed: Any, true: Any, kind: str) -> bool:
    """Equal; a float32 may be printed as such."""
    if claimed == true:
        return True
    if kind not in ("float", "complex") or not all(
        isinstance(x, int | float) for x in (claimed, true)
    ):
        return False
    try:
        return struct.pack("f", claimed) == struct.pack("f", true) and len(repr(claimed)) < 12
    except OverflowError:
        return False


def judge(dump: dict[str, Any], run: Any, where: str) -> Score:
    """All frames of one dump."""
    score = Score()
    style = dump["runtime"]["style"]
    for goroutine in dump["goroutines"]:
        for frame in goroutine["frames"]:
            number = function_of(frame, run.module.functions)
            if number is not None and "at" in run.passed.get(number, {}):
                known: dict[str, Any] = {"run": run, "number": number, "style": style}
                _Frame(score, frame, where=where, **known).judge()
    return score


def function_of(frame: dict[str, Any], functions: dict[int, dict[str, Any]]) -> int | None:
    """The function that a frame is of: by file and line, and by its name."""
    best: tuple[int, int] | None = None
    for number, f in functions.items():
        at = (frame["file"] or "").endswith("/" + f["file"]) and frame["line"] is not None
        if at and f["start"] <= frame["line"] <= f["end"]:
            width = f["end"] - f["start"]
            best = min(best, (width, number)) if best else (width, number)
    if best is None or WRAPPER.search(frame["function"]):
        return None
    f = functions[best[1]]
    if frame["line"] == f.get("deferred"):  # a literal of its own, which ends its goroutine
        return None
    named = f["name"] == frame["function"] if f["name"] else CLOSURE.search(frame["function"])
    return best[1] if named else None


class _Frame:
    def __init__(self, score: Score, frame: Any, *, run: Any, number: int, style: str, where: str):
        self.score, self.frame, self.run, self.number, self.style = score, frame, run, number, style
        self.known = run.module.functions[number]
        self.where = f"{where} {frame['function']}({frame['raw_arguments']})"

    def judge(self) -> None:
        c, frame = self.score.counts, self.frame
        c["frames"] += 1
        if frame["inlined"]:
            c["inlined"] += 1
        if frame["signature"] is None and frame["inlined"]:
            c["frames"] -= 1  # DWARF leaves blanks of functions that exist only inlined out
            return
        if frame["signature"] is None:
            self.score.notes.append(f"unsigned {self.where}")
            # Nothing is claimed of its numbers, and its names are missing.
            count = sum(p["role"] != "captured" for p in self.known["parameters"])
            c["names"] += count
            c["types"] += count
            return
        c["signed"] += 1
        self.score.sources[frame["signature"]["source"]] += 1
        if frame["findings"]:
            c["mismatch"] += 1
            self.score.notes.append(f"{frame['findings'][0]['code']} {self.where}")
        for claim, parameter, values in self._aligned():
            self._names(claim, parameter)
            if claim is not None and claim["type"] == "?":
                c["untyped"] += 1
            elif claim is not None and claim["value"] is not None and values:
                self._values(claim, parameter, values)
            elif claim is not None and not frame["inlined"]:
                c["absent"] += claim["absence"] is not None
        self._results()

    def _aligned(self) -> Iterator[tuple[Any, dict[str, Any], list[Any]]]:
        """Claim, what is known of the parameter, and the values that it may have."""
        given = [a for a in self.frame["arguments"] if a["role"] in ("receiver", "parameter")]
        told = self.run.passed[self.number]
        expected = [p for p in self.known["parameters"] if p["role"] != "captured"]
        passed = [[a["value"]] for a in told["at"]]
        now = {a["name"]: a["value"] for a in told.get("now", ())}
        claims = self._paired(given, expected)
        if [c and c["name"] for c in claims] != [c["name"] for c in given]:
            self.score.counts["displaced"] += 1
            names = [a["name"] for a in given], [p["name"] for p in expected]
            self.score.notes.append(f"parameters {names} {self.where}")
        for claim, p, values in zip(claims, expected, passed, strict=True):
            yield claim, p, values + ([now[p["name"]]] if p["name"] in now else [])
        yield from self._captured()

    def _paired(self, given: list[Any], expected: list[dict[str, Any]]) -> list[Any]:
        """What is claimed of each parameter: by name, and those without one in order."""
        named = {a["name"]: a for a in given if a["name"] not in (None, "_")}
        names = {p["name"] for p in expected}
        if len(given) == len(expected) and names >= set(named):
            blank = iter(a for a in given if a["name"] in (None, "_"))
        else:
            blank = iter(())
        return [named.get(p["name"]) or next(blank, None) for p in expected]

    def _captured(self) -> Iterator[tuple[Any, dict[str, Any], list[Any]]]:
        outer = self.known["outer"]
        told = self.run.passed.get(outer, {}).get("at", ())
        by_name = {a["name"]: a["value"] for a in told}
        for p in self.known["parameters"]:
            if p["role"] == "captured" and p["use"] == "copy" and p["name"] in by_name:
                for claim in self.frame["arguments"]:
                    if claim["role"] == "captured" and claim["name"] == p["name"]:
                        yield claim, p, [by_name[p["name"]]]

    def _names(self, claim: Any, p: dict[str, Any]) -> None:
        c = self.score.counts
        c["names"] += 1
        c["types"] += 1
        if claim is None:
            return
        name = claim["name"]
        good = (None, "_") if p["name"] in (None, "_") else (p["name"],)
        c["names_right"] += name in good
        if name not in good and name is not None:
            c["names_wrong"] += 1
            self.score.wrong.append(f"name {name} for {p['name']}: {self.where}")
        own = self.known["package"]
        allowed = {normal(p[key], own) for key in ("type", "concrete")}
        if p.get("variadic"):
            allowed |= {"..." + t[2:] for t in allowed}
        if claim["type"] is not None and normal(claim["type"], own) in allowed:
            c["types_right"] += 1
        elif (
            re.search(r"go\.shape\.|\[\.\.\.\]", claim["type"] or "") and p["type"] != p["concrete"]
        ):
            c["types_right"] += 1  # a binary alone does not know what is declared: `T`
            c["types_shape"] += 1
        elif claim["type"] not in (None, "?"):
            c["types_wrong"] += 1
            self.score.wrong.append(
                f"type {claim['type']} for {p['type']} {p['name']}: {self.where}"
            )

    def _results(self) -> None:
        given = [a for a in self.frame["arguments"] if a["role"] == "result"]
        if not given and self.style != "words":
            return
        own, c = self.known["package"], self.score.counts
        expected = [normal(t, own) for t in self.known["results"]]
        c["results"] += len(expected)
        if [normal(a["type"] or "", own) for a in given] == expected:
            c["results_right"] += len(expected)
        else:
            self.score.notes.append(f"results {[a['type'] for a in given]} {self.where}")
        for a in given:
            if a["certainty"] in BELIEVED and a["words"]:
                self.score.wrong.append(f"a result believed: {self.where}")

    def _values(self, claim: Any, p: dict[str, Any], values: list[Any]) -> None:
        where = f"{self.where} {p['name']} {p['type']} ({p['use']})"
        each = [
            list(self._leaves("", claim["value"], v, claim["certainty"], where)) for v in values
        ]
        words = sorted(claim["words"], key=lambda w: (w["span"]["start"], w["offset"]))
        marks = [w["stale"] for w in words]
        if self.style == "words" or len(marks) != len(each[0]):
            if any(marks):
                self.score.notes.append(f"{len(marks)} words, {len(each[0])} leaves {where}")
            marks = [any(marks)] * len(each[0])
        for i, stale in enumerate(marks):
            self._leaf(
                [leaves[i] for leaves in each], stale, claim["reason"], where, luck(p, values)
            )

    def _leaf(
        self, options: list[Leaf], stale: bool, reason: str | None, where: str, luck: str
    ) -> None:
        c, leaf = self.score.counts, options[0]
        believed = leaf.certainty in BELIEVED
        if leaf.true is None:
            c["untold"] += believed
            return
        right = any(o.right for o in options)
        if believed and not right:
            c[f"wrong_{leaf.certainty}"] += 1
            text = f"{leaf.certainty} {leaf.path} {leaf.claimed!r}, passed {leaf.true!r}: {where}"
            self.score.wrong.append(text)
        if stale:
            c["stale"] += 1
            c["revived"] += believed and right
            return
        c["live"] += 1
        if right and not believed and "[...]" in self.frame["function"]:
            luck = "shifted"  # the marks that Go prints there belong to other numbers
        c[f"live_{luck or 'true'}"] += right
        c["claimed"] += believed and right and not luck
        if right and not believed:
            self.score.doubts[f"{leaf.certainty}: {reason}"] += 1

    # ---------------------------------------------------------------------------------- leaves

    def _leaves(self, path: str, node: Any, true: Any, outer: str, where: str) -> Iterator[Leaf]:
        """The printed scalars in memory order, beside those that were passed."""
        certainty = node.get("certainty", outer)
        if node.get("truncated"):
            return
        kind = node["kind"]
        if kind == "unknown":
            yield from (Leaf(path, "stale", word, "undecoded", kind) for word in node["words"])
            return
        if true is not None and kind != true["kind"]:
            self.score.wrong.append(f"kind {kind} for {true['kind']} {path}: {where}")
            true = None
        known = true or {}
        if true:
            self._told(path, node, known, certainty, where)
        if kind == "struct":
            inner = known.get("fields") or [None] * len(node["fields"])
            if len(inner) != len(node["fields"]):
                self.score.wrong.append(f"{len(node['fields'])} fields for {len(inner)}: {where}")
                return
            for field, passed in zip(node["fields"], inner, strict=True):
                value = passed and passed["value"]
                if passed and field["name"] != passed["name"]:
                    self.score.wrong.append(f"field {field['name']} for {passed['name']}: {where}")
                if passed and passed["name"] == "_":
                    value = None  # copying a struct need not copy it
                inner_path = f"{path}.{field['name']}"
                yield from self._leaves(inner_path, field["value"], value, certainty, where)
        elif kind == "array":
            inner = known.get("elements") or [None] * len(node["elements"])
            for i, element in enumerate(node["elements"]):
                yield from self._leaves(f"{path}[{i}]", element, inner[i], certainty, where)
        else:
            each = node.get("certainties", {})
            for part in PARTS[kind]:
                if node[part] is not None or node.get("raw") is not None:
                    sure = each.get(part, certainty)
                    yield Leaf(f"{path} {part}", sure, node[part], known.get(part), kind)

    def _told(self, path: str, node: Any, true: Any, certainty: str, where: str) -> None:
        """What is said on top of the numbers: texts, types, symbols."""
        each = node.get("certainties", {})
        parts = PARTS.get(node["kind"], ())
        if not parts or each.get(parts[0], certainty) not in BELIEVED:
            return
        if any(node[part] is not None and node[part] != true[part] for part in parts):
            return  # what is wrong is counted elsewhere; or it is what another value says
        c = self.score.counts

        def hold(what: str, claimed: Any, passed: Any) -> None:
            if claimed is not None and passed is not None and claimed != passed:
                c["wrong_told"] += 1
                self.score.wrong.append(f"{what} {claimed!r}, is {passed!r} {path}: {where}")

        hold("nil", node.get("nil"), true.get("nil"))
        if node["kind"] == "string":
            literal = true["where"] == "rodata" and true["len"] > 0
            literal = literal and each.get("len", certainty) in BELIEVED
            c["literals"] += literal
            c["texts"] += literal and node["text"] is not None
            hold("text", node["text"], text_of(true["bytes"]))
        elif node["kind"] == "interface" and not true["nil"]:
            c["boxed"] += 1
            c["dynamic"] += node["dynamic_type"] is not None
            if each.get("data_word", certainty) in BELIEVED and node["dynamic_type"] is not None:
                c["inside"] += 1
                c["typed"] += node["typed_nil"] is not None
            dynamic = node["dynamic_type"] and node["dynamic_type"].replace(" ", "")
            hold("dynamic type", dynamic, true["dynamic_type"].replace(" ", ""))
            hold("typed nil", node["typed_nil"], true["typed_nil"])
        elif node["kind"] == "pointer" and not true["nil"]:
            what = "funcs" if true["func"] else "globals"
            # A func value on the heap is in no file.
            told = true["symbol"] is not None and true["where"] is not None
            c[what] += told
            c[f"{what}_named"] += told and node["symbol"] is not None
            if told:
                hold("symbol", unescaped(node["symbol"]), unescaped(true["symbol"]))
            if true["where"] and node["region"] not in (None, "text"):
                hold("region", node["region"], true["where"])


def luck(p: dict[str, Any], values: list[Any]) -> str:
    """Why a number that is right may be so by luck: nobody promises that the slot is written."""
    if p["name"] in (None, "_"):
        return "nameless"
    if p["use"] == "none" and values[0]["kind"] in ("struct", "array"):
        return "unused"
    return "escaping" if p["use"] == "escape" else ""


def unescaped(symbol: str | None) -> str | None:
    return symbol and re.sub("%([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), symbol)


def text_of(digits: str | None) -> str | None:
    """Bytes as text: each that is not UTF-8 is one U+FFFD. None: not told."""
    if digits is None:
        return None
    text = bytes.fromhex(digits).decode("utf-8", "surrogateescape")
    return re.sub("[\udc80-\udcff]", "\ufffd", text)


def normal(text: str, own: str) -> str:
    """A type's text without what is spelling only."""
    text = re.sub(r"\bany\b", "interface{}", text)
    text = re.sub(r"\bbyte\b", "uint8", re.sub(r"\brune\b", "int32", text))
    text = re.sub(rf"(?<![\w/])(?<!\w\.){own}\.(?=[A-Za-z])", "", text)
    return re.sub(r"\s+", "", text.replace("; }", "}"))
