"""Lines of ``aws logs tail`` and of Lambda; the clouds' JSON is in ``jsonlines``."""

from __future__ import annotations

from gotrace.input.envelopes.prefixed import ISO, ZONE, prefixed

_UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# TIME STREAM text; a stream's name has a slash in it (`2026/11/23/[$LATEST]ab12`).
CLOUDWATCH = prefixed(
    "cloudwatch",
    rb"(?P<time>"
    + ISO
    + rb"(?:\.[0-9]{3,6})?"
    + ZONE
    + rb") (?P<s>[^\s/]{1,256}/\S{1,256})(?: |(?=\r?\n|\Z))",
    verified=False,
)
LAMBDA = prefixed(
    "lambda",
    rb"(?P<time>" + ISO + rb"(?:\.[0-9]{1,9})?Z?)[ \t](?P<s>" + _UUID + rb")"
    rb"(?:[ \t](?:INFO|WARN|ERROR|DEBUG|FATAL|TRACE)(?=[ \t]))?(?:[ \t]|(?=\r?\n|\Z))",
    verified=False,
)
