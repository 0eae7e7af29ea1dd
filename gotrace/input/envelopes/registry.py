"""The registry: every envelope, in the order in which they are tried."""

from __future__ import annotations

from gotrace.input.envelopes.actions import GITHUB, GITLAB
from gotrace.input.envelopes.clouds import CLOUDWATCH, LAMBDA
from gotrace.input.envelopes.containers import COMPOSE, KUBECTL, TIMESTAMPS
from gotrace.input.envelopes.cri import CRI
from gotrace.input.envelopes.inline import ANSI, GLUED, HTML, INDENT, MARK, QUOTE
from gotrace.input.envelopes.journald import EXPORT, JOURNALD
from gotrace.input.envelopes.jsonlines import JSON
from gotrace.input.envelopes.programs import LOGCAT, TERRAFORM
from gotrace.input.envelopes.quoted import QUOTED
from gotrace.input.envelopes.syslog import HEROKU, RFC3164, RFC5424

# In the order in which they are tried: what says more of itself comes first.
ENVELOPES = (
    JSON, CRI, GITHUB, GITLAB, JOURNALD, EXPORT, RFC3164, RFC5424, HEROKU, LAMBDA, CLOUDWATCH,
    KUBECTL, COMPOSE, TERRAFORM, LOGCAT, TIMESTAMPS, QUOTED, MARK, ANSI, QUOTE, GLUED, HTML, INDENT,
)  # fmt: skip
__all__ = ["ENVELOPES"]
