import pytest

from cfglint.analysis.haproxy_versions import before, branches_of, describe, grade, since
from cfglint.model.version import Version
from cfglint.syntax.haproxy_keywords import ALL


def test_without_a_target_every_branch_is_meant() -> None:
    assert branches_of(None) == ALL


def test_a_patch_release_stands_for_its_branch() -> None:
    assert branches_of(Version.parse("2.8.25")) == since("2.8") & before("3.0")


def test_a_version_between_two_branches_stands_for_both() -> None:
    assert branches_of(Version.parse("2.5")) == before("2.8")


@pytest.mark.parametrize(("text", "branch"), [("1.8", before("2.6")), ("4.0", since("3.5"))])
def test_a_version_beyond_the_known_ones_stands_for_the_nearest(text: str, branch: int) -> None:
    assert branches_of(Version.parse(text)) == branch


@pytest.mark.parametrize(
    ("target", "fails", "warns", "expected"),
    [
        (None, ALL, 0, ("error", True)),
        (None, since("2.6"), 0, ("warning", False)),
        (None, before("2.6"), 0, ("info", False)),
        (None, 0, ALL, ("warning", False)),
        (None, 0, 0, None),
        ("3.2", since("2.6"), 0, ("error", True)),
        ("2.4", since("2.6"), 0, None),
        ("2.6", since("2.8"), before("2.8"), ("warning", False)),
        ("2.5", since("2.6"), 0, ("info", False)),
    ],
)
def test_severity_follows_the_branches_that_refuse(
    target: str | None, fails: int, warns: int, expected: tuple[str, bool] | None
) -> None:
    assert grade(Version.parse(target) if target else None, fails, warns) == expected


@pytest.mark.parametrize(
    ("branches", "text"),
    [
        (ALL, ""),
        (since("2.6"), "from 2.6 on"),
        (before("3.0"), "up to 2.8"),
        (since("2.6") & before("3.2"), "from 2.6 to 3.0"),
        (since("3.2") & before("3.4"), "in 3.2"),
        (before("2.6") | since("3.4"), "in 2.4, 3.4, 3.5"),
        (0, "in no version"),
    ],
)
def test_a_set_of_branches_reads_as_words(branches: int, text: str) -> None:
    assert describe(branches) == text
