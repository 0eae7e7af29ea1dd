"""What goes on between the protocol and the reader: when is what read, and who is told.

Everything here happens in the loop's thread, but :meth:`Session._steps`, which the worker runs.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator

from gotrace.config import Settings
from gotrace.lsp.documents import LARGE, Change, Document, Lines
from gotrace.lsp.positions import Encoding
from gotrace.lsp.reading import Digest, Reading, Region, checked, read, read_part
from gotrace.lsp.settings import Given, Opened
from gotrace.lsp.worker import Job, Urgency, Workers

PAUSE = 0.15  # seconds without a change before it is read
LONGEST = 1.0  # but no longer than this after the first
NEWS = 0.3  # seconds until something is told of a document that is being read; then twice that
FREEZE = 1 << 20  # bytes from which on the collector need not look at what was made of them
_CRASH = b"""\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48d605]

goroutine 1 [running]:
strings.Repeat({0x4b275d, 0x1}, 0x3)
	/usr/local/go/src/strings/strings.go:600 +0x5
main.main()
	/app/main.go:74 +0x19d
"""


class Entry:
    """A document with what is under way for it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.given: Given | None = None  # what was known of the program when it was read last
        self.job: Job | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.since = 0.0  # when the first change came that is not read yet
        self.waiting: list[asyncio.Future[None]] = []
        self.was_read = False  # all of it, at least once
        self.owed = False  # somebody got less than there is
        self.looking: set[Lines] = set()  # parts that are read because somebody looks at them


class Session:
    """All open documents. ``publish`` is told when there is news of one, ``refresh`` when answers
    were given that are too old by now, ``fail`` of a defect, ``say`` of what the user should
    know; all in the loop's thread."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        publish: Callable[[Entry], None],
        refresh: Callable[[], None],
        fail: Callable[[Exception, str], None],
        say: Callable[[str], None],
    ) -> None:
        self.loop = loop
        self.encoding = Encoding.UTF16
        self.folder: str | None = None
        self.settings = Settings()
        self.entries: dict[str, Entry] = {}
        self._publish, self._refresh, self._fail = publish, refresh, fail
        self._workers = Workers()
        self._opened = Opened(lambda text: self._soon(say, text))

    def warm(self) -> None:
        """Read a crash that nobody had: the first real one shall not wait for what that loads."""
        region = Region(0, 0, _CRASH, "")

        def steps() -> Iterator[object]:
            yield from read(region, Given(()), {})

        self._workers.submit(Job(Urgency.FIRST, steps(), lambda _: None, lambda _: None))

    def close(self) -> None:
        """Nothing more is read."""
        for uri in list(self.entries):
            self.forget(uri)
        self._workers.close()

    def _soon(self, call: Callable[..., None], *arguments: object) -> None:
        """Call it in the loop's thread; not when the loop has ended."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(call, *arguments)

    # ------------------------------------------------------------------ documents

    def open(self, uri: str, path: str | None, text: str, version: int) -> Entry:
        """A document was opened."""
        self.forget(uri)
        entry = Entry(Document(uri, path, text, version, self.encoding))
        self.entries[uri] = entry
        if entry.document.text.size > LARGE:
            self._look(entry, (0, 1), Urgency.FIRST)
        self._begin(entry)
        return entry

    def change(self, uri: str, version: int, changes: list[Change]) -> None:
        """A document was edited."""
        entry = self.entries.get(uri)
        if entry is None:
            return
        entry.document.version = version
        for change in changes:
            if change.start is None and entry.job is not None:
                self._drop(entry)
            entry.document.change(change)
        self._later(entry)

    def forget(self, uri: str) -> None:
        """A document was closed."""
        entry = self.entries.pop(uri, None)
        if entry is not None:
            self._drop(entry)
            if entry.timer is not None:
                entry.timer.cancel()
            self._wake(entry)

    def reread(self) -> None:
        """What is known of the program changed."""
        for entry in self.entries.values():
            entry.document.reread()
            entry.owed = True
            self._later(entry)

    def _drop(self, entry: Entry) -> None:
        if entry.job is not None:
            entry.job.cancel()
        entry.job = None
        entry.document.under_way = None

    # ------------------------------------------------------------------ reading

    def _later(self, entry: Entry) -> None:
        """Read when nothing was typed for a moment, but now and then in any case."""
        now = self.loop.time()
        if entry.timer is None:
            entry.since = now
        else:
            entry.timer.cancel()
        wait = min(PAUSE, max(0.0, entry.since + LONGEST - now))
        entry.timer = self.loop.call_later(wait, self._due, entry)

    def _due(self, entry: Entry) -> None:
        entry.timer = None
        self._begin(entry)

    def _begin(self, entry: Entry) -> None:
        """Read what was not read, unless a job does; when it ends, this is called again."""
        document = entry.document
        region = document.begin()
        if region is None:
            return
        urgency = Urgency.BACKGROUND if len(region.data) > LARGE else Urgency.EDITED
        known = {r.digest: r for r in document.readings}
        found: list[Reading] = []
        steps = self._steps(entry, region, known, found)
        job = Job(urgency, steps, lambda _: None, lambda e: None)
        job.deliver = self._news(entry, job, found)
        job.done = lambda error: self._soon(self._done, entry, job, region, found, error)
        entry.job = job
        self._workers.submit(job)

    def _steps(
        self, entry: Entry, region: Region, known: dict[Digest, Reading], found: list[Reading]
    ) -> Iterator[object]:
        """In the worker's thread."""
        document = entry.document
        given = self._opened.given(self.settings, document.path, self.folder)
        entry.given = given
        for reading in read(region, given, known):
            found.append(reading)
            yield None

    def _news(self, entry: Entry, job: Job, found: list[Reading]) -> Callable[[object], None]:
        """Tell of what was found so far, now and then; in the worker's thread."""
        last, pause = time.monotonic(), NEWS

        def deliver(_: object) -> None:
            nonlocal last, pause
            now = time.monotonic()
            if now - last > pause:
                last, pause = now, 2 * pause
                self._soon(self._so_far, entry, job, list(found))

        return deliver

    def _so_far(self, entry: Entry, job: Job, found: list[Reading]) -> None:
        document = entry.document
        if entry.job is not job or document.edits or entry.was_read:
            return
        document.ahead = found
        document.ahead_lines = [(0, found[-1].last)]
        self._publish(entry)
        self._wake(entry)

    def _done(
        self,
        entry: Entry,
        job: Job,
        region: Region,
        found: list[Reading],
        error: Exception | None,
    ) -> None:
        if entry.job is not job:
            return
        entry.job = None
        if error is not None:
            self._fail(error, "reading")
        sure = found if error is not None else checked(region, found)
        entry.document.take(sure)
        entry.was_read |= sure is not None
        if len(region.data) > FREEZE:
            gc.freeze()
        if sure is None:
            self._begin(entry)
            return
        self._publish(entry)
        self._wake(entry)
        if entry.owed and entry.document.settled:
            entry.owed = False
            self._refresh()
        if entry.timer is None:
            self._begin(entry)

    # ------------------------------------------------------------------ ahead of the rest

    def _look(self, entry: Entry, lines: Lines, urgency: Urgency) -> None:
        """Read what stands around ``lines`` before all else."""
        if lines in entry.looking:
            return
        entry.looking.add(lines)
        document = entry.document
        region = document.around(lines)
        found: list[Reading] = []
        lasts = region.first, region.first + region.data.count(b"\n")
        version = document.version
        last = lasts[1] >= len(document.text.lines) - 1

        def steps() -> Iterator[object]:
            given = self._opened.given(self.settings, document.path, self.folder)
            entry.given = given
            for reading in read_part(region, given, first=region.first == 0, last=last):
                found.append(reading)
                yield None

        def done(error: Exception | None) -> None:
            entry.looking.discard(lines)
            if error is not None:
                self._fail(error, "reading ahead")
            if document.version == version and not document.settled:
                document.ahead = [*document.ahead, *found]
                document.ahead_lines = [*document.ahead_lines, lasts]
                if not entry.was_read:
                    self._publish(entry)
            self._wake(entry)

        self._workers.submit(Job(urgency, steps(), lambda _: None, lambda e: self._soon(done, e)))

    async def ready(self, uri: str, lines: Lines | None, patience: float) -> Document | None:
        """The document when ``lines`` (None: all) were read, or when patience ends.

        None where it is not open. Of a large document what stands near the lines is enough.
        """
        entry = self.entries.get(uri)
        if entry is None:
            return None
        document = entry.document
        wanted = (0, len(document.text.lines)) if lines is None else lines
        end = self.loop.time() + patience
        while not document.covers(wanted, ahead=lines is not None):
            if entry.timer is not None:  # somebody waits: read now
                entry.timer.cancel()
                self._due(entry)
            if lines is not None and document.text.size > LARGE:
                self._look(entry, lines, Urgency.VISIBLE)
            left = end - self.loop.time()
            if left <= 0:
                break
            future: asyncio.Future[None] = self.loop.create_future()
            entry.waiting.append(future)
            await asyncio.wait([future], timeout=left)
        entry.owed |= not document.settled
        return document

    def _wake(self, entry: Entry) -> None:
        for future in entry.waiting:
            if not future.done():
                future.set_result(None)
        entry.waiting.clear()
