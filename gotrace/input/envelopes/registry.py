"""The registry: every envelope, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from gotrace.input.envelopes.record import Envelope

# Module and name, in the order in which they are tried: what says more of itself comes first. Each
# module is imported when a line is of none before it: their patterns take longer to compile than
# most logs to read, and most logs need one or two of them.
_PLACES = (
    "jsonlines.JSON", "cri.CRI", "actions.GITHUB", "actions.GITLAB", "journald.JOURNALD",
    "journald.EXPORT", "syslog.RFC3164", "syslog.RFC5424", "syslog.HEROKU", "clouds.LAMBDA",
    "clouds.CLOUDWATCH", "containers.KUBECTL", "containers.COMPOSE", "programs.TERRAFORM",
    "programs.LOGCAT", "containers.TIMESTAMPS", "quoted.QUOTED", "inline.MARK", "inline.ANSI",
    "inline.QUOTE", "inline.GLUED", "inline.HTML", "inline.INDENT",
)  # fmt: skip


class Envelopes:
    """All envelopes, each imported when an iteration comes to it."""

    def __iter__(self) -> Iterator[Envelope]:
        for place in _PLACES:
            module, _, name = place.partition(".")
            found: Envelope = getattr(import_module(f"gotrace.input.envelopes.{module}"), name)
            yield found


ENVELOPES = Envelopes()
