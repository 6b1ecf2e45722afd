"""The rule ``lvs/quorum-too-high``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, rule
from cfglint.model.lvs import VirtualServer


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3: `exceeds total weight of real servers`, `hysteresis … >= quorum`"],
)
def quorum_too_high(server: VirtualServer) -> Iterator[Finding]:
    """A virtual server's quorum is more than all its real servers weigh, or its hysteresis is as large as the quorum.

    Why it hurts: keepalived lowers the number by itself. The service then counts as up or down at another moment than
    the file says, and so do quorum_up, quorum_down and the sorry server.

    When it stays silent: for a quorum up to the sum of the weights; for weights that are not known.

    What to do: lower the quorum, or raise the weights.
    """
    quorum, hysteresis = server.quorum, server.hysteresis
    if quorum is None or not isinstance(quorum.value, int) or not server.real_servers:
        return
    weights = [real.weight.value for real in server.real_servers]
    total = sum(weight for weight in weights if isinstance(weight, int))
    if any(not isinstance(weight, int) for weight in weights):
        return
    if quorum.value > total:
        yield Finding(
            at=quorum.span,
            subject=(server.node.name, server.label, "quorum"),
            message=(
                f"quorum {quorum.value} of {server.label} on {server.node.name} is more than its real servers weigh "
                f"together ({total}): keepalived lowers it to {total}"
            ),
            label=f"becomes {total}",
            help=f"write at most {total}",
            nodes=(server.node.name,),
            fails_check=fails_check(server.node),
        )
    effective = min(quorum.value, total)
    if hysteresis is None or not hysteresis.written or not isinstance(hysteresis.value, int) or not effective:
        return
    if hysteresis.value >= effective:
        yield Finding(
            at=hysteresis.span,
            subject=(server.node.name, server.label, "hysteresis"),
            message=(
                f"hysteresis {hysteresis.value} of {server.label} on {server.node.name} is not below its quorum "
                f"{effective}: keepalived lowers it to {effective - 1}"
            ),
            label=f"becomes {effective - 1}",
            help=f"write at most {effective - 1}",
            nodes=(server.node.name,),
            fails_check=fails_check(server.node),
        )
