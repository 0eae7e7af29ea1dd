"""Go source: the function at a file and line, with its types."""

from gotrace.source.tree import SourceTree

__all__ = ["SourceTree"]
