"""CRI: containerd and CRI-O, ``/var/log/pods/…/0.log``.

``TIME stdout|stderr P|F[:more] TEXT``: a line longer than the runtime's buffer comes in parts with
the tag P, the last one with F (kubernetes pkg/kubelet/kuberuntime/logs).
"""

from __future__ import annotations

from gotrace.input.envelopes.prefixed import ISO, ZONE
from gotrace.input.envelopes.record import LINE_ANCHORS, Envelope, Reading, tail
from gotrace.patterns import lazy_pattern

_LINE = lazy_pattern(
    rb"("
    + ISO
    + rb"(?:\.[0-9]{1,9})?"
    + ZONE
    + rb") (stdout|stderr) ([PF])(?::\S+)?(?: |(?=\r?\n|\Z))"
)


def _read(data: bytes, start: int, end: int) -> Reading | None:
    match = _LINE.match(data, start, end)
    if match is None:
        return None
    time, stream, tag = match.groups()
    return tail(data, match.end(), end, stream.decode(), time.decode(), newline=tag == b"F")


CRI = Envelope("cri", _read, LINE_ANCHORS, verified=True)
