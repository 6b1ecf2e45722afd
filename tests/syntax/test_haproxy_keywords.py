import importlib
import importlib.resources

import pytest

from cfglint.model.version import HAPROXY_VERSIONS
from cfglint.syntax.haproxy_keywords import ALL, BRANCHES, is_complete, keywords, lookup, nearest, places
from tests.support import needs_program, program


def bit(branch: str) -> int:
    return 1 << BRANCHES.index(branch)


def test_the_table_speaks_of_exactly_the_supported_branches() -> None:
    assert BRANCHES == HAPROXY_VERSIONS


def test_every_row_has_one_known_letter_for_each_branch() -> None:
    rows = [row for place in places() for row in keywords(place)]
    assert len(rows) > 2000
    assert [row for row in rows if len(row.versions) != len(BRANCHES) or set(row.versions) - set("kdinr.-?")] == []


def test_a_removed_word_names_its_replacement_and_version() -> None:
    nbproc = lookup("global", "nbproc")
    assert nbproc is not None
    assert nbproc.where("k") == bit("2.4")
    assert nbproc.refused == ALL & ~bit("2.4")
    assert nbproc.notes == {"removed": "2.5", "use": "nbthread"}


@pytest.mark.parametrize(
    ("place", "word", "expected"),
    [
        ("http-request", "set-var(txn.host)", "set-var"),
        ("http-request", "set-var-fmt(txn.host)", "set-var-fmt"),
        ("tcp-request content", "track-sc0", "track-sc"),
        ("http-request", "set-header", "set-header"),
    ],
)
def test_a_word_is_found_by_exact_name_or_longest_prefix(place: str, word: str, expected: str) -> None:
    found = lookup(place, word)
    assert found is not None
    assert found.word == expected


def test_an_exact_word_does_not_match_as_a_prefix() -> None:
    assert lookup("http-request", "set-headers") is None


def test_words_that_ignore_their_section_are_known_there() -> None:
    balance = lookup("frontend", "balance")
    assert balance is not None
    assert balance.where("i") == ALL
    assert balance.refused == 0


def test_a_misspelt_word_suggests_the_nearest_one() -> None:
    assert nearest("global", "maxcon") == "maxconn"
    assert nearest("backend", "TIMEOUTS") == "timeout"
    assert nearest("backend", "xyzzy") is None


def test_places_that_lua_or_builds_extend_are_not_complete() -> None:
    assert is_complete("frontend")
    assert not is_complete("filter")
    assert not is_complete("no such place")


@pytest.mark.lab
@needs_program("haproxy")
def test_the_installed_daemon_lists_no_proxy_word_that_the_table_lacks() -> None:
    tool = importlib.import_module("tools.compare_haproxy_keywords")
    daemon = program("haproxy")
    assert daemon is not None
    branch, listed = tool.listed_by(daemon)
    found = [line for line in tool.differences(branch, listed) if "'listen'" in line or "'global'" in line]
    assert found == []
