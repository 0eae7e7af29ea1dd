"""The architectures Go runs on, one row each."""

from __future__ import annotations

from gotrace.tuples import NamedTuple


class Arch(NamedTuple):
    """A port's properties that decide how arguments are laid out and printed.

    ``integer_registers``/``float_registers`` are those of the register ABI (src/internal/abi/
    abi_<arch>.go); ``register_abi_since`` the minor Go release that first used it, None: never.
    A register dump that prints all of ``registers`` and none of ``lacks`` is this port's; empty:
    its dump does not tell it from its siblings of another byte order.
    """

    name: str
    word_size: int
    big_endian: bool
    integer_registers: int
    float_registers: int
    register_abi_since: int | None
    registers: frozenset[str]
    lacks: frozenset[str]

    @property
    def byte_order(self) -> str:
        """``big`` or ``little``."""
        return "big" if self.big_endian else "little"


def _row(  # noqa: PLR0917 - a row of the table below
    name: str,
    word_size: int,
    order: str,
    registers: tuple[int, int] = (0, 0),
    since: int | None = None,
    names: str = "",
    lacks: str = "",
) -> Arch:
    return Arch(
        name,
        word_size,
        order == "big",
        registers[0],
        registers[1],
        since,
        frozenset(names.split()),
        frozenset(lacks.split()),
    )


ARCHES: dict[str, Arch] = {
    row.name: row
    for row in (
        _row("amd64", 8, "little", (9, 15), 17, "rax rip rflags"),
        _row("386", 4, "little", names="eax eip eflags"),
        _row("arm", 4, "little", names="cpsr oldmask"),
        _row("arm64", 8, "little", (16, 16), 18, "r29 lr fault"),
        _row("mips", 4, "big", names=""),
        _row("mipsle", 4, "little", names=""),
        _row("mips64", 8, "big", names=""),
        _row("mips64le", 8, "little", names=""),
        _row("ppc64", 8, "big", (12, 12), 18, ""),
        _row("ppc64le", 8, "little", (12, 12), 18, ""),
        _row("riscv64", 8, "little", (16, 16), 19, "t6 s11"),
        _row("loong64", 8, "little", (16, 16), 22, "r31 link", "lo ctr"),
        _row("s390x", 8, "big", (8, 16), 26, "r15 link", "r16"),
        _row("wasm", 8, "little"),
    )
}


class Port(NamedTuple):
    """What is known of the port that printed a dump.

    ``arch`` is None where nothing proves it. ``word_size`` (4 or 8) and ``big_endian`` are what is
    used; the ``…_proven`` flags say whether evidence or the user stands behind them, or whether
    they are the 64-bit little-endian assumption.
    """

    arch: Arch | None
    word_size: int = 8
    big_endian: bool = False
    word_size_proven: bool = False
    byte_order_proven: bool = False
