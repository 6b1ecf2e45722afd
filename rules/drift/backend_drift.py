"""The rule ``drift/backend-drift``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.backend_drift import BackendDrift, NotCompared, compare_backends
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import listing
from cfglint.model.cluster import Cluster


@rule(
    severity="error",
    sources=["HAProxy configuration manual, server: each process balances over the servers of its own file alone"],
)
def backend_drift(cluster: Cluster) -> Iterator[Finding | Unchecked]:
    """A backend has other servers on one node of a cluster than on the others.

    Why it hurts: each node balances by its own file, and nobody sees the standby's until it takes over. Then requests
    go to servers that are gone, or servers that were added get none. A weight, a backup flag or a name that differs is
    milder: the load shifts, and cookies or peers that carry server names lose their meaning.

    When it stays silent: for another order or layout; for servers inside an `.if` that cannot be decided; for values
    that hang on an unset variable; where each node lists itself and the other one (loopback or own addresses), or
    prefers another one of the same servers; where the same servers stand in a section of another name.

    What to do: keep the server lines equal on every node, from one template if you can.
    """
    for found in compare_backends(cluster):
        if isinstance(found, NotCompared):
            yield Unchecked(found.node, found.what, found.why)
        elif found.odd is None:
            yield _missing(cluster, found)
        else:
            yield _different(cluster, found)


def _missing(cluster: Cluster, drift: BackendDrift) -> Finding:
    here, there = drift.usual.node.name, drift.odd_config.node.name
    kind = drift.usual.kind
    servers = listing(server.name for server in drift.usual.servers)
    return Finding(
        at=drift.usual.span,
        subject=(cluster.name, "backend", drift.name),
        message=(
            f"{kind} {drift.name} is on {here} but not on {there}: after a failover to {there} nothing reaches its "
            f"servers ({servers})"
        ),
        label=f"only on {here}",
        related=[Related(f"{there} lacks it", drift.odd_config.span)],
        help=f"add {kind} {drift.name} to {there}, or remove it from {here}",
        nodes=(here, there),
    )


def _different(cluster: Cluster, drift: BackendDrift) -> Finding:
    here, there = drift.usual.node.name, drift.odd_config.node.name
    first = next((one for one in drift.differences if one.moves_traffic), drift.differences[0])
    others = [one for one in drift.differences if one is not first]
    moves = first.moves_traffic
    outcome = (
        "after a failover requests go to another set of servers"
        if moves
        else "the servers are the same, but after a failover load and persistence change"
    )
    return Finding(
        at=first.odd,
        subject=(cluster.name, "backend", drift.name),
        severity="error" if moves else "warning",
        message=(
            f"{drift.usual.kind} {drift.name} differs between {here} and {there}: "
            f"{listing((one.text for one in (first, *others)), 3)}; {outcome}"
        ),
        label=f"on {there}",
        related=[
            Related(f"on {here}", first.usual),
            *(related for one in others for related in (Related(one.text, one.odd),)),
        ],
        help=f"make the server lines of {drift.name} equal on {here} and {there}",
        nodes=(here, there),
    )
