"""The rule ``firewall/fw-rule-after-reject``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.advert_filtering import filtered_adverts
from cfglint.engine import Finding, rule
from cfglint.engine.firewall_wording import accepting, blocked_finding, decided, move_up
from cfglint.model.cluster import Fleet


@rule(
    severity="error",
    sources=["rule sets observed in network namespaces: what follows a catch-all REJECT is dead"],
)
def fw_rule_after_reject(fleet: Fleet) -> Iterator[Finding]:
    """The rule that would let VRRP in stands behind one that drops or rejects everything.

    Why it hurts: the first rule that matches wins, so the accepting one is never reached: adverts are dropped as if it
    were not there. It happens when a rule is appended to a list that ends in a REJECT, as Red Hat's default does.

    When it stays silent: where the accepting rule comes first, or where the earlier rule does not match the adverts.

    What to do: move the accepting rule in front of the other one.
    """
    for blocked in filtered_adverts(fleet).blocked:
        if blocked.cause == "order":
            why = f"{accepting(blocked)} never gets to see them, since {decided(blocked.verdict)} before it"
            yield blocked_finding(blocked, why, move_up(blocked))
