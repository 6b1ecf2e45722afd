"""Compare cfglint's verdicts with those of real keepalived daemons, file by file and message by message.

Usage: compare_keepalived_check.py FOLDER [--id ID] DAEMON…       (root; DAEMON is the path of a keepalived)
       compare_keepalived_check.py FOLDER [--id ID] --verdicts TABLE    (what daemons said before, see the module)

Every *.conf of the folder is one node's keepalived.conf; with a table, every file that it names, and the others are
there to be included. A file fails when the daemon ends with a status other than 0 for a reason that lies in the file:
missing interfaces, users and scripts do not count. cfglint says the same when one of its findings has
``fails_check: keepalived``. The daemon and cfglint are given the same id for ``@id`` lines.

A message is found by a finding of its kind at its line (``primary``), or with a related place there (``related``), or
stands for lines that a misreading reported above it loses (``root``).
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from keepalived_daemon import Message, Verdict, daemon_version, run_check
from keepalived_verdicts import read_verdicts

from cfglint.engine.check import check_paths
from cfglint.engine.finding import Finding
from cfglint.model.version import Target, Version
from cfglint.source import Span

KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"invalid number '\$", ("syntax/definition-undefined",)),
    (r"Unknown keyword|[{}]|nterminated|Unmatched|missing terminating|extra parameters|line too long", ("syntax/",)),
    (r"missing a parameter", ("syntax/keepalived-parameter-missing", "syntax/keepalived-block-incomplete")),
    (r"empty .* block|has empty group", ("syntax/keepalived-values-empty", "syntax/block-unbalanced")),
    (r"already specified|already set", ("syntax/duplicate-keyword", "vrrp/", "syntax/keepalived-argument-invalid")),
    (r"has no neighbor|No file set|name not specified|any delay set", ("syntax/keepalived-block-incomplete",)),
    (r"must have a name", ("vrrp/instance-duplicate", "syntax/keepalived-block-incomplete")),
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
    (
        r"VIP|invalid IP|address prefix|for ip address|label|parameter specified|family must",
        ("vrrp/vip-syntax", "vrrp/route-syntax"),
    ),
    (
        r"unicast",
        ("vrrp/unicast-peer-empty", "vrrp/vmac-conflict", "vrrp/unicast-option-invalid", "vrrp/setting-without"),
    ),
    (r"Unknown interface!|loopback", ("vrrp/interface-missing",)),
    (r"already defined|must have a name", ("vrrp/instance-duplicate", "syntax/include-conditional")),
    (r"member\(s\) as address owner|and sync group|with member having", ("vrrp/sync-group-member-conflict",)),
    (r"track_group", ("vrrp/track-group-invalid",)),
    (r"quorum_max|Quorum is greater", ("scripts/track-process-quorum",)),
    (r"due to SYNC", ("vrrp/sync-group-weight-ignored",)),
    (r"[Ss]ync group", ("vrrp/sync-group-bad-member",)),
    (r"own interface", ("vrrp/track-interface-own",)),
    (r"for routes? ?is deprecated|[Rr]oute|[Rr]ule ", ("vrrp/route-syntax",)),
    (r"track script .* not found|No script set", ("scripts/track-script-undefined", "scripts/script-command-missing")),
    (
        r"track (file|process|bfd) .* not found",
        ("scripts/track-target-undefined", "syntax/keepalived-block-incomplete"),
    ),
    (r"unknown track|duplicate track|weight.*track|cannot be \+/-254", ("scripts/track-line-ignored",)),
    (
        r"deprecated|Please use global|please replace|expired_timer",
        ("vrrp/deprecated-keyword", "vrrp/setting-without-effect"),
    ),
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

STRUCTURE = (
    "syntax/keyword-unknown", "syntax/block-unbalanced", "syntax/definition-undefined", "syntax/second-statement",
    "syntax/keepalived-parameter-missing",
)  # fmt: skip
"""Rules whose one finding stands for every message about the lines that are lost with it."""

GENERAL = (
    "syntax/keepalived-argument-invalid", "syntax/keepalived-parameter-missing", "vrrp/deprecated-keyword",
    "syntax/duplicate-keyword",
)  # fmt: skip
"""Rules that fit whatever the daemon says about the arguments of a line; they count at that very line."""

TEMPLATES = ("fleet/template-unrendered", "syntax/definition-undefined")
"""Rules whose one finding stands for everything that the daemon says about the lines it shows."""

CONSEQUENCES = re.compile(
    r"No VIP specified|virtual router id must be set|Unknown interface!|no real servers|no members|has no entries"
    r"|no password given|No script set|Priority not valid|empty .* block|has empty group|name not specified|No file set"
    r"|without any unicast peers|no (protocol|scheduler|forwarding method) set"
)
"""What the daemon misses when lines are lost to such a misreading."""


def rules_for(message: Message) -> tuple[str, ...]:
    """The rules that report what a message says."""
    return next(rules for pattern, rules in KINDS if re.search(pattern, message.text))


def covers(span: Span, message: Message) -> bool:
    """True when a place holds the line that a message names; any place does for a message without a line."""
    if not message.line:
        return True
    file = Path(span.path).name
    return file == (message.file or "keepalived.conf") and span.line <= message.line <= max(span.end_line, span.line)


def how_found(message: Message, findings: list[Finding]) -> str:
    """How a finding says what a message says: ``primary``, ``related``, ``root``; empty when none does."""
    rules = rules_for(message)
    lost = rules == ("syntax/",) or CONSEQUENCES.search(message.text) is not None
    rules = rules if rules == ("syntax/",) or not lost else (*rules, *STRUCTURE)
    unreadable = [finding for finding in findings if finding.rule in TEMPLATES and message.line]
    places = [place for root in unreadable for place in (root.at, *(related.span for related in root.related))]
    if any(covers(place, message) for place in places):
        return "primary" if any(covers(root.at, message) for root in unreadable) else "related"
    rules = (*rules, *GENERAL) if message.line else rules
    fitting = [finding for finding in findings if finding.rule.startswith(rules)]
    if any(covers(finding.at, message) for finding in fitting):
        return "primary"
    if any(covers(place.span, message) for finding in fitting for place in finding.related):
        return "related"
    roots = [finding for finding in findings if finding.rule.startswith(STRUCTURE)]
    return "root" if lost and any(not message.line or root.at.line <= message.line for root in roots) else ""


def check(text: bytes, version: str, config_id: str, others: list[Path]) -> list[Finding]:
    """Cfglint's findings about one text as a node's keepalived.conf, beside other files."""
    with tempfile.TemporaryDirectory() as folder:
        node = Path(folder, config_id)
        node.mkdir()
        for file in others:
            (node / file.name).write_bytes(file.read_bytes())
        (node / "hostname").write_text(config_id)
        (node / "keepalived.conf").write_bytes(text)
        return check_paths([node.as_posix()], Target(keepalived=Version.parse(version))).findings


Run = tuple[Path, str, Verdict, bool]
"""A file, a daemon's version, what it said, and whether its messages are known."""


def runs(folder: Path, daemons: list[str], config_id: str) -> Iterator[Run]:
    """Every file of a folder with every daemon."""
    for daemon in daemons:
        version = daemon_version(daemon)
        for file in sorted(folder.glob("*.conf")):
            text = file.read_bytes().decode("utf-8", "surrogateescape")
            yield file, version, run_check(daemon, text, config_id), True


def recorded_runs(folder: Path, table: Path) -> Iterator[Run]:
    """Every run of a table."""
    for run in read_verdicts(table):
        yield folder / run.file, run.version, run.verdict, run.messages_known


def compare(run: Run, config_id: str, others: list[Path], counts: Counter[str]) -> None:
    """Compare one run, print what differs, and add up."""
    file, version, verdict, messages_known = run
    name = "/".join(file.parts[-3:]) if file.name == "keepalived.conf" else file.name
    findings = check(file.read_bytes(), version, config_id, others)
    said = [finding for finding in findings if finding.fails_check == "keepalived"]
    status_counts = Version.parse(version) >= Version.parse("2.2")
    fails = bool(verdict.of_the_file) and (verdict.status != 0 or not status_counts)
    if not messages_known:
        fails = verdict.status != 0
    counts["files"] += 1
    counts["failing"] += fails
    counts["predicted"] += fails and bool(said)
    if fails and not said:
        why = verdict.of_the_file[0].text if verdict.of_the_file else "no message recorded"
        print(f"{version} {name}: status {verdict.status}, not predicted: {why}")
    silent = status_counts or (messages_known and not verdict.messages)
    if said and not fails and verdict.status == 0 and silent:
        counts["false"] += 1
        print(f"{version} {name}: status 0, but {said[0].rule} in line {said[0].at.line}: {said[0].message}")
    for message in verdict.of_the_file:
        how = how_found(message, findings)
        counts["messages"] += 1
        counts[how or "not found"] += 1
        if how != "primary":
            print(f"{version} {name}: {how or 'not found'}: line {message.line}: {message.text}")


def main() -> None:
    """Compare with each daemon or with a table, and print the sums by version."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("daemons", nargs="*")
    options.add_argument("--verdicts", type=Path, metavar="TABLE")
    options.add_argument("--id", default="lb1", help="the node's id for @id lines")
    given = options.parse_args()
    sums: dict[str, Counter[str]] = {}
    if given.verdicts:
        all_runs = list(recorded_runs(given.folder, given.verdicts))
        files = {run[0] for run in all_runs}
        others = sorted(path for path in given.folder.iterdir() if path.is_file() and path not in files)
    else:
        all_runs, others = list(runs(given.folder, given.daemons, given.id)), []
    for run in all_runs:
        compare(run, given.id, others, sums.setdefault(run[1], Counter()))
    for version, counts in sums.items():
        print(f"{version}: {', '.join(f'{name} {number}' for name, number in counts.items())}")


if __name__ == "__main__":
    main()
