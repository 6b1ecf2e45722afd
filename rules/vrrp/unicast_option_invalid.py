"""The rule ``vrrp/unicast-option-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import VALUE, fails_check, is_open, within
from cfglint.engine import Finding, rule
from cfglint.model.vrrp import VrrpInstance
from cfglint.source import Span
from cfglint.syntax.keepalived import Statement

OPTIONS = ("min_ttl", "max_ttl")
MAX_TTL = 255
OPTIONS_SINCE = "2.2.0"


def _ttl(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text) <= MAX_TTL else None


def _line_fault(line: Statement) -> tuple[Span, str] | None:
    """What is wrong behind a peer's address, and where."""
    limits = {"min_ttl": 0, "max_ttl": MAX_TTL}
    for index in range(1, len(line.words), 2):
        option = line.words[index]
        if index + 1 >= len(line.words):
            return option.span, f"{option.text} has no value after it"
        value = _ttl(line.words[index + 1].text)
        if value is None:
            return line.words[index + 1].span, f"{line.words[index + 1].text} is no TTL from 0 to {MAX_TTL}"
        if option.text not in OPTIONS:
            return option.span, f"{option.text} is no option of a peer"
        limits[option.text] = value
    if limits["min_ttl"] > limits["max_ttl"]:
        return line.span, "min_ttl is above max_ttl, so every advert of this peer is dropped"
    return None


def _faults(instance: VrrpInstance) -> Iterator[tuple[Span, str, str]]:
    if instance.block is None:
        return
    for line in within(instance.block, "unicast_peer", VALUE):
        fault = None if is_open(line) else _line_fault(line)
        if fault is not None:
            yield fault[0], fault[1], line.keyword
    for child in instance.block.children:
        if child.keyword == "unicast_ttl" and not instance.is_unicast:
            yield child.span, "unicast_ttl has no effect without unicast peers", child.keyword
        if child.keyword == "mcast_dst_ip" and instance.is_unicast:
            yield child.span, "mcast_dst_ip has no effect with unicast peers", child.keyword


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 to 2.4.3: `unknown unicast_peer option`, `min_ttl … > max_ttl`"],
)
def unicast_option_invalid(instance: VrrpInstance) -> Iterator[Finding]:
    """An option of unicast does not read, or has no effect.

    Why it hurts: keepalived ignores it and runs: a limit on the TTL that should keep foreign adverts out does not hold,
    or shuts out the peer itself. A second peer on the same line is taken for an option and gets no adverts.

    When it stays silent: for `ADDRESS [min_ttl N] [max_ttl N]` with numbers from 0 to 255.

    What to do: write one peer a line, with the options behind it.
    """
    for span, what, about in _faults(instance):
        yield Finding(
            at=span,
            subject=(instance.node.name, instance.name, "unicast", about),
            message=f"in {instance.name} on {instance.node.name}, {what}",
            label="not read",
            help="write one peer a line: ADDRESS [min_ttl N] [max_ttl N]",
            nodes=(instance.node.name,),
            fails_check=fails_check(instance.node, since=OPTIONS_SINCE),
        )
