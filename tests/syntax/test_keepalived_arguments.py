import pytest

from cfglint.syntax.keepalived_arguments import argument_fault, expected_argument
from cfglint.syntax.keepalived_keywords import find_keyword


def fault_of(path: str, text: str, release: tuple[int, ...] | None = None) -> str | None:
    """The kind of fault of ``keyword arguments`` in a block, or None."""
    words = text.split()
    entry = find_keyword(tuple(path.split("/")) if path else (), words[0])
    assert entry is not None
    fault = argument_fault(entry.in_release(release).argument, words)
    return fault.kind if fault is not None else None


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("vrrp_instance", "priority 150", None),
        ("vrrp_instance", "priority +150", None),
        ("vrrp_instance", "priority 256", "range"),
        ("vrrp_instance", "priority 0x64", "number"),
        ("vrrp_instance", "priority 150;", "number"),
        ("vrrp_instance", "priority -1", "number"),
        ("vrrp_instance", "priority", "missing"),
        ("vrrp_instance", "advert_int 0.01", None),
        ("vrrp_instance", "advert_int 0.001", "range"),
        ("vrrp_instance", "advert_int 1.2345678", "number"),
        ("vrrp_instance", "state MASTER", None),
        ("vrrp_instance", "state master", "choice"),
        ("vrrp_instance", "smtp_alert", None),
        ("vrrp_instance", "smtp_alert True", "boolean"),
        ("vrrp_instance", "mcast_src_ip 10.0.0.1/24", None),
        ("vrrp_instance", "mcast_src_ip web1", "address"),
        ("vrrp_instance", "nopreempt whatever follows", None),
        ("vrrp_script", "weight -253 reverse", None),
        ("vrrp_script", "weight -20 backwards", "choice"),
        ("global_defs", "vrrp_mcast_group4 10.0.0.1", "address"),
        ("global_defs", "smtp_server mail.example.com 587", None),
        ("global_defs", "smtp_server mail.example.com 99999", "range"),
        ("global_defs", "snmp_socket one two", "extra"),
        ("virtual_server/real_server/HTTP_GET/url", "status_code 200-299 301", None),
        ("virtual_server/real_server/HTTP_GET/url", "status_code 200 99", "choice"),
    ],
)
def test_arguments_are_taken_and_refused_as_by_the_daemon(path: str, text: str, kind: str | None) -> None:
    assert fault_of(path, text) == kind


def test_a_release_may_read_a_keyword_in_another_way() -> None:
    assert fault_of("vrrp_script", "interval 0.5", (2, 2, 7)) == "number"
    assert fault_of("vrrp_script", "interval 0.5", (2, 3, 4)) is None


def test_a_missing_argument_stops_reading_only_where_the_daemon_exits() -> None:
    for keyword, stops in (("vrrp_version", True), ("router_id", False)):
        entry = find_keyword(("global_defs",), keyword)
        assert entry is not None
        fault = argument_fault(entry.argument, [keyword])
        assert fault is not None
        assert fault.stops_reading is stops


def test_the_expected_argument_names_limits_and_choices() -> None:
    priority, state = find_keyword(("vrrp_instance",), "priority"), find_keyword(("vrrp_instance",), "state")
    assert priority is not None
    assert state is not None
    assert expected_argument(priority.argument) == "a whole number from 1 to 255"
    assert expected_argument(state.argument) == "MASTER or BACKUP"
