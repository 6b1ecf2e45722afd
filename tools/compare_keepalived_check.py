"""Compare cfglint's verdicts with those of real keepalived daemons, file by file and message by message.

Usage: compare_keepalived_check.py FOLDER DAEMON…     (root; DAEMON is the path of a keepalived of any version)

Every *.conf of the folder is one node's keepalived.conf. A file fails when the daemon ends with a status other than 0
for a reason that lies in the file: missing interfaces, users and scripts do not count. cfglint says the same when one
of its findings has ``fails_check: keepalived``.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from keepalived_daemon import Message, daemon_version, run_check

from cfglint.engine.check import check_paths
from cfglint.engine.finding import Finding
from cfglint.model.version import Target, Version

KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"Unknown keyword|[{}]|nterminated|Unmatched|missing terminating|extra parameters|line too long", ("syntax/",)),
    (r"missing a parameter", ("syntax/keepalived-parameter-missing",)),
    (r"onfig files (missing|matched)", ("syntax/include-missing",)),
    (r"Truncating auth_pass", ("vrrp/auth-pass-too-long",)),
    (r"nopreempt is incompatible", ("vrrp/nopreempt-with-priority-255",)),
    (r"preempt.?delay", ("vrrp/preempt-delay-conflict",)),
    (r"nopreempt", ("vrrp/nopreempt-with-state-master",)),
    (r"unknown state|state previously", ("vrrp/state-invalid",)),
    (r"virtual router id|VRID '", ("vrrp/vrid-invalid",)),
    (r"both use VRID|duplicate VRID", ("vrrp/vrid-duplicate-on-interface",)),
    (r"Priority not valid", ("vrrp/priority-invalid",)),
    (r"[Aa]dvert.* interval", ("vrrp/advert-int-invalid",)),
    (r"AH authentication", ("vrrp/auth-type-ah", "vrrp/auth-ignored")),
    (r"does not support authentication", ("vrrp/auth-ignored",)),
    (r"authentication", ("vrrp/auth-incomplete",)),
    (r"VIP|invalid IP|address prefix|for ip address|label|parameter specified|family must", ("vrrp/vip-syntax",)),
    (r"unicast", ("vrrp/unicast-peer-empty", "vrrp/vmac-conflict")),
    (r"Unknown interface!|loopback", ("vrrp/interface-missing",)),
    (r"already defined|must have a name", ("vrrp/instance-duplicate",)),
    (r"due to SYNC", ("vrrp/sync-group-weight-ignored",)),
    (r"[Ss]ync group", ("vrrp/sync-group-bad-member",)),
    (r"own interface", ("vrrp/track-interface-own",)),
    (r"track script .* not found|No script set", ("scripts/track-script-undefined", "scripts/script-command-missing")),
    (r"track (file|process|bfd) .* not found", ("scripts/track-target-undefined",)),
    (r"unknown track|duplicate track|weight.*track|cannot be \+/-254", ("scripts/track-line-ignored",)),
    (r"deprecated|Please use global|please replace", ("vrrp/deprecated-keyword",)),
    (r"vrrp_(garp|gna)_interval", ("vrrp/garp-interval-zero",)),
    (r"trict", ("vrrp/strict-conflict",)),
    (
        r"no scheduler|no forwarding|no protocol|lvs_scheduler|routing method|Unknown protocol",
        ("lvs/vs-defaulted-method",),
    ),
    (r"no real servers", ("lvs/vs-no-real-server",)),
    (r"is duplicated", ("lvs/rs-duplicate",)),
    (r"ports don't match|zero port", ("lvs/dr-port-translation", "lvs/vs-port-zero")),
    (r"persistence_timeout", ("lvs/persistence-invalid",)),
    (r"nvalid (virtual|real|sorry) server", ("lvs/server-address-invalid",)),
    (r"fwmark", ("lvs/fwmark-setting-ignored",)),
    (r"no urls|has no path|No script path|No name has|track_file specified", ("lvs/checker-incomplete",)),
    (r"quorum|ysteresis", ("lvs/quorum-too-high",)),
    (r"", ("syntax/keepalived-argument-invalid", "syntax/keepalived-parameter-missing", "vrrp/", "lvs/", "scripts/")),
)
"""The daemon's messages by kind, and the rules that say the same; the first that fits counts."""

STRUCTURE = ("syntax/keyword-unknown", "syntax/block-unbalanced", "syntax/definition-undefined")
"""Rules whose one finding stands for every message about the lines that are lost with it."""

CONSEQUENCES = re.compile(
    r"No VIP specified|virtual router id must be set|Unknown interface!|no real servers|no members|has no entries"
)
"""What the daemon misses when lines are lost to such a misreading."""


def rules_for(message: Message) -> tuple[str, ...]:
    """The rules that report what a message says."""
    return next(rules for pattern, rules in KINDS if re.search(pattern, message.text))


def is_found(message: Message, findings: list[Finding]) -> bool:
    """True when a finding says what a message says, at the same line, or stands for it as the root of a misreading."""
    rules = rules_for(message)
    lost = rules == ("syntax/",) or CONSEQUENCES.search(message.text) is not None
    for finding in findings:
        lines = {finding.at.line, *(place.span.line for place in finding.related)}
        if finding.rule.startswith(rules) and (message.line == 0 or message.line in lines):
            return True
        if lost and finding.rule.startswith(STRUCTURE) and (not message.line or finding.at.line <= message.line):
            return True
    return False


def check(text: str, version: str) -> list[Finding]:
    """Cfglint's findings about one text as a node's only file."""
    with tempfile.TemporaryDirectory() as folder:
        node = Path(folder, "lb1")
        node.mkdir()
        (node / "keepalived.conf").write_bytes(text.encode("utf-8", "surrogateescape"))
        return check_paths([node.as_posix()], Target(keepalived=Version.parse(version))).findings


def compare(folder: Path, daemon: str, counts: Counter[str]) -> None:
    """Compare every file of a folder, print what differs, and add up."""
    version = daemon_version(daemon)
    for file in sorted(folder.glob("*.conf")):
        text = file.read_bytes().decode("utf-8", "surrogateescape")
        verdict, findings = run_check(daemon, text), check(text, version)
        said = [finding for finding in findings if finding.fails_check == "keepalived"]
        fails = verdict.status != 0 and bool(verdict.of_the_file)
        counts["files"] += 1
        counts["failing"] += fails
        counts["predicted"] += fails and bool(said)
        if fails and not said:
            print(f"{version} {file.name}: status {verdict.status}, not predicted: {verdict.of_the_file[0].text}")
        if said and verdict.status == 0:
            counts["false"] += 1
            print(f"{version} {file.name}: status 0, but {said[0].rule} in line {said[0].at.line}: {said[0].message}")
        for message in verdict.of_the_file:
            counts["messages"] += 1
            counts["found"] += is_found(message, findings)
            if not is_found(message, findings):
                print(f"{version} {file.name}: not found: line {message.line}: {message.text}")


def main() -> None:
    """Compare with each daemon and print the sums."""
    folder, *daemons = sys.argv[1:]
    for daemon in daemons:
        counts: Counter[str] = Counter()
        compare(Path(folder), daemon, counts)
        print(f"{daemon}: {', '.join(f'{name} {number}' for name, number in counts.items())}")


if __name__ == "__main__":
    main()
