"""A program under gotrace: started, sent its signals, and its end."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress

# What a user or a supervisor sends to a program. Stopping and going on reach the whole group.
SENT = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH")
    if hasattr(signal, name)
]
_FROM_TERMINAL = 0x80  # SI_KERNEL: the terminal has sent it to the whole foreground group
_UNDONE = [signal.SIGPIPE, signal.SIGXFSZ]  # what Python ignores, and the program must not


class Child:
    """``status`` is that of waitpid, once ``ended`` is readable."""

    def __init__(self, command: Sequence[str], streams: Sequence[tuple[int, int]]) -> None:
        """Start it; ``streams`` are pairs (a descriptor of ours, its number in the program).

        Errors: OSError where it cannot be started.
        """
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, SENT)
        actions = [(os.POSIX_SPAWN_DUP2, ours, its) for ours, its in streams]
        try:
            self.pid = os.posix_spawnp(
                command[0],
                list(command),
                os.environ,
                file_actions=actions,
                setsigmask=masked,
                setsigdef=_UNDONE,
            )
        except OSError:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
            raise
        self.status = 0
        self.ended, self._ending = os.pipe()
        threading.Thread(target=self._wait, daemon=True).start()
        threading.Thread(target=self._pass_signals, daemon=True).start()

    def _wait(self) -> None:
        # It stays a zombie, so that its number cannot be another's when a signal is passed on.
        with suppress(ChildProcessError):  # its streams ended first, and it was waited for
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        os.write(self._ending, b"x")

    def _pass_signals(self) -> None:
        while True:
            found = signal.sigwaitinfo(SENT)
            if found.si_code != _FROM_TERMINAL:
                with suppress(ProcessLookupError):
                    os.kill(self.pid, found.si_signo)

    def reap(self) -> int:
        """Its status, as waitpid gives it; waits for its end."""
        _, self.status = os.waitpid(self.pid, 0)
        return self.status


def leave(status: int) -> int:
    """Our exit code for a program's status. One that a signal killed: die of the same signal, so
    that who started us sees the same."""
    if os.WIFEXITED(status):
        return os.WEXITSTATUS(status)
    number = os.WTERMSIG(status)
    import resource  # noqa: PLC0415 - for few programs

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the program has left its own
    if number not in {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
    os.kill(os.getpid(), number)
    return 128 + number
