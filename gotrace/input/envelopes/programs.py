"""Prefixes that programs write themselves: Terraform and Packer for their plugins, Android."""

from __future__ import annotations

from gotrace.input.envelopes.prefixed import ISO, ZONE, prefixed

_OLD = rb"[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"

# `2020/03/03 18:39:55 packer: text`, `… [DEBUG] plugin: terraform: text`,
# `2021-02-05T15:01:32.894-0600 [DEBUG] plugin.terraform-provider-aws: text` (hclog).
TERRAFORM = prefixed(
    "terraform",
    rb"(?:(?P<time>" + _OLD + rb") (?:\[[A-Z]{4,5}\] {1,2})?(?:plugin: )?(?:ui: )?"
    rb"(?!https?2?: |\[)(?P<s1>[\w.+-]{1,128})"
    rb"|"
    + ISO
    + rb"(?:\.[0-9]{1,9})?"
    + ZONE
    + rb" \[[A-Z]{4,5}\] {1,2}(?:plugin\.)?(?P<s2>[\w.+-]{1,128}))"
    rb"(?: plugin)?:(?: |(?=\r?\n|\Z))",
    verified=True,
)
# `adb logcat -v threadtime`, then `-v brief`.
LOGCAT = prefixed(
    "logcat",
    rb"(?:(?P<time>(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3,6}) +"
    rb"(?P<s1>[0-9]{1,10}) +[0-9]{1,10} [VDIWEFA] (?P<s2>[^:\n]{1,64}?) *"
    rb"|[VDIWEFA]/(?P<s3>[^(\n]{1,64}\( *[0-9]{1,10}\)))"
    rb":(?: |(?=\r?\n|\Z))",
    verified=False,
)
