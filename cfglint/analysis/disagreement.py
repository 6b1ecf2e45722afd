"""Members of one virtual router that disagree about a value, and which of them is the odd one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance


@dataclass(frozen=True, slots=True, eq=False)
class Disagreement:
    """Members whose value differs from the one that most members use.

    Attributes:
        usual: a member with the usual value; where two values are equally frequent, that of the first node by name.
        odd: the members that differ from it, in the order of the cluster's nodes; at least one.
    """

    usual: VrrpInstance
    odd: tuple[VrrpInstance, ...]

    @property
    def first(self) -> VrrpInstance:
        """The first odd member: where the disagreement is reported."""
        return self.odd[0]


def disagreement(group: VrrpGroup, value: Callable[[VrrpInstance], Hashable | Unknown]) -> Disagreement | None:
    """Find the members that differ.

    Args:
        group: a virtual router.
        value: what is compared; members for which it is `Unknown` are left out.

    Returns:
        None when fewer than two values are known, or all are equal.
    """
    known = [(member, found) for member in group.members if not isinstance(found := value(member), Unknown)]
    if len({found for _, found in known}) < 2:
        return None
    frequent = Counter(found for _, found in known)
    most = max(frequent.values())
    usual, usual_value = next((member, found) for member, found in known if frequent[found] == most)
    return Disagreement(usual, tuple(member for member, found in known if found != usual_value))
