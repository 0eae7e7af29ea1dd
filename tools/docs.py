"""Write the pages of the docs that are made from the program, and build the site of all of them.

``python tools/docs.py`` writes the pages and builds ``site/`` (zensical: ``pip install
'.[docs]'``); ``--pages`` writes the pages only; ``--check`` writes nothing and exits with 1, naming
the pages that are not what the program gives.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import docs_api
import docs_codes
import docs_command
import docs_culprits
import docs_findings
import docs_issues

from gotrace.culprit.messages import FaultKind
from gotrace.findings.rules import RULES
from gotrace.goversion import FACTS, NEWEST, Fact

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CONTENTS = ROOT / "zensical.toml"


def main() -> int:
    """The exit code."""
    made = pages()
    if "--check" in sys.argv[1:]:
        stale = [f"docs/{name}" for name, text in made.items() if not _is(DOCS / name, text)]
        stale += [f"docs/{name}" for name in written() if name not in made]
        stale += [] if _is(CONTENTS, contents()) else [CONTENTS.name]
        for name in stale:
            print(f"{name} is not what the program gives: run python tools/docs.py --pages")
        return 1 if stale else 0
    for name, text in made.items():
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(text, "utf-8")
    CONTENTS.write_text(contents(), "utf-8")
    return 0 if "--pages" in sys.argv[1:] else build()


def build() -> int:
    """``site/``, anew; a link that leads nowhere is an error."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "zensical", "build", "--clean", "--strict"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    except OSError as error:
        print(f"python tools/docs.py: {error}", file=sys.stderr)
        return 2
    if "No module named zensical" in done.stderr:
        print("the site needs zensical: pip install '.[docs]'", file=sys.stderr)
        return 2
    print(done.stdout, end="")
    # Of a build that was given up it prints its own traceback behind what it found wrong.
    print(done.stderr.split("Traceback (most recent call last)")[0], end="", file=sys.stderr)
    return done.returncode


def pages() -> dict[str, str]:
    """The text of each page that is made, by its name below ``docs``."""
    return {
        "reference/command.md": docs_command.page(),
        "reference/api.md": docs_api.page(),
        "reference/go-versions.md": versions(),
        **docs_findings.pages(DOCS / "findings.md"),
        **docs_culprits.pages(),
        **docs_issues.pages(),
        "culprit.md": _listing("culprit.md", docs_culprits.rows()),
        "annotation.md": _listing("annotation.md", docs_issues.rows()),
    }


def written() -> list[str]:
    """Pages that lie where made ones do."""
    folders = [DOCS / name for name in ("reference", "findings", "culprits", "issues")]
    return [str(f.relative_to(DOCS)) for d in folders for f in sorted(d.rglob("*.md"))]


def _listing(name: str, rows: list[str]) -> str:
    return docs_codes.index((DOCS / name).read_text("utf-8"), rows)


def contents() -> str:
    """The settings of the site, with the pages of all codes in the list of pages."""
    text = CONTENTS.read_text("utf-8")
    for folder, names in (
        ("findings", list(RULES)),
        ("culprits", [kind.value for kind in FaultKind]),
        ("issues", list(docs_issues.TOLD)),
    ):
        lines = (f'    {{ "{n}" = "{folder}/{n.replace(" ", "-")}.md" }},\n' for n in names)
        head, begin, rest = text.partition(f"    # Made by tools/docs.py, {folder}:\n")
        end, behind = rest.partition("    # until here.\n")[1:]
        text = head + begin + "".join(lines) + end + behind
    return text


def _is(file: Path, text: str) -> bool:
    return file.exists() and file.read_text("utf-8") == text


def versions() -> str:
    """What each release of Go prints."""
    lines = [
        "<!-- Written by tools/docs.py from gotrace/goversion.py. -->",
        "",
        "# What each release of Go prints",
        "",
        "gotrace asks for these facts, never for a version: a trace tells which releases may have",
        "printed it, and a fact holds for all of them, for none, or for some. Where it holds for",
        "some, what depends on it is not claimed. The newest release that was looked at is",
        f"1.{NEWEST}.",
        "",
        "| releases | what is printed | in the source of Go | name |",
        "|---|---|---|---|",
    ]
    facts = sorted(FACTS.values(), key=lambda f: (f.since, f.until or 10**6))
    lines += [f"| {releases(f)} | {cell(f.text)} | {cell(f.cite)} | `{f.name}` |" for f in facts]
    return "\n".join(lines) + "\n"


def releases(fact: Fact) -> str:
    """The releases that have a fact, in words."""
    if fact.until is None:
        return f"1.{fact.since} and later"
    if fact.since == fact.until:
        return f"1.{fact.since}"
    return f"until 1.{fact.until}" if fact.since == 0 else f"1.{fact.since} to 1.{fact.until}"


def cell(text: str) -> str:
    """A text as a cell of a table."""
    parts = text.replace("|", "\\|").split("`")
    # What stands between backticks is code: no bracket of it begins a link.
    parts[::2] = [part.replace("[", "\\[") for part in parts[::2]]
    return "`".join(parts)


if __name__ == "__main__":
    sys.exit(main())
