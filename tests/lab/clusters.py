"""Random clusters of two or three nodes with two legs: sync groups, tracked links, IPv6, unicast among several."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from tests.lab.drawing import draw_distinct

OUTER, INNER = ("10.9.0", "10.8.0")
INNER_V6 = "fd08::"
VIPS = {"E": f"{OUTER}.100", "I": f"{INNER}.100", "I6": f"{INNER_V6}100"}


@dataclass(frozen=True)
class Member:
    """One node: its priorities on both legs, and how it ties them together."""

    outer: int
    inner: int
    group: bool
    group_weight: int
    link_weight: int | None
    nopreempt: bool


@dataclass(frozen=True)
class Plan:
    """A cluster, the versions its nodes run, and what breaks."""

    members: tuple[Member, ...]
    versions: tuple[str, ...]
    unicast: bool
    inner_v6: bool
    fault: tuple[str, int]

    @property
    def names(self) -> tuple[str, ...]:
        """The nodes' names."""
        return tuple("abc"[: len(self.members)])

    @property
    def vips(self) -> tuple[str, ...]:
        """The addresses that are watched."""
        return (VIPS["E"], VIPS["I6" if self.inner_v6 else "I"])

    def interfaces(self, index: int) -> dict[str, tuple[str, ...]]:
        """A node's addresses by interface."""
        inner = (f"{INNER}.{11 + index}/24", f"{INNER_V6}{11 + index}/64")
        return {"eth0": (f"{OUTER}.{11 + index}/24",), "eth1": inner}

    def files(self, index: int, folder: Path) -> dict[str, str]:
        """The files of one node whose directory is ``folder``."""
        member = self.members[index]
        script = [
            "vrrp_script chk {",
            f'  script "/usr/bin/test -e {folder}/fine"',
            "  interval 1",
            f"  weight {member.group_weight}",
            "}",
        ]
        group = ["vrrp_sync_group G {", "  group {", "    E", "    I", "  }", "  track_script {", "    chk", "  }", "}"]
        lines = [
            "global_defs {",
            f"  router_id {self.names[index]}",
            "  script_user root",
            "  enable_script_security",
            "}",
            *script,
            *(group if member.group else []),
            *self._instance("E", "eth0", 51, index),
            *self._instance("I", "eth1", 52, index),
        ]
        return {
            "etc/keepalived/keepalived.conf": "\n".join(lines) + "\n",
            **{
                f"etc/sysconfig/network-scripts/ifcfg-{name}": _ifcfg(name, addresses)
                for name, addresses in self.interfaces(index).items()
            },
            "etc/nftables.conf": "table inet empty {\n}\n",
            "fine": "",
        }

    def _instance(self, name: str, interface: str, vrid: int, index: int) -> list[str]:
        member = self.members[index]
        family6 = name == "I" and self.inner_v6
        net = OUTER if name == "E" else INNER
        others = [f"    {net}.{11 + other}" for other in range(len(self.members)) if other != index]
        other_link = "eth1" if name == "E" else "eth0"
        track = ["  track_interface {", f"    {other_link} weight {member.link_weight}", "  }"]
        vip = f"{VIPS['I6']}/64" if family6 else f"{VIPS[name]}/24"
        return [
            f"vrrp_instance {name} {{",
            "  state BACKUP",
            f"  interface {interface}",
            f"  virtual_router_id {vrid}",
            f"  priority {member.outer if name == 'E' else member.inner}",
            *(["  version 3"] if family6 else []),
            *(["  nopreempt"] if member.nopreempt else []),
            *(["  unicast_peer {", *others, "  }"] if self.unicast and not family6 else []),
            *(track if member.link_weight is not None and not member.group else []),
            "  virtual_ipaddress {",
            f"    {vip}",
            "  }",
            "}",
        ]


def _ifcfg(name: str, addresses: tuple[str, ...]) -> str:
    lines = [f"DEVICE={name}", "ONBOOT=yes", "BOOTPROTO=none"]
    for one in addresses:
        address, _, prefix = one.partition("/")
        lines += ["IPV6INIT=yes", f"IPV6ADDR={one}"] if ":" in one else [f"IPADDR={address}", f"PREFIX={prefix}"]
    return "\n".join(lines) + "\n"


def members() -> st.SearchStrategy[Member]:
    """One node."""
    usual = st.sampled_from
    return st.builds(
        Member,
        outer=st.integers(1, 254),
        inner=st.integers(1, 254),
        group=st.booleans(),
        group_weight=usual([0, -30, -60, -110]),
        link_weight=usual([None, 0, -30, -80]),
        nopreempt=usual([False, False, False, True]),
    )


FAULTS = ("stop", "kill", "eth0", "eth1", "check")


@st.composite
def plans(draw: st.DrawFn, versions: tuple[str, ...]) -> Plan:
    """A cluster; inner and outer priorities are equal more often than not."""
    drawn = draw(st.lists(members(), min_size=2, max_size=3))
    if draw(st.booleans()):
        drawn = [Member(**{**one.__dict__, "inner": one.outer}) for one in drawn]
    return Plan(
        tuple(drawn),
        tuple(draw(st.sampled_from(versions)) for _ in drawn),
        draw(st.booleans()),
        draw(st.sampled_from([False, False, True])),
        (draw(st.sampled_from(FAULTS)), draw(st.integers(0, len(drawn) - 1))),
    )


def draw_plans(count: int, versions: tuple[str, ...]) -> list[Plan]:
    """So many different random clusters."""
    return draw_distinct(plans(versions), count)
