"""Addresses as firewall files write them: prefixes, dotted masks, ranges, shortened IPv4."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from cfglint.model.value_sets import Range, network_range


def address_range(text: str, version: int) -> Range | None:
    """The addresses that a text names: an address, ``address/prefix`` or ``address/mask``.

    Args:
        text: as written; ``10/8`` means 10.0.0.0/8, as iptables reads it.
        version: 4 or 6; an address of the other one does not read.

    Returns:
        First and last address as numbers; None when the text is a name or does not read.
    """
    address, slash, mask = text.partition("/")
    if version == 4 and address.replace(".", "").isdecimal() and address.count(".") < 3 and slash:
        address = ".".join([*address.split("."), "0", "0", "0"][:4])
    try:
        if not slash:
            number = int(IPv4Address(address) if version == 4 else IPv6Address(address))
            return number, number
        if version == 4:
            if "." in mask and not _is_netmask(int(IPv4Address(mask))):
                return None
            return network_range(IPv4Network(f"{address}/{mask}", strict=False))
        return network_range(IPv6Network(f"{address}/{mask}", strict=False))
    except ValueError:
        return None


def _is_netmask(mask: int) -> bool:
    """True for ones followed by zeros; Python also takes the inverse, which the kernel reads as a mask with holes."""
    holes = ~mask & 0xFFFFFFFF
    return holes & (holes + 1) == 0


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """One address, or None when the text is none."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def version_of(text: str) -> int | None:
    """4 or 6 for an address, network or range of addresses, None for anything else."""
    first = text.partition("-")[0]
    try:
        return ip_network(first, strict=False).version
    except ValueError:
        return None


def dash_range(text: str, version: int) -> Range | None:
    """``first-last``, or anything that `address_range` reads."""
    first, dash, last = text.partition("-")
    low = address_range(first, version)
    if not dash:
        return low
    high = address_range(last, version)
    return None if low is None or high is None or low[0] > high[1] else (low[0], high[1])
