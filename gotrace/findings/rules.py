"""All rules. Each has a paragraph in docs/findings.md and a case in samples/findings."""

from __future__ import annotations

from gotrace.findings import (
    absurd_length,
    changed_since_call,
    impossible_bool,
    length_over_capacity,
    low_pointer,
    misaligned_pointer,
    negative_length,
    nil_context,
    nil_error,
    nil_fault,
    nil_type_with_data,
    nil_with_length,
    non_canonical_pointer,
    odd_duration,
    poison,
    same_place,
    typed_nil,
    unknown_type_word,
)

RULES = {
    rule.code: rule
    for rule in (
        nil_fault.RULE,
        poison.RULE,
        low_pointer.RULE,
        non_canonical_pointer.RULE,
        misaligned_pointer.RULE,
        nil_with_length.RULE,
        negative_length.RULE,
        length_over_capacity.RULE,
        absurd_length.RULE,
        impossible_bool.RULE,
        nil_type_with_data.RULE,
        unknown_type_word.RULE,
        typed_nil.RULE,
        nil_context.RULE,
        odd_duration.RULE,
        nil_error.RULE,
        same_place.RULE,
        changed_since_call.RULE,
    )
}
