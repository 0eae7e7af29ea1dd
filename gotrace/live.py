"""Dumps from a living program: net/http/pprof's goroutine pages. Only the URL that a user gives."""

from __future__ import annotations

import base64
import re
import time
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from gotrace.errors import GotraceError
from gotrace.patterns import lazy_pattern
from gotrace.version import VERSION

WAIT = 10.0  # seconds without a byte
WHOLE = 120.0  # seconds for all of it
MOST = 1 << 28  # bytes
_PIECE = 1 << 16
_PLAIN = frozenset({"debug", "seconds", "gc"})  # what pprof takes; other values may be secrets
_URL = lazy_pattern(r"https?://", re.IGNORECASE)


def is_url(name: str) -> bool:
    """Whether it is to be fetched."""
    return _URL.match(name) is not None


def shown(url: str) -> str:
    """The URL as it may be printed: without user, password, and values that could be secrets."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "a URL that makes no sense"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    told = [f"{quote(k)}={quote(v) if k in _PLAIN else '…'}" for k, v in pairs]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "&".join(told), ""))


class _SameHost(HTTPRedirectHandler):
    """A program that answers with another host's address does not send us there."""

    def redirect_request(  # noqa: PLR0917 - urllib's
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """The request that follows; an error for another host."""
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if (new.scheme, new.hostname, new.port) != (old.scheme, old.hostname, old.port):
            raise GotraceError(
                f"{shown(req.full_url)} leads to another host, {new.scheme}://{new.hostname}",
                "give that URL if it is the right one",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(url: str, *, wait: float = WAIT, whole: float = WHOLE, most: int = MOST) -> bytes:
    """What the URL answers.

    Units:  ``wait`` and ``whole`` in seconds, ``most`` in bytes.
    Errors: GotraceError for no answer, an answer that is too long or takes too long, a redirect to
            another host.
    """
    name = shown(url)
    deadline = time.monotonic() + whole
    try:
        with build_opener(_SameHost).open(_request(url), timeout=wait) as answer:
            data = bytearray()
            while piece := answer.read1(_PIECE):
                data += piece
                if len(data) > most:
                    raise GotraceError(
                        f"{name}: more than {most >> 20} MB", "is it a goroutine page?"
                    )
                if time.monotonic() > deadline:
                    raise GotraceError(f"{name}: not finished after {whole:g} s")
    except HTTPError as error:
        raise GotraceError(
            f"{name}: HTTP {error.code} {error.reason}", _hint(error.code)
        ) from error
    except URLError as error:
        said = getattr(error.reason, "strerror", None) or error.reason
        raise GotraceError(f"{name}: {said}", "does the program listen there?") from error
    except TimeoutError as error:
        raise GotraceError(f"{name}: no answer for {wait:g} s") from error
    except (HTTPException, OSError, ValueError) as error:
        raise GotraceError(f"{name}: {type(error).__name__}: the answer cannot be read") from error
    return bytes(data)


def _hint(code: int) -> str:
    if code == 404:
        return "net/http/pprof serves /debug/pprof/goroutine?debug=2"
    return "user and password can stand in the URL" if code in {401, 403} else ""


def _request(url: str) -> Request:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    request = Request(urlunsplit((parts.scheme, host, parts.path, parts.query, "")))
    request.add_header("User-Agent", f"gotrace/{VERSION}")
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
    return request
