"""gotrace decodes Go panic traces and goroutine dumps.

>>> import gotrace
>>> found = gotrace.parse(open("panic.log", "rb").read(), source="panic.log")
>>> report = gotrace.annotate(found.dumps[0], signatures=[gotrace.from_prototypes(go_text)])
>>> print(gotrace.render(report, "text"))

The functions are imported on first use, so that ``import gotrace`` costs nothing.
"""

from __future__ import annotations

from gotrace import version as _version

TYPE_CHECKING = False  # importing typing takes longer than printing the version
if TYPE_CHECKING:
    from typing import Any

    from gotrace.errors import GotraceError, SignatureSyntaxError, UnreadableFileError
    from gotrace.face import (
        from_binary,
        from_prototypes,
        from_source,
        render,
    )
    from gotrace.model import Dump, Frame, Goroutine, Issue, Parse
    from gotrace.parsing import parse
    from gotrace.redaction import redact
    from gotrace.report import Report, annotate
    from gotrace.scanning import Scanner, scan
    from gotrace.signatures.matching import Signatures

__version__ = _version.VERSION

_HOMES = {
    "parse": "gotrace.parsing",
    "annotate": "gotrace.report",
    "scan": "gotrace.scanning",
    "Scanner": "gotrace.scanning",
    "from_binary": "gotrace.face",
    "from_prototypes": "gotrace.face",
    "from_signature_file": "gotrace.face",
    "from_source": "gotrace.face",
    "render": "gotrace.face",
    "redact": "gotrace.redaction",
    "Parse": "gotrace.model",
    "Dump": "gotrace.model",
    "Goroutine": "gotrace.model",
    "Frame": "gotrace.model",
    "Issue": "gotrace.model",
    "Report": "gotrace.report",
    "Signatures": "gotrace.signatures.matching",
    "GotraceError": "gotrace.errors",
    "SignatureSyntaxError": "gotrace.errors",
    "UnreadableFileError": "gotrace.errors",
}

__all__ = [
    "Dump",
    "Frame",
    "Goroutine",
    "GotraceError",
    "Issue",
    "Parse",
    "Report",
    "Scanner",
    "SignatureSyntaxError",
    "Signatures",
    "UnreadableFileError",
    "__version__",
    "annotate",
    "from_binary",
    "from_prototypes",
    "from_signature_file",
    "from_source",
    "parse",
    "redact",
    "render",
    "scan",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'gotrace' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
