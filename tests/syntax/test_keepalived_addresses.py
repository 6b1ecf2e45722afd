import pytest

from cfglint.syntax.keepalived_addresses import address_faults


@pytest.mark.parametrize(
    "line",
    [
        "192.0.2.10",
        "192.0.2.10/24 dev eth0 label eth0:1",
        "192.0.2.10/24 brd + scope link no_track",
        "192.0.2.10 peer 192.0.2.11",
        "2001:db8::10/64 preferred_lft forever -nodad",
    ],
)
def test_complete_address_lines_have_no_fault(line: str) -> None:
    assert address_faults(line.split()) == []


@pytest.mark.parametrize(
    ("line", "word", "skipped"),
    [
        ("192.0.2.300/24", 0, True),
        ("192.0.2.10/33", 0, False),
        ("192.0.2.10/255.255.255.0", 0, False),
        ("192.0.2.10/24 192.0.2.11/24", 1, False),
        ("192.0.2.10/24 dev", 1, True),
        ("192.0.2.10/24 dev eth0 dev eth1", 3, True),
        ("192.0.2.10/24 label eth0:averylonglabel", 2, True),
        ("192.0.2.10/32 brd +", 2, False),
        ("2001:db8::10/64 brd +", 2, True),
        ("2001:db8::10/64 scope link", 2, False),
    ],
)
def test_a_fault_names_its_word_and_whether_the_address_is_lost(line: str, word: int, *, skipped: bool) -> None:
    faults = address_faults(line.split())
    assert [(fault.word, fault.skipped) for fault in faults] == [(word, skipped)]
