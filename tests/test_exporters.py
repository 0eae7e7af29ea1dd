"""Crashes for error trackers and log stores: OpenTelemetry, ECS, Sentry, Google Cloud, Datadog."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gotrace
from gotrace.formats import FORMATS
from gotrace.rendering import crash, datadog, ecs, gcp, otel, sentry
from gotrace.report import Report
from tests.evidence import SAMPLES, sample_files

TRACKERS = ("otel", "ecs", "sentry", "gcp", "datadog")
LOG = SAMPLES / "pushd" / "panic.log"
CULPRIT = (
    "rsp is nil (certain): rsp comes from the type assertion at line 78; "
    "ok is not checked before this use"
)


def story() -> Report:
    prototypes = gotrace.from_prototypes((SAMPLES / "pushd" / "prototypes.go").read_text())
    source = gotrace.from_source(str(SAMPLES / "culprit" / "src"))
    dump = gotrace.parse(LOG.read_bytes(), source="panic.log").dumps[0]
    return gotrace.annotate(dump, signatures=[prototypes], sources=[source])


def test_all_are_formats() -> None:
    assert set(TRACKERS) <= set(FORMATS)


@pytest.mark.parametrize("name", TRACKERS)
def test_every_sample_is_a_line(name: str) -> None:
    """One JSON object for each dump, whatever kind of traceback it is."""
    for log in sample_files():
        for dump in gotrace.parse(log.read_bytes(), source=log.name).dumps:
            told = gotrace.render(gotrace.annotate(dump), name)
            assert told.endswith("}\n")
            assert told.count("\n") == 1
            assert json.loads(told)


def test_the_text_is_gos_own() -> None:
    """What is written as the traceback reads as the one it was made from."""
    for log in sample_files():
        for dump in gotrace.parse(log.read_bytes()).dumps:
            if dump.kind in {"race", "profile"} or any(c.goexit for c in dump.causes):
                continue  # these forms are not put together again
            text = crash.crash_of(gotrace.annotate(dump)).trace
            again = gotrace.parse(text.encode("utf-8", "surrogateescape")).dumps
            told = [[f.function for f in g.frames] for g in dump.goroutines]
            assert [[f.function for f in g.frames] for d in again for g in d.goroutines] == told, (
                log
            )


# ---------------------------------------------------------------------- fields


def test_opentelemetry() -> None:
    """The names of the semantic conventions; 64-bit numbers as strings."""
    (resource,) = otel.logs(story())["resourceLogs"]
    record = resource["scopeLogs"][0]["logRecords"][0]
    told = {a["key"]: a["value"] for a in record["attributes"]}
    assert record["severityText"] == "FATAL"
    assert told["exception.type"] == {"stringValue": "runtime.Error"}
    assert told["exception.message"]["stringValue"].startswith("runtime error: invalid memory")
    assert told["code.line.number"] == {"intValue": "79"}
    assert told["code.function.name"]["stringValue"].endswith("gocmpp.(*Client).Connect")
    assert told["thread.id"] == {"intValue": "266900"}
    assert told["gotrace.culprit"] == {"stringValue": CULPRIT}
    assert told["gotrace.argument.timeout"] == {"stringValue": "15s"}


def test_ecs() -> None:
    """error.*, log.origin.*, and a fingerprint as error.id."""
    found = ecs.document(story())
    assert found["error"]["type"] == "runtime.Error"
    assert found["error"]["stack_trace"].startswith("panic: runtime error: ")
    assert found["error"]["id"] == found["gotrace"]["fingerprints"]["stack"]
    assert found["log"]["origin"]["file"]["line"] == 79
    assert found["process"]["thread"]["id"] == 266900
    assert "@timestamp" not in found
    assert "timeout=15s" in found["gotrace"]["frames"][0]["arguments"]


def test_sentry() -> None:
    """The oldest frame first, `in_app` always, the arguments as `vars`."""
    found = sentry.event(story())
    (value,) = found["exception"]["values"]
    frames = value["stacktrace"]["frames"]
    assert [f["lineno"] for f in frames] == [61, 52, 65, 25, 79]
    assert all("in_app" in f for f in frames)
    assert frames[-1]["vars"]["timeout"] == "15s"
    assert frames[-1]["function"] == "(*Client).Connect"
    assert "result" not in frames[-1]["vars"]  # it was not set
    assert re.fullmatch(r"[0-9a-f]{32}", found["event_id"])
    assert found == sentry.event(story())


def test_google_cloud() -> None:
    """What Error Reporting looks for."""
    found = gcp.entry(story())
    assert found["@type"].endswith(".v1beta1.ReportedErrorEvent")
    assert found["message"].startswith("panic: runtime error: ")
    assert "\n\ngoroutine 266900 [running]:\n" in found["message"]
    assert found["context"]["reportLocation"]["lineNumber"] == 79


def test_datadog() -> None:
    """error.kind, message, stack, and the fingerprint that overrides its own."""
    found = datadog.event(story())["error"]
    assert found["kind"] == "runtime.Error"
    assert found["fingerprint"].startswith("1:")


def test_the_logs_own_time() -> None:
    """It is taken where it can be read."""
    log = (
        "2026-08-21T09:24:33.260739149+02:00 stderr F panic: boom\n"
        "2026-08-21T09:24:33.260790466+02:00 stderr F \n"
        "2026-08-21T09:24:33.260790466+02:00 stderr F goroutine 1 [running]:\n"
        "2026-08-21T09:24:33.260790466+02:00 stderr F main.main()\n"
        "2026-08-21T09:24:33.260790470+02:00 stderr F \t/a/main.go:1 +0x1\n"
    )
    report = gotrace.annotate(gotrace.parse(log.encode()).dumps[0])
    assert ecs.document(report)["@timestamp"] == "2026-08-21T07:24:33.260739Z"
    record = otel.record(report)
    assert record["timeUnixNano"].endswith("260739149")


@given(st.text(max_size=40))
def test_any_time(text: str) -> None:
    """A time that makes no sense is none."""
    crash.stamp(crash.nanoseconds(text))


@pytest.mark.parametrize("text", ["2026-13-45T99:99:99Z", "2026-02-30 10:00:00", "12:00", ""])
def test_no_time(text: str) -> None:
    assert crash.nanoseconds(text) is None


# ---------------------------------------------------------------------- the official SDKs


@contextmanager
def receiver() -> Iterator[tuple[str, list[bytes]]]:
    """A server that keeps what it is sent."""
    kept: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            zipped = self.headers.get("Content-Encoding") == "gzip"
            kept.append(gzip.decompress(body) if zipped else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}", kept
    finally:
        server.shutdown()
        server.server_close()


def sdk(name: str) -> Any:
    return pytest.importorskip(
        name, reason=f"NOT RUN: {name} is not installed (pip install '.[dev]')"
    )


def test_sentrys_own_sdk_sends_it() -> None:
    """What arrives has our frames, arguments and fingerprint."""
    client_module = sdk("sentry_sdk")
    event = sentry.event(story())
    with receiver() as (place, kept):
        client = client_module.Client(
            dsn=f"http://key@{place}/1",
            default_integrations=False,
            auto_enabling_integrations=False,
        )
        assert client.capture_event(event) == event["event_id"]
        client.close(timeout=10)
    lines = b"".join(kept).split(b"\n")
    (found,) = [e for e in map(json.loads, filter(None, lines)) if "exception" in e]
    (value,) = found["exception"]["values"]
    assert found["fingerprint"] == event["fingerprint"]
    assert value["stacktrace"]["frames"][-1]["vars"]["timeout"] == "15s"
    assert found["threads"]["values"][0]["id"] == 266900


def test_opentelemetrys_own_types_take_it() -> None:
    """The JSON is that of the protobuf messages, field by field; sent, it arrives whole."""
    proto = sdk("opentelemetry.proto.logs.v1.logs_pb2")
    service = sdk("opentelemetry.proto.collector.logs.v1.logs_service_pb2")
    parse = sdk("google.protobuf.json_format").Parse
    post = sdk("requests").post
    told = json.dumps(otel.logs(story()))
    data = parse(told, proto.LogsData())  # an unknown field is an error
    with receiver() as (place, kept):
        request = service.ExportLogsServiceRequest(resource_logs=data.resource_logs)
        body = request.SerializeToString()
        post(f"http://{place}/v1/logs", data=body, timeout=10).raise_for_status()
    arrived = service.ExportLogsServiceRequest.FromString(kept[0])
    record = arrived.resource_logs[0].scope_logs[0].log_records[0]
    values = {a.key: a.value for a in record.attributes}
    assert values["code.line.number"].int_value == 79
    assert values["gotrace.culprit"].string_value == CULPRIT
    assert record.severity_number == 21
