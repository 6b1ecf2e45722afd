from decimal import Decimal

import pytest

from cfglint.syntax.keepalived_keywords import all_keywords, find_block, find_keyword, places_of, similar_keywords


def test_every_parent_of_a_keyword_opens_a_block() -> None:
    for entry in all_keywords():
        block = find_block(entry.path)
        assert block is not None
        assert block.opens_block
        assert block.children[entry.name] is entry


@pytest.mark.parametrize(
    ("path", "name", "opens"),
    [
        ((), "vrrp_instance", True),
        (("vrrp_instance",), "virtual_ipaddress", True),
        (("vrrp_instance",), "authentication", True),
        (("vrrp_instance",), "priority", False),
        (("virtual_server", "real_server"), "TCP_CHECK", True),
        (("virtual_server", "real_server", "SMTP_CHECK"), "host", True),
        (("virtual_server", "real_server", "SSL_GET"), "url", True),
    ],
)
def test_blocks_are_told_from_keywords(path: tuple[str, ...], name: str, *, opens: bool) -> None:
    entry = find_keyword(path, name)
    assert entry is not None
    assert entry.opens_block is opens


def test_a_keyword_is_unknown_outside_its_block_and_in_another_case() -> None:
    assert find_keyword((), "priority") is None
    assert find_keyword(("vrrp_instance",), "Priority") is None
    assert find_keyword(("no_such_block",), "priority") is None


def test_a_set_of_blocks_shares_its_keywords() -> None:
    ports = {entry.path[-1] for entry in places_of("connect_port")}
    assert {"TCP_CHECK", "HTTP_GET", "DNS_CHECK", "host"} <= ports
    assert "MISC_CHECK" not in ports


def test_ranges_and_choices_are_read_as_numbers_and_words() -> None:
    advert_int = find_keyword(("vrrp_instance",), "advert_int")
    assert advert_int is not None
    assert (advert_int.argument.low, advert_int.argument.high) == (Decimal("0.01"), Decimal(255))
    state = find_keyword(("vrrp_instance",), "state")
    assert state is not None
    assert state.argument.choices == ("MASTER", "BACKUP")


def test_a_newer_word_is_unknown_to_older_releases() -> None:
    hmac = find_keyword(("vrrp_instance",), "auth_hmac")
    assert hmac is not None
    assert not hmac.known_in((2, 3, 4))
    assert hmac.known_in((2, 4, 3))
    assert hmac.known_in(None)


def test_the_nearest_word_is_suggested_first() -> None:
    assert similar_keywords(("vrrp_instance",), "virtual_ipadress", None)[0] == "virtual_ipaddress"
    assert similar_keywords(("vrrp_instance",), "Priority", None)[0] == "priority"
    assert similar_keywords(("vrrp_instance",), "zzz", None) == []
