"""The language server and what no editor should send: it goes on, and quotes no log."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gotrace.cli import main

SAMPLES = Path(__file__).parent.parent / "samples"
TRACE = (SAMPLES / "pushd" / "panic.log").read_text("utf-8")
SECRET = "hunter2"
HERE = "file:///nowhere/x.log"

try:
    import pygls
except ImportError:
    pygls = None

needs_pygls = pytest.mark.skipif(
    pygls is None, reason="NOT RUN: language server: pygls is not installed"
)


class Client:
    """Bytes to a server and messages from it; as rude as a test wants."""

    def __init__(self, options: dict[str, Any], root: str | None = None) -> None:
        environment = {k: v for k, v in os.environ.items() if k != "GOTRACE_DEBUG"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gotrace", "lsp"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment,
        )  # fmt: skip
        self.messages: queue.Queue[Any] = queue.Queue()
        self.kept: list[Any] = []
        self.said = bytearray()
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._listen, daemon=True).start()
        self.send(
            {
                "id": 0,
                "method": "initialize",
                "params": {
                    "processId": None,
                    "rootUri": root,
                    "capabilities": {},
                    "initializationOptions": options,
                },
            }
        )
        self.answer(0)
        self.send({"method": "initialized", "params": {}})

    def _read(self) -> None:
        assert self.process.stdout is not None
        out = self.process.stdout
        while True:
            size = 0
            while (line := out.readline()) not in {b"\r\n", b""}:
                name, _, value = line.partition(b":")
                size = int(value) if name.lower() == b"content-length" else size
            if not line:
                self.messages.put(None)
                return
            self.messages.put(json.loads(out.read(size)))

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line

    def raw(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def send(self, message: dict[str, Any]) -> None:
        self.raw(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def until(self, wanted: Any) -> Any:
        """The first message of which ``wanted`` holds."""
        known = next(filter(wanted, self.kept), None)
        while known is None:
            message = self.messages.get(timeout=60)
            assert message is not None, bytes(self.said)
            self.kept.append(message)
            known = message if wanted(message) else None
        return known

    def answer(self, number: int) -> Any:
        return self.until(lambda m: m.get("id") == number and "method" not in m)

    def open(self, text: str, uri: str = HERE) -> None:
        document = {"uri": uri, "languageId": "log", "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

    def change(self, version: int, changes: list[Any], uri: str = HERE) -> None:
        document = {"uri": uri, "version": version}
        params = {"textDocument": document, "contentChanges": changes}
        self.send({"method": "textDocument/didChange", "params": params})

    def diagnostics(self, version: int, uri: str = HERE) -> list[Any]:
        def wanted(message: Any) -> bool:
            params = message.get("params") or {}
            return params.get("uri") == uri and params.get("version") == version

        return self.until(wanted)["params"]["diagnostics"]

    def end(self) -> int:
        self.send({"id": "last", "method": "shutdown", "params": None})
        self.until(lambda m: m.get("id") == "last")
        self.send({"method": "exit", "params": None})
        return self.process.wait(30)


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client({})
    yield made
    made.process.kill()


def range_of(*numbers: int) -> dict[str, Any]:
    a, b, c, d = numbers
    return {"start": {"line": a, "character": b}, "end": {"line": c, "character": d}}


@needs_pygls
def test_a_binary_file_opened_as_a_log(client: Client) -> None:
    """Whatever an editor makes of its bytes: it is a document without traces."""
    data = Path(sys.executable).read_bytes()[:300_000]
    for number, text in enumerate((data.decode("latin-1"), data.decode("utf-8", "replace"))):
        uri = f"file:///nowhere/{number}.bin"
        client.open(text, uri)
        assert client.diagnostics(1, uri) == []
        params = {"textDocument": {"uri": uri}, "range": range_of(0, 0, 10**6, 0)}
        client.send({"id": 10 + number, "method": "textDocument/inlayHint", "params": params})
        assert client.answer(10 + number)["result"] == []
    assert client.end() == 0
    assert client.said == b""


@needs_pygls
def test_a_source_root_that_is_gone(tmp_path: Path) -> None:
    """It is said once; the log is decoded without it."""
    client = Client(
        {"sources": ["gone"], "binaries": ["none"], "signatures": ["no.go"]}, tmp_path.as_uri()
    )
    client.open(TRACE)
    assert client.diagnostics(1)
    client.change(2, [{"text": TRACE + "\n"}])
    assert client.diagnostics(2)
    assert client.end() == 0
    said = [m["params"]["message"] for m in client.kept if m.get("method") == "window/showMessage"]
    assert sorted(part for m in said for part in ("gone", "none", "no.go") if part in m) == [
        "gone",
        "no.go",
        "none",
    ]


@needs_pygls
def test_changes_come_faster_than_answers(client: Client) -> None:
    """Thousands of edits and requests at once: the last version is what is told in the end."""
    client.open(TRACE)
    for version in range(2, 1002):
        client.change(version, [{"range": range_of(4, 0, 4, 0), "text": "x"}])
        if version % 10 == 0:
            params = {"textDocument": {"uri": HERE}, "range": range_of(0, 0, 99, 0)}
            client.send({"id": version, "method": "textDocument/inlayHint", "params": params})
    client.change(1002, [{"range": range_of(4, 0, 4, 1000), "text": ""}])
    found = client.diagnostics(1002)
    assert "result" in client.answer(1000)
    fresh = "file:///nowhere/fresh.log"
    client.open(TRACE, fresh)
    assert [d["range"] for d in found] == [d["range"] for d in client.diagnostics(1, fresh)]
    assert client.end() == 0


@needs_pygls
def test_messages_that_make_no_sense(client: Client) -> None:
    """Broken JSON, wrong types, places that are nowhere: the next sensible one is answered, and
    nothing of the document is quoted."""
    client.open(TRACE.replace("main", SECRET))
    client.raw(b"{not json " + SECRET.encode())
    client.raw(b"[1, 2]")
    client.send({"method": "textDocument/didChange", "params": {"textDocument": SECRET}})
    client.send({"id": 7, "method": "no/such", "params": {"x": SECRET}})
    client.change(2, [{"range": range_of(10**6, 5, 0, 2**31 - 1), "text": SECRET}])
    client.change(3, [{"range": range_of(3, 9, 3, 2), "text": SECRET}])
    for number, uri in ((8, HERE), (9, "file:///not/open"), (10, "untitled:x")):
        for method in ("hover", "definition", "documentSymbol", "codeLens", "documentLink"):
            params = {
                "textDocument": {"uri": uri},
                "position": range_of(10**6, 10**6, 0, 0)["start"],
            }
            client.send(
                {"id": f"{number}{method}", "method": f"textDocument/{method}", "params": params}
            )
            client.until(lambda m, i=f"{number}{method}": m.get("id") == i)
    for arguments in ([], [1], [HERE, "x"], [HERE, -5], [HERE, 0, 0, 0], None):
        params = {"command": "gotrace.showReport", "arguments": arguments}
        client.send({"id": 11, "method": "workspace/executeCommand", "params": params})
        client.answer(11)
    client.open("goroutine 1 [running]:\nmain.f(0x8)\n\t/x.go:1 +0x1\n", "file:///nowhere/y.log")
    client.diagnostics(1, "file:///nowhere/y.log")
    assert client.end() == 0
    assert SECRET.encode() not in client.said
    told = [
        m for m in client.kept
        if m.get("method") in {"window/logMessage", "window/showMessage"} or "error" in m
    ]  # fmt: skip
    assert told
    assert SECRET not in json.dumps(told)


@needs_pygls
def test_what_a_defect_says() -> None:
    """Its kind and its place in our code; not its text, which may quote the log."""
    from gotrace.lsp.protocol import Server  # noqa: PLC0415 - only where pygls is

    server, told = Server(), []
    server.window_log_message = lambda params: told.append(params.message)

    async def broken(_: object) -> None:
        raise KeyError(SECRET)

    assert asyncio.run(server.guarded(broken, "textDocument/hover")(None)) is None
    server.report_server_error(ValueError(SECRET), RuntimeError)
    assert told[0].startswith("gotrace: textDocument/hover: KeyError at test_lsp_bad_input.py:")
    assert SECRET not in "".join(told)


@needs_pygls
def test_the_client_goes_away() -> None:
    """Without a word: the server ends too, and says so by its exit code."""
    client = Client({})
    client.open(TRACE)
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert client.process.wait(30) == 1
    assert client.said == b""


def test_without_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line that says what to install, and the code of a wrong use."""
    monkeypatch.setitem(sys.modules, "pygls", None)
    assert main(["lsp"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "gotrace: the language server needs pygls\n  pip install 'gotrace[lsp]'\n"
    )
