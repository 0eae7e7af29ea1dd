"""Syslog as RFC 3164 and RFC 5424 have it, and as rsyslog writes it into files."""

from __future__ import annotations

from gotrace.input.envelopes.prefixed import ISO, ZONE, prefixed

_OLD_TIME = rb"[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
_TAG = rb"(?P<s1>[^\s:\[<]{1,255}) (?P<s2>[^\s:\[]{1,128}(?:\[[0-9]{1,10}\])?):(?: |(?=\r?\n|\Z))"

# RFC 3164, section 4.1: <PRI>TIMESTAMP HOSTNAME TAG: CONTENT.
RFC3164 = prefixed(
    "rfc3164",
    rb"<[0-9]{1,3}>(?P<time>" + _OLD_TIME + rb") " + _TAG,
    verified=False,
    controls=True,
)
# RFC 5424, section 6: <PRI>VERSION TIMESTAMP HOST APP PROCID MSGID STRUCTURED-DATA MSG.
RFC5424 = prefixed(
    "rfc5424",
    rb"<[0-9]{1,3}>[0-9]{1,2} (?P<time>\S{1,64}) (?P<s1>\S{1,255}) (?P<s2>\S{1,48}) "
    rb"(?P<s3>\S{1,128}) \S{1,32} (?:-|(?:\[(?:[^\]\\\"\n]|\"(?:[^\"\\\n]|\\.)*\")*\])+)"
    rb"(?: (?:\xef\xbb\xbf)?|(?=\r?\n|\Z))",
    verified=False,
    controls=True,
)
# Heroku: TIME DYNO[NAME]: text.
HEROKU = prefixed(
    "heroku",
    rb"(?P<time>"
    + ISO
    + rb"(?:\.[0-9]{1,6})?"
    + ZONE
    + rb") (?P<s>[a-z]+\[[\w.-]+\]):(?: |(?=\r?\n|\Z))",
    verified=False,
)
