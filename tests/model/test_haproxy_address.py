from ipaddress import IPv4Address, IPv6Address

import pytest

from cfglint.model.haproxy_address import Endpoint, parse_endpoint


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("10.0.0.1:80", Endpoint("ip", IPv4Address("10.0.0.1"), 4, (80, 80))),
        ("10.0.0.1", Endpoint("ip", IPv4Address("10.0.0.1"), 4, None)),
        ("0.0.0.0:80", Endpoint("ip", None, 4, (80, 80))),
        ("ipv6@*:80-82", Endpoint("ip", None, 6, (80, 82))),
        ("[2001:db8::1]:80", Endpoint("ip", IPv6Address("2001:db8::1"), 6, (80, 80))),
        ("2001:db8::1:80", Endpoint("ip", IPv6Address("2001:db8::1"), 6, (80, 80))),
        ("web.lan:+10", Endpoint("ip", "web.lan", None, None, 10)),
        ("web.lan:-10", Endpoint("ip", "web.lan", None, None, -10)),
        ("010.0.0.1:80", Endpoint("ip", "010.0.0.1", None, (80, 80))),
        ("quic6@:443", Endpoint("ip", None, 6, (443, 443), datagram=True)),
        ("/run/a:1", Endpoint("unix", "/run/a:1", None, None)),
        ("unix@run/a", Endpoint("unix", "run/a", None, None)),
        ("ipv4@/run/a", Endpoint("unix", "/run/a", None, None)),
        ("abns@a:1", Endpoint("abns", "a:1", None, None)),
        ("fd@3", Endpoint("fd", "3", None, None)),
        ("sockpair@4", Endpoint("other", "4", None, None)),
        ("stream+ipv4@10.0.0.1:80", Endpoint("ip", IPv4Address("10.0.0.1"), 4, (80, 80))),
        ("dgram+unix@/run/a", Endpoint("unix", "/run/a", None, None, datagram=True)),
    ],
)
def test_an_address_is_read_as_haproxy_reads_it(text: str, endpoint: Endpoint) -> None:
    assert parse_endpoint(text) == endpoint


@pytest.mark.parametrize("text", ["256.0.0.1:80", "10.0.0.1:99999", "10.0.0.1:90-80", "10.0.0.1:x", "a b:80"])
def test_what_is_no_address_says_why(text: str) -> None:
    assert parse_endpoint(text).wrong
