"""Hold the Keepalived keyword table against an installed daemon, and report what differs.

Usage: probe_keepalived.py DAEMON…     (root; DAEMON is the path of a keepalived of any version)

Every keyword is put into a small configuration around it, alone, without its argument, and with arguments that the
table allows and refuses. The daemon's messages at that line must be there exactly when the table says so. Words whose
meaning depends on other lines or on the machine are told apart by their message.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from keepalived_daemon import Message, daemon_version, run_check

from cfglint.syntax.keepalived_arguments import argument_fault
from cfglint.syntax.keepalived_keywords import Argument, Keyword, Release, all_keywords

AROUND: dict[str, tuple[str, ...]] = {
    "global_defs": ("global_defs {",),
    "vrrp_instance": (
        "vrrp_instance V {", "state BACKUP", "interface eth0", "virtual_router_id 5", "priority 100",
        "virtual_ipaddress {", "10.9.9.9", "}",
    ),
    "vrrp_script": ("vrrp_script s {", 'script "/usr/bin/true"'),
    "vrrp_sync_group": ("vrrp_sync_group g {",),
    "vrrp_track_process": ("vrrp_track_process p {", "process x"),
    "track_file": ("track_file f {", "file /run/x"),
    "vrrp_track_file": ("vrrp_track_file f {", "file /run/x"),
    "track_group": ("track_group g {",),
    "garp_group": ("garp_group {",),
    "bfd_instance": ("bfd_instance b {", "neighbor_ip 10.1.1.1"),
    "SSL": ("SSL {",),
    "virtual_server": ("virtual_server 10.0.0.1 80 {", "lb_algo rr", "lb_kind NAT", "protocol TCP"),
}  # fmt: skip
"""The lines that open each top-level block, as small as the daemon takes it."""

OTHER_LINES = re.compile(
    r"[Dd]uplicate|already|only applies|deprecated|requires|conflict|not found|not configured|doesn't exist"
    r"|sorry_server|Cannot specify|previously set|uid/gid|MUST be|since priority|please replace"
)
"""Messages about other lines of the same file, or about the machine."""


def opening(path: tuple[str, ...]) -> list[str]:
    """The lines that open the blocks of a path."""
    lines = list(AROUND[path[0]]) if path else []
    for block in path[1:]:
        lines.append("real_server 10.0.0.2 80 {" if block == "real_server" else f"{block} {{")
    return lines


def samples(argument: Argument) -> Iterator[str]:
    """Arguments worth trying: the limits, what lies beyond, and what is no such thing."""
    if argument.shape in {"uint", "int", "weight", "seconds", "milliseconds"}:
        yield from ("x", "1.5", "-5")
        for limit, beyond in ((argument.low, -1), (argument.high, 1)):
            if limit is not None:
                yield from (str(limit), str(limit + beyond))
    elif argument.shape == "one":
        yield from (*argument.choices, "zzz")
    elif argument.shape == "bool":
        yield from ("on", "no", "On", "maybe")
    elif argument.shape in {"address", "multicast", "multicast4", "multicast6"}:
        yield from ("10.9.8.7", "224.0.0.18", "ff02::12", "zzz")
    elif argument.shape not in {"script", "user"}:
        yield "zzz"


def probe(daemon: str, keyword: Keyword, release: Release) -> Iterator[str]:
    """What the daemon says about one keyword that the table does not, and the other way round."""
    before, name = opening(keyword.path), "/".join((*keyword.path, keyword.name))
    entry = keyword.in_release(release)
    for value in ("", *samples(entry.argument)):
        statement = f"{keyword.name} {value}".rstrip()
        verdict = run_check(daemon, "\n".join([*before, statement, *("}" for _ in keyword.path)]) + "\n")
        said = [message for message in verdict.messages if message.line == len(before) + 1]
        if any("Unknown keyword" in message.text for message in said):
            if keyword.known_in(release):
                yield f"{name}: the table knows it, the daemon does not"
            return
        if not keyword.known_in(release):
            yield f"{name}: the daemon knows it, the table does not"
            return
        yield from _compare(name, value, entry.argument, said)


def _compare(name: str, value: str, argument: Argument, said: list[Message]) -> Iterator[str]:
    fault = argument_fault(argument, [name, *value.split()])
    about = [message.text for message in said if not message.is_of_the_machine and not OTHER_LINES.search(message.text)]
    if about and fault is None:
        yield f"{name} {value}: the daemon says: {about[0]}"
    if fault is not None and not said:
        yield f"{name} {value}: the table expects {fault.expected}, the daemon says nothing"


def main() -> None:
    """Probe each daemon with every keyword that opens no block."""
    for daemon in sys.argv[1:]:
        version = daemon_version(daemon)
        release = tuple(int(part) for part in version.split("."))
        keywords = [keyword for keyword in all_keywords() if not keyword.opens_block]
        differences = [difference for keyword in keywords for difference in probe(daemon, keyword, release)]
        print("\n".join(f"{version}: {difference}" for difference in differences))
        print(f"{version}: {len(keywords)} keywords, {len(differences)} differences")


if __name__ == "__main__":
    main()
