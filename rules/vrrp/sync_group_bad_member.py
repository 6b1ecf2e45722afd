"""The rule ``vrrp/sync-group-bad-member``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import block_named_at, fails_check
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.places import block_end
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.vrrp import VrrpSyncGroup
from cfglint.source import Span


@rule(
    severity="error",
    sources=[
        "keepalived -t 2.0.20 to 2.4.3: `specified in sync group … doesn't exist`, `has only 1 virtual router(s)`",
        "keepalived -t 2.0.20 to 2.4.3: `cannot exist in more than one sync group`",
    ],
)
def sync_group_bad_member(config: KeepalivedConfig) -> Iterator[Finding | Unchecked]:
    """A sync group names an instance that does not exist or is in another group, or has fewer than two members.

    Why it hurts: keepalived ignores the member, and a group of one does nothing: its instances fail over one by one.
    Behind NAT the outer VIP may be on one node and the inner one on the other, and nothing gets through.

    When it stays silent: for groups of at least two instances of the same file; where an include is missing, members
    are unchecked. A group with a single member is only a warning: nothing is lost that one instance would need.

    What to do: write the instances' names, one a line, in one group.
    """
    known = {instance.name for instance in config.instances}
    taken: dict[str, tuple[str, Span]] = {}
    for group in config.sync_groups:
        good = 0
        for name, span in group.members:
            if name not in known:
                if config.incomplete is not None:
                    yield Unchecked(config.node.name, f"{name} in sync group {group.name}", config.incomplete.why)
                    good += 1
                else:
                    yield _unknown(config, group, name, span, known)
            elif name in taken:
                yield _twice(config, group, name, span, taken[name])
            else:
                taken[name] = (group.name, span)
                good += 1
        if good < 2:
            yield _too_few(config, group, good)


def _unknown(config: KeepalivedConfig, group: VrrpSyncGroup, name: str, span: Span, known: set[str]) -> Finding:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return Finding(
        at=span,
        subject=(config.node.name, group.name, "group", name),
        message=(
            f"sync group {group.name} on {config.node.name} lists {name}, which is no vrrp_instance: keepalived "
            f"ignores "
            "it, and the others fail over without it"
        ),
        label="no such instance",
        help=f"did you mean {near[0]}?" if near else "write the name of a vrrp_instance of this file",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )


def _twice(config: KeepalivedConfig, group: VrrpSyncGroup, name: str, span: Span, first: tuple[str, Span]) -> Finding:
    return Finding(
        at=span,
        subject=(config.node.name, group.name, "group", name),
        message=(
            f"{name} is in sync group {first[0]} and in {group.name} on {config.node.name}: keepalived ignores it in "
            f"{group.name}"
        ),
        label="already in a group",
        related=[Related(f"in {first[0]} here", first[1])],
        help="keep it in one of the groups",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )


def _too_few(config: KeepalivedConfig, group: VrrpSyncGroup, good: int) -> Finding:
    what = "has only one member" if good else "has no member that exists"
    follows = "it ties nothing together" if good else "keepalived removes it"
    block = block_named_at(config, group.span)
    at, related = block_end(block) if block is not None and not group.members else (group.span, [])
    return Finding(
        at=at,
        subject=(config.node.name, group.name, "group"),
        severity="warning" if good else None,
        message=f"sync group {group.name} on {config.node.name} {what}: {follows}",
        label=what,
        related=related,
        help="list at least two instances that must be on the same node",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )
