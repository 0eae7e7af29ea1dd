"""Signature files: what ``gotrace signatures`` writes and ``--signatures`` reads.

They hold names and types, and nothing of the program's code or data.
"""

from __future__ import annotations

from collections.abc import Iterable

from gotrace import stored
from gotrace.errors import GotraceError
from gotrace.signature import Signature
from gotrace.signatures.matching import Signatures
from gotrace.tuples import NamedTuple

KIND = "gotrace signatures"


class Origin(NamedTuple):
    """What the signatures are of; None where that is not known."""

    path: str
    go: str | None = None
    arch: str | None = None
    build_id: str | None = None


def write_signatures(signatures: Iterable[Signature], origin: Origin) -> str:
    """The text of a signature file."""
    import json  # noqa: PLC0415 - only for these files

    head = {"kind": KIND, **origin._asdict()}
    return json.dumps({**head, **stored.store(signatures)}, separators=(",", ":")) + "\n"


def read_signatures(text: str, path: str) -> Signatures:
    """The signatures of a file's text.

    Errors: GotraceError where it is no signature file, or damaged.
    """
    import json  # noqa: PLC0415 - only for these files

    try:
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("kind") != KIND:
            raise ValueError("it is JSON, but not of gotrace")
        go, arch = (v if isinstance(v := data.get(key), str) else None for key in ("go", "arch"))
        return Signatures(stored.load(data), go=go, arch=arch)
    except (ValueError, RecursionError) as error:
        hint = "`gotrace signatures PROGRAM -o FILE` writes one"
        raise GotraceError(f"{path} is no signature file: {error}", hint) from error


def is_signature_file(text: str) -> bool:
    """Whether the text is meant to be one; Go text never starts so."""
    return text.lstrip().startswith("{")
