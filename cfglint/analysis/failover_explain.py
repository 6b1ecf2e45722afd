"""Why a scenario ends as it does: sentences for people, with the arithmetic of priorities."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.election_accept import accepts
from cfglint.analysis.election_condition import NO_TROUBLES, condition_of, effective_priority, fault_of
from cfglint.analysis.election_field import Field, Link
from cfglint.analysis.election_outcome import sorted_addresses
from cfglint.analysis.election_router import Address, Era
from cfglint.analysis.failover import Scenario, Way
from cfglint.analysis.failover_faults import Fault
from cfglint.analysis.failover_services import notices_haproxy


def why(scenario: Scenario) -> tuple[str, ...]:
    """Why the addresses end where they do: the faults, what they change, and what decides; each sentence once."""
    lines: dict[str, None] = {}
    for fault in scenario.faults:
        lines.update(dict.fromkeys(_fault_lines(fault, scenario)))
    if not scenario.ways:
        lines["too many values are not known to say who holds the addresses"] = None
    for way in scenario.ways:
        lines.update(dict.fromkeys(_way_lines(way, scenario)))
    for vip in scenario.vips:
        lines.update(dict.fromkeys(f"a race decides: {race}" for race in vip.after.races))
        if vip.after.verdict == "unknown":
            lines.update(dict.fromkeys(_open_questions(scenario)))
    return tuple(lines)


def _way_lines(way: Way, scenario: Scenario) -> Iterator[str]:
    """What decides one way: who is out, and for each address that it touches why it is where it is."""
    nodes = {node.name for node in scenario.cluster.nodes}
    for router in way.field.routers:
        stopped = fault_of(router, way.troubles)
        if router.node in nodes and stopped and router.node not in way.troubles.down:
            yield stopped
    shown = {vip.after.address: vip for vip in scenario.vips}
    for address in sorted_addresses({vip for router in way.field.routers for vip in router.all_vips} & shown.keys()):
        if not scenario.faults or way.troubles != NO_TROUBLES or shown[address].after.verdict != "ok":
            yield from _vip_lines(way, address, scenario.era)
    if not scenario.faults:
        yield from (link.reach.why for link in way.field.links if _is_remark(link, nodes, way))


def _is_remark(link: Link, nodes: set[str], way: Way) -> bool:
    """True for what is worth knowing about adverts that are accepted in the end."""
    return link.reach.verdict == "yes" and bool(link.reach.why) and way.field.routers[link.receiver].node in nodes


def arithmetic(scenario: Scenario) -> tuple[str, ...]:
    """The priorities that failing checks leave, who keeps or loses the address by them, and what would change that."""
    lines: dict[str, None] = {}
    for way in scenario.ways:
        condition = condition_of(way.field, way.troubles)
        for index, router in enumerate(way.field.routers):
            sums = effective_priority(router, way.field.priorities[index], way.troubles)
            if (
                not any(text.endswith(" failing") for text, _ in sums.terms)
                or not condition.up[way.field.unit_of[index]]
            ):
                continue
            rivals = [
                other
                for other in range(len(way.field.routers))
                if way.field.routers[other].vrid == router.vrid
                and way.field.routers[other].node != router.node
                and condition.up[way.field.unit_of[other]]
            ]
            if rivals:
                best = max(rivals, key=lambda other: condition.priorities[other])
                lines[f"{router.instance}: {sums}{_comparison(way, index, best, condition.priorities)}"] = None
    return tuple(lines)


def _comparison(way: Way, index: int, best: int, priorities: tuple[int, ...]) -> str:
    router, rival = way.field.routers[index], way.field.routers[best]
    mine, theirs = priorities[index], priorities[best]
    sign = ">" if mine > theirs else "<" if mine < theirs else "="
    keeps = way.field.unit_of[index] in way.after.masters
    text = f" {sign} {theirs} ({rival.node}), so {router.node if keeps else rival.node} "
    text += "keeps it" if keeps == (way.field.unit_of[index] in way.before.masters) and keeps else "has it"
    if keeps and mine >= theirs:
        failing = [
            track
            for track in router.tracks
            if track.weight < 0 and (router.node, track.kind, track.name) in way.troubles.failing
        ]
        rival_sums = effective_priority(rival, way.field.priorities[best], way.troubles)
        if len(failing) == 1 and not any(text.endswith(" failing") for text, _ in rival_sums.terms):
            needed = failing[0].weight - (mine - theirs) - 1
            text += f"; a weight of {needed} or lower hands over" if needed >= -253 else ""
        return text
    if keeps and rival.nopreempt:
        return f"{text}: {rival.node} has nopreempt and never takes over from a running master"
    return text


def _fault_lines(fault: Fault, scenario: Scenario) -> Iterator[str]:
    where = fault.node or "every node"
    match fault.kind:
        case "node-down":
            yield f"{where} is down"
        case "keepalived-killed":
            yield f"keepalived on {where} is killed and cannot remove its addresses"
        case "interface-down":
            yield f"{fault.name} of {where} has lost its link"
        case "script-failing":
            yield f"script {fault.name} fails on {where}"
        case "process-down":
            yield f"process {fault.name} is gone on {where}"
        case "file-failing":
            yield f"tracked file {fault.name} of {where} lowers the priority as far as it can"
        case "haproxy-down":
            yield from _haproxy_lines(fault, scenario)
        case "firewall-reloaded":
            yield f"the firewall of {where} is loaded anew from its files; only they are judged"
        case "partition":
            yield f"{fault.to} no longer receives what {where} sends"


def _haproxy_lines(fault: Fault, scenario: Scenario) -> Iterator[str]:
    yield f"haproxy is gone on {fault.node or 'every node'}"
    for node in scenario.cluster.nodes:
        if fault.node in {None, node.name}:
            surely, perhaps = notices_haproxy(node)
            if perhaps:
                names = ", ".join(sorted(name for _, name in perhaps))
                yield f"the files do not show whether {names} on {node.name} notices that haproxy is gone"
            elif not surely:
                yield f"nothing on {node.name} notices that haproxy is gone: its addresses stay"


def _vip_lines(way: Way, address: Address, era: Era | None) -> Iterator[str]:
    holding = [
        index
        for unit in sorted(way.after.masters)
        for index in way.field.units[unit]
        if address in way.field.routers[index].all_vips
    ]
    kept = way.kept.get(address, frozenset())
    nodes = {way.field.routers[index].node for index in holding} | set(kept)
    if not nodes:
        yield from _unheld_lines(way, address)
        return
    for index in holding:
        yield from _master_line(way, index)
    for node in sorted(kept):
        yield f"{address} stays on {node}, where nothing manages it any more"
    if len(nodes) > 1:
        yield from _split_lines(way, holding, era)


def _master_line(way: Way, index: int) -> Iterator[str]:
    field, router = way.field, way.field.routers[index]
    condition = condition_of(field, way.troubles)
    rivals = [
        other
        for other, rival in enumerate(field.routers)
        if rival.vrid == router.vrid and rival.node != router.node and condition.up[field.unit_of[other]]
    ]
    mine = condition.priorities[index]
    better = [other for other in rivals if condition.priorities[other] > mine and index in field.heard[other]]
    if not rivals:
        yield f"{router.node} is the only one left for {router.instance}"
    elif any(condition.priorities[other] == mine for other in rivals):
        yield f"{router.node} has {router.instance}: equal priorities ({mine}) do not hand over"
    elif not better:
        yield f"{router.node} has the highest effective priority ({mine}) in {router.instance}"
    for other in better:
        rival = field.routers[other]
        if rival.nopreempt:
            yield f"{rival.node} ({condition.priorities[other]}) has nopreempt, so {router.node} ({mine}) stays master"


def _split_lines(way: Way, holding: list[int], era: Era | None) -> Iterator[str]:
    condition = condition_of(way.field, way.troubles)
    for one in holding:
        for other in holding:
            strong, weak = way.field.routers[one], way.field.routers[other]
            if strong.node == weak.node or condition.priorities[one] < condition.priorities[other]:
                continue
            if (one, other) in condition.cut:
                yield f"{weak.node} does not hear {strong.node} and takes the address too"
            elif one not in way.field.heard[other]:
                links = {(link.sender, link.receiver): link.reach for link in way.field.links}
                reach = links.get((one, other)) or accepts(weak, strong, era or "from 2.3.3")
                yield f"{weak.node} discards {strong.node}'s adverts: {reach.why}"


def _unheld_lines(way: Way, address: Address) -> Iterator[str]:
    field = way.field
    for index, router in enumerate(field.routers):
        if address not in router.all_vips or fault_of(router, way.troubles):
            continue
        for member in field.units[field.unit_of[index]]:
            stopped = fault_of(field.routers[member], way.troubles)
            if stopped:
                yield f"{router.instance} of {router.node} stays down with its {router.unit}: {stopped}"
            for master in field.heard[member]:
                if field.unit_of[master] in way.after.masters:
                    yield _waiting(field, index, member, master)


def _waiting(field: Field, index: int, member: int, master: int) -> str:
    router, hearing, better = field.routers[index], field.routers[member], field.routers[master]
    if member != index:
        return (
            f"{router.instance} of {router.node} stays backup with its {router.unit}: "
            f"{hearing.instance} still hears {better.node}"
        )
    return f"{router.instance} of {router.node} stays backup: it hears {better.node}, which does not hold the address"


def _open_questions(scenario: Scenario) -> Iterator[str]:
    for way in scenario.ways:
        for link in way.field.links:
            if link.reach.verdict == "unknown":
                yield link.reach.why


def preempts(scenario: Scenario) -> bool:
    """True when the repair moves an address that had a holder."""
    return any(
        vip.after.verdict == "ok" and vip.repaired.verdict == "ok" and vip.after.holders != vip.repaired.holders
        for vip in scenario.vips
    )
