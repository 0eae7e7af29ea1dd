"""Writers of log formats, from what specifies each: independent of the readers in ``gotrace``.

Each takes the lines of a program's output (bytes, without line ends) and gives a whole log.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

Writer = Callable[[list[bytes]], bytes]
START = datetime(2026, 11, 23, 6, 33, 32, tzinfo=UTC)


def times() -> Iterator[datetime]:
    at = START
    while True:
        yield at
        at += timedelta(microseconds=1017)


def iso(at: datetime, digits: int, zone: str = "Z") -> str:
    fraction = f"{at.microsecond:06d}000"[:digits]
    return at.strftime("%Y-%m-%dT%H:%M:%S") + (f".{fraction}" if digits else "") + zone


def text(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def docker(lines: list[bytes]) -> bytes:
    """moby daemon/logger/jsonfilelog/jsonlog: log, stream, time; Go's encoding escapes < > &."""
    out = []
    for line, at in zip(lines, times(), strict=False):
        said = json.dumps(text(line) + "\n", ensure_ascii=False)
        for plain, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
            said = said.replace(plain, escaped)
        out.append(f'{{"log":{said},"stream":"stderr","time":"{iso(at, 9)}"}}\n')
    return "".join(out).encode()


def docker_partial(lines: list[bytes]) -> bytes:
    """A record without a line end goes on in the next one (moby: 16 KiB, here 23 characters)."""
    out = []
    for line, at in zip(lines, times(), strict=False):
        said = text(line)
        parts = [said[i : i + 23] for i in range(0, len(said), 23)] or [""]
        parts[-1] += "\n"
        out += [
            json.dumps({"log": p, "stream": "stderr", "time": iso(at, 9)}) + "\n" for p in parts
        ]
    return "".join(out).encode()


def cri(lines: list[bytes]) -> bytes:
    """kubernetes design-proposals kubelet-cri-logging: TIME STREAM TAG LOG."""
    return b"".join(
        f"{iso(at, 9)} stderr F ".encode() + line + b"\n"
        for line, at in zip(lines, times(), strict=False)
    )


def cri_partial(lines: list[bytes]) -> bytes:
    out = []
    dice = random.Random(7)
    for line, at in zip(lines, times(), strict=False):
        while len(line) > 12 and dice.random() < 0.7:
            cut = dice.randrange(1, len(line))
            out.append(f"{iso(at, 9, '+02:00')} stderr P ".encode() + line[:cut] + b"\n")
            line = line[cut:]  # noqa: PLW2901
        out.append(f"{iso(at, 9, '+02:00')} stderr F ".encode() + line + b"\n")
    return b"".join(out)


def compose(lines: list[bytes]) -> bytes:
    return b"".join(b"api-1  | " + line + b"\n" for line in lines)


def compose_coloured(lines: list[bytes]) -> bytes:
    return b"".join(b"\x1b[36mapi-1  | \x1b[0m" + line + b"\n" for line in lines)


def kubectl(lines: list[bytes]) -> bytes:
    return b"".join(b"[pod/api-6d5f-x2x/api] " + line + b"\n" for line in lines)


def kubectl_timestamps(lines: list[bytes]) -> bytes:
    return b"".join(
        f"[pod/api-6d5f-x2x/api] {iso(at, 9)} ".encode() + line + b"\n"
        for line, at in zip(lines, times(), strict=False)
    )


def docker_timestamps(lines: list[bytes]) -> bytes:
    return b"".join(
        f"{iso(at, 9)} ".encode() + line + b"\n" for line, at in zip(lines, times(), strict=False)
    )


def _syslog_time(at: datetime) -> str:
    return f"{at:%b} {at.day:2d} {at:%H:%M:%S}"


def journald_short(lines: list[bytes]) -> bytes:
    return b"".join(
        f"{_syslog_time(at)} host api[25611]: ".encode() + line + b"\n"
        for line, at in zip(lines, times(), strict=False)
    )


def journald_iso(lines: list[bytes]) -> bytes:
    return b"".join(
        f"{iso(at, 6, '+0000')} host api[25611]: ".encode() + line + b"\n"
        for line, at in zip(lines, times(), strict=False)
    )


def journald_padded(lines: list[bytes]) -> bytes:
    """A message of several lines: the further ones are padded to the width of the prefix."""
    prefix = f"{_syslog_time(START)} host1 api[25611]: ".encode()
    body = [line.replace(b"\t", b"        ") for line in lines]
    return prefix + body[0] + b"\n" + b"".join(b" " * len(prefix) + b + b"\n" for b in body[1:])


def journald_export(lines: list[bytes]) -> bytes:
    """systemd.io/JOURNAL_EXPORT_FORMATS: FIELD=VALUE, or FIELD, 64 bits of length, the bytes."""
    out = bytearray()
    for line, at in zip(lines, times(), strict=False):
        micros = int(at.timestamp() * 1e6)
        out += f"__CURSOR=s=1;i={micros}\n__REALTIME_TIMESTAMP={micros}\n_PID=25611\n".encode()
        if any(b < 32 for b in line):
            out += b"MESSAGE\n" + len(line).to_bytes(8, "little") + line + b"\n"
        else:
            out += b"MESSAGE=" + line + b"\n"
        out += b"_HOSTNAME=host\n\n"
    return bytes(out)


def journald_json(lines: list[bytes]) -> bytes:
    """What is no printable UTF-8 is an array of the bytes' numbers."""
    out = []
    for line, at in zip(lines, times(), strict=False):
        special = any(b < 32 or b > 126 for b in line)
        message = list(line) if special else line.decode()
        out.append(
            json.dumps(
                {
                    "__CURSOR": "s=1",
                    "__REALTIME_TIMESTAMP": str(int(at.timestamp() * 1e6)),
                    "_PID": "25611",
                    "MESSAGE": message,
                },
                separators=(",", ":"),
            )
        )
    return ("\n".join(out) + "\n").encode()


def _octal(line: bytes) -> bytes:
    """rsyslog's $EscapeControlCharactersOnReceive."""
    return re.sub(rb"[\x00-\x1f\x7f]", lambda m: b"#%03o" % m[0][0], line)


def rfc3164(lines: list[bytes]) -> bytes:
    return b"".join(
        f"<11>{_syslog_time(at)} host api[25611]: ".encode() + _octal(line) + b"\n"
        for line, at in zip(lines, times(), strict=False)
    )


def rfc5424(lines: list[bytes]) -> bytes:
    return b"".join(
        f'<11>1 {iso(at, 6)} host api 25611 ID47 [x@1 a="b \\" c"] '.encode() + _octal(line) + b"\n"
        for line, at in zip(lines, times(), strict=False)
    )


def rsyslog_file(lines: list[bytes]) -> bytes:
    return b"".join(
        f"{_syslog_time(at)} host api[25611]: ".encode() + _octal(line) + b"\n"
        for line, at in zip(lines, times(), strict=False)
    )


def heroku(lines: list[bytes]) -> bytes:
    return b"".join(
        f"{iso(at, 6, '+00:00')} app[web.1]: ".encode() + line + b"\n"
        for line, at in zip(lines, times(), strict=False)
    )


def klog_block(lines: list[bytes]) -> bytes:
    """klog v2's serialize.WriteString: `=<`, each line with a tab, ` >`."""
    body = b"".join(b"\t" + line + b"\n" for line in lines)
    return (
        b'E1123 06:33:32.147638   25611 main.go:59] "Observed a panic" stack=<\n' + body + b" >\n"
    )


def zap(lines: list[bytes]) -> bytes:
    record = {"level": "error", "ts": 1795415612.1472607, "caller": "app/main.go:34"}
    return (
        json.dumps(record | {"msg": "panic recovered", "stack": text(b"\n".join(lines) + b"\n")})
        + "\n"
    ).encode()


def slog_message(lines: list[bytes]) -> bytes:
    return (
        json.dumps({"time": iso(START, 9), "level": "ERROR", "msg": text(b"\n".join(lines))}) + "\n"
    ).encode()


def nested_field(lines: list[bytes]) -> bytes:
    said = {"@timestamp": iso(START, 3), "error": {"stack_trace": text(b"\n".join(lines) + b"\n")}}
    return (json.dumps(said) + "\n").encode()


def json_lines(lines: list[bytes]) -> bytes:
    """A collector whose multi-line rule failed: one record for each line (Vector, fluentd)."""
    return b"".join(
        (json.dumps({"host": "h1", "message": text(line), "timestamp": iso(at, 6)}) + "\n").encode()
        for line, at in zip(lines, times(), strict=False)
    )


def docker_of_zap(lines: list[bytes]) -> bytes:
    return docker(zap(lines).rstrip(b"\n").split(b"\n"))


def cri_of_docker_of_zap(lines: list[bytes]) -> bytes:
    return cri(docker_of_zap(lines).rstrip(b"\n").split(b"\n"))


def _go_quoted(said: str) -> str:
    """strconv.Quote."""
    short = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    return (
        '"'
        + "".join(
            short.get(c)
            or (
                c if c.isprintable() else f"\\x{ord(c):02x}" if ord(c) < 128 else f"\\u{ord(c):04x}"
            )
            for c in said
        )
        + '"'
    )


def logfmt(lines: list[bytes]) -> bytes:
    stack = _go_quoted(text(b"\n".join(lines) + b"\n"))
    return f'time={iso(START, 3)} level=ERROR msg="panic recovered" stack={stack}\n'.encode()


def zerolog_console(lines: list[bytes]) -> bytes:
    stack = _go_quoted(text(b"\n".join(lines) + b"\n"))
    return (
        f"\x1b[90m6:33AM\x1b[0m \x1b[31mERR\x1b[0m failed \x1b[36mstack=\x1b[0m{stack}\n".encode()
    )


def zap_console(lines: list[bytes]) -> bytes:
    tail = json.dumps({"stack": text(b"\n".join(lines) + b"\n")})
    return f"{iso(START, 3)}\tERROR\tapp/main.go:34\tpanic recovered\t{tail}\n".encode()


def go_test_json(lines: list[bytes]) -> bytes:
    """cmd/test2json: Output holds the line end."""
    head = [{"Action": "start", "Package": "example.com/a"}]
    rows = [
        {
            "Time": iso(at, 9), "Action": "output", "Package": "example.com/a", "Test": "TestX",
            "Output": text(line) + "\n",
        }
        for line, at in zip(lines, times(), strict=False)
    ]  # fmt: skip
    return "".join(json.dumps(r) + "\n" for r in [*head, *rows]).encode()


def github(lines: list[bytes]) -> bytes:
    return b"\xef\xbb\xbf" + b"".join(
        f"{iso(at, 7)} ".encode() + line + b"\n" for line, at in zip(lines, times(), strict=False)
    )


def gh_run_view(lines: list[bytes]) -> bytes:
    out = []
    for i, (line, at) in enumerate(zip(lines, times(), strict=False)):
        mark = b"\xef\xbb\xbf" if i == 0 else b""
        out.append(b"build\tRun go test\t" + mark + f"{iso(at, 7)} ".encode() + line + b"\n")
    return b"".join(out)


def gitlab(lines: list[bytes]) -> bytes:
    out = []
    for line, at in zip(lines, times(), strict=False):
        cut = len(line) // 2
        if len(line) > 30:
            out.append(f"{iso(at, 6)} 01O ".encode() + line[:cut] + b"\n")
            out.append(f"{iso(at, 6)} 01O+".encode() + line[cut:] + b"\n")
        else:
            out.append(f"{iso(at, 6)} 01O ".encode() + line + b"\n")
    return b"".join(out)


def aws_logs_tail(lines: list[bytes]) -> bytes:
    return b"".join(
        f"{iso(at, 6, '+00:00')} 2026/11/23/[$LATEST]abc123 ".encode() + line + b"\n"
        for line, at in zip(lines, times(), strict=False)
    )


def lambda_lines(lines: list[bytes]) -> bytes:
    return b"".join(
        f"{iso(at, 3)}\t8f7c1d9e-1111-2222-3333-444455556666\t".encode() + line + b"\n"
        for line, at in zip(lines, times(), strict=False)
    )


def cloudwatch_events(lines: list[bytes]) -> bytes:
    events = [
        {"timestamp": int(at.timestamp() * 1000), "message": text(line), "ingestionTime": 1}
        for line, at in zip(lines, times(), strict=False)
    ]
    return (json.dumps({"events": events, "nextForwardToken": "f/1"}) + "\n").encode()


def gcp_entries(lines: list[bytes]) -> bytes:
    """`gcloud logging read --format=json | jq -c .`, newest first."""
    entries = [
        {"insertId": str(i), "textPayload": text(line), "logName": "projects/p/logs/stderr",
         "timestamp": iso(at, 9)}
        for i, (line, at) in enumerate(zip(lines, times(), strict=False))
    ]  # fmt: skip
    return (json.dumps(entries[::-1]) + "\n").encode()


def gcp_lines(lines: list[bytes]) -> bytes:
    return b"".join(
        (json.dumps({"insertId": str(i), "jsonPayload": {"message": text(line)},
                     "logName": "projects/p/logs/stderr", "timestamp": iso(at, 9)}) + "\n").encode()
        for i, (line, at) in enumerate(zip(lines, times(), strict=False))
    )  # fmt: skip


def gcp_pretty(lines: list[bytes]) -> bytes:
    """`gcloud logging read --format=json`: an array over many lines."""
    entries = [
        {"insertId": str(i), "logName": "projects/p/logs/stderr", "textPayload": text(line),
         "timestamp": iso(at, 9)}
        for i, (line, at) in enumerate(zip(lines, times(), strict=False))
    ]  # fmt: skip
    return (json.dumps(entries, indent=2) + "\n").encode()


def opentelemetry(lines: list[bytes]) -> bytes:
    record = {"timeUnixNano": "1795415612147000000",
              "body": {"stringValue": text(b"\n".join(lines) + b"\n")},
              "attributes": [{"key": "a", "value": {"stringValue": "b"}}]}  # fmt: skip
    said = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    return (json.dumps(said) + "\n").encode()


def logcat(lines: list[bytes]) -> bytes:
    return b"".join(
        f"{at:%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}  4242  4250 E Go      : ".encode()
        + line
        + b"\n"
        for line, at in zip(lines, times(), strict=False)
    )


def terraform(lines: list[bytes]) -> bytes:
    prefix = "2021-02-05T15:01:32.894-0600 [DEBUG] plugin.terraform-provider-aws_v3.26.0_x5: "
    return b"".join(prefix.encode() + line + b"\n" for line in lines)


def packer(lines: list[bytes]) -> bytes:
    return b"".join(b"2020/03/03 18:39:55 packer: " + line + b"\n" for line in lines)


def markdown(lines: list[bytes]) -> bytes:
    return b"".join((b"> " + line).rstrip(b" ") + b"\n" for line in lines)


def indented(lines: list[bytes]) -> bytes:
    return b"".join((b"    " + line if line else b"") + b"\n" for line in lines)


def html(lines: list[bytes]) -> bytes:
    """html/template's escaper: & < > " ' +."""
    out = b"\n".join(lines) + b"\n"
    for plain, entity in (
        (b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"), (b'"', b"&#34;"), (b"'", b"&#39;"),
        (b"+", b"&#43;"),
    ):  # fmt: skip
        out = out.replace(plain, entity)
    return b"<pre>\n" + out + b"</pre>\n"


def ansi(lines: list[bytes]) -> bytes:
    return b"".join(b"\x1b[31m" + line + b"\x1b[0m\n" for line in lines)


def ansi_words(lines: list[bytes]) -> bytes:
    return re.sub(rb"(0x[0-9a-f]+)", b"\x1b[33m\\1\x1b[0m", b"\n".join(lines) + b"\n")


def bom(lines: list[bytes]) -> bytes:
    return b"before\n\xef\xbb\xbf" + b"\n".join(lines) + b"\n"


def crlf(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\r\n" for line in lines)


def own(lines: list[bytes]) -> bytes:
    return b"".join(b"@7 ~ svc=a ~ " + line + b"\n" for line in lines)


OWN = r"@(?P<time>\d+) ~ svc=(?P<s>\w+) ~ "

# Envelope, writer, whether bytes that are no UTF-8 survive, the stream it must be told of.
WRITERS: dict[str, tuple[str, Writer, bool]] = {
    "docker": ("docker", docker, False),
    "docker partial": ("docker", docker_partial, False),
    "cri": ("cri", cri, True),
    "cri partial": ("cri", cri_partial, True),
    "compose": ("compose", compose, True),
    "compose coloured": ("compose", compose_coloured, True),
    "kubectl": ("kubectl", kubectl, True),
    "kubectl timestamps": ("kubectl", kubectl_timestamps, True),
    "docker timestamps": ("timestamps", docker_timestamps, True),
    "journald short": ("journald", journald_short, True),
    "journald iso": ("journald", journald_iso, True),
    "journald export": ("journald-export", journald_export, True),
    "journald json": ("journald-json", journald_json, True),
    "rfc3164": ("rfc3164", rfc3164, True),
    "rfc5424": ("rfc5424", rfc5424, True),
    "rsyslog file": ("journald", rsyslog_file, True),
    "heroku": ("heroku", heroku, True),
    "klog block": ("indented", klog_block, True),
    "zap": ("json", zap, False),
    "slog message": ("json", slog_message, False),
    "nested field": ("json", nested_field, False),
    "json lines": ("json", json_lines, False),
    "docker of zap": ("docker json", docker_of_zap, False),
    "cri of docker of zap": ("cri docker json", cri_of_docker_of_zap, False),
    "logfmt": ("quoted", logfmt, False),
    "zerolog console": ("quoted", zerolog_console, False),
    "zap console": ("quoted", zap_console, False),
    "go test -json": ("go-test-json", go_test_json, False),
    "github": ("github-actions", github, True),
    "gh run view": ("github-actions", gh_run_view, True),
    "gitlab": ("gitlab", gitlab, True),
    "aws logs tail": ("cloudwatch", aws_logs_tail, True),
    "lambda": ("lambda", lambda_lines, True),
    "cloudwatch events": ("cloudwatch", cloudwatch_events, False),
    "gcp newest first": ("gcp", gcp_entries, False),
    "gcp lines": ("gcp", gcp_lines, False),
    "gcp pretty": ("gcp", gcp_pretty, False),
    "opentelemetry": ("opentelemetry", opentelemetry, False),
    "logcat": ("logcat", logcat, True),
    "terraform": ("terraform", terraform, True),
    "packer": ("terraform", packer, True),
    "markdown": ("markdown", markdown, True),
    "indented": ("indented", indented, True),
    "html": ("html", html, True),
    "ansi": ("ansi", ansi, True),
    "ansi words": ("ansi", ansi_words, True),
    "bom": ("bom", bom, True),
    "crlf": ("", crlf, True),
    "own": ("own", own, True),
}
