"""What has been read of one iptables rule so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cfglint.model.firewall_ipsets import SetMatchReader
from cfglint.model.firewall_rules import Condition
from cfglint.syntax.network_names import protocol_name


@dataclass
class Arguments:
    """What has been read of one rule.

    Attributes:
        version: 4 for iptables, 6 for ip6tables.
        sets: members of the ipsets there are.
        conditions: so far.
        undecided: extensions that cannot be judged, each once.
        protocol: the protocol number of ``-p``, if it is one and not negated.
        modules: what ``-m`` named, in order.
        target: the argument of -j or -g.
        goto: True for -g.
        options: the target's options.
    """

    version: int
    sets: SetMatchReader
    conditions: list[Condition] = field(default_factory=list)
    undecided: dict[str, str] = field(default_factory=dict)
    protocol: int | None = None
    modules: list[str] = field(default_factory=list)
    target: str | None = None
    goto: bool = False
    options: dict[str, list[str]] = field(default_factory=dict)

    @property
    def layer(self) -> str:
        """The prefix of port fields for the protocol at hand."""
        name = protocol_name(self.protocol) if self.protocol is not None else ""
        return name if name in {"tcp", "udp", "udplite", "sctp", "dccp"} else "th"

    def doubt(self, what: str, why: str) -> None:
        """Note that something of this rule cannot be decided."""
        self.undecided.setdefault(what, why)


Reader = Callable[[Arguments, list[str], bool], None]
"""Reads an option: the arguments so far, the option's own, True behind a `!`."""
