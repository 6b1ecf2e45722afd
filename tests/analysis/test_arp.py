"""The observed tables: the host has 10.0.0.72/24 on enp0s8 and 192.168.1.72/24 on enp0s9."""

from ipaddress import IPv4Address, ip_interface

import pytest

from cfglint.analysis.arp import announces, answers, arp_answer
from cfglint.model.addresses import HostAddress, HostAddresses
from cfglint.model.host_addresses import Scope
from cfglint.model.kernel import KernelSettings, SysctlValue
from cfglint.model.value import Unknown
from cfglint.source import Span

HERE = Span("web1/ifcfg-enp0s8", 1, 1, 1, 2)
VIP = IPv4Address("10.0.0.1")
NEIGHBOUR = IPv4Address("10.0.0.9")
STRANGER = IPv4Address("192.168.1.9")


def host(vip_on: str, vip: str = "10.0.0.1/24", scope: Scope | None = "global") -> HostAddresses:
    addresses = [
        HostAddress("enp0s8", ip_interface("10.0.0.72/24"), HERE),
        HostAddress("enp0s9", ip_interface("192.168.1.72/24"), HERE),
        HostAddress(vip_on, ip_interface(vip), HERE, scope),
    ]
    return HostAddresses(addresses=addresses, files=["web1/ifcfg-enp0s8"])


def kernel(**values: int) -> KernelSettings:
    """Settings of net.ipv4.conf, by ``<where>_<key>``."""
    entries = [
        SysctlValue(f"net.ipv4.conf.{name.split('__')[0]}.{name.split('__')[1]}", str(value), HERE)
        for name, value in values.items()
    ]
    return KernelSettings(assignments=entries, files=["web1/sysctl.conf"])


def answered(vip_on: str, target: IPv4Address, ignore: int, asker: IPv4Address = NEIGHBOUR) -> bool | Unknown:
    return answers(host(vip_on).addresses, target, "enp0s8", ignore, asker)


@pytest.mark.parametrize(
    ("ignore", "expected"),
    [
        (-1, [True, True, True, True, True]),
        (0, [True, True, True, True, True]),
        (1, [True, False, False, True, False]),
        (2, [True, False, False, True, False]),
        (3, [True, True, True, True, True]),
        (8, [False, False, False, False, False]),
        (9, [True, True, True, True, True]),
    ],
)
def test_who_answers_by_effective_arp_ignore(ignore: int, expected: list[bool]) -> None:
    seen = [
        answered("enp0s8", VIP, ignore),
        answered("lo", VIP, ignore),
        answered("enp0s9", VIP, ignore),
        answered("lo", IPv4Address("10.0.0.72"), ignore),
        answered("lo", IPv4Address("192.168.1.72"), ignore),
    ]
    assert seen == expected


def test_arp_ignore_2_is_silent_for_an_asker_of_another_subnet() -> None:
    assert answered("enp0s8", VIP, 2, NEIGHBOUR) is True
    assert answered("enp0s8", VIP, 2, STRANGER) is False
    assert answered("enp0s8", VIP, 1, STRANGER) is True


@pytest.mark.parametrize("vip_on", ["enp0s8", "lo"])
@pytest.mark.parametrize(
    ("scope", "answer"), [("global", True), ("link", True), ("host", False)], ids=["global", "link", "host"]
)
def test_arp_ignore_3_hides_addresses_of_scope_host_only(vip_on: str, scope: Scope, answer: bool) -> None:
    assert answers(host(vip_on, scope=scope).addresses, VIP, "enp0s8", 3, NEIGHBOUR) is answer


def test_arp_ignore_3_is_undecided_where_the_scope_is_not_known() -> None:
    assert isinstance(answers(host("lo", scope=None).addresses, VIP, "enp0s8", 3), Unknown)


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        ({}, True),
        ({"lo__arp_ignore": 1}, True),
        ({"all__arp_ignore": 1}, False),
        ({"enp0s8__arp_ignore": 1}, False),
        ({"all__arp_ignore": 1, "lo__arp_ignore": 1}, False),
        ({"all__arp_ignore": 1, "enp0s8__arp_ignore": 0}, False),
        ({"all__arp_ignore": 1, "enp0s8__arp_ignore": 3}, True),
        ({"all__arp_ignore": 2, "enp0s8__arp_ignore": 1}, False),
        ({"default__arp_ignore": 1, "enp0s8__arp_ignore": 0}, True),
        ({"enp0s9__arp_ignore": 1}, True),
    ],
)
def test_a_vip_on_lo_is_hidden_by_all_or_the_receiving_interface_alone(settings: dict[str, int], answer: bool) -> None:
    assert arp_answer(host("lo", "10.0.0.1/32"), kernel(**settings), VIP, "enp0s8").answers is answer


def test_conf_default_alone_leaves_the_answer_open() -> None:
    assert isinstance(
        arp_answer(host("lo", "10.0.0.1/32"), kernel(default__arp_ignore=1), VIP, "enp0s8").answers, Unknown
    )


def test_a_vip_on_the_asked_interface_is_answered_whatever_an_unknown_value_is() -> None:
    assert arp_answer(host("enp0s8"), kernel(default__arp_ignore=1), VIP, "enp0s8").answers is True


def test_without_sysctl_files_a_vip_on_lo_is_undecided() -> None:
    assert isinstance(arp_answer(host("lo", "10.0.0.1/32"), KernelSettings(), VIP, "enp0s8").answers, Unknown)


def test_nobody_answers_for_an_address_that_the_host_does_not_have() -> None:
    assert arp_answer(host("lo", "10.0.0.2/32"), kernel(), VIP, "enp0s8").answers is False


def test_without_interface_files_it_is_not_known_who_has_the_address() -> None:
    assert isinstance(arp_answer(HostAddresses(), kernel(), VIP, "enp0s8").answers, Unknown)


@pytest.mark.parametrize("vip_on", ["enp0s8", "lo", "enp0s9"])
@pytest.mark.parametrize(("everywhere", "own", "seen"), [
    (0, 0, True), (1, 0, True), (0, 1, True), (2, 0, False), (0, 2, False), (1, 2, False), (2, 1, False),
])  # fmt: skip
def test_only_arp_announce_2_hides_a_vip_of_the_targets_subnet(
    vip_on: str, everywhere: int, own: int, seen: bool
) -> None:
    value = kernel(all__arp_announce=everywhere, enp0s8__arp_announce=own).effective("arp_announce", "enp0s8").value
    assert isinstance(value, int)
    assert announces(host(vip_on), VIP, NEIGHBOUR, "enp0s8", value) is seen


@pytest.mark.parametrize(("announce", "seen"), [(0, True), (1, False), (2, False)])
def test_arp_announce_1_hides_a_vip_of_a_foreign_subnet(announce: int, seen: bool) -> None:
    vip = IPv4Address("172.31.0.1")
    assert announces(host("lo", "172.31.0.1/32"), vip, NEIGHBOUR, "enp0s8", announce) is seen
