"""Does one router accept another's adverts? Per direction, and per keepalived version.

The order and the fields are those of the daemon's own packet check; each was observed with real daemons. What the files
leave open is ``unknown``, never compared as if it were known. Packet filters are not judged here: see `election_links`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

from cfglint.analysis.election_router import Era, Router
from cfglint.model.value import Unknown

Cause = Literal[
    "vrid",
    "family",
    "version",
    "transport",
    "group",
    "segment",
    "peer",
    "source",
    "auth",
    "advert_int",
    "vips",
    "firewall",
]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a receiver accepts a sender's adverts.

    Attributes:
        verdict: yes, no or unknown.
        why: the reason for no or unknown, naming both values, never a secret; for yes a remark, or empty.
        cause: what decided; None for yes.
    """

    verdict: Literal["yes", "no", "unknown"]
    why: str = ""
    cause: Cause | None = None


YES = Reach("yes")
T = TypeVar("T")


def accepts(receiver: Router, sender: Router, era: Era) -> Reach:
    """Whether a receiver's daemon takes a sender's adverts as its virtual router's, packet filters aside."""
    open_question = None
    for judged in (_addressed(receiver, sender), _delivered(receiver, sender), _taken(receiver, sender, era)):
        if judged.verdict == "no":
            return judged
        if judged.verdict == "unknown" and open_question is None:
            open_question = judged
    return open_question or YES


def _addressed(receiver: Router, sender: Router) -> Reach:
    """Do both speak of one virtual router?"""
    return _first(
        _compare("vrid", "virtual_router_id", receiver, sender, (receiver.vrid, sender.vrid)),
        _compare("family", "IP version", receiver, sender, (receiver.family, sender.family)),
    )


def _delivered(receiver: Router, sender: Router) -> Reach:
    """Do the sender's packets get to the receiver's socket?"""
    if sender.unicast != receiver.unicast:
        ways = {True: "unicast", False: "multicast"}
        return Reach(
            "no",
            f"{sender.node} sends {ways[sender.unicast]}, {receiver.node} listens for {ways[receiver.unicast]}",
            "transport",
        )
    return _unicast_delivered(receiver, sender) if sender.unicast else _multicast_delivered(receiver, sender)


def _multicast_delivered(receiver: Router, sender: Router) -> Reach:
    group = _compare(
        "group", "multicast group", receiver, sender, (receiver.multicast_group(), sender.multicast_group())
    )
    if group.verdict != "yes":
        return group
    if not receiver.networks or not sender.networks:
        return _by_name(receiver, sender)
    pairs = [(a, b) for a in receiver.networks for b in sender.networks if a.version == b.version]
    if pairs and not any(one.overlaps(other) for one, other in pairs):
        shown = [", ".join(sorted(map(str, nets))) for nets in (sender.networks, receiver.networks)]
        return Reach(
            "no",
            f"{sender.node} sends on {sender.interface} ({shown[0]}), {receiver.node} listens on {receiver.interface} "
            f"({shown[1]}): not one network",
            "segment",
        )
    return YES


def _by_name(receiver: Router, sender: Router) -> Reach:
    """What interface names tell where networks are not known.

    A node that uses one VRID on two interfaces has two wires there, so its peer's interface of the one name is not the
    other wire; unless both list a common VIP, which tells more than names.
    """
    mine, theirs = receiver.interface, sender.interface
    if mine == theirs or not (mine in sender.elsewhere or theirs in receiver.elsewhere):
        return YES
    if isinstance(mine, Unknown) or isinstance(theirs, Unknown) or receiver.all_vips & sender.all_vips:
        return YES
    return Reach(
        "no",
        f"{sender.node} sends on {theirs}, {receiver.node} listens on {mine}, and VRID {sender.vrid} is used on both: "
        "not one network",
        "segment",
    )


def _unicast_delivered(receiver: Router, sender: Router) -> Reach:
    if receiver.addresses is not None and not receiver.addresses:
        if any(isinstance(peer, Unknown) or peer.is_link_local for peer in sender.peers):
            return YES
        return Reach(
            "no",
            f"{sender.node} sends to {_listed(sender.peers)}, {receiver.node} listens only on its link-local "
            "address (no unicast_src_ip)",
            "peer",
        )
    unknown_peers = [peer for peer in sender.peers if isinstance(peer, Unknown)]
    if receiver.addresses is not None and not receiver.addresses & set(sender.peers):
        if unknown_peers:
            return Reach("unknown", f"a unicast_peer of {sender.node} is not known ({unknown_peers[0].why})", "peer")
        return Reach(
            "no",
            f"{sender.node} sends to {_listed(sender.peers)}, none of which is {receiver.node} "
            f"({_listed(tuple(sorted(receiver.addresses, key=str)))})",
            "peer",
        )
    if receiver.check_source and sender.source is not None and sender.source not in receiver.peers:
        if any(isinstance(peer, Unknown) for peer in receiver.peers):
            return Reach("unknown", f"a unicast_peer of {receiver.node} is not known", "source")
        return Reach(
            "no",
            f"{receiver.node} has check_unicast_src and does not list {sender.source}, where {sender.node}'s adverts "
            "come from, as unicast_peer",
            "source",
        )
    return _by_name(receiver, sender) if receiver.addresses is None else YES


def _taken(receiver: Router, sender: Router, era: Era) -> Reach:
    """Does the receiver's daemon find nothing wrong with the advert?"""
    version = _compare("version", "VRRP version", receiver, sender, (receiver.version, sender.version))
    if version.verdict == "no":
        return version
    checks = [version]
    if 3 not in {sender.version, receiver.version} or "HMAC" in {sender.auth, receiver.auth}:
        checks.append(_auth(receiver, sender))
    if 3 not in {sender.version, receiver.version}:
        checks.append(_compare("advert_int", "advert_int", receiver, sender, (receiver.advert_int, sender.advert_int)))
    if receiver.compares_vips(era):
        checks.append(_vips(receiver, sender))
    return _first(*checks)


def _auth(receiver: Router, sender: Router) -> Reach:
    if "HMAC" in {sender.auth, receiver.auth}:
        return _hmac(receiver, sender)
    kind = _compare("auth", "authentication", receiver, sender, (receiver.auth, sender.auth))
    if kind.verdict != "yes" or receiver.auth == "none":
        return kind
    if isinstance(receiver.secret, Unknown) or isinstance(sender.secret, Unknown):
        return Reach("unknown", f"the authentication of {receiver.node} and {sender.node} cannot be compared", "auth")
    if receiver.secret != sender.secret:
        return Reach("no", f"{sender.node} and {receiver.node} use different {sender.auth} passwords", "auth")
    return YES


def _hmac(receiver: Router, sender: Router) -> Reach:
    """Signed adverts, from keepalived 2.4.0 on."""
    signed = sender.auth == "HMAC" and sender.hmac_mode != "receive-only"
    if receiver.auth != "HMAC":
        if signed:
            return Reach(
                "no", f"{sender.node} signs its adverts (auth_hmac), {receiver.node} does not expect that", "auth"
            )
        return YES
    if not signed:
        if receiver.hmac_mode == "enforce":
            return Reach("no", f"{receiver.node} takes only signed adverts, {sender.node} does not sign", "auth")
        return YES
    if isinstance(sender.secret, Unknown) or isinstance(receiver.secret, Unknown):
        return Reach("unknown", f"the keys of {receiver.node} and {sender.node} cannot be compared", "auth")
    if sender.secret not in receiver.keys:
        return Reach("no", f"{receiver.node} does not have the key that {sender.node} signs with", "auth")
    return YES


def _vips(receiver: Router, sender: Router) -> Reach:
    for side in (receiver, sender):
        if side.vips_unknown:
            return Reach("unknown", f"the VIP list of {side.node} is not known: {side.vips_unknown}", "vips")
    if len(receiver.vips) != len(sender.vips):
        return Reach(
            "no", f"{sender.node} advertises {len(sender.vips)} VIPs, {receiver.node} has {len(receiver.vips)}", "vips"
        )
    missing = sorted(set(receiver.vips) - set(sender.vips), key=str)
    if missing:
        return Reach("no", f"{sender.node} does not advertise {missing[0]}, which {receiver.node} has", "vips")
    return YES


def _compare(
    cause: Cause, what: str, receiver: Router, sender: Router, values: tuple[T | Unknown, T | Unknown]
) -> Reach:
    """Compare the receiver's and the sender's value of one field."""
    mine, theirs = values
    for side, value in ((receiver, mine), (sender, theirs)):
        if isinstance(value, Unknown):
            return Reach("unknown", f"the {what} of {side.node} is not known: {value.why}", cause)
    if mine == theirs:
        return YES
    return Reach("no", f"{what} {_shown(theirs)} on {sender.node}, {_shown(mine)} on {receiver.node}", cause)


def _first(*judged: Reach) -> Reach:
    """The first no, else the first unknown, else yes."""
    for verdict in ("no", "unknown"):
        for reach in judged:
            if reach.verdict == verdict:
                return reach
    return YES


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _listed(addresses: tuple[object, ...]) -> str:
    return ", ".join("?" if isinstance(address, Unknown) else str(address) for address in addresses)
