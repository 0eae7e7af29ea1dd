"""How fast the language server answers: python -m tests.editors.speed

Prints: first diagnostics of a log of 100 KB on a warm server, hover (50 requests), the same while
and after a log of 20 MB is read, an edit in it, and what memory that took.
"""

from __future__ import annotations

import random
import re
import time
from pathlib import Path
from typing import Any

from tests.test_lsp_bad_input import Client, range_of

SAMPLES = Path(__file__).parent.parent.parent / "samples"
SNAPSHOT = (SAMPLES / "sigquit" / "go1.27.log").read_text("utf-8")
CRASH = (SAMPLES / "seed-story" / "go1.15.log").read_text("utf-8")


def one_dump(size: int) -> str:
    """One dump of very many goroutines."""
    dice = random.Random(1)
    head, *blocks = re.split(r"(?m)(?=^goroutine \d)", SNAPSHOT)
    parts, total = [head], len(head)
    for number in range(1, 10**6):
        block = re.sub(r"^goroutine \d+", f"goroutine {number}", dice.choice(blocks[:-1]))
        parts.append(block.rstrip("\n") + "\n\n")
        total += len(parts[-1])
        if total > size:
            break
    return "".join(parts)


def many_dumps(size: int) -> str:
    """Crashes among the lines of a log."""
    dice = random.Random(2)
    parts, total = [], 0
    while total < size:
        noise = (f"10:00:{dice.randrange(60):02} served {dice.random()}\n" for _ in range(50))
        parts.append("".join(noise) + CRASH.replace("0xc000088060", hex(dice.getrandbits(40))))
        total += len(parts[-1])
    return "".join(parts)


def ask(client: Client, uri: str, method: str, **more: Any) -> float:
    """The milliseconds of one request."""
    number = f"{method}{time.monotonic_ns()}"
    start = time.perf_counter()
    params = {"textDocument": {"uri": uri}, **more}
    client.send({"id": number, "method": f"textDocument/{method}", "params": params})
    client.kept.clear()
    client.until(lambda m: m.get("id") == number)
    return 1000 * (time.perf_counter() - start)


def hovers(client: Client, uri: str, lines: int) -> str:
    """Fifty, all over the document."""
    at = [{"line": i * 7919 % lines, "character": 2} for i in range(50)]
    taken = sorted(ask(client, uri, "hover", position=position) for position in at)
    return f"p50 {taken[25]:.1f}, p95 {taken[47]:.1f}, most {taken[-1]:.1f} ms"


def first(client: Client, uri: str, text: str) -> float:
    """The milliseconds from didOpen to the first diagnostics."""
    client.kept.clear()
    start = time.perf_counter()
    client.open(text, uri)
    client.diagnostics(1, uri)
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    for make in (one_dump, many_dumps):
        client = Client({})
        first(client, "file:///warm.log", SNAPSHOT)
        text = make(100_000)
        taken = sorted(first(client, f"file:///{i}.log", text) for i in range(5))
        shown = ", ".join(f"{t:.0f}" for t in taken)
        print(f"{make.__name__} 100 KB: first diagnostics {shown} ms")
        print(f"  hover {hovers(client, 'file:///0.log', text.count(chr(10)))}")
        text, uri = make(20_000_000), "file:///big.log"
        lines = text.count("\n")
        start = time.perf_counter()
        print(f"{make.__name__} 20 MB: first diagnostics {first(client, uri, text):.0f} ms")
        for at in (lines // 2, lines * 3 // 4):
            hints = ask(client, uri, "inlayHint", range=range_of(at, 0, at + 60, 0))
            print(f"  hints of 60 lines, while it is read: {hints:.0f} ms")
        ask(client, uri, "codeLens")
        print(f"  all of it read after {time.perf_counter() - start:.1f} s")
        print(f"  hover {hovers(client, uri, lines)}")
        start = time.perf_counter()
        client.change(2, [{"range": range_of(lines // 2, 0, lines // 2, 0), "text": "x"}], uri)
        client.kept.clear()
        client.diagnostics(2, uri)
        print(f"  an edit in the middle: {1000 * (time.perf_counter() - start):.0f} ms")
        status = Path(f"/proc/{client.process.pid}/status")
        if status.exists():
            print(f"  memory {int(status.read_text().split('VmHWM:')[1].split()[0]) >> 10} MB")
        assert client.end() == 0


if __name__ == "__main__":
    main()
