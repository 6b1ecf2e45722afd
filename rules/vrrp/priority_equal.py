"""The rule ``vrrp/priority-equal``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import listing, names, vips_of
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance


@rule(
    severity="warning",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: equal priorities give one holder, by start order"],
)
def priority_equal(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """Two members of one virtual router have the same priority.

    Why it hurts: there is always one MASTER, but which one is a race: the node that starts first keeps the VIP, and
    after a reboot of both it may be the other. Runbooks and monitoring that name a primary are wrong half the time.

    When it stays silent: where the priorities differ by at least 1; where one is not known or refused by the daemon.
    Where every member says `state BACKUP` (a common design on purpose), and for a tie below the highest priority, it
    is only an info.

    What to do: give the preferred node the higher priority; where no node is preferred, write `state BACKUP` and
    `nopreempt` on all of them.
    """
    by_priority: dict[int, list[VrrpInstance]] = defaultdict(list)
    for member in group.members:
        if isinstance(member.priority.value, Unknown) or member.priority_problem or member.damaged is not None:
            return
        by_priority[member.priority.value].append(member)
    for priority, members in sorted(by_priority.items(), reverse=True):
        if len(members) < 2:
            continue
        on_purpose = all(member.state.value == "BACKUP" for member in group.members)
        at_top = priority == max(by_priority)
        last = members[-1]
        first_to_start = f"whichever starts first holds {vips_of(group)}"
        follows = first_to_start if at_top else "which of them takes over from the MASTER is a race"
        written = "" if last.priority.written else " (its default: none is written)"
        yield Finding(
            at=last.priority.span,
            subject=(*group.key, "priority", str(priority)),
            severity="warning" if at_top and not on_purpose else "info",
            message=f"{listing(names(members))} have the same priority {priority} for {group.name}{written}: {follows}",
            label=f"{priority} on {last.node.name}",
            related=[Related(f"{priority} on {member.node.name}", member.priority.span) for member in members[:-1]],
            help="give the node that should hold the VIP a higher priority",
            nodes=names(members),
        )
