"""Every rule that speaks for or against an expression, by name.

``docs/culprit.md`` has a line for each; a test holds the two, and the code, together. A suspicion
ranks expressions and proves nothing: no answer is ``likely`` by suspicions alone.
"""

from __future__ import annotations

FACTS = {
    "message": "what the runtime's message says",
    "offset-fits": "what is read behind the pointer lies at the fault address",
    "offset-misses": "nothing that is read behind the pointer lies at the fault address",
    "offset-zero": "the fault address is 0, and what is read is not at the pointer itself",
    "nil-check": "the instruction is an explicit check, whose address says nothing",
    "not-here": "a method with a pointer receiver is called: nothing is read behind it here",
    "address-only": "only the address of a field is taken",
    "checked-before": "it was compared with nil, used or set to a new value before",
    "instruction": "the instruction that failed went through it, or through another value",
    "computed": "without DWARF: the value that failed is computed as it is, or is not",
    "check": "the failing check read its length or value, or those of another one",
    "check-index": "the failing check compared this index, or another one",
    "frame-word": "the word printed for it is nil, or is not",
    "frame-number": "the number or length printed for it is the message's, or is not",
    "frame-negative": "the number printed for a size or shift count is negative, or is not",
    "passed-nil": "a caller's line passes nil, or leaves the field out",
    "passed-value": "a caller's line passes something that is not nil",
    "passed-number": "a caller's line passes this number or length, or another one",
    "index-is": "its constant index is the message's",
    "index-differs": "its constant index is not the message's",
    "index-from-end": "len(x)-n is below zero for an empty x, and never too large",
    "length-is": "its array has the message's length",
    "length-differs": "its array has another length",
    "loop-bounded": "a loop around it stops at its length",
    "bound-form": "it has two bounds where the message has three, or the other way round",
    "bound-is": "its constant bound is the message's",
    "bound-differs": "its constant bound is not the message's",
    "bound-missing": "it does not have the bound that failed",
    "measure": "strings report a length, slices a capacity",
    "asserted-type": "it asserts the message's type, or another one",
    "missing-method": "it asserts an interface with the missing method, or without it",
    "static-type": "the static type of its operand is the message's, or is not",
    "made": "it makes a slice where the message says channel, or the other way round",
    "key-type": "its key has a type that can always be hashed",
    "compared-type": "one side was passed as a value of another type",
    "call": "the line calls the function that failed",
}
SUSPICIONS = {
    "flag-unchecked": "the flag of a type assertion was not checked before",
    "flag-discarded": "the flag of a type assertion was thrown away",
    "flag-checked": "the flag was checked",
    "map-lookup": "it comes from a map, which gives nil for a key that is missing",
    "error-unchecked": "the error that came with it was not checked before",
    "error-discarded": "the error that came with it was thrown away",
    "error-checked": "the error that came with it was nil",
    "nil-result": "it is the result of a call",
    "received": "it was received from a channel, which gives nil when closed",
    "never-set": "it was declared without a value",
    "set-to-nil": "it was set to nil",
    "parameter": "it is a parameter",
    "receiver": "it is the receiver",
    "named-result": "it is a result that was not set yet",
    "copied": "it was copied from a field or an element",
    "ranged": "it is an element of what a loop ranges over",
    "switched": "it is the variable of a type switch",
    "global": "it is a package variable",
    "origin": "nothing is known of where it comes from",
    "direct-use": "an element, a result or a field is used where it is found",
}
RULES = FACTS | SUSPICIONS
