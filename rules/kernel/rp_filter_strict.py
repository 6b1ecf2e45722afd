"""The rule ``kernel/rp-filter-strict``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.return_path import asymmetric_paths, source_accepted
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Cluster
from cfglint.model.value import Unknown


@rule(
    severity="warning",
    sources=[
        "packets in network namespaces: rp_filter 1 drops a source that is reached by another interface, 0 and 2 do not"
    ],
)
def rp_filter_strict(cluster: Cluster) -> Iterator[Finding]:
    """Strict reverse path filtering drops requests whose answers take another interface.

    Why it hurts: with rp_filter 1 the kernel takes a packet only from the interface by which it would answer. A VIP
    on one interface and the default route on another means that requests from other networks are dropped without a
    trace: the client's SYN is seen by tcpdump and never answered.

    When it stays silent: where the effective value is 0 or 2 or not known; where the default route uses the same
    interface, or several or none are known; with policy routing; for VIPs that serve nothing.

    What to do: set rp_filter = 2 (loose) for the interface, or answer by the interface that requests come in on.
    """
    seen: set[tuple[str, str]] = set()
    for path in asymmetric_paths(cluster):
        setting = path.node.kernel.effective("rp_filter", path.interface)
        if isinstance(setting.value, Unknown) or source_accepted(setting.value, "other"):
            continue
        if (path.node.name, path.interface) in seen:
            continue
        seen.add((path.node.name, path.interface))
        yield Finding(
            at=setting.sources[0].span if setting.sources else path.span,
            subject=(path.node.name, "rp_filter", path.interface),
            message=(
                f"{path.node.name} receives requests for {path.vip} on {path.interface}, but its default route uses "
                f"{path.route.interface}, and rp_filter is strict (1) there: requests from other networks are dropped"
            ),
            label="strict",
            related=[Related("the default route", path.route.span), Related(f"{path.vip} comes in here", path.span)],
            help=f"set net.ipv4.conf.{path.interface}.rp_filter = 2",
            nodes=(path.node.name,),
        )
