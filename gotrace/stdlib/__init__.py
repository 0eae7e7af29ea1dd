"""The standard library's declarations, built in: signatures, layouts and lines by release."""

from __future__ import annotations

from gotrace.stdlib.library import Disagreement, Edition, Library, library
from gotrace.stdlib.votes import LineEvidence, line_votes

__all__ = ["Disagreement", "Edition", "Library", "LineEvidence", "library", "line_votes"]
