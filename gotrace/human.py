"""How Go prints the named integers of its standard library: ``15s``, ``May``, ``Sunday``."""

from __future__ import annotations

from typing import Final

_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS: Final = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

# syscall/zerrors_linux_amd64.go signals (go1.27.3); the first fifteen are the same on every Unix
# but 7 and 10, 12, which are left out.
_SIGNALS: Final = {
    1: "hangup",
    2: "interrupt",
    3: "quit",
    4: "illegal instruction",
    5: "trace/breakpoint trap",
    6: "aborted",
    8: "floating point exception",
    9: "killed",
    11: "segmentation fault",
    13: "broken pipe",
    14: "alarm clock",
    15: "terminated",
}


def human(named: str, number: int) -> str | None:
    """The text that ``number`` has as a value of the defined type ``named``; None: no such type."""
    match named:
        case "time.Duration":
            return duration(number)
        case "time.Month":
            return _MONTHS[number - 1] if 1 <= number <= 12 else f"%!Month({number % 2**64})"
        case "time.Weekday":
            return _WEEKDAYS[number] if 0 <= number <= 6 else f"%!Weekday({number % 2**64})"
        case "syscall.Signal":
            return _SIGNALS.get(number)
        case _:
            return None


def duration(nanoseconds: int) -> str:
    """``1h15m30.918s``, as time.Duration.String does (time/time.go)."""
    sign = "-" if nanoseconds < 0 else ""
    left = abs(nanoseconds)
    if left == 0:
        return "0s"
    for unit, name in ((1, "ns"), (1000, "µs"), (1000**2, "ms")):
        if left < unit * 1000:
            return f"{sign}{_decimal(left, unit)}{name}"
    minutes, rest = divmod(left, 60 * 1000**3)
    text = f"{_decimal(rest, 1000**3)}s"
    if minutes:
        hours, minutes = divmod(minutes, 60)
        text = f"{hours}h{minutes}m{text}" if hours else f"{minutes}m{text}"
    return sign + text


def _decimal(number: int, unit: int) -> str:
    """``number / unit`` without trailing zeros; ``unit`` is a power of ten."""
    whole, fraction = divmod(number, unit)
    digits = str(fraction).zfill(len(str(unit)) - 1).rstrip("0") if unit > 1 else ""
    return f"{whole}.{digits}" if digits else str(whole)
