"""GitHub Actions and GitLab CI job logs."""

from __future__ import annotations

from gotrace.input.envelopes.prefixed import ISO, prefixed
from gotrace.input.envelopes.record import LINE_ANCHORS, Envelope, Reading, tail
from gotrace.patterns import lazy_pattern

# A time with seven digits of a second; `gh run view --log` puts job and step before it, and logs
# that were joined have a byte order mark in the middle.
GITHUB = prefixed(
    "github-actions",
    rb"(?:(?P<s1>[^\t\n]{1,200})\t(?P<s2>[^\t\n]{1,200})\t)?(?:\xef\xbb\xbf)?"
    rb"(?P<time>" + ISO + rb"\.[0-9]{7}Z)(?: |(?=\r?\n|\Z))"
    rb"(?:##\[(?:error|warning|notice|debug|command|section)\])?",
    verified=True,
)

# `TIME 01O text`: stream number and O or E; `+` instead of the blank goes on in the line before.
_GITLAB = lazy_pattern(
    rb"("
    + ISO
    + rb"\.[0-9]{6}Z) ([0-9a-f]{2}[OE])([ +])(?:section_(?:start|end):[^\r\n]*\r\x1b\[0K)?"
)


def _read_gitlab(data: bytes, start: int, end: int) -> Reading | None:
    match = _GITLAB.match(data, start, end)
    if match is None:
        return None
    time, stream, mark = match.groups()
    reading = tail(data, match.end(), end, stream.decode(), time.decode())
    resumes = mark == b"+"
    return reading._replace(records=(reading.records[0]._replace(resumes=resumes),))


GITLAB = Envelope("gitlab", _read_gitlab, LINE_ANCHORS, verified=False)
