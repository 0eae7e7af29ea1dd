"""Random Go modules that write down what they pass: the oracle of tests/test_truth.py.

A module is three packages and chains of calls through them. Each call is announced with
``truth.At`` (tests/data/truth/truth.go); at its end a chain prints all stacks, the last one dies.
``generate`` gives the same module for the same seed, release and salt; another ``salt`` gives the
same functions with other parameters: what another commit would be. It shares no code with gotrace.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, NamedTuple

from tests.truth_chains import Chains, Function, mentions_parameter
from tests.truth_types import PACKAGES, PATHS, STRING, Type, Types, Values

RUNTIME = Path(__file__).parent / "data" / "truth" / "truth.go"
FILES = {"main": "main.go", "depot": "depot/depot.go", "store": "store.v2/store.go"}
ENDINGS = {
    "panic": 'if !truth.Never {{ panic("the end") }}',
    "nil": "truth.Sink = {mark}Nil.S",
    "index": "truth.Sink = {mark}None[len({mark}None)+5]",
    "map": "{mark}Map[1] = 2",
    "assert": "truth.Sink = {mark}Any.(string)",
    "quit": "truth.Quit(5)",
}
OTHERS = ("float64", "int8", "string", "*int", "struct{ A, B int }", "[]string")


class Module(NamedTuple):
    """Files by path, and what is known of each function by its number."""

    files: dict[str, str]
    functions: dict[int, dict[str, Any]]


class Announced(NamedTuple):
    """A ``truth.At`` to write: the variables of ``package`` hold what is passed."""

    function: Function
    package: str
    variables: list[str]

    def line(self, package: str) -> str:
        """As code in ``package`` writes it."""
        at = "" if package == self.package else f"{self.package}."
        given = zip(self.function.called, self.variables, strict=True)
        pairs = "".join(f', "{name}", &{at}{variable}' for (name, _), variable in given)
        return f"truth.At({self.function.number}{pairs})"


def generate(
    seed: int, minor: int, *, chains: int = 8, ending: str = "panic", salt: int = 0
) -> Module:
    """A module for Go 1.``minor`` and later."""
    return _Writer(seed, minor, salt).module(chains, ending)


class _Writer:
    def __init__(self, seed: int, minor: int, salt: int) -> None:
        self.r = random.Random(f"{seed} {salt}")
        self.minor, self.salt = minor, salt
        self.types = Types(self.r)
        shape = random.Random(f"shape {seed}")
        self.chains = Chains(shape, self.types, generics=minor >= 18)
        self.texts: dict[str, list[str]] = {p: list(self.types.declarations[p]) for p in PACKAGES}
        self.values = {p: Values(self.types, p) for p in PACKAGES}
        self.ending = ""

    def module(self, chains: int, ending: str) -> Module:
        starts, functions = [], {}
        for n in range(chains):
            self.ending = (
                f"truth.Dump({n})" if n < chains - 1 else f"truth.Dying = true\n{ENDINGS[ending]}"
            )
            chain = self.chains.chain()
            functions |= {f.number: f for f in chain}
            announced, calls = self._call(chain, "main")
            lines = [*(a.line("main") for a in announced), calls]
            starts.append("\tfunc() {\n" + "\n".join(lines) + "\n\t}()")
        self.texts["main"].append("func main() {\n" + "\n".join(starts) + "\n}")
        for box in self.chains.boxes:
            fields = "; ".join(box.spelt_fields(box.package))
            self.texts[box.package].append(f"type {box.name}[T any] struct {{ {fields} }}")
        for f in functions.values():
            self._instantiate(f)
        files = {"truth/truth.go": RUNTIME.read_text("utf-8")}
        files["go.mod"] = f"module example.com/app\n\ngo 1.{self.minor}\n"
        known: dict[int, dict[str, Any]] = {}
        for package, path in FILES.items():
            files[path] = self._file(package)
            known |= places(path, files[path])
        return Module(files, {n: described(functions[n]) | at for n, at in known.items()})

    def _file(self, package: str) -> str:
        below = PACKAGES[PACKAGES.index(package) + 1 :]
        imports = ['"errors"', '"time"', '"unsafe"', '"example.com/app/truth"']
        imports += [f'{p} "{PATHS[p]}"' if p == "store" else f'"{PATHS[p]}"' for p in below]
        mark = package[0].upper()
        used = [
            *("var _ = errors.New", "var _ time.Duration", "var _ unsafe.Pointer"),
            *(f"var _ {p}.{p[0].upper()}Impl" for p in below),
            *(f"var {mark}Nil *{mark}Impl", f"var {mark}None []int", f"var {mark}Map map[int]int"),
            f"var {mark}Any interface{{}} = 5",
        ]
        moved = "// another commit\n" * (3 * self.salt)
        head = f"package {package}\n\nimport (\n\t" + "\n\t".join(imports) + "\n)\n\n" + moved
        return head + "\n\n".join(["\n".join(used), *self.texts[package]]) + "\n"

    def _call(self, chain: list[Function], package: str) -> tuple[list[Announced], str]:
        """What to announce before the first of ``chain`` is called in ``package``, and the call.

        An inlinable function has no room to announce its own call: that is handed up as well.
        """
        f, rest = chain[0], chain[1:]
        if f.link == "hook":
            self._hook(f, rest)
            return [], f"truth.Call({f.number})"
        announced, text, given = self._prepared(f, rest, package)
        call = f"{text}({given})"
        if f.link == "defer":
            return announced, f"defer {call}"
        if f.link == "go":
            at = "" if f.package == package else f"{f.package}."
            self.texts[f.package].append(f"var {f.identifier}Done = make(chan bool, 1)")
            return announced, f"go {call}\n<-{at}{f.identifier}Done"
        if f.link in ("variable", "value", "face"):
            return announced, self._by_variable(f, package, text, announced[0].variables, given)
        return announced, call

    def _prepared(
        self, f: Function, rest: list[Function], package: str
    ) -> tuple[list[Announced], str, str]:
        """What to announce, what is called, and the arguments."""
        variables, given = self._variables(f, package)
        more, text = self._written(f, rest)
        if f.kind != "closure":
            at = "" if f.package == package else f"{f.package}."
            spelt = ", ".join(t.spell(package, concrete=True) for t in f.arguments)
            text = f"{at}{f.identifier}" + (f"[{spelt}]" if spelt else "")
            text = f"{variables[0]}.{f.identifier}" if f.receiver else text
        arguments = ", ".join(given[bool(f.receiver) :]) + ("..." if f.variadic else "")
        return [Announced(f, package, variables), *more], text, arguments

    def _hook(self, f: Function, rest: list[Function]) -> None:
        """A package below calls a function of main."""
        announced, text, given = self._prepared(f, rest, "main")
        inside = "\n".join([*(a.line("main") for a in announced), f"{text}({given})"])
        self.texts["main"].append(
            f"func init() {{\n\ttruth.Hook({f.number}, func() {{\n{inside}\n\t}})\n}}"
        )

    def _variables(self, f: Function, package: str) -> tuple[list[str], list[str]]:
        """Variables with what is passed, and what is written at the call."""
        names, given = [], []
        for i, (_, t) in enumerate(f.called):
            name = f"{package[0].upper()}Arg{f.number}x{i}"
            expression = self.values[package].of(t)
            spelt = t.spell(package, concrete=True)
            if t.kind == "pointer" and expression.endswith("}") and self.r.random() < 0.5:
                kept = f"x := {expression[1:]}; truth.Sink = &x; return &x"
                expression = f"func() {spelt} {{ {kept} }}()"
            self.texts[package].append(f"var {name} {spelt} = {expression}")
            names.append(name)
            constant = t.kind == "basic" and "truth." not in expression and "&" not in expression
            given.append(expression if constant and self.r.random() < 0.4 else name)
        return names, given

    def _by_variable(
        self, f: Function, package: str, text: str, variables: list[str], given: str
    ) -> str:
        """Called through a variable of the package, which the compiler cannot see through."""
        name = f"{package[0].upper()}Var{f.number}"
        signature = signature_text(f, package, concrete=True)
        if f.link == "face":
            self.texts[package].append(f"var {name} interface {{ {f.identifier}{signature} }}")
            return f"{name} = {variables[0]}\n{name}.{f.identifier}({given})"
        self.texts[package].append(f"var {name} func{signature}")
        return f"{name} = {text}\n{name}({given})"

    def _written(self, f: Function, rest: list[Function]) -> tuple[list[Announced], str]:
        """Write the function, a closure as an expression; what its caller has to announce."""
        body, announced = self._body(f, rest)
        signature = signature_text(f, f.package)
        if f.kind == "closure":
            text = f"func{signature} {{ //@B{f.number}\n{body}\n//@E{f.number}\n}}"
            return announced, text
        receiver = ""
        if f.receiver:
            name, t = f.receiver
            receiver = f"({f'{name} {t.spell(f.package)}'.strip()}) "
        generic = ", ".join(f"{t.text} any" for t in f.arguments) if f.kind == "generic" else ""
        head = f"func {receiver}{f.identifier}" + (f"[{generic}]" if generic else "")
        mark = "" if f.inlinable else "//go:noinline\n"
        self.texts[f.package].append(
            f"{mark}{head}{signature} {{ //@B{f.number}\n{body}\n}} //@E{f.number}"
        )
        return announced, ""

    def _body(self, f: Function, rest: list[Function]) -> tuple[str, list[Announced]]:
        """Uses of the parameters, the next call, more uses."""
        early, late = [], [f"truth.Sink = {name}" for name, _ in f.captures]
        if f.link == "go":
            done = f"defer func() {{ if !truth.Dying {{ {f.identifier}Done <- true }} }}()"
            early.append(f"{done} //@D{f.number}")
        for i, (name, t) in enumerate(f.called):
            first, then = self._use(f, i, name, t)
            early += first
            late += then
        announced: list[Announced] = []
        if rest:
            announced, call = self._call(rest, f.package)
            early += [] if f.inlinable else [a.line(f.package) for a in announced]
            early.append(call)
        else:
            early.append(self.ending.format(mark=f.package[0].upper()))
        results = [self.values[f.package].of(t) for _, t in f.results]
        late += [f"return {', '.join(results)}"] if results else []
        body = "\n".join("\t" + line for line in early + late)
        return body, announced if f.inlinable else []

    def _use(self, f: Function, i: int, name: str, t: Type) -> tuple[list[str], list[str]]:
        """What is done with a parameter before the next call and after it."""
        use, generic = f.uses.get(name, "none"), mentions_parameter(t)
        keep, spelt = f"{f.package[0].upper()}Keep{f.number}x{i}", t.spell(f.package)
        store = f"truth.Sink = {name}"
        if f.inlinable or (not generic and use != "none" and self.r.random() < 0.6):
            self.texts[f.package].append(f"var {keep} {spelt}")
            store = f"{keep} = {name}"
        fields = [n for n, _ in t.fields if n[0].isupper() and t.kind == "struct"]
        if use == "part" and (t.kind in ("slice", "map", "chan") or t == STRING):
            return [], [f"truth.Count += len({name})"]
        if use == "part" and fields:
            return [], [f"truth.Sink = {name}.{self.r.choice(fields)}"]
        if use == "set" and not generic:
            new = self.values[f.package].of(t)
            self.texts[f.package].append(f"var {keep}n {spelt} = {new}")
            now = f'truth.Now({f.number}, "{name}", &{keep}n)'
            return [store, now, f"{name} = {keep}n"], [store]
        written: tuple[list[str], list[str]] = {
            "before": ([store], []),
            "after": ([], [store]),
            "touch": ([f"truth.Touch(unsafe.Pointer(&{name}))"], [store]),
            "escape": ([f"truth.Sink = &{name}"], []),
        }.get(use, ([], []))
        if written == ([], []):
            f.uses[name] = "none"
        return written

    def _instantiate(self, f: Function) -> None:
        """Other instantiations of a generic function, which are compiled and never run."""
        for other in self.r.sample(OTHERS, 2) if f.arguments else ():
            spelt = ", ".join([other] * len(f.arguments))
            text = f"{f.identifier}[{spelt}]"
            if f.receiver:
                of = f.receiver[1]
                base = of.elements[0] if of.kind == "pointer" else of
                text = f"({'*' * (of.kind == 'pointer')}{base.name}[{spelt}]).{f.identifier}"
            self.texts[f.package].append(
                f"func init() {{ if truth.Never {{ truth.Sink = {text} }} }}"
            )


def signature_text(f: Function, package: str, concrete: bool = False) -> str:
    """Parameters and results."""
    parts = [f"{n} {t.spell(package, concrete)}".strip() for n, t in f.parameters]
    if f.variadic:
        name, t = f.parameters[-1]
        parts[-1] = f"{name} ...{t.elements[0].spell(package, concrete)}".strip()
    results = [t.spell(package, concrete) for _, t in f.results]
    return f"({', '.join(parts)})" + (f" ({', '.join(results)})" if results else "")


def places(path: str, text: str) -> dict[int, dict[str, Any]]:
    """File and lines of each function, by the marks in the text."""
    found: dict[int, dict[str, Any]] = {}
    for i, line in enumerate(text.split("\n"), 1):
        for word in line.split():
            if word.startswith("//@B"):
                found[int(word[4:])] = {"file": path, "start": i}
            elif word.startswith("//@E"):
                found[int(word[4:])]["end"] = i
            elif word.startswith("//@D"):
                found[int(word[4:])]["deferred"] = i
    return found


def described(f: Function) -> dict[str, Any]:
    """What tests/truth_check.py has to know of a function."""
    roles = ["captured"] * len(f.captures)
    roles += ["receiver"] * (f.receiver is not None) + ["parameter"] * len(f.parameters)
    parameters: list[dict[str, Any]] = [
        {
            **{"name": n or None, "role": role, "type": t.spell(), "concrete": t.spell("", True)},
            "use": f.uses.get(n, "none"),
        }
        for (n, t), role in zip([*f.captures, *f.called], roles, strict=True)
    ]
    if f.variadic:
        parameters[-1]["variadic"] = True
    return {
        **{"name": f.name, "kind": f.kind, "link": f.link, "inlinable": f.inlinable},
        **{"package": f.package, "outer": f.outer, "parameters": parameters},
        "results": [t.spell() for _, t in f.results],
    }
