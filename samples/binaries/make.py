"""Makes the traces, program files and truths of this folder with real Go: ``make.py [VERSION …]``.

Toolchains are found as by ``../make.py``. The program files are what ``go build`` wrote, but for
what nobody reads of them, which is zeros (see README.md): that makes them small when compressed.
It imports nothing of gotrace.
"""

from __future__ import annotations

import json
import lzma
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = Path(os.environ.get("GOTRACE_GO_ROOT", "~/.cache/gotrace/go")).expanduser()
HOME, GOROOT = "/home/dev/src/app", "/usr/local/go"
# Two have DWARF, of version 4 and 5; of the others two have a symbol table, two have nothing.
FLAGS = {
    "1.15": "-compressdwarf=false",
    "1.19": "-s -w",
    "1.21": "-w",
    "1.23": "-w",
    "1.25": "-s -w",
    "1.27": "-compressdwarf=false",
}
UNREAD = (".debug_line", ".debug_frame", ".debug_ranges", ".debug_rnglists", ".debug_gdb_scripts")
UNREAD += (".debug_loclists",)  # since registers pass parameters, they do not say where those lie

PATCH = {"1.15": 15, "1.19": 8, "1.21": 13, "1.23": 9, "1.25": 5, "1.27": 3}

CRATE = [("Name", "string"), ("Count", [2, "int32"])]
ITEM = ("inner", "parameter", "depot.Crate", CRATE)
FUNC = "func(int) string"


def parameters(*rows: Any) -> list[Any]:
    """(name, role, type, what it is made of) of each."""
    return [(*row[:1], "parameter", *row[1:]) if len(row) == 3 else row for row in rows]


# By the number that the program prints: name, file, parameters.
FUNCTIONS: dict[int, tuple[str, str, list[Any]]] = {
    1: ("main.texts", "main.go", parameters(*((n, "string", "string") for n in "abcd"))),
    2: (
        "main.boxes",
        "main.go",
        parameters(*((n, "interface{}", "interface") for n in "abcd"), ("e", "error", "interface")),
    ),
    3: (
        "main.calls",
        "main.go",
        parameters(*((n, FUNC, "func") for n in "fghi"), ("l", "depot.Labeled", "interface")),
    ),
    4: (
        "main.places",
        "main.go",
        parameters(
            ("p", "*int", "pointer"),
            ("c", "*depot.Crate", "pointer"),
            ("u", "unsafe.Pointer", "pointer"),
            ("_", "int64", "int64"),
        ),
    ),
    5: (
        "example.com/app/depot.(*Crate).Pack",
        "depot/depot.go",
        [
            ("c", "receiver", "*depot.Crate", "pointer"),
            ITEM,
            *parameters(
                ("tags", "[]string", "slice"), ("n", "int8", "int8"), ("ok", "bool", "bool")
            ),
        ],
    ),
    6: (
        "main.floats",
        "main.go",
        parameters(("f", "float64", "float64"), ("t", "float32", "float32"), ("n", "int", "int")),
    ),
    7: ("main.small1", "main.go", parameters(("n", "int", "int"))),
    8: ("main.more", "old.go", parameters(("n", "int", "int"))),
    9: (
        "main.(*box[...]).put",
        "generic.go",
        [
            ("b", "receiver", "*main.box[T]", "pointer"),
            *parameters(("v", "T", "string"), ("n", "int", "int")),
        ],
    ),
    10: (
        "main.pair[...]",
        "generic.go",
        parameters(("a", "T", CRATE), ("b", "U", "int"), ("c", "string", "string")),
    ),
}
RESULTS = {5: ["int", "error"], 6: ["string", "error"]}
CONCRETE = {"9 b": "*main.box[string]", "9 v": "string", "10 a": "depot.Crate", "10 b": "int"}
# What the source says of some: by function and parameter.
TEXTS = {"a literal of the program": "rodata", "literal": "rodata", "inner": "rodata"}
TEXTS |= {"on the heap": None, "": None}
BYTES = {
    **{"1 0": "a literal of the program", "1 1": "literal", "1 2": "on the heap", "1 3": ""},
    **{"5 1.Name": "inner", "10 0.Name": "inner"},
    **{"9 1": "literal", "10 2": "a literal of the program"},
}
TOLD: dict[str, dict[str, Any]] = {
    "2 0": {"dynamic_type": "main.small", "typed_nil": False},
    "2 1": {"dynamic_type": "*depot.Crate", "typed_nil": False},
    "2 2": {"dynamic_type": "*depot.Crate", "typed_nil": True},
    "2 4": {"dynamic_type": "*main.failure", "typed_nil": False},
    "3 4": {"dynamic_type": "main.small", "typed_nil": False},
    "3 0": {"symbol": "main.named", "where": "rodata"},
    "3 1": {"symbol": "example.com/app/depot.(*Crate).Label-fm"},
    "4 0": {"symbol": "main.counter", "where": "data"},
    "4 1": {"symbol": "main.home", "where": "data"},
    "4 2": {"symbol": "main.counter", "where": "data"},
    "5 0": {"symbol": "main.home", "where": "data"},
}


def main(versions: list[str]) -> None:
    """Make the named versions, or all."""
    for version in versions or list(FLAGS):
        trace, passed, program = execute(version)
        place = HERE / f"go{version}"
        place.mkdir(exist_ok=True)
        (place / "trace.log").write_text(trace, "utf-8")
        (place / "app.xz").write_bytes(lzma.compress(slim(program), preset=9 | lzma.PRESET_EXTREME))
        (place / "truth.json").write_text(truth(version, passed), "utf-8")
        print(version, len(trace), (place / "app.xz").stat().st_size, flush=True)


def execute(version: str) -> tuple[str, dict[str, bytes], bytes]:
    """Build the program, run it: its trace, what it passed, its file."""
    debian = ROOT / version / "usr" / "lib" / f"go-{version}"
    root = debian if debian.exists() else ROOT / version / "go"
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder) / "app"
        shutil.copytree(HERE / "app", app)
        (app / "go.mod").write_text(f"module example.com/app\n\ngo {version}\n")
        env = {
            **{k: os.environ[k] for k in ("HOME", "PATH")},
            **{
                "GOROOT": str(root),
                "GOTOOLCHAIN": "local",
                "GOFLAGS": "-mod=mod",
                "GOPROXY": "off",
            },
            **{"CGO_ENABLED": "0", "GOARCH": "amd64", "GOCACHE": str(ROOT.parent / "gocache")},
        }
        build = [root / "bin/go", "build", "-trimpath", f"-ldflags={FLAGS[version]}", "-o", "run"]
        subprocess.run([*build, "."], cwd=app, env=env, check=True)
        done = subprocess.run([app / "run"], env={}, stderr=subprocess.PIPE, check=False)
        program = (app / "run").read_bytes()
    lines = done.stderr.decode().splitlines(keepends=True)
    passed = {}
    for line in lines:
        if line.startswith("@ "):
            _, function, parameter, *numbers = line.split()
            passed[f"{function} {parameter}"] = bytes(int(n) for n in numbers)
    return "".join(x for x in lines if not x.startswith("@ ")), passed, program


def slim(data: bytes) -> bytes:
    """An ELF file without the machine code of the runtime and the sections in UNREAD."""
    out = bytearray(data)
    table = struct.unpack_from("<Q", data, 40)[0]
    size, count, names = struct.unpack_from("<HHH", data, 58)
    rows = [struct.unpack_from("<IIQQQQ", data, table + i * size) for i in range(count)]
    base = rows[names][4]
    for name, _, _, _, offset, length in rows[1:]:
        label = data[base + name : data.index(0, base + name)].decode()
        if label in UNREAD:
            out[offset : offset + length] = bytes(length)
        elif label == ".text":
            # The linker puts the packages in order of imports: depot and main come last.
            kept = 16384
            out[offset : offset + length - kept] = bytes(length - kept)
    return bytes(out)


# ------------------------------------------------------------------------------------------- truth


def truth(version: str, passed: dict[str, bytes]) -> str:
    """What tests/truth_check.py holds an annotation against."""
    functions, values = {}, {}
    for number, (name, file, given) in FUNCTIONS.items():
        if f"{number} 0" not in passed:
            continue
        start, end = lines_of(name, file if number != 8 or version == "1.15" else "generic.go")
        path = file if number != 8 or version == "1.15" else "generic.go"
        functions[number] = {
            **{"name": name, "package": "depot" if "depot." in name else "main"},
            **{"file": path, "start": start, "end": end, "outer": None},
            "parameters": [
                {
                    **{"name": n, "role": role, "type": t, "use": "after"},
                    "concrete": CONCRETE.get(f"{number} {n}", t),
                }
                for n, role, t, _ in given
            ],
            "results": RESULTS.get(number, []),
        }
        values[number] = {
            "at": [
                {"name": n, "value": value(passed[at := f"{number} {i}"], made, at)}
                for i, (n, _, _, made) in enumerate(given)
            ]
        }
    text = {
        "go": version,
        "go_exact": f"{version}.{PATCH[version]}",
        "build": f"go build -trimpath -ldflags='{FLAGS[version]}'",
        "functions": functions,
        "passed": values,
    }
    return json.dumps(text, indent=1, ensure_ascii=False) + "\n"


def lines_of(name: str, file: str) -> tuple[int, int]:
    """First and last line of a function."""
    short = re.split(r"[.\]]", name.removesuffix("[...]"))[-1]
    lines = (HERE / "app" / file).read_text("utf-8").split("\n")
    start = next(i for i, x in enumerate(lines, 1) if re.match(rf"func (\(.*\) )?{short}[(\[]", x))
    return start, next(i for i in range(start, len(lines) + 1) if lines[i - 1].endswith("}"))


NUMBERS = {
    "int": "<q",
    "int64": "<q",
    "int32": "<i",
    "int8": "<b",
    "float64": "<d",
    "float32": "<f",
}


def value(raw: bytes, made: Any, at: str) -> dict[str, Any]:  # noqa: PLR0911 - one a kind
    """The bytes of a parameter in the annotation's shape."""
    words = [int.from_bytes(raw[i : i + 8], "little") for i in range(0, len(raw), 8)]
    if isinstance(made, list) and isinstance(made[0], int):
        part = len(raw) // made[0]
        each = [value(raw[i * part : (i + 1) * part], made[1], at) for i in range(made[0])]
        return {"kind": "array", "elements": each}
    if isinstance(made, list):  # CRATE: 16 bytes and 8
        parts = [
            (n, value(r, m, f"{at}.{n}"))
            for (n, m), r in zip(made, (raw[:16], raw[16:]), strict=True)
        ]
        return {"kind": "struct", "fields": [{"name": n, "value": v} for n, v in parts]}
    if made in NUMBERS:
        kind = "float" if made.startswith("float") else "int"
        return {"kind": kind, "value": struct.unpack(NUMBERS[made], raw)[0]}
    known = {**TOLD.get(at, {})}
    if made == "bool":
        return {"kind": "bool", "value": bool(raw[0])}
    if made == "string":
        text = BYTES.get(at)
        where = TEXTS[text] if text is not None else None
        told = {"bytes": text.encode().hex() if text is not None else None, "where": where}
        return {"kind": "string", "pointer": hex(words[0]), "len": words[1], **told}
    if made == "slice":
        kept = {"kind": "slice", "pointer": hex(words[0]), "len": words[1], "cap": words[2]}
        return {**kept, "nil": not words[0]}
    if made == "interface":
        kept = {"kind": "interface", "type_word": hex(words[0]), "data_word": hex(words[1])}
        return {**kept, "nil": not words[0], "dynamic_type": None, "typed_nil": None, **known}
    kept = {
        "kind": "pointer",
        "address": hex(words[0]),
        "nil": not words[0],
        "func": made == "func",
    }
    return {**kept, "symbol": None, "where": None, **known}


if __name__ == "__main__":
    main(sys.argv[1:])
