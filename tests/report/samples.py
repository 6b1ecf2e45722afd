"""A hand-made result of a pair, for the tests of every format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cfglint.engine.finding import Edit, Finding, Fix, Related, Unchecked
from cfglint.engine.result import Fault, Result, RuleInfo
from cfglint.model.addresses import HostAddresses
from cfglint.model.cluster import Cluster, Fleet, NotCompared
from cfglint.model.firewall import Firewall
from cfglint.model.kernel import KernelSettings
from cfglint.model.node import Node, NodeFile
from cfglint.model.version import Target
from cfglint.source import SourceFile, Span
from cfglint.tree import NodeTree

CONFIGURATION = """vrrp_instance VI_1 {
    state MASTER
\tvirtual_router_id 51
    authentication {
        auth_type PASS
        auth_pass s3cr3t-A
    }
}
"""


def source(path: str, text: str) -> SourceFile:
    return SourceFile(path, text)


def node(name: str, path: str, *sources: SourceFile) -> Node:
    files = [NodeFile("keepalived", entry.path.rsplit("/", 1)[-1], entry) for entry in sources]
    return Node(
        name,
        NodeTree(Path("/nowhere"), path),
        "balancer",
        files,
        Target(),
        None,
        None,
        KernelSettings(),
        HostAddresses(),
        Firewall(),
    )


def result_of(
    findings: Sequence[Finding],
    sources: Sequence[SourceFile],
    unchecked: Sequence[Unchecked] = (),
    faults: Sequence[Fault] = (),
) -> Result:
    """A result without nodes."""
    return Result(
        Fleet([], []), list(findings), list(unchecked), list(faults), {}, {entry.path: entry for entry in sources}
    )


def pair_result() -> Result:
    """Two nodes with different VRIDs, a warning with a fix, a finding about a whole node, and things not looked at."""
    one = source("site/lb1/keepalived.conf", CONFIGURATION)
    two = source("site/lb2/keepalived.conf", CONFIGURATION.replace("51", "52"))
    lb1, lb2, lb3 = node("lb1", "site/lb1", one), node("lb2", "site/lb2", two), node("lb3", "site/lb3")
    vrid = Finding(
        at=Span(one.path, 3, 20, 3, 22),
        message="lb1 uses VRID 51 and lb2 52, so each ignores the other and both hold 10.0.0.100",
        subject=("lb1+lb2", "VI_1", "virtual_router_id"),
        label="51 on lb1",
        severity="error",
        related=[Related("52 on lb2", Span(two.path, 3, 20, 3, 22))],
        help="use one virtual_router_id on both nodes",
        nodes=["lb1", "lb2"],
        rule="vrrp/vrid-mismatch",
        fix=Fix("use 51 on lb2", (Edit(Span(two.path, 3, 20, 3, 22), "51"),), safe=False),
    )
    missing = Finding(
        at=Span("site/lb2"),
        message="lb2 has no haproxy.cfg",
        subject=("lb2", "haproxy"),
        severity="info",
        nodes=["lb2"],
        rule="meta/pair-incomplete",
    )
    password = Finding(
        at=Span(one.path, 6, 19, 6, 27),
        message="auth_pass is sent in clear text",
        subject=("lb1", "VI_1", "auth_pass"),
        label="8 bytes",
        severity="warning",
        nodes=["lb1"],
        rule="security/auth-pass-clear",
        fails_check="keepalived",
    )
    docs = "One virtual router has two VRIDs.\n\nWhy it hurts: both nodes become master.\n"
    rules = {"vrrp/vrid-mismatch": RuleInfo("vrrp/vrid-mismatch", "error", docs.splitlines()[0], docs)}
    return Result(
        Fleet([lb1, lb2, lb3], [Cluster([lb1, lb2])], [NotCompared("lb3", "peer", "it shares no VIP")]),
        [vrid, password, missing],
        [
            Unchecked("lb1", "firewall", "no firewall file in the node directory"),
            Unchecked("lb2", "firewall", "no firewall file in the node directory"),
            Unchecked("lb3", "peer", "it shares no VIP"),
        ],
        [],
        rules,
        {entry.path: entry for entry in (one, two)},
    )
