"""What a run looked at, what it paired with what, and what it did not look at, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cfglint.engine.finding import SEVERITIES, Unchecked
from cfglint.engine.result import Result
from cfglint.model.cluster import Cluster, Fleet, VrrpGroup
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.report.cells import printable

MAX_NAMES = 8
"""Names that a sentence lists before it only counts the rest."""

TIES = {
    "vip": "",
    "name": "; taken as one router by name and interface",
    "vrid": "; taken as one router by VRID and interface",
    "settings": "; as the settings say",
}


def listed(names: Sequence[str], limit: int = MAX_NAMES) -> str:
    """Names joined by commas; beyond the limit only their number."""
    if len(names) <= limit:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit} more"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def pairing(fleet: Fleet) -> list[tuple[str, str]]:
    """What was paired with what: a heading (cluster or node) and a sentence each."""
    sentences = [
        (printable(" + ".join(node.name for node in cluster.nodes)), _cluster(cluster)) for cluster in fleet.clusters
    ]
    placed = {id(node) for cluster in fleet.clusters for node in (*cluster.nodes, *cluster.real_servers)}
    alone = [node for node in fleet.nodes if id(node) not in placed]
    return [*sentences, *_unpaired(alone, fleet)]


def _cluster(cluster: Cluster) -> str:
    parts = [_group(group) for group in cluster.groups]
    if cluster.real_servers:
        parts.append(f"real servers {listed([node.name for node in cluster.real_servers])}")
    return printable("; ".join(parts) or "no virtual router in common")


def _group(group: VrrpGroup) -> str:
    numbers: list[str] = []
    for member in group.members:
        value = member.vrid.value
        text = "?" if isinstance(value, Unknown) or value is None else str(value)
        if text not in numbers:
            numbers.append(text)
    addresses = sorted({address for member in group.members for address in member.all_addresses}, key=_order)
    vips = listed([str(address) for address in addresses]) or "no known VIP"
    members = "" if len(group.members) == len(group.cluster.nodes) else f" on {listed([n.name for n in group.nodes])}"
    return f"virtual router {group.name}{members} (VRID {' / '.join(numbers)}): {vips}{TIES.get(group.tied_by, '')}"


def _order(address: object) -> tuple[int, str]:
    text = str(address)
    return (":" in text, "".join(f"{part:0>3}" for part in text.split(".")))


def _unpaired(nodes: Iterable[Node], fleet: Fleet) -> list[tuple[str, str]]:
    reasons: dict[str, str] = {}
    for gap in fleet.not_compared:
        why = gap.why if gap.what == "peer" else f"{gap.what}: {gap.why}"
        reasons[gap.node] = f"{reasons[gap.node]}; {why}" if gap.node in reasons else why
    by_reason: dict[str, list[str]] = {}
    for node in nodes:
        why = reasons.get(node.name) or _why_alone(node)
        by_reason.setdefault(why, []).append(node.name)
    return [(printable(listed(names)), printable(f"not paired: {why}")) for why, names in by_reason.items()]


def _why_alone(node: Node) -> str:
    if node.role == "real-server":
        return "a real server of no given balancer"
    if node.keepalived is None:
        return "it has no keepalived.conf"
    if not node.keepalived.instances:
        return "its keepalived.conf has no vrrp_instance"
    return "no other given node shares a VIP with it"


def grouped_unchecked(entries: Iterable[Unchecked], fleet: Fleet) -> list[tuple[str, str]]:
    """What was not looked at: nodes joined and a sentence, the same reason only once, in order of first appearance.

    What `pairing` says already is left out.
    """
    said = {(printable(gap.node), gap.what) for gap in fleet.not_compared}
    by_reason: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        if (entry.node, entry.what) in said:
            continue
        nodes = by_reason.setdefault((entry.what, entry.why), [])
        if entry.node and entry.node not in nodes:
            nodes.append(entry.node)
    return [
        (listed(nodes) if nodes else what, f"{what}: {why}" if nodes else why)
        for (what, why), nodes in by_reason.items()
    ]


def file_count(result: Result) -> int:
    """How many files of the nodes were read."""
    return sum(len(node.files) for node in result.fleet.nodes)


def counts(result: Result) -> list[tuple[str, str]]:
    """How many findings of each severity that occurs: the severity and the words, from worst to mildest."""
    nouns = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "info": ("info", "infos")}
    return [
        (severity, counted(result.count(severity), *nouns[severity]))
        for severity in SEVERITIES
        if result.count(severity)
    ]


def extent(result: Result) -> str:
    """How much was looked at: nodes, files, rules."""
    parts = [counted(len(result.fleet.nodes), "node"), counted(file_count(result), "file")]
    if result.rules:
        parts.append(counted(len(result.rules), "rule"))
    return ", ".join(parts)


def left_out(result: Result) -> str:
    """What the report does not show and why, as a sentence; empty when it shows everything."""
    parts: list[str] = []
    if result.suppressed:
        parts.append(f"{len(result.suppressed)} suppressed by comments")
    if result.known:
        parts.append(f"{len(result.known)} known from the baseline")
    if result.gone:
        entries = counted(len(result.gone), "entry", "entries")
        parts.append(f"{entries} of the baseline gone: run `cfglint baseline` again")
    return "; ".join(parts)
