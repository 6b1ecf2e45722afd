"""The rule ``network/ifcfg-numbering``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.model.node import NodeFile
from cfglint.syntax.shell_assignments import parse_assignments

NUMBERED = re.compile(r"IPADDR([0-9]*)")


@rule(severity="warning", sources=["NetworkManager's ifcfg-rh reader and initscripts' expand_config: see their loops"])
def ifcfg_numbering(file: NodeFile) -> Iterator[Finding]:
    """A numbered address of an ifcfg file is not read, or read with a prefix that nobody wrote.

    Why it hurts: from IPADDR2 on the first gap ends the list, so an address behind it is never configured. An address
    without PREFIXn or NETMASKn gets the prefix of its old class: 10.0.0.72 becomes 10.0.0.72/8, and every host of
    10.0.0.0/8 counts as a neighbour.

    When it stays silent: for IPADDR, IPADDR0 and IPADDR1 in any combination, and for addresses on lo.

    What to do: number addresses without gaps, and give each its PREFIXn.
    """
    if file.kind != "ifcfg" or not file.relative.rsplit("/", 1)[-1].startswith("ifcfg-"):
        return
    lines = parse_assignments(file.source)
    name = file.relative.rsplit("/", 1)[-1].removeprefix("ifcfg-")
    keys = {entry.key for entry in lines.assignments if entry.value}
    for entry in lines.assignments:
        found = NUMBERED.fullmatch(entry.key)
        if found is None or not entry.value or lines.get(entry.key) is not entry:
            continue
        number = int(found[1] or 0)
        gap = next((index for index in range(2, min(number, 1000)) if f"IPADDR{index}" not in keys), None)
        if gap is not None:
            message = f"{entry.key} of {name} is never read: the list of addresses ends at the missing IPADDR{gap}"
            fix = "number the addresses without gaps"
        elif not {f"PREFIX{found[1]}", f"NETMASK{found[1]}"} & keys and "/" not in entry.value and name[:2] != "lo":
            message = (
                f"{entry.key} of {name} has neither PREFIX{found[1]} nor NETMASK{found[1]}: it gets its class's prefix"
            )
            fix = f"add PREFIX{found[1]}"
        else:
            continue
        yield Finding(
            at=entry.value_span,
            subject=(file.source.path, entry.key),
            message=message,
            label="not read" if gap is not None else "no prefix",
            help=fix,
        )
