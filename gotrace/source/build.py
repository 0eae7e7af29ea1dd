"""Which files a build takes: ``//go:build``, ``// +build`` and the endings of file names.

Source: go/build/build.go matchFile, goodOSArchFile (go1.27.3); go/build/constraint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gotrace.arch import ARCHES
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple

# go/build/syslist.go: every GOOS and GOARCH a name can end in, past and present.
SYSTEMS = frozenset(
    (
        "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 "
        "solaris wasip1 windows zos"
    ).split()
)
PROCESSORS = frozenset(
    (
        "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 "
        "mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm"
    ).split()
)
_UNIX = frozenset(
    "aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris".split()
)
_ALSO = {"android": "linux", "illumos": "solaris", "ios": "darwin"}  # tags that hold as well
_HEAD = lazy_pattern(rb"(?s)\s*(?://[^\n]*(?:\n|\Z)|/\*.*?\*/)")
_TOKEN = lazy_pattern(r"\s*(\|\||&&|!|\(|\)|[\w.]+)")


class Build(NamedTuple):
    """What is known of the build that crashed; None: not known."""

    goos: str | None = None
    goarch: str | None = None

    @property
    def word_size(self) -> int | None:
        """Bytes of a ``uint``."""
        arch = ARCHES.get(self.goarch or "")
        return arch.word_size if arch else None

    def takes(self, name: str, head: bytes) -> bool | None:
        """Whether this build takes a file; ``head`` is its text up to the package clause."""
        return _all((self._by_name(name), *(self.satisfies(e) for e in constraints(head))))

    def satisfies(self, expression: str) -> bool | None:
        """The value of a constraint; None where it depends on what is not known."""
        return _Expression(expression, self.has).value()

    def has(self, tag: str) -> bool | None:
        """Whether the build has this tag. Custom tags may be set or not."""
        if tag in SYSTEMS:
            return None if self.goos is None else tag in (self.goos, _ALSO.get(self.goos))
        if tag in PROCESSORS:
            return None if self.goarch is None else tag == self.goarch
        if tag == "unix":
            return None if self.goos is None else self.goos in _UNIX
        known = {"gc": True, "gccgo": False, "ignore": False, "appengine": False}
        return known.get(tag)

    def _by_name(self, name: str) -> bool | None:
        return _all(self.has(tag) for tag in ending_tags(name))


def ending_tags(name: str) -> tuple[str, ...]:
    """The system and processor that a file's name ends in (``x_linux_arm64.go``)."""
    stem = name.partition(".")[0].removesuffix("_test")
    _, *parts = stem.split("_")  # what stands before the first _ never counts
    if len(parts) >= 2 and parts[-1] in PROCESSORS and parts[-2] in SYSTEMS:
        return (parts[-2], parts[-1])
    if parts and (parts[-1] in PROCESSORS or parts[-1] in SYSTEMS):
        return (parts[-1],)
    return ()


def told_by(names: Iterable[str], build: Build) -> Build:
    """What the names of files in a trace tell of the build that has them."""
    goos: set[str] = set()
    goarch: set[str] = set()
    for name in names:
        for tag in ending_tags(name):
            (goos if tag in SYSTEMS else goarch).add(tag)
    return Build(
        build.goos or (goos.pop() if len(goos) == 1 else None),
        build.goarch or (goarch.pop() if len(goarch) == 1 else None),
    )


def constraints(head: bytes) -> list[str]:
    """The constraints in front of a package clause; ``//go:build`` makes ``+build`` count not."""
    comments = [m.group().strip() for m in _HEAD.finditer(head)]
    for comment in comments:
        if comment.startswith(b"//go:build "):
            return [comment[len(b"//go:build ") :].decode("utf-8", "replace")]
    lines = [c[2:].strip().decode("utf-8", "replace") for c in comments if c.startswith(b"//")]
    return [_old_style(line[7:]) for line in lines if line.startswith("+build ")]


def _old_style(line: str) -> str:
    """``a,b !c`` is ``(a && b) || (!c)``."""
    return " || ".join(f"({' && '.join(option.split(','))})" for option in line.split())


def _all(values: Iterable[bool | None]) -> bool | None:
    seen = tuple(values)
    return False if False in seen else None if None in seen else True


def _any(values: Iterable[bool | None]) -> bool | None:
    seen = tuple(values)
    return True if True in seen else None if None in seen else False


class _Expression:
    """Where the reader of one constraint is."""

    def __init__(self, text: str, has: Callable[[str], bool | None]) -> None:
        self.tokens = _TOKEN.findall(text.partition("//")[0])[:200]
        self.has = has

    def value(self) -> bool | None:
        try:
            return self._any_of()
        except IndexError:
            return None

    def _any_of(self) -> bool | None:
        values = [self._all_of()]
        while self.tokens and self.tokens[0] == "||":
            self.tokens.pop(0)
            values.append(self._all_of())
        return _any(values)

    def _all_of(self) -> bool | None:
        values = [self._term()]
        while self.tokens and self.tokens[0] == "&&":
            self.tokens.pop(0)
            values.append(self._term())
        return _all(values)

    def _term(self) -> bool | None:
        token = self.tokens.pop(0)
        if token == "!":
            value = self._term()
            return None if value is None else not value
        if token == "(":
            value = self._any_of()
            if self.tokens.pop(0) != ")":
                raise IndexError
            return value
        return self.has(token)
