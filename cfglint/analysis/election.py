"""Who holds each VIP while everything works, and does one instance accept another's adverts.

The public face of the election: rules ask here. Faults are simulated by `cfglint.analysis.failover`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from cfglint.analysis.election_accept import Reach, accepts
from cfglint.analysis.election_condition import NO_TROUBLES, condition_of
from cfglint.analysis.election_outcome import (
    VERDICTS,
    Holders,
    Verdict,
    VipOutcome,
    holders_of,
    joined,
    outcome_of,
    sorted_addresses,
)
from cfglint.analysis.election_router import Era
from cfglint.analysis.election_settle import Change, Settled, settle
from cfglint.analysis.election_world import Part, World, worlds_of
from cfglint.model.cluster import VrrpGroup
from cfglint.model.vrrp import Address, VrrpInstance

BAD: tuple[Verdict, ...] = ("split-brain", "unheld")


@dataclass(frozen=True, slots=True)
class EraOutcome:
    """Who holds the VIPs of a virtual router with one behaviour of keepalived.

    Attributes:
        era: the releases; None when the release makes no difference, or is given.
        vips: one outcome an address, in order of address.
    """

    era: Era | None
    vips: tuple[VipOutcome, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its addresses; ok without any."""
        return min((vip.verdict for vip in self.vips), key=VERDICTS.index, default="ok")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who holds the VIPs of one virtual router when every node has started.

    Attributes:
        eras: one entry, or two when keepalived's behaviour differs by release and none is given: the older first.
        assumptions: what is taken for granted, one sentence each.
    """

    eras: tuple[EraOutcome, ...]
    assumptions: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all."""
        return min((era.verdict for era in self.eras), key=VERDICTS.index, default="ok")

    @property
    def severity(self) -> Literal["error", "warning", "info"]:
        """Error when it is bad with every release, warning when it is with the newest, else info."""
        bad = [era.verdict in BAD for era in self.eras]
        if bad and all(bad):
            return "error"
        return "warning" if bad and bad[-1] else "info"

    def of(self, address: Address) -> list[tuple[Era | None, VipOutcome]]:
        """What each behaviour of keepalived means for one address."""
        return [(era.era, vip) for era in self.eras for vip in era.vips if vip.address == address]

    def __str__(self) -> str:
        """Who will hold the addresses, in one sentence without a full stop, both behaviours named where they differ."""
        if len(self.eras) == 1:
            return _sentence(self.eras[0])
        return "; ".join(f"keepalived {era.era}: {_sentence(era)}" for era in self.eras)


_OUTCOMES: WeakKeyDictionary[VrrpGroup, Outcome] = WeakKeyDictionary()


def steady_state(group: VrrpGroup) -> Outcome:
    """Who holds each VIP of a virtual router once all its nodes have started together; worked out once a group."""
    known = _OUTCOMES.get(group)
    if known is None:
        worlds = worlds_of(group.cluster)
        eras = tuple(EraOutcome(world.era, _vips(world, group)) for world in worlds)
        assumptions = tuple(dict.fromkeys(text for world in worlds for text in world.assumptions))
        known = _OUTCOMES[group] = Outcome(eras, assumptions)
    return known


def _vips(world: World, group: VrrpGroup) -> tuple[VipOutcome, ...]:
    addresses = sorted_addresses({address for member in group.members for address in member.all_addresses})
    outcomes = []
    for address in addresses:
        parts = world.parts_with(address)
        ends = [_ends(part, address) for part in parts]
        known = all(len(part.fields) == 1 for part in parts)
        if not all(ends):
            outcomes.append(VipOutcome(address, "unknown", ()))
        else:
            outcomes.append(outcome_of(address, joined(ends), known=known))
    return tuple(outcomes)


def _ends(part: Part, address: Address) -> list[tuple[Holders, Settled]]:
    """The ways in which one election can end for one address."""
    return [
        (holders_of(field, settled.masters).get(address, ()), settled)
        for field in part.fields
        for settled in settle(field, condition_of(field, NO_TROUBLES), Change())
    ]


def accepts_adverts(receiver: VrrpInstance, sender: VrrpInstance, group: VrrpGroup) -> list[tuple[Era | None, Reach]]:
    """Whether one member of a virtual router accepts another's adverts, packet filters included.

    Returns:
        One answer, or two when it depends on the keepalived release and none is given.
    """
    wanted = ((sender.node.name, sender.name), (receiver.node.name, receiver.name))
    found = []
    for world in worlds_of(group.cluster):
        link = world.links.get(wanted)
        if link is not None:
            found.append((world.era, link.reach))
            continue
        (sent, _), (received, _) = world.by_key[wanted[0]], world.by_key[wanted[1]]
        found.append((world.era, accepts(received, sent, world.era or "from 2.3.3")))
    return found


def _sentence(era: EraOutcome) -> str:
    return ", ".join(_phrase(vip) for vip in era.vips) or "there is no VIP"


def _phrase(vip: VipOutcome) -> str:
    if vip.verdict == "unknown":
        return f"nobody can say who holds {vip.address}"
    held = " or ".join(" and ".join(end) or "nobody" for end in vip.ends)
    return f"{vip.address} is held by {held}{' at once' if vip.verdict == 'split-brain' else ''}"
