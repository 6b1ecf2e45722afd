"""The rule ``vrrp/bfd-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open, name_of, statements
from cfglint.engine import Finding, Related, rule
from cfglint.engine.places import reported_at_end
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span
from cfglint.syntax.keepalived import Block, Statement
from cfglint.syntax.keepalived_arguments import WHOLE, parse_address

NAME_LIMIT = 31
TTL = {4: 255, 6: 64}
"""Without a line of its own, by address family."""

NEIGHBOR = ("neighbor_ip", "neighbour_ip")
HOPS = ("ttl", "hoplimit")

Fault = tuple[Span, str, str, list[Related]]
"""The place, what is wrong, what the daemon does, further places."""


def _last(block: Block, *keywords: str) -> Statement | None:
    lines = [child for child in block.children if child.keyword in keywords and len(child.words) > 1]
    return lines[-1] if lines and not is_open(lines[-1]) else None


def _pair(block: Block) -> tuple[str, str] | None:
    """The neighbour's address and the own one, in plain form; None when there is no usable neighbour."""
    neighbor, source = _last(block, *NEIGHBOR), _last(block, "source_ip")
    address = parse_address(neighbor.words[1].text) if neighbor is not None else None
    own = parse_address(source.words[1].text) if source is not None else None
    return (str(address), str(own or "")) if address is not None else None


def _within(block: Block) -> Iterator[Fault]:
    """What does not fit within one bfd_instance."""
    pair, source = _pair(block), _last(block, "source_ip")
    if pair is None:
        return
    family = 6 if ":" in pair[0] else 4
    if source is not None and pair[1] and (":" in pair[1]) != (family == 6):
        what = f"source_ip {pair[1]} is not of the family of neighbor_ip {pair[0]}"
        yield source.words[1].span, what, "disables the instance", reported_at_end(block)
    hops, limit = _last(block, "max_hops"), _last(block, *HOPS)
    most = limit.words[1].text if limit is not None else str(TTL[family])
    text = hops.words[1].text if hops is not None else ""
    if hops is not None and WHOLE.fullmatch(text) and WHOLE.fullmatch(most) and int(text) > int(most):
        what = f"max_hops {text} is above its ttl or hoplimit of {most}"
        yield hops.words[1].span, what, "takes that limit", reported_at_end(block)


def _names(blocks: list[Block]) -> Iterator[Fault]:
    """Names and neighbours that stand twice, and names that are too long."""
    names: dict[str, Block] = {}
    neighbors: dict[str, list[tuple[str, Block]]] = {}
    for block in blocks:
        name = name_of(block)
        if len(name) > NAME_LIMIT:
            yield block.words[1].span, f"its name has more than {NAME_LIMIT} characters", "ignores the instance", []
            continue
        first = names.setdefault(name, block)
        if first is not block:
            related = [Related("first here", first.span)]
            yield block.words[1].span, "an instance of this name stands above", "ignores this one", related
            continue
        pair, line = _pair(block), _last(block, *NEIGHBOR)
        if pair is None or line is None or any(child.keyword == "multihop" for child in block.children):
            continue
        known = neighbors.setdefault(pair[0], [])
        other = next((earlier for source, earlier in known if not source or not pair[1] or source == pair[1]), None)
        known.append((pair[1], block))
        if other is not None:
            related = [Related(f"also of {name_of(other)}", other.span), *reported_at_end(block)]
            yield line.span, f"{name_of(other)} has the same neighbour", "ignores the instance", related


@rule(
    severity="error",
    sources=["keepalived -t 2.2.7 and 2.3.4: `BFD instance … duplicate`, `not of the same family`, `max_hops exceeds`"],
)
def bfd_invalid(config: KeepalivedConfig) -> Iterator[Finding]:
    """A `bfd_instance` contradicts itself or another one.

    Why it hurts: keepalived leaves the instance out, and an instance that tracks it does not notice when the neighbour
    is gone, or never leaves FAULT.

    When it stays silent: for one instance a neighbour and name, with addresses of one family.

    What to do: give every bfd_instance a short name and a neighbour of its own, and addresses of one family.
    """
    blocks = [
        block
        for block in statements(config, "bfd_instance")
        if isinstance(block, Block) and len(block.words) > 1 and not block.damaged and not is_open(block)
    ]
    faults = [(name_of(block), fault) for block in blocks for fault in _within(block)]
    faults += [("", fault) for fault in _names(blocks)]
    for name, (at, what, follows, related) in faults:
        where = f"bfd_instance {name}" if name else "bfd_instance"
        yield Finding(
            at=at,
            subject=(config.node.name, "bfd_instance", name or str(at.line), what),
            message=f"{where} on {config.node.name}: {what}, and keepalived {follows}",
            label=what,
            related=related,
            help="one name and one neighbour for each bfd_instance, with addresses of one family",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node),
        )
