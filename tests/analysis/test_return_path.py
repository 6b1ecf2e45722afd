import pytest

from cfglint.analysis.return_path import source_accepted


@pytest.mark.parametrize(
    ("rp_filter", "same", "other", "none"), [(0, True, True, True), (1, True, False, False), (2, True, True, False)]
)
def test_what_each_value_of_rp_filter_takes(rp_filter: int, same: bool, other: bool, none: bool) -> None:
    assert source_accepted(rp_filter, "same") is same
    assert source_accepted(rp_filter, "other") is other
    assert source_accepted(rp_filter, "none") is none
