"""The rule ``lvs/server-group-invalid``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, ip_address

from cfglint.analysis.keepalived_statements import VALUE, fails_check, is_open, name_of, statements, within
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Block, Statement
from cfglint.syntax.keepalived_arguments import parse_address

MAX_PORT = 65535
MAX_MARK = 2**32 - 1


def _number(text: str, high: int) -> bool:
    return text.isdecimal() and int(text) <= high


def _range_end(text: str) -> int | None:
    """The last part of an address range, as a number; None when it is none."""
    base = 16 if ":" in text else 10
    try:
        return int(text.partition("-")[2], base)
    except ValueError:
        return None


def _fault(line: Statement) -> tuple[int, str] | None:
    words = [word.text for word in line.words]
    if words[0] == "fwmark":
        return None if len(words) > 1 and _number(words[1], MAX_MARK) else (len(words[:2]) - 1, "is no firewall mark")
    address = parse_address(words[0])
    if address is None:
        return 0, "is no address, range or fwmark"
    if "-" in words[0]:
        end = _range_end(words[0])
        limit = 255 if isinstance(address, IPv4Address) else 0xFFFF
        start = int(ip_address(str(address))) & limit
        if end is None or not start < end <= limit:
            return 0, "is a range whose end is not above its start"
    if len(words) > 1 and not _number(words[1], MAX_PORT):
        return 1, f"is no port from 0 to {MAX_PORT}"
    return None


@rule(
    severity="error",
    sources=["keepalived -t 2.2.7 and 2.3.4: `Invalid virtual server group IP address`, `has no entries - removing`"],
)
def server_group_invalid(config: KeepalivedConfig) -> Iterator[Finding]:
    """A line of a `virtual_server_group` does not read, or the group is empty.

    Why it hurts: keepalived skips the line: that address, port or mark is no service. An empty group is removed, and
    with it every service that names it.

    When it stays silent: for `ADDRESS[-LAST] PORT` and `fwmark MARK`; for values that a template leaves open.

    What to do: write one address, range or mark a line.
    """
    for group in statements(config, "virtual_server_group"):
        lines = list(within(group, VALUE)) if isinstance(group, Block) else []
        if isinstance(group, Block) and not lines and not group.damaged:
            yield _finding(
                config, group, group, "group", f"virtual_server_group {name_of(group)} is empty", "is removed"
            )
        for line in lines:
            fault = None if is_open(line) else _fault(line)
            if fault is not None:
                word = line.words[fault[0]].text
                yield _finding(
                    config, group, line, line.keyword, f"{word} in {name_of(group)} {fault[1]}", "is skipped"
                )


def _finding(  # noqa: PLR0917 - each says another part of the sentence
    config: KeepalivedConfig, group: Statement, at: Statement, what: str, message: str, follows: str
) -> Finding:
    return Finding(
        at=at.span,
        subject=(config.node.name, name_of(group), what),
        message=f"{message} on {config.node.name}: it {follows}, and its services do not exist",
        label=f"it {follows}",
        help="write one address, range or mark a line: 192.0.2.10 80, 192.0.2.10-20 80 or fwmark 5",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )
