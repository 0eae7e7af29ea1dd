"""Goroutine pages of living programs."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gotrace import live
from gotrace.cli import main
from gotrace.errors import GotraceError
from gotrace.watching import Growth, growths, seconds
from tests.evidence import SAMPLES

PAGE = (SAMPLES / "pprof" / "go1.27.debug2.log").read_bytes()
PROFILE = (SAMPLES / "pprof" / "go1.27.debug1.log").read_bytes()
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    """Answers every request; ``http://127.0.0.1:PORT``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            return

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.daemon_threads = True
    threading.Thread(target=found.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{found.server_port}"
    finally:
        found.shutdown()
        found.server_close()


def page(data: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


# ---------------------------------------------------------------------- one look


@pytest.mark.parametrize(("data", "kind"), [(PAGE, "snapshot"), (PROFILE, "profile")])
def test_a_page_is_decoded(data: bytes, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """debug=2 and debug=1, as if it were a file."""
    with server(page(data)) as place:
        assert main(["annotate", f"{place}/debug/pprof/goroutine?debug=2", "--format", "json"]) == 0
    (dump,) = json.loads(capsys.readouterr().out)["dumps"]
    assert dump["kind"] == kind
    assert dump["source"].endswith("/debug/pprof/goroutine?debug=2")


def test_user_and_password_are_sent_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Nor are other secrets of the URL, whatever happens."""
    sent: list[str | None] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        sent.append(handler.headers["Authorization"])
        page(PAGE if len(sent) == 1 else b"nothing")(handler)

    with server(answer) as place:
        url = place.replace("://", "://ann:s%40cret@") + "/goroutine?debug=2&token=hidden"
        assert main(["annotate", url, "--format", "json"]) == 0
        assert main(["annotate", url]) == 3
    assert sent[0] == "Basic " + base64.b64encode(b"ann:s@cret").decode()
    told = "".join(capsys.readouterr())
    assert not re.search("ann|s%40cret|s@cret|hidden", told)
    assert "goroutine?debug=2&token=…" in told


def test_another_host_is_not_followed(capsys: pytest.CaptureFixture[str]) -> None:
    """A redirect to it is an error; one on the same host is followed."""
    with server(page(PAGE)) as other, server(page(b"", 302, Location=f"{other}/x")) as place:
        assert main(["annotate", f"{place}/x"]) == 2
        assert "leads to another host" in capsys.readouterr().err

    def moved(handler: BaseHTTPRequestHandler) -> None:
        page(PAGE)(handler) if handler.path == "/new" else page(b"", 301, Location="/new")(handler)

    with server(moved) as place:
        assert live.fetch(f"{place}/old") == PAGE


def test_what_never_ends_is_ended() -> None:
    """By its length, by its time, and when nothing comes."""

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"goroutine 1 [running]:\n" * 1000)
                time.sleep(0.01)
        except OSError:
            return

    def silent(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(3)

    with server(endless) as place:
        with pytest.raises(GotraceError, match="more than 1 MB"):
            live.fetch(place, most=1 << 20)
        with pytest.raises(GotraceError, match=r"not finished after 0\.2 s"):
            live.fetch(place, whole=0.2)
    with server(silent) as place, pytest.raises(GotraceError, match=r"no answer|timed out"):
        live.fetch(place, wait=0.2)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:1/x", "Connection refused"),
        ("http://host.invalid/x", "http://host.invalid/x: "),
        ("http://[bad/x", "a URL that makes no sense"),
    ],
)
def test_no_answer(url: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line and a hint; exit code 2."""
    assert main(["annotate", url]) == 2
    assert re.search(message, capsys.readouterr().err)


def test_an_error_page() -> None:
    with server(page(b"no", 404)) as place, pytest.raises(GotraceError) as caught:
        live.fetch(place)
    assert "HTTP 404" in str(caught.value)
    assert "debug/pprof" in caught.value.hint


# ---------------------------------------------------------------------- over time


def goroutines(**counts: int) -> bytes:
    """A page with so many goroutines in each function."""
    parts, number = [], 0
    for name, count in counts.items():
        for _ in range(count):
            number += 1
            parts.append(
                f"goroutine {number} [chan receive, {number} minutes]:\n"
                f"main.{name}(0xc00{number:06x})\n\t/a/main.go:{len(name)} +0x1\n"
            )
    return "\n".join(parts).encode()


def test_what_grows_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """What never shrank is a leak candidate; what came and went is not."""
    pages = [
        goroutines(leak=2, pool=4, busy=3),
        goroutines(leak=5, pool=4, busy=9),
        goroutines(leak=9, pool=4, busy=5),
    ]
    asked: list[int] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        page(pages[min(len(asked), 2)])(handler)
        asked.append(1)

    with server(answer) as place:
        url = f"{place}/debug/pprof/goroutine?debug=2"
        assert main(["annotate", url, "--every", "50ms", "--for", "100ms"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("3 looks: 9 → 18 → 18 goroutines\n")
    candidates = told.split("leak candidates: never fewer than before\n")[1].split("\ngrown\n")[0]
    assert "2 → 5 → 9" in candidates
    assert "main.leak" in candidates
    assert "main.busy" not in candidates
    assert "3 → 9 → 5" in told
    assert told.endswith("as many as at first: 4 goroutines in 1 group\n")


def test_failures_are_told_and_end_it(capsys: pytest.CaptureFixture[str]) -> None:
    """After three in a row."""
    with server(page(b"", 500)) as place:
        assert main(["annotate", place, "--every", "10ms", "--for", "5s"]) == 2
    told = capsys.readouterr().err
    assert told.count("HTTP 500") == 3
    assert "given up after 3 failures in a row" in told


def test_every_needs_a_url(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["annotate", "panic.log", "--every", "10s"])
    assert caught.value.code == 2
    assert "--every needs one URL" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "wanted"), [("10s", 10), ("5m", 300), ("1.5h", 5400), ("500ms", 0.5), ("7", 7)]
)
def test_durations(text: str, wanted: float) -> None:
    assert seconds(text) == wanted


@pytest.mark.parametrize("text", ["", "0s", "-1s", "1d", "s", "1e9"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        seconds(text)


def test_two_looks_make_no_candidate() -> None:
    """Any two numbers that differ rise or fall."""
    (growth,) = growths([]) or [Growth(None, (1, 2))]  # type: ignore[arg-type]
    assert growth.grew == 1
    assert not growth.steady
