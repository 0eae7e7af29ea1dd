"""Which signature a frame gets: by path, by vendored path, by package name, or none and why."""

from __future__ import annotations

import pytest

from gotrace.signature import Signature
from gotrace.signatures.matching import Signatures, Tie
from gotrace.signatures.prototype import parse_prototypes


def signatures(text: str) -> Signatures:
    file = parse_prototypes(text, file="test.go")
    return Signatures(file.signatures, dict(file.packages))


def told(answer: Signature | Tie | None) -> str:
    """An answer in few words: the line that it was declared on, ``tie`` or ``none``."""
    if isinstance(answer, Signature):
        return str(answer.line)
    return "tie" if answer else "none"


DECLARED = """\
package main
func main()
func (t *T) M(a int)
func (t T) V(a int)
func func1(a int)
func Map[T any](a []T)
func (l *List[T]) At(i int)
func (b *Box[T]) Conv[U any](u U)
package cmpp // github.com/bigwhite/gocmpp
func (c *Client) Connect(addr string) error
package http
func Get(url string)
package yaml // gopkg.in/yaml.v2
func Unmarshal(in []byte)
package rand // example.com/rand/v2
func Roll(n int)
package log // example.com/log
func Printf(format string)
package a // one.com/a
func Twice(n int)
func Same(n int)
package a // two.com/a
func Twice(n int8)
func Same(n int)
func main.traced(x int)
"""
FRAMES = [
    ("main.main", "2"),
    ("main.(*T).M", "3"),
    ("main.T.M", "none"),
    ("main.(*T).V", "none"),
    ("main.T.V", "4"),
    ("main.func1", "5"),  # a declared function that is called so
    ("main.main.func1", "none"),
    ("main.(*T).M.func1", "none"),
    ("main.(*T).M.func1.2", "none"),
    ("main.main.gowrap1", "none"),
    ("main.main.deferwrap1", "none"),
    ("main.main-range1", "none"),
    ("main.(*T).M-fm", "none"),
    ("main.T.V-fm", "none"),
    ("main.Map[...]", "6"),
    ("main.Map[...].func1", "none"),
    ("main.Map", "none"),
    ("main.(*List[...]).At", "7"),
    ("main.(*Box[...]).Conv[...]", "8"),
    ("other.main", "none"),
    ("example.com/x/main.main", "2"),  # by name
    ("github.com/bigwhite/gocmpp.(*Client).Connect", "10"),
    ("x.org/app/vendor/github.com/bigwhite/gocmpp.(*Client).Connect", "10"),
    ("x.org/vendor/a/vendor/github.com/bigwhite/gocmpp.(*Client).Connect", "10"),
    ("vendor/github.com/bigwhite/gocmpp.(*Client).Connect", "10"),
    ("fork.org/cmpp.(*Client).Connect", "10"),  # the clause's name
    ("fork.org/gocmpp.(*Client).Connect", "10"),  # its path's last element
    ("fork.org/other.(*Client).Connect", "none"),
    ("github.com/bigwhite/gocmpp.(*Client).Connect.func1", "none"),
    ("net/http.Get", "12"),
    ("example.com/http.Get", "12"),
    ("gopkg.in/yaml%2ev2.Unmarshal", "14"),
    ("gopkg.in/yaml%2ev3.Unmarshal", "14"),
    ("sigs.k8s.io/yaml.Unmarshal", "14"),
    ("example.com/rand/v2.Roll", "16"),
    ("example.com/rand/v3.Roll", "16"),
    ("log.Printf", "none"),  # the standard library's, certainly not example.com/log
    ("example.com/log.Printf", "18"),
    ("fork.org/log.Printf", "18"),
    ("one.com/a.Twice", "20"),
    ("two.com/a.Twice", "23"),
    ("three.com/a.Twice", "tie"),
    ("three.com/a.Same", "21"),  # the two say the same
    ("main.traced", "25"),
    ("main.absent", "none"),
    ("panic", "none"),
    ("_cgoexp_1234", "none"),
    ("", "none"),
]


@pytest.mark.parametrize(("function", "line"), FRAMES)
def test_find(function: str, line: str) -> None:
    """Each printed name finds the declaration that it is of, and no other."""
    assert line == told(signatures(DECLARED).find(function))


def test_tie_says_what_ties() -> None:
    """The message names the function, and where the candidates are declared."""
    tie = signatures(DECLARED).find("three.com/a.Twice")
    assert isinstance(tie, Tie)
    places = "(one.com/a, test.go:20 and two.com/a, test.go:23)"
    assert tie.message == f"three.com/a.Twice could be any of 2 signatures {places}"


DUMPS = [
    # no package at all: one package of the dump has such a function, or nothing is bound
    ("func (c *C) M(a int)", {"x.org/a.(*C).M": "1", "x.org/a.(*D).M": "none"}),
    ("func (c *C) M(a int)", {"x.org/a.(*C).M": "tie", "x.org/b.(*C).M": "tie"}),
    # a name alone, and two packages of that name
    ("package a\nfunc F()", {"x.org/a.F": "2", "x.org/b.F": "none"}),
    ("package a\nfunc F()", {"x.org/a.F": "tie", "y.org/a.F": "tie"}),
    # the path decides; the other package of that name has no signature here
    ("package a // x.org/a\nfunc F()", {"x.org/a.F": "2", "y.org/a.F": "none"}),
    ("package a // x.org/a\nfunc F()", {"z.org/vendor/x.org/a.F": "2", "y.org/a.F": "none"}),
    ("package a // x.org/a\nfunc F()", {"y.org/a.F": "2"}),
    # a path is better than a name, a name better than nothing
    ("func F()\npackage a\nfunc F()", {"x.org/a.F": "3", "x.org/b.F": "1"}),
    ("package a // x.org/a\nfunc F()\npackage a\nfunc F(int)", {"x.org/a.F": "2"}),
    # declared twice in the same words, or in others (build constraints)
    ("package a\nfunc F(a int)\nfunc F(a int)", {"x.org/a.F": "2"}),
    ("package a // x.org/a\nfunc F(a int)\nfunc F(b int)", {"x.org/a.F": "tie"}),
]


@pytest.mark.parametrize(("text", "expected"), DUMPS)
def test_find_all(text: str, expected: dict[str, str]) -> None:
    """Over a whole dump, what a name alone leaves open binds nothing."""
    answers = signatures(text).find_all(expected)
    assert expected == {function: told(answer) for function, answer in answers.items()}


def test_tie_between_packages() -> None:
    """The message says which packages could be meant and how to decide."""
    answers = signatures("func F(a int)").find_all(["x.org/a.F", "y.org/b.F"])
    tie = answers["x.org/a.F"]
    assert isinstance(tie, Tie)
    assert (
        tie.message == "the signature 'func F(a int)' fits functions of x.org/a and y.org/b;"
        " write the import path behind its package clause"
    )
