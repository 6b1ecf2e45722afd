from __future__ import annotations

import difflib

from hypothesis import given
from hypothesis import strategies as st

from cfglint.syntax.similar import SimilarNames

NAMES = st.text("abcx-", max_size=8)


@given(st.lists(NAMES), NAMES, st.sampled_from([0.6, 0.7]))
def test_among_few_names_the_answer_is_that_of_a_comparison_with_each(
    names: list[str], wanted: str, cutoff: float
) -> None:
    close = difflib.get_close_matches(wanted, sorted(set(names)), n=1, cutoff=cutoff)
    assert SimilarNames(names).nearest(wanted, cutoff) == (close[0] if close else None)


def test_among_many_names_one_wrong_letter_is_found_wherever_it_stands() -> None:
    names = SimilarNames(f"customer-{number}-backend" for number in range(20_000))
    for wrong in ("xustomer-1234-backend", "customer-1234-backenx", "customr-1234-backend", "customer-12x4-backend"):
        near = names.nearest(wrong)
        assert near is not None
        assert difflib.SequenceMatcher(None, near, "customer-1234-backend").ratio() > 0.9


def test_nothing_is_suggested_for_a_name_that_is_like_no_other() -> None:
    assert SimilarNames(str(number) for number in range(1000)).nearest("backend") is None
    assert SimilarNames([]).nearest("backend") is None
