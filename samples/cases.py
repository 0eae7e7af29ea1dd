"""Which traces there are, and what is known about each from its program's source."""

from __future__ import annotations

from typing import Any, NamedTuple

NO_OPT = ("-gcflags=-N -l",)
NIL_READ = "runtime error: invalid memory address or nil pointer dereference"
SEGV = {"name": "SIGSEGV: segmentation violation", "code": 1, "address": "0x0"}


class Run(NamedTuple):
    """One program run. ``hand``: arguments known from the source, by function.

    ``stdout``: the trace is what it wrote there. ``only``: functions whose ``@`` lines count.
    """

    go: str
    arch: str = "amd64"
    variant: str = ""
    flags: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    signal: str = ""
    kind: str | None = "panic"
    causes: tuple[dict[str, Any], ...] = ()
    fault: dict[str, Any] | None = None
    labels: dict[str, Any] = {}  # noqa: RUF012 - likewise
    hand: dict[str, Any] = {}  # noqa: RUF012 - a NamedTuple's default is never written to
    stdout: bool = False
    only: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """``go<version>[-arch][.variant].log``."""
        arch = "" if self.arch == "amd64" else f"-{self.arch}"
        return f"go{self.go}{arch}{'.' * bool(self.variant)}{self.variant}.log"


def panic(message: str, *, recovered: bool = False, repanicked: bool = False) -> dict[str, Any]:
    """A cause: what the source panics with."""
    return {
        **{"kind": "panic", "message": message},
        **{"recovered": recovered, "repanicked": repanicked},
    }


def fatal(message: str) -> dict[str, Any]:
    """A fatal error's cause."""
    return {"kind": "fatal", "message": message, "recovered": False, "repanicked": False}


def passed(*pairs: Any) -> list[dict[str, Any]]:
    """What, value, what, value …; a value of None was passed, but is not known here."""
    return [{"what": w, "value": v} for w, v in zip(pairs[::2], pairs[1::2], strict=True)]


def integer(n: int) -> dict[str, Any]:
    """An integer, for ``hand``."""
    return {"kind": "int", "value": n}


def string(text: str) -> dict[str, Any]:
    """A string whose pointer the program does not tell."""
    return {"kind": "string", "len": len(text.encode()), "text": text}


def _crash(go: str, arch: str = "amd64", **more: Any) -> Run:
    return Run(go, arch, causes=(panic(NIL_READ),), fault=SEGV, **more)


def _shapes() -> list[Run]:
    ports = [(go, "amd64") for go in ("1.15", "1.19", "1.23", "1.27")]
    ports += [("1.15", "386"), ("1.27", "386"), ("1.15", "s390x"), ("1.27", "arm64")]
    slim = [_crash(go, arch) for go, arch in ports]
    slow = [r._replace(variant="noopt", flags=NO_OPT) for r in slim if r.arch != "s390x"]
    return slim + slow


_VISITED = (panic("visited generic"),)
_DEADLOCK = (fatal("all goroutines are asleep - deadlock!"),)
_DEPOT = {
    "main.(*Depot).worker": passed(
        "receiver d *Depot", None, "id int", None, "name string", string("packer")
    ),
    "main.(*Depot).sender": passed("receiver d *Depot", None, "id int", None),
    "main.(*Depot).locker": passed("receiver d *Depot", None, "who string", string("night shift")),
    "main.(*Depot).reader": passed("receiver d *Depot", None, "limit uint8", integer(7)),
    "main.(*Depot).chooser": passed(
        "receiver d *Depot", None, "a chan int", None, "b chan int", None
    ),
    "main.(*Depot).stuck": passed("receiver d *Depot", None, "kind string", None),
}
_RELAY = {
    "main.(*Relay).forward": passed("receiver r *Relay", None, "limit int", integer(16)),
    "main.listen": passed("l net.Listener", None, "tries uint16", integer(3)),
    "main.idle": passed("d time.Duration", integer(3600 * 10**9)),
    "main.pipe": passed("f *os.File", None, "size int", integer(64)),
}


def _nested(go: str) -> list[Run]:
    new = float(go) >= 1.25

    def run(name: str, *causes: dict[str, Any], **more: Any) -> Run:
        return Run(go, variant=name, args=(name,), causes=causes, **more)

    kept = [panic("kept", recovered=True, repanicked=new)] + ([] if new else [panic("kept")])
    again = [panic(NIL_READ, recovered=True, repanicked=new)] + ([] if new else [panic(NIL_READ)])
    wrapped = [panic("inner", recovered=True), panic("wrapped: inner")]
    full = "runtime error: index out of range [5] with length 2"
    nil = {"kind": "pointer", "address": "0x0", "nil": True}
    items = {"kind": "slice", "len": 2, "cap": 2, "nil": False}
    return [
        run("three", panic("first"), panic("main.Code(2)"), panic("third")),
        run("again", *kept),
        run("other", *wrapped),
        run(
            "fault",
            *again,
            fault=SEGV,
            hand={"main.fault": passed("t *Ticket", nil, "by int", integer(3))},
        ),
        run(
            "cleanup",
            panic("failure: no room"),
            panic(full),
            hand={"main.cleanup": passed("list []int", items, "i int", integer(5))},
        ),
        run("handled", panic("main.Code(7)")),
    ]


FAKE = (
    "cannot parse:\n\tline 3: unexpected }\n\ngoroutine 77 [running]:\nmain.innocent(0x1, 0x2)\n"
    "\t/home/dev/src/app/other.go:5 +0x1d\nexit status 2"
)


def _multiline(go: str) -> list[Run]:
    texts = {"string": FAKE, "error": FAKE + "\n", "named": f'main.Report("{FAKE}")'}
    length = {"kind": "string", "len": len(FAKE), "text": FAKE}
    return [
        Run(
            go,
            variant=name,
            args=("x" * (i + 1),),
            causes=(panic(text),),
            hand={"main.parse": passed("text string", length, "line int", integer(i + 1))},
        )
        for i, (name, text) in enumerate(texts.items())
    ]


def _labels(go: str) -> list[Run]:
    env = (("GODEBUG", "tracebacklabels=1"), ("GOTRACEBACK", "all"))
    hand = {"main.crash": passed("code int", integer(3))}
    served = {
        "größe": "œ\n\t\\",
        "none": "",
        "path": "/v1/a.b_c",
        "request id": '7f]"{}',
        "user": "ann",
    }
    labels = {
        "main.crash": {"phase": "shut-down"},
        "main.serve": served,
        "main.serve.func1": served,
    }
    on = Run(go, env=env, causes=(panic("labelled"),), hand=hand, labels=labels)
    off = (("GODEBUG", "tracebacklabels=0"), env[1])
    return [on, on._replace(variant="off", env=off, labels={})]


def _throw(go: str) -> list[Run]:
    bottom = panic("at the bottom: ground")
    unlocked = {"main.unlock": passed("mu *sync.Mutex", None, "n int8", integer(-1))}
    shallow = {"main.shallow": passed("left int", None, "word string", string("ground"))}
    mutex = Run(
        go,
        variant="mutex",
        args=("mutex",),
        kind="fatal",
        causes=(fatal("sync: unlock of unlocked mutex"),),
        hand=unlocked,
    )
    return [
        Run(
            go,
            variant="overflow",
            args=("overflow",),
            kind="fatal",
            causes=(fatal("stack overflow"),),
        ),
        Run(go, variant="deep", args=("deep",), causes=(bottom,), hand=shallow),
        mutex,
    ]


def _http(go: str) -> list[Run]:
    lookup = {
        "main.(*Shop).lookup": passed(
            "receiver s *Shop", None, "item string", string("price"), "amount int", integer(2)
        )
    }
    message = panic("closed:\nopen again on /close")
    return [
        Run(
            go,
            kind=None,
            args=("/price",),
            causes=(panic("assignment to entry in nil map"),),
            hand=lookup,
        ),
        # net/http formats the value itself: its newlines stay raw in every release.
        Run(go, variant="close", kind=None, args=("/close",), causes=(message,)),
    ]


def _pprof(go: str) -> list[Run]:
    run = {
        "main.(*Pump).run": passed(
            "receiver p *Pump", None, "speed int", None, "label string", string("well")
        ),
        "main.rest": passed("d time.Duration", integer(3600 * 10**9)),
    }
    return [
        Run(go, variant="debug1", args=("1",), kind="profile", stdout=True),
        Run(go, variant="debug2", args=("2",), kind="snapshot", stdout=True, hand=run),
    ]


def _closures(go: str) -> dict[str, Any]:
    """A closure called where it stands takes what it captures as parameters, before its own.

    In every release (cmd/compile/internal/walk/closure.go directClosureCall); only ``go`` and
    ``defer`` statements lost these parameters in 1.17.
    """
    inner = ("captured &depth *int", None, "captured j *Job", None)
    outer = ("captured wait chan bool", None, "captured &j **Job", None) if go == "1.15" else ()
    given = (integer(4), string("retry"))
    return {
        "main.fail": passed("n int", given[0], "why string", given[1]),
        "main.loop.func1": passed(*inner, "a int", given[0], "s string", given[1]),
        "main.main.func1": passed(*outer, "n int", given[0], "s string", given[1]),
        "main.main.func1.1": passed("r float64", {"kind": "float", "value": 0.75}),
    }


_RUNTIME = "runtime error: "
_KINDS = {
    "slice": panic(_RUNTIME + "slice bounds out of range [:5] with capacity 3"),
    "convert": panic(
        _RUNTIME + "cannot convert slice with length 2 to array or pointer to array with length 4"
    ),
    "divide": panic(_RUNTIME + "integer divide by zero"),
    "shift": panic(_RUNTIME + "negative shift amount"),
    "assertion": panic("interface conversion: interface {} is int, not string"),
    "close-nil": panic("close of nil channel"),
    "close-closed": panic("close of closed channel"),
    "send-closed": panic("send on closed channel"),
    "receive-nil": fatal("all goroutines are asleep - deadlock!"),
    "make-slice": panic(_RUNTIME + "makeslice: len out of range"),
    "make-chan": panic("makechan: size out of range"),
    "unhashable": panic(_RUNTIME + "hash of unhashable type []string"),
    "uncomparable": panic(_RUNTIME + "comparing uncomparable type []string"),
    "wait-group": panic("sync: negative WaitGroup counter"),
    "concurrent-map": fatal("concurrent map writes"),
    "nil-go": fatal("go of nil func value"),
}


def _kinds() -> list[Run]:
    return [
        Run("1.27", variant=name, args=(name,), kind=cause["kind"], causes=(cause,))
        for name, cause in _KINDS.items()
    ]


CASES: dict[str, list[Run]] = {
    "inlined": [Run(go, causes=(panic("panic in foo"),)) for go in ("1.15", "1.19", "1.27")],
    "shapes": _shapes(),
    "seed-story": [
        # Status is byte 1 of an Answer; without optimisation the check for nil reads byte 0.
        *(
            _crash(go)._replace(fault=SEGV | {"address": "0x1"})
            for go in ("1.15", "1.19", "1.23", "1.27")
        ),
        _crash("1.15", "386")._replace(fault=SEGV | {"address": "0x1"}),
        _crash("1.27", variant="noopt", flags=NO_OPT),
    ],
    "generics": [
        run
        for go in ("1.19", "1.23", "1.27")
        for run in (
            Run(go, causes=_VISITED),
            Run(go, variant="noopt", flags=NO_OPT, causes=_VISITED),
        )
    ]
    + [Run("1.27", "386", causes=_VISITED)],
    "closures": [
        Run(go, variant=name, flags=flags, causes=causes, hand=_closures(go))
        for go, name, flags, causes in (
            ("1.15", "", (), (panic("closure: retry", recovered=True), panic("closure: retry"))),
            ("1.27", "", (), (panic("closure: retry", recovered=True, repanicked=True),)),
            ("1.27", "noopt", NO_OPT, (panic("closure: retry", recovered=True, repanicked=True),)),
        )
    ],
    "deadlock": [
        Run(go, kind="fatal", causes=_DEADLOCK, hand=_DEPOT) for go in ("1.15", "1.23", "1.27")
    ],
    "sigquit": [
        Run(go, arch, signal="SIGQUIT", kind="signal", hand=_RELAY)
        for go, arch in (("1.15", "amd64"), ("1.27", "amd64"), ("1.15", "s390x"), ("1.27", "arm64"))
    ],
    "nested": [run for go in ("1.15", "1.23", "1.25", "1.27") for run in _nested(go)],
    "multiline": [run for go in ("1.15", "1.23") for run in _multiline(go)],
    "race": [Run(go, kind="race", flags=("-race",)) for go in ("1.15", "1.27")],
    "labels": [run for go in ("1.26", "1.27") for run in _labels(go)],
    "throw": [run for go in ("1.15", "1.23", "1.27") for run in _throw(go)],
    "kinds": _kinds(),
    "http": [run for go in ("1.15", "1.27") for run in _http(go)],
    "pprof": [run for go in ("1.15", "1.27") for run in _pprof(go)],
}
