"""The threads that read documents, a step at a time: what is asked for first comes first.

A job is a generator. Between its steps a thread looks for a more urgent one, and lets go of jobs
that nobody wants any more. Jobs in the background have a thread of their own: one step of theirs
may be a dump of many megabytes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from enum import IntEnum


class Urgency(IntEnum):
    """Which job is worked on first."""

    VISIBLE = 0  # somebody waits for these lines
    FIRST = 1  # the first part of a document that was just opened
    EDITED = 2
    BACKGROUND = 3


class Job:
    """``steps`` give results, which ``deliver`` takes, in the worker's thread; ``done`` when there
    are no more, with the defect that ended them. ``cancel`` ends it at the next step."""

    def __init__(
        self,
        urgency: Urgency,
        steps: Iterator[object],
        deliver: Callable[[object], None],
        done: Callable[[Exception | None], None],
    ) -> None:
        self.urgency = urgency
        self.steps = steps
        self.deliver = deliver
        self.done = done
        self.cancelled = False

    def cancel(self) -> None:
        """Nobody wants it any more."""
        self.cancelled = True


class Workers:
    """The two threads."""

    def __init__(self) -> None:
        self._soon, self._later = _Worker(), _Worker()

    def submit(self, job: Job) -> None:
        """Work on ``job`` when nothing more urgent waits."""
        (self._later if job.urgency is Urgency.BACKGROUND else self._soon).submit(job)

    def close(self) -> None:
        """Begin nothing more."""
        self._soon.close()
        self._later.close()


class _Worker:
    """A thread. It is a daemon: nothing waits for it when the server ends."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def submit(self, job: Job) -> None:
        """Work on ``job`` when nothing more urgent waits."""
        with self._changed:
            self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="gotrace", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Begin nothing more."""
        with self._changed:
            self._closed = True
            self._jobs.clear()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._jobs and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                self._jobs = [job for job in self._jobs if not job.cancelled]
                job = min(self._jobs, key=lambda j: j.urgency, default=None)
            if job is not None:
                self._step(job)

    def _step(self, job: Job) -> None:
        error: Exception | None = None
        try:
            result = next(job.steps)
        except StopIteration:
            pass
        except Exception as defect:  # the boundary: whoever waits is told, the thread goes on
            error = defect
        else:
            if not job.cancelled:
                job.deliver(result)
            return
        with self._changed:
            if job in self._jobs:
                self._jobs.remove(job)
        if not job.cancelled:
            job.done(error)
