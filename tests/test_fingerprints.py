"""A crash keeps its fingerprints over what does not make it another crash."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gotrace
from gotrace.fingerprints import Fingerprints, fingerprints, stable_name
from tests.evidence import SAMPLES

CRASH = """panic: runtime error: index out of range [5] with length 3 [recovered]
\tpanic: again 0xc000012345

goroutine 7 [running]:
main.(*Server).serve.func1()
\t/home/dev/app/server.go:20 +0x10
panic({0x55bd78?, 0x4a5880?})
\t/usr/lib/go/src/runtime/panic.go:859 +0x125
runtime.goPanicIndex(0x5, 0x3)
\t/usr/lib/go/src/runtime/panic.go:115 +0x74
example.com/shop/store.(*Store).Get(0xc000010000, {0xc000012345, 0x4})
\t/home/dev/app/store/store.go:41 +0x1d
example.com/shop/store.Each[...](0x5)
\t/home/dev/app/store/each.go:12 +0x1d
main.(*Server).serve(0xc000010000)
\t/home/dev/app/server.go:31 +0x1d
created by main.main in goroutine 1
\t/home/dev/app/main.go:9 +0x20
"""


def prints(text: str) -> Fingerprints:
    return fingerprints(gotrace.parse(text.encode()).dumps[0])


BASE = prints(CRASH)


def test_versioned_and_short() -> None:
    for one in BASE:
        assert re.fullmatch(r"1:[0-9a-f]{16}", one)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("serve.func1", "serve.func2"),
        ("serve.func1", "serve.gowrap1"),
        ("serve.func1", "serve.deferwrap1"),
        ("Each[...]", "Each"),
        ("example.com/shop/store.", "example.com/app/vendor/example.com/shop/store."),
        ("example.com/shop/store.", "example.com/shop@v1.2.3/store."),
        ("example.com/shop/store.", "example.com/shop/store@v1%2e2%2e3."),
        ("goroutine 7 [running]", "goroutine 12345 [running, locked to thread]"),
        (" in goroutine 1", ""),
        ("/home/dev/app/", "/build/"),
        ("0xc000012345", "0xdead0"),
        ("[5] with length 3", "[7] with length 2"),
        ("\n", "\r\n"),
    ],
)
def test_what_does_not_matter(old: str, new: str) -> None:
    """None of the three changes."""
    assert old in CRASH
    assert prints(CRASH.replace(old, new)) == BASE


def test_the_first_panic_is_blamed() -> None:
    """The deferred function that panicked again stands above, but did not fail first."""
    assert prints(CRASH.replace("main.(*Server).serve.func1", "main.other")) == BASE
    changed = prints(CRASH.replace("store.(*Store).Get", "store.(*Store).Put"))
    assert changed.site != BASE.site
    assert changed.stack != BASE.stack


@given(st.integers(0, 10_000))
def test_lines_are_exact_only(seed: int) -> None:
    chance = random.Random(seed)
    edited = re.sub(r"go:(\d+)", lambda m: f"go:{int(m[1]) + chance.randrange(1, 99)}", CRASH)
    found = prints(edited)
    assert found[:2] == BASE[:2]
    assert found.exact != BASE.exact


def test_messages_are_exact_only() -> None:
    found = prints(CRASH.replace("index out of range", "slice bounds out of range"))
    assert found[:2] == BASE[:2]
    assert found.exact != BASE.exact


@pytest.mark.parametrize(
    "same",
    [
        "main.f main.f.func1 main.f.func12.3 main.f.gowrap1 main.f.deferwrap2 main.f-range1 "
        "main.f-range1.2 main.f-range2-range1 main.f·dwrap·1 main.f.g.func2 main.f.1 main.f[...] "
        "main.f[go.shape.[]int] main.f[...].func1 main.f.g.(*T).h.func1.1",
        "main.(*T).m main.(*T).m-fm main.(*T).m.func1 main.(*T).m.g.func1.2 main.(*T[...]).m "
        "main.(*T[...]).m[...] main.(*T).m.1",
        "main.init main.init.0 main.init.1.func2 main.glob..func1 main.init.func1 main.map.init.0",
        "example.com/lib%2ev2.F example.com/lib%252ev2.F.func1 a/vendor/example.com/lib%2ev2.F",
    ],
)
def test_one_function(same: str) -> None:
    """All spellings of a function by releases and builds are one."""
    assert len({stable_name(name) for name in same.split()}) == 1


@pytest.mark.parametrize("name", ["main.func1", "main.T.m", "main.f", "main.(*T).func1", "panic"])
def test_other_names_stay(name: str) -> None:
    assert stable_name(name) == name


def test_recursion_has_no_depth() -> None:
    frame = "main.walk(0x1)\n\t/a/main.go:5 +0x1\nmain.visit(0x1)\n\t/a/main.go:9 +0x1\n"
    found = {
        prints("panic: x\n\ngoroutine 1 [running]:\n" + frame * n + "main.main()\n\t/a/main.go:1\n")
        for n in (1, 2, 40)
    }
    assert len({(f.site, f.stack) for f in found}) == 1


def test_without_frames_the_message_counts() -> None:
    one, two = (prints(f"fatal error: {m}\n\nruntime: x\n") for m in ("a b", "all asleep"))
    assert one.site != two.site


@pytest.mark.parametrize("case", sorted(p.name for p in SAMPLES.iterdir() if p.is_dir()))
def test_samples_have_one_site_in_all_releases(case: str) -> None:
    """The same program crashes at the same site, whoever compiled it (docs/grouping.md: but for a
    literal that only some of the compilers inline)."""
    sites = {
        fingerprints(gotrace.parse(path.read_bytes()).dumps[0]).site
        for path in sorted((SAMPLES / case).glob("go1.[0-9][0-9].log"))
    }
    assert len(sites) <= 1
