"""The prefixes of ``docker compose logs``, ``kubectl logs --prefix`` and ``--timestamps``."""

from __future__ import annotations

from gotrace.input.envelopes.prefixed import ISO, ZONE, prefixed

_NANO = rb"(?:(?P<time>" + ISO + rb"\.[0-9]{9}" + ZONE + rb") ?)?"

# `name-1  | text`; compose pads the names to one width and may colour them.
COMPOSE = prefixed(
    "compose",
    rb"(?:\x1b\[[0-9;]*m)*(?P<s>[A-Za-z0-9][\w.-]{0,127}) {0,64}\|(?:\x1b\[[0-9;]*m)*(?: |(?=\r?\n"
    rb"|\Z))(?:\x1b\[[0-9;]*m)*" + _NANO,
    verified=True,
)
# `[pod/NAME/CONTAINER] text` (kubectl pkg/cmd/logs).
KUBECTL = prefixed(
    "kubectl",
    rb"\[pod/(?P<s1>[^/\]\s]{1,253})/(?P<s2>[^\]\s]{1,253})\](?: |(?=\r?\n|\Z))" + _NANO,
    verified=True,
)
# `kubectl logs --timestamps`, `docker logs -t`: nine digits of a second, always.
TIMESTAMPS = prefixed(
    "timestamps",
    rb"(?P<time>" + ISO + rb"\.[0-9]{9}" + ZONE + rb")(?: |(?=\r?\n|\Z))",
    verified=False,
)
