"""The JSON Schema of the annotation; it lies beside this module as a file."""

from __future__ import annotations

from importlib.resources import files


def schema_text() -> str:
    """The schema as it is shipped, with a newline at its end."""
    return files("gotrace.rendering").joinpath("annotation.schema.json").read_text("utf-8")
