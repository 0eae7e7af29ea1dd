"""Findings: arguments to distrust, one module for each rule."""

from gotrace.findings.finding import find_findings
from gotrace.findings.rules import RULES

__all__ = ["RULES", "find_findings"]
