"""Stacks in SARIF: frames with what was decoded of their arguments."""

from __future__ import annotations

from gotrace.annotated import AnnotatedFrame
from gotrace.rendering.json_values import Json
from gotrace.rendering.sarif_places import Places, function_of, region, safe, sentence
from gotrace.rendering.values import shown, word_text
from gotrace.report import Report
from gotrace.signature import Role
from gotrace.value import Argument


def stack(report: Report, index: int, places: Places) -> Json:
    """The stack of one goroutine, innermost frame first (3.44)."""
    annotated = report.goroutines[index]
    plain = annotated.goroutine
    title = "runtime stack" if plain.id is None else f"goroutine {plain.id}"
    if plain.access is not None:
        title = f"{plain.access.operation} by {title}"
    state = f" [{plain.state}]" if plain.state else ""
    frames = [_frame(report, f, plain.id, places) for f in annotated.frames]
    return {"message": {"text": sentence(title + state)}, "frames": frames}


def _frame(report: Report, frame: AnnotatedFrame, goroutine: int | None, places: Places) -> Json:
    plain = frame.frame
    place = {} if plain.site is None else places.of_site(plain.site)
    found: Json = {"location": {**place, "logicalLocations": function_of(frame)}}
    if frame.name.package is not None:
        found["module"] = safe(frame.name.package)
    if goroutine is not None:
        found["threadId"] = goroutine
    found["parameters"] = _parameters(frame)
    found["properties"] = {"log": region(report.dump, plain.span)}
    return found


def _parameters(frame: AnnotatedFrame) -> list[str]:
    """``timeout time.Duration = 15s``; a word without a signature as it is."""
    name = frame.name.local.rpartition(".")[2]
    bound = [_parameter(a, i, name) for i, a in enumerate(frame.arguments)]
    return [safe(p) for p in (*bound, *(word_text(w, {}) for w in frame.unbound))]


def _parameter(argument: Argument, number: int, function: str) -> str:
    # The stack stands alone, without a note that all of it is likely: each one says so.
    value = "".join(p.text for p in shown(argument, {}, function, mixed=True)).rstrip()
    return f"{_title(argument, number)} {argument.type} = {value}"


def _title(argument: Argument, number: int) -> str:
    if argument.role is Role.RESULT:
        return f"→ {argument.name or 'result'}"
    if argument.role is Role.CAPTURED:
        return f"captured {argument.name or number}"
    return "dictionary" if argument.role is Role.DICTIONARY else argument.name or f"#{number}"
