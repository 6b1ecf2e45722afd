import subprocess
from pathlib import Path

import pytest

from cfglint.model.build_haproxy import build_haproxy
from cfglint.model.haproxy_predicates import UnreadableExpressionError, evaluate
from cfglint.model.version import Version
from cfglint.source import SourceFile
from tests.support import needs_program, program


def value(text: str, target: str | None = "2.8") -> bool | None:
    return evaluate(text, Version.parse(target) if target else None, {"SET": True, "UNSET": False}.get)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("0", False),
        ("-1", True),
        ("defined(SET) && !defined(UNSET)", True),
        ("defined(OTHER)", None),
        ("defined(OTHER) && 0", False),
        ("defined(OTHER) || 1", True),
        ("!(1 && defined(OTHER))", None),
        ("streq(a,a) && strneq(a,b) && strstr(abc,b)", True),
        ("streq(a, a)", False),
        ("version_atleast(2.6) && version_before(3.0-dev5)", True),
        ("version_atleast(2.8.99)", None),
        ("feature(QUIC)", None),
        ('streq("a","a")', None),
    ],
)
def test_an_expression_is_true_false_or_unknown(text: str, expected: bool | None) -> None:
    assert value(text) is expected


def test_without_a_target_a_version_test_is_known_only_if_every_version_agrees() -> None:
    assert value("version_atleast(2.2)", None) is True
    assert value("version_before(2.0)", None) is False
    assert value("version_atleast(3.0)", None) is None


@pytest.mark.parametrize("text", ["1x", "true", "nope(x)", "defined(a,b)", "streq(a)", "1 &&", "(1", "!"])
def test_what_no_version_reads_is_refused(text: str) -> None:
    with pytest.raises(UnreadableExpressionError):
        value(text)


def test_old_versions_refuse_newer_expressions() -> None:
    for text, target in (("!1", "2.4"), ("enabled(SPLICE)", "2.6"), ("strstr(a,b)", "2.6")):
        with pytest.raises(UnreadableExpressionError):
            value(text, target)
        value(text, "2.8")


LINES = [
    ' description "it\'s"',
    " description it's",
    ' description "x$"',
    ' description "${HOME-x}"',
    ' description "${HOME[*]}x"',
    ' description "${HOME"',
    r" description a\xzz",
    r" description a\x41\ b",
    " description a\rb'",
    " description a \rb'",
    " description" + " a" * 70,
    ".if streq(a,a)\n.alert x\n.endif",
    ".if !streq(a,a) || version_before(2.0)\n.alert x\n.endif",
    ".if 0\n frob it's\n.endif",
    ".if 0\n frob\n.alert x\n.endif",
    ".else",
    ".if 1\n.else\n.else\n.endif",
    ".frob x",
    "[all]",
    "[]",
]


@pytest.mark.lab
@needs_program("haproxy")
@pytest.mark.parametrize("line", LINES)
def test_the_daemon_refuses_what_is_reported_and_nothing_else(line: str, tmp_path: Path) -> None:
    haproxy = program("haproxy")
    assert haproxy is not None
    text = f"global\n{line}\ndefaults\n mode http\n timeout client 1s\nfrontend f\n bind 127.0.0.1:8099\n"
    file = tmp_path / "haproxy.cfg"
    file.write_text(text, newline="")
    listing = subprocess.run([haproxy, "-v"], capture_output=True, text=True, check=True).stdout
    target = Version.parse(listing.split()[2])

    refused = subprocess.run([haproxy, "-c", "-f", file], capture_output=True, check=False).returncode == 1

    problems = build_haproxy([SourceFile("haproxy.cfg", text)], target).problems
    assert [problem.fails_check for problem in problems] == ["haproxy"] * refused


def test_an_absurdly_nested_expression_is_unknown() -> None:
    assert value("!" * 100_000 + "1") is None
