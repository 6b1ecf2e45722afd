"""Three-valued matching of one packet on its way against conditions of rules."""

from __future__ import annotations

from cfglint.analysis.packet_fields import Flight, Lack, read_field
from cfglint.model.firewall_rules import AnyOf, Condition, Match, TupleMatch, Undecided
from cfglint.model.value_sets import Names, Numbers, ValueSet

_SPOKEN = {
    "iif": "incoming interface",
    "oif": "outgoing interface",
    "ip.src": "source address",
    "ip6.src": "source address",
    "ip.dst": "destination address",
    "ip6.dst": "destination address",
    "ttl": "TTL",
    "ip.ttl": "TTL",
    "ip6.ttl": "hop limit",
    "mark": "mark",
    "ctmark": "connection's mark",
    "state": "connection state",
    "ct.direction": "direction within its connection",
    "ct.status.dnat": "translation",
    "ct.status.snat": "translation",
    "pkttype": "type on the link",
    "tcp.flags": "set of TCP flags",
}


def matches(flight: Flight, condition: Condition) -> bool | str:
    """True, False, or the reason why it cannot be decided."""
    if isinstance(condition, Match):
        return _match(flight, condition)
    if isinstance(condition, Undecided):
        return condition.why
    if isinstance(condition, TupleMatch):
        return _tuple(flight, condition)
    return _any(flight, condition)


def lookup(flight: Flight, fields: tuple[str, ...], element: tuple[ValueSet, ...]) -> bool | str:
    """Whether several fields lie in one combination."""
    undecided: bool | str = True
    for name, values in zip(fields, element, strict=False):
        found = _match(flight, Match(name, values))
        if found is False:
            return False
        if found is not True:
            undecided = found
    return undecided


def _tuple(flight: Flight, condition: TupleMatch) -> bool | str:
    if any(read_field(flight, name) is Lack.ABSENT for name in condition.fields):
        return False
    result: bool | str = False
    for element in condition.elements:
        found = lookup(flight, condition.fields, element)
        if found is True:
            return not condition.negated
        if found is not False:
            result = found
    return condition.negated if result is False else result


def _any(flight: Flight, condition: AnyOf) -> bool | str:
    undecided: bool | str = False
    for option in condition.options:
        found = matches(flight, option)
        if found is True:
            return not condition.negated
        if found is not False:
            undecided = found
    return condition.negated if undecided is False else undecided


def _match(flight: Flight, condition: Match) -> bool | str:
    value = read_field(flight, condition.field)
    if value is Lack.ABSENT:
        return False
    values = condition.values
    if value is Lack.OPEN or isinstance(value, Lack):
        if isinstance(values, Numbers) and not values.lows:
            return condition.negated
        return f"the packet's {_SPOKEN.get(condition.field, condition.field)} is not known"
    if isinstance(value, str):
        if not isinstance(values, Names):
            return f"{condition.field} is compared with a number"
        return values.holds(value) is not condition.negated
    if isinstance(values, Names):
        return f"{condition.field} is compared with a name"
    low, high = value if isinstance(value, tuple) else (value, value)
    if condition.mask is not None:
        if low != high:
            return f"the packet's {_SPOKEN.get(condition.field, condition.field)} is not known"
        low = high = low & condition.mask
    held = values.holds(low, high)
    if held is None:
        return f"the packet's {_SPOKEN.get(condition.field, condition.field)} is not known"
    return held is not condition.negated
