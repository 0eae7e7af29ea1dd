"""The culprit: the expression that failed, how sure that is, and why it was as it was."""

from gotrace.culprit.culprit import Blame, Culprit, CulpritCertainty, Evidence, SourceSpan
from gotrace.culprit.finding import find_culprit

__all__ = [
    "Blame",
    "Culprit",
    "CulpritCertainty",
    "Evidence",
    "SourceSpan",
    "find_culprit",
]
