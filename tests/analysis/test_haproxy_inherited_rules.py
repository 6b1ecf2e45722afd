"""Rules in a defaults section: who may inherit them, as 2.6.12, 2.8.25, 3.0.11, 3.2.26 and 3.4.7 judged it."""

import pytest

from cfglint.analysis.haproxy_verdict.walk import defects_of
from cfglint.model.build_haproxy import build_haproxy
from cfglint.model.version import Version
from cfglint.source import SourceFile
from cfglint.syntax.haproxy_keywords import ALL

TIMEOUTS = "    timeout client 1s\n    timeout server 1s\n    timeout connect 1s\n"
FRONTEND = "frontend f from d\n    bind :1\n"
BACKEND = "backend b from d\n"
LISTEN = "listen l from d\n    bind :1\n"


@pytest.mark.parametrize(
    ("rule", "heirs", "line"),
    [
        ("http-request deny", FRONTEND + BACKEND, 9),
        ("http-request deny", BACKEND + FRONTEND, 8),
        ("http-request deny", "frontend f\n    bind :1\nbackend b\n", 9),
        ("http-request deny", FRONTEND + FRONTEND.replace("f from", "g from"), 0),
        ("http-request deny", BACKEND, 0),
        ("http-request deny", LISTEN, 7),
        ("http-request deny", "defaults e from d\n", 7),
        ("tcp-request connection accept", BACKEND, 7),
        ("tcp-request connection accept", FRONTEND, 0),
        ("tcp-response content accept", FRONTEND, 7),
        ("tcp-response content accept", BACKEND, 0),
        ("tcp-request inspect-delay 1s", FRONTEND + BACKEND, 0),
        ("acl inside src 10.0.0.0/8", FRONTEND + BACKEND, 0),
    ],
)
def test_rules_in_defaults_bar_the_sections_that_the_daemons_refuse(rule: str, heirs: str, line: int) -> None:
    config = build_haproxy(
        [SourceFile("haproxy.cfg", f"defaults d\n    mode http\n    {rule}\n{TIMEOUTS}{heirs}")], Version.parse("3.2")
    )
    from_2_6 = ALL & ~1
    refused = [defect.span.line for found in defects_of(config).values() for defect in found if defect.fails & from_2_6]
    assert refused == ([line] if line else [])


@pytest.mark.parametrize(
    ("expression", "target", "read"),
    [
        ('strstr("$HOME",x)', "2.6", False),
        ('strstr("$HOME",x)', "2.8", True),
        ('streq("$HOME",x)', "2.4", True),
        ('"$TEST"', "2.4", True),
    ],
)
def test_a_predicate_is_judged_by_its_name_where_a_variable_hides_its_argument(
    expression: str, target: str, *, read: bool
) -> None:
    source = SourceFile("haproxy.cfg", f".if {expression}\nglobal\n.endif\n")
    problems = build_haproxy([source], Version.parse(target)).problems
    assert (problems == []) is read
