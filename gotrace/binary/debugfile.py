"""Where a program's debug information is, if not in the program.

``objcopy --only-keep-debug`` and distributions put it into a second file. It belongs to a program
only if the build ids are equal: Go's, or those that the linker gives (--build-id). Ids that
somebody chose (-ldflags=-buildid=redacted, as Bazel does) prove nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from gotrace.binary.image import Image, open_image
from gotrace.errors import GotraceError

_SYSTEM = "/usr/lib/debug"
_INFO = ("debug_info", "zdebug_info")


def has_debug(image: Image) -> bool:
    """Whether the file has debug information itself."""
    return any(s.name.lstrip("._") in _INFO and s.file_size for s in image.sections)


def given(image: Image, path: str) -> Image:
    """The debug file that the user names.

    Errors: GotraceError where it cannot be read, has nothing, or is of another build.
    """
    found = open_image(path)
    if not has_debug(found):
        hint = "give the file that `objcopy --only-keep-debug` wrote, or the unstripped program"
        raise GotraceError(f"{path} has no debug information", hint)
    against = difference(image, found)
    if against:
        hint = "both must come from the same `go build`; compare `go tool buildid` of the two"
        raise GotraceError(f"{path} does not belong to {image.path}: {against}", hint)
    return found


def beside(image: Image) -> Image | None:
    """The debug file where debuggers look for it; None where there is none of this build."""
    for path in _places(image):
        try:
            if not os.path.isfile(path) or os.path.samefile(path, image.path):
                continue
            found = open_image(path)
        except (GotraceError, OSError):
            continue
        if has_debug(found) and not difference(image, found):
            return found
    return None


def difference(image: Image, other: Image) -> str:
    """Why ``other`` is of another build than ``image``; empty where it is of the same."""
    known = [p for p in zip(image.telling_ids, other.telling_ids, strict=True) if all(p)]
    if not known:
        return "one of them has no build id that tells builds apart"
    return "" if all(one == two for one, two in known) else "their build ids differ"


def _places(image: Image) -> Iterator[str]:
    folder, name = os.path.split(os.path.abspath(image.path))
    names = [f"{name}.debug"]
    linked = _linked_name(image)
    if linked and linked not in names:
        names.append(linked)
    for each in names:
        yield os.path.join(folder, each)
        yield os.path.join(folder, ".debug", each)
        yield os.path.join(_SYSTEM, folder.lstrip("/"), each)
    build_id = image.gnu_build_id
    if build_id and len(build_id) > 2:
        yield os.path.join(_SYSTEM, ".build-id", build_id[:2], f"{build_id[2:]}.debug")


def _linked_name(image: Image) -> str:
    """The name in .gnu_debuglink; a path in it is none."""
    section = image.section(".gnu_debuglink")
    if section is None:
        return ""
    raw = bytes(image.contents(section)).split(b"\0")[0]
    name = raw.decode("utf-8", "surrogateescape")
    return "" if "/" in name or name in {".", ".."} else name
