"""Findings: arguments to distrust, one module for each rule (:mod:`gotrace.findings.rules`)."""

from gotrace.findings.finding import find_findings

__all__ = ["find_findings"]
