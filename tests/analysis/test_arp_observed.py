"""Every row of the observed ARP tables, replayed against the model."""

import json
from ipaddress import IPv4Address, ip_interface
from typing import Any

import pytest

from cfglint.analysis.arp import announces, answers, arp_answer
from cfglint.analysis.return_path import source_accepted
from cfglint.model.addresses import HostAddress, HostAddresses
from cfglint.model.arp_filter import ArpFilter
from cfglint.model.kernel import KernelSettings, SysctlValue
from cfglint.source import Span
from tests.support import needs_shared, shared, shared_folder

pytestmark = [pytest.mark.shared, needs_shared]

HERE = Span("web1/x", 1, 1, 1, 2)
VIP = IPv4Address("10.0.0.1")
NEIGHBOUR, STRANGER = IPv4Address("10.0.0.9"), IPv4Address("192.168.1.9")


def rows(*tests: str) -> list[dict[str, Any]]:
    if shared_folder() is None:
        return []
    found = [
        *json.loads(shared("lab/arp_oracle.json").read_text()),
        *json.loads(shared("lab/arp_extra.json").read_text()),
    ]
    return [row for row in found if row["test"] in tests]


def kernel(row: dict[str, Any], key: str) -> KernelSettings:
    entries = []
    for where in ("all", "default", "lo", "enp0s8"):
        value = row.get(where, row.get(f"{where}_{key}"))
        if where == "enp0s8":
            value = value or 0
        if value is not None:
            entries.append(SysctlValue(f"net.ipv4.conf.{where}.{key}", str(value), HERE))
    return KernelSettings(assignments=entries, files=["web1/sysctl.conf"])


def host(row: dict[str, Any]) -> HostAddresses:
    addresses = [
        HostAddress("enp0s8", ip_interface("10.0.0.72/24"), HERE),
        HostAddress("enp0s9", ip_interface("192.168.1.72/24"), HERE),
        HostAddress(row["vip_on"], ip_interface(row.get("vip", "10.0.0.1/24")), HERE, row.get("scope", "global")),
    ]
    return HostAddresses(addresses=addresses, files=["web1/ip-addr.txt"])


def answered(row: dict[str, Any], target: str, asker: IPv4Address = NEIGHBOUR) -> bool:
    answer = arp_answer(host(row), kernel(row, "arp_ignore"), IPv4Address(target), "enp0s8", asker).answers
    assert isinstance(answer, bool)
    return answer


@pytest.mark.parametrize("row", rows("arp_ignore"))
def test_arp_ignore(row: dict[str, Any]) -> None:
    assert answered(row, "10.0.0.1") is row["vip_asked_on_enp0s8"]
    if "rip_10.0.0.72_asked_on_enp0s8" in row:
        assert answered(row, "10.0.0.72") is row["rip_10.0.0.72_asked_on_enp0s8"]
        assert answered(row, "192.168.1.72") is row["rip_192.168.1.72_asked_on_enp0s8"]
        assert answered(row, "10.0.0.1", STRANGER) is row["vip_asked_on_enp0s8_from_other_subnet"]


@pytest.mark.parametrize("row", rows("scope", "seed-dr"))
def test_scope_and_the_documents_recipe(row: dict[str, Any]) -> None:
    assert answered(row, "10.0.0.1") is row["vip_answered"]
    if "rip_answered" in row:
        assert answered(row, "10.0.0.72") is row["rip_answered"]


@pytest.mark.parametrize("row", rows("arptables"))
def test_an_arp_filter_hides_the_vip_alone(row: dict[str, Any]) -> None:
    web = host(row)
    web.arp_filters = [ArpFilter(frozenset({VIP}), clear=True, span=HERE)]
    settings = kernel(row, "arp_ignore")
    assert arp_answer(web, settings, VIP, "enp0s8", NEIGHBOUR).answers is row["vip_answered"]
    assert arp_answer(web, settings, IPv4Address("10.0.0.72"), "enp0s8", NEIGHBOUR).answers is row["rip_answered"]


@pytest.mark.parametrize("row", rows("arp_announce", "arp_announce-foreign"))
def test_arp_announce(row: dict[str, Any]) -> None:
    vip = ip_interface(row.get("vip", "10.0.0.1/24")).ip
    assert isinstance(vip, IPv4Address)
    value = kernel(row, "arp_announce").effective("arp_announce", "enp0s8").value
    assert isinstance(value, int)
    seen = announces(host(row), vip, NEIGHBOUR, "enp0s8", value)
    assert (str(vip) if seen else "10.0.0.72") == row["sender_ip"]


@pytest.mark.parametrize("row", rows("rp_filter"))
def test_the_effective_rp_filter(row: dict[str, Any]) -> None:
    assert kernel(row, "rp_filter").effective("rp_filter", "enp0s8").value == row["effective"]


@pytest.mark.parametrize("row", rows("default-vs-existing", "all-not-copied"))
def test_default_and_all_are_not_copied_to_an_existing_interface(row: dict[str, Any]) -> None:
    settings = kernel(row, "arp_ignore")
    own = settings.value("net.ipv4.conf.enp0s8.arp_ignore")
    assert own is not None
    assert own.value == row.get("existing_enp0s8", row.get("enp0s8_reads"))


STEPS = {
    "before_0": [],
    "after_1": [("net.ipv4.ip_forward", 1)],
    "then_enp0s8_forwarding_0": [("net.ipv4.conf.enp0s8.forwarding", 0)],
    "then_all_accept_redirects_1_and_ip_forward_0": [("net.ipv4.ip_forward", 0)],
    "then_accept_redirects_0_and_1_again": [("net.ipv4.ip_forward", 1)],
    "then_accept_redirects_1_and_ip_forward_1_unchanged": [("net.ipv4.ip_forward", 1)],
}


@pytest.mark.parametrize("row", rows("ip_forward-side-effects"))
def test_what_a_change_of_ip_forward_does_to_forwarding(row: dict[str, Any]) -> None:
    written: list[SysctlValue] = []
    for step, lines in STEPS.items():
        written += [SysctlValue(key, str(value), HERE) for key, value in lines]
        settings = KernelSettings(assignments=list(written), files=["x"])
        observed = row[step]
        assert str(settings.effective("forwarding", "enp0s8").value) == observed["net.ipv4.conf.enp0s8.forwarding"], (
            step
        )
        assert str(settings.effective("net.ipv4.ip_forward").value) == observed["net.ipv4.ip_forward"], step


@pytest.mark.parametrize("row", rows("rp_filter"))
def test_what_rp_filter_takes(row: dict[str, Any]) -> None:
    seen = {
        "asymmetric_route": source_accepted(row["effective"], "other"),
        "no_route": source_accepted(row["effective"], "none"),
        "connected": source_accepted(row["effective"], "same"),
    }
    assert seen == row["delivered"]


@pytest.mark.parametrize("row", rows("rp_filter-multicast"))
def test_what_rp_filter_takes_of_multicast_adverts(row: dict[str, Any]) -> None:
    observed = row["delivered"]
    assert source_accepted(row["enp0s8"], "none") is observed["no_route"]
    assert source_accepted(row["enp0s8"], "same") is observed["connected"]
    assert source_accepted(row["enp0s8"], "other") is observed["connected_other_iface"]


@pytest.mark.parametrize("row", rows("macvlan"))
def test_who_answers_for_a_vip_on_a_virtual_mac(row: dict[str, Any]) -> None:
    addresses = [
        HostAddress("enp0s8", ip_interface("10.0.0.72/24"), HERE),
        HostAddress("vrrp.41", ip_interface("10.0.0.1/32"), HERE),
    ]
    by_parent = answers(addresses, VIP, "enp0s8", row["enp0s8_arp_ignore"], NEIGHBOUR)
    by_vmac = answers(addresses, VIP, "vrrp.41", row["vmac_arp_ignore"], NEIGHBOUR)
    assert by_parent is (row["phys"] in row["answers_from"])
    assert by_vmac is any(mac.startswith("00:00:5e:00:01") for mac in row["answers_from"])
