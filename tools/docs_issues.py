"""A page for each code of an issue, and the list of them in docs/annotation.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import docs_codes
from docs_codes import Told

from gotrace.rendering.pages import page

_A = "gotrace annotate "
_NEW = "samples/seed-story/go1.27.log"
_STORY = "samples/seed-story/go1.15.log"
_CUT = "head -c 600 samples/pushd/panic.log | gotrace annotate"
_SOURCE = (
    "Give the source that the program was built from: `git checkout` of its commit. "
    "`--path-map FROM=TO` says where files of the trace lie."
)

TOLD = {
    "foreign-line": Told(
        "a line in the middle that is not Go's",
        "Another program, or another thread, wrote between the lines of the dump, or the line was "
        "damaged. It is left out, and what follows is read.",
        "Nothing, where the frames around it are whole. Else write stderr of the program to a file "
        "of its own. Where every line has something in front of it, `--prefix REGEX` says what.",
        _A + "samples/found/time_not_utf8.bin",
    ),
    "bad-header": Told(
        "a line that begins like the header of a goroutine and goes on otherwise",
        "The goroutine has no id and no state; its frames are read all the same.",
        "See whether something has changed the text on its way. If it is as Go printed it, it is a "
        "defect of gotrace: report it with the line.",
        f"sed 's/^goroutine 1 .*/goroutine 1 [runn/' {_NEW} | gotrace annotate",
    ),
    "bad-arguments": Told(
        "a call whose arguments are not understood",
        "The line begins as a call, but what stands between the parentheses is not what Go prints. "
        "The frame stays, without arguments.",
        "See whether something has changed or cut the line on its way.",
        f"sed 's/ok(0x/ok(Ox/' {_NEW} | gotrace annotate",
    ),
    "message-cut": Told(
        "lines of a long message are left out",
        "A message has more lines that are not indented than are kept. The span has what was left "
        "out.",
        "Nothing: the goroutines behind it are read. The whole message is in the log.",
        f"{{ echo 'panic: a poem'; seq 300; tail -n +2 {_NEW}; }} | gotrace annotate",
    ),
    "truncated": Told(
        "the dump ends too soon",
        "The text ends inside the dump, or the dump is longer than what is read at once.",
        "Look whether the log goes on in another file, and whether a collector has a limit of "
        "size. What is there is decoded; goroutines may be missing.",
        _CUT,
    ),
    "frame-without-line": Told(
        "a function without its file and line",
        "Go prints a file and line below each call; here it is missing or damaged. The frame "
        "stays, without a place.",
        "See whether something has taken the line out, or cut the log there.",
        _CUT,
    ),
    "ambiguous-message": Told(
        "before Go 1.23 a message may itself look like a goroutine",
        "These releases do not indent a message of several lines. What looks like the first "
        "goroutine may be text that the program gave to `panic`.",
        "Look at the message. Go 1.23 and later leave no doubt.",
        _A + "samples/multiline/go1.15.error.log",
    ),
    "go-contradicted": Told(
        "the text is not of the release that `--go` names",
        "The text has something in it that this release does not print. The release is not "
        "believed, and the values are decoded by the text alone.",
        "Leave `--go` out, or give the release that built the program: `go version FILE` tells it.",
        _A + "--go 1.15 samples/shapes/go1.27.log",
    ),
    "arch-contradicted": Told(
        "the text is not of the port that `--arch` names",
        "Registers, addresses or paths of the text are of another port. The port that was given is "
        "not believed.",
        "Leave `--arch` out, or give the `GOARCH` that the program was built for.",
        _A + "--arch s390x samples/sigquit/go1.27.log",
    ),
    "go-contradictory": Told(
        "the text disagrees with itself about its release",
        "Two things in the text are never printed by the same release, or a name of a folder "
        "speaks against the rest. Where nothing agrees, every release is thought possible, and "
        "fewer values are exact.",
        "See whether two dumps were mixed up or a text was edited.",
        f"sed 's/^main.login(.*/panic(0x1, 0x2)/' {_NEW} | gotrace annotate",
    ),
    "signature-tie": Told(
        "several signatures fit a function",
        "The function could be declared in more than one way by what was given, and nothing in the "
        "dump tells which. Its words stay without names.",
        "Give the signatures of the program alone, and with their package clauses. `--source` and "
        "`--binary` know which function it is.",
        _A + "--no-discover --signature 'func login(a int)' --signature 'func login(a, b string)' "
        "samples/seed-story/go1.27.log",
    ),
    "signature-disagreement": Told(
        "two sources declare a function differently",
        "Of two sources of signatures each says something else of one function. The issue says "
        "which of them is used.",
        "Bring the older one up to date, or leave it out.",
        _A + f"--signature 'func main.login(a int)' --source samples/seed-story {_STORY}",
    ),
    "signature-mismatch": Told(
        "the words of a frame do not fit its signature",
        "The signature prints other words than the trace has. No argument of the frame has a "
        "value: a table that is shifted is worse than none. It stands at the frame, among its "
        "`findings`.",
        "Give the signature of the version that crashed. Where many frames have it, look at `--go` "
        "and `--arch`: each release prints words in its own way.",
        _A + f"--go 1.27 {_STORY}",
    ),
    "binary-mismatch": Told(
        "a program that did not print this, or has other data, or is not needed beside another "
        "that was given",
        "The functions or lines of the program are not where the frames say. Nothing is taken from "
        "it, or not what does not fit: of another build every value might be wrong.",
        "Give the very file that crashed, not one that was built anew: from the image or the "
        "package that ran.",
        _A + "--binary app samples/binaries/go1.27/trace.log",
        unpack="samples/binaries/go1.19/app.xz",
    ),
    "binary-incomplete": Told(
        "the program lacks a function of the trace",
        "The program fits, and yet a frame is of a function that it does not have.",
        "Give the other file too, with a second `--binary`: a plugin or a shared library.",
        comes="It comes of programs that loaded code from another file.",
    ),
    "slide-unknown": Told(
        "a position-independent program and no pc",
        "The program was loaded at an address that nothing in the trace tells. Signatures and "
        "lines are known, but not what lies at an address.",
        "Nothing, where the names and types suffice. A trace with a `pc=` (of a signal, or with "
        "`GOTRACEBACK=system`) tells it; so does a program built with `-buildmode=exe`.",
        comes="It comes of programs built with `-buildmode=pie`.",
    ),
    "source-mismatch": Told(
        "the source is of another version",
        "A line of the trace is not in the function that the trace names, so that the file has "
        "changed since. No signature is taken from it.",
        _SOURCE,
        _A + "--source samples/closures samples/seed-story/go1.27.log",
    ),
    "source-missing": Told(
        "the source lacks a file",
        "Files of the trace are in none of the folders that were given.",
        _SOURCE,
        _A + "--source samples/culprit/src samples/seed-story/go1.27.log",
    ),
    "line-too-long": Told(
        "a line longer than any record",
        "Such a line is not searched to its end: a dump in it may not be found. It is an issue of "
        "`gotrace.parse`, beside the dumps; the command says it on stderr "
        "([envelopes](../envelopes.md)).",
        "Split the records of the log, one a line.",
        comes="It comes of a line longer than 256 MB.",
    ),
    "unreadable": Told(
        "an input or a file of signatures that could not be read",
        "It stands among the `issues` of the document, with the span null; the other inputs are "
        "read. The exit code is 2.",
        "Look at the path and its permissions: the message has what the system said.",
        comes="It comes where a file is not there, or may not be read.",
    ),
    "internal": Told(
        "a defect of gotrace",
        "Something in gotrace failed. The rest of the answer holds, and the exit code is 70.",
        "Report it, with the message and, where it may be shown, the log. `GOTRACE_DEBUG=1` shows "
        "where it failed.",
        comes="It comes of no sample, or a test would fail.",
    ),
}  # fmt: skip


# How the paragraph of the example begins, behind its place.
_BEGINS = {
    "bad-header": "this goroutine header is not understood",
    "bad-arguments": "the arguments of main.(*Answer).ok are",
    "message-cut": "these lines of a long message",
    "go-contradictory": "the evidence for the Go release",
    "foreign-line": "this line is not understood",
    "truncated": "the text ends here",
    "frame-without-line": "no file line follows",
    "ambiguous-message": "the panic's message may",
    "go-contradicted": "the text is not of Go",
    "arch-contradicted": "the text is not of s390x",
    "signature-tie": "main.login could be",
    "signature-disagreement": "main.login: the prototype says",
    "binary-mismatch": "app did not print this",
    "source-mismatch": "no signature from the source",
    "source-missing": "not below the source",
}  # fmt: skip


def pages() -> dict[str, str]:
    """The text of each page, by its name below ``docs``."""
    return {page(code): _page(code, told) for code, told in TOLD.items()}


def rows() -> list[str]:
    """The list of them."""
    told = [f"| [`{code}`]({page(code)}) | {told.brief} |" for code, told in TOLD.items()]
    return ["| code | |", "|---|---|", *told]


def _page(code: str, told: Told) -> str:
    def has(dump: Any) -> bool:
        frames = [f for g in dump["goroutines"] for f in g["frames"]]
        issues = [*dump["issues"], *(i for f in frames for i in f["findings"])]
        return any(issue["code"] == code for issue in issues)

    def shows(printed: str) -> Iterator[str]:
        return _frame(printed) if code == "signature-mismatch" else _issue(printed, _BEGINS[code])

    shown = docs_codes.example(told, has, shows)
    told = told._replace(means=f"{told.brief[0].upper()}{told.brief[1:]}.\n\n{told.means}")
    behind = "[All issues](../annotation.md#issues)"
    return docs_codes.page(code, told, "tools/docs_issues.py", shown, behind)


def _issue(printed: str, begins: str) -> Iterator[str]:
    """The issue, as text has it at the end of a dump."""
    lines = printed.splitlines()
    for place, line in enumerate(lines):
        if line.startswith("issue ") and begins in line:
            found = docs_codes.paragraph(lines, place)
            yield from ("...", *found)
            if place + len(found) < len(lines):
                yield "..."
            return


def _frame(printed: str) -> Iterator[str]:
    """The first frame whose words do not fit."""
    lines = printed.splitlines()
    place = next(i for i, line in enumerate(lines) if "signature-mismatch: " in line)
    start = max(i for i in range(place) if lines[i].startswith(" 1 "))
    yield from ("...", *lines[start : place + 1], "...")
