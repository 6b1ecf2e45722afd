"""Lines of virtual_routes and virtual_rules against what keepalived -t 2.2.7 and 2.3.4 said about them."""

import pytest

from cfglint.syntax.keepalived_routes import route_faults, rule_faults

GOOD_ROUTES = (
    "10.1.0.0/24 via 10.0.0.1 dev eth0",
    "default via 10.0.0.1 dev eth0 table 100",
    "src 10.0.0.100 to 10.1.0.0/24 via 10.0.0.1 dev eth0 metric 5",
    "blackhole 10.1.0.0/24 no_track",
    "2001:db8:1::/64 via fe80::1 dev eth0 pref low expires 10",
    "10.1.0.0/24 dev eth0 mtu lock 1400 rtt 300ms congctl cubic tos 0x10 scope link onlink",
    "10.1.0.0/24 dev eth0 protocol static no_track",
)
BAD_ROUTES = {
    "10.1.0.300/24 dev eth0": 0,
    "10.1.0.0/33 dev eth0": 0,
    "via 10.0.0.1 dev eth0": 0,
    "10.1.0.0/24 via 10.0.0.1/24 dev eth0": 2,
    "10.1.0.0/24 via dev": 2,
    "2001:db8:1::/64 via 10.0.0.1 dev eth0": 2,
    "10.1.0.0/24 gw 10.0.0.1 dev eth0": 1,
    "10.1.0.0/24 dev eth0 metric x": 4,
    "10.1.0.0/24 dev eth0 metric": 3,
    "10.1.0.0/24 dev eth0 tos 300": 4,
    "10.1.0.0/24 dev eth0 pref low": 3,
    "10.1.0.0/24 dev eth0 quickack 2": 4,
    "10.1.0.0/24 dev eth0 features foo": 4,
    "10.1.0.0/24 dev eth0 protocol static": 4,
    "10.1.0.0/24 dev eth0 foo": 3,
    "10.1.0.0/24 dev eth0 realms x": 4,
    "to blackhole 10.1.0.0/24": 1,
}
GOOD_RULES = (
    "from 10.1.0.0/24 table 5 priority 100",
    "not to 10.1.0.0/24 lookup main preference 0x5",
    "from all fwmark 1/0xff iif eth0 blackhole order 5",
    "from 10.1.0.0/24 goto 500 priority 5",
    "from 10.1.0.0/24 realms 1/2 suppress_prefixlength 5 table 5 priority 5",
    "from 10.1.0.0/24 uidrange 1-5 sport 5-9 protocol 18 l3mdev priority 5",
)
BAD_RULES = {
    "from 10.1.0.0/24 table 5": 0,
    "from 10.1.0.0/24 priority 5": 0,
    "from 10.1.0.0/24 table 0 priority 5": 3,
    "from 10.1.0.0/24 table 5 blackhole priority 5": 4,
    "from 10.1.0.0/24 goto 50 priority 100": 0,
    "from 10.1.0.0/24 goto 50": 0,
    "from 10.1.0.0/24 to 2001:db8::/32 table 5 priority 5": 3,
    "fwmark -1 table 5 priority 5": 1,
    "from 10.1.0.0/24 table 5 pref 5": 4,
    "from 10.1.0.0/24 table 5 priority x": 5,
    "from 10.1.0.0/24 realms 1/2 blackhole priority 5": 0,
    "from 10.1.0.0/24 sport 5 table 5 priority 5": 3,
    "from 10.1.0.0/24 uidrange 5 table 5 priority 5": 3,
    "from 10.1.0.0/24 protocol 5 table 5 priority 5": 3,
    "from 10.1.0.0/24 table": 2,
}


@pytest.mark.parametrize("text", GOOD_ROUTES)
def test_a_route_that_the_daemon_takes_has_no_fault(text: str) -> None:
    assert route_faults(text.split()) == []


@pytest.mark.parametrize(("text", "word"), BAD_ROUTES.items())
def test_a_route_is_faulted_at_the_word_the_daemon_complains_about(text: str, word: int) -> None:
    assert [fault.word for fault in route_faults(text.split())][:1] == [word]


@pytest.mark.parametrize("text", GOOD_RULES)
def test_a_rule_that_the_daemon_takes_has_no_fault(text: str) -> None:
    assert rule_faults(text.split()) == []


@pytest.mark.parametrize(("text", "word"), BAD_RULES.items())
def test_a_rule_is_faulted_at_the_word_the_daemon_complains_about(text: str, word: int) -> None:
    assert [fault.word for fault in rule_faults(text.split())][:1] == [word]


def test_a_route_without_an_interface_is_a_fault_before_2_3_only() -> None:
    assert [fault.before for fault in route_faults(["10.1.0.0/24", "via", "10.0.0.1"])] == ["2.3.0"]
    assert route_faults(["10.1.0.0/24", "via", "10.0.0.1"], static=True) == []
