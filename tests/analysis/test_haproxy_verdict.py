import re
from pathlib import Path

import pytest

from cfglint.analysis.haproxy_verdict.defect import Defect
from cfglint.analysis.haproxy_verdict.walk import defects_of
from cfglint.model.build_haproxy import build_haproxy
from cfglint.model.haproxy import HaproxyConfig
from cfglint.model.version import Version
from cfglint.source import SourceFile
from cfglint.syntax.haproxy_keywords import ALL
from cfglint.syntax.haproxy_keywords import BRANCHES as ALL_BRANCHES
from tests.haproxy_lines import BRANCHES, Sample, samples
from tests.support import FIXTURES, needs_program, program
from tools.haproxy_daemon import daemon_branch, faults_of_the_file, run_check

SAMPLES = samples()
NAMES = re.compile(r"server|bind|source|log |mailer|peer|addr|dispatch")
"""Lines that may hold a host name: a daemon would ask the network."""

BASE = """defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 10s
"""


def read(text: str) -> HaproxyConfig:
    return build_haproxy([SourceFile("haproxy.cfg", text)], None)


def defects(text: str) -> list[Defect]:
    return [defect for found in defects_of(read(text)).values() for defect in found]


def verdicts(text: str) -> str:
    config = read(text)
    fails = ALL if any(problem.fails_check for problem in config.problems) else 0
    for found in defects_of(config).values():
        for defect in found:
            fails |= defect.fails_at(None)
    return "".join("F" if fails >> ALL_BRANCHES.index(branch) & 1 else "." for branch in BRANCHES)


def test_every_line_is_judged_as_the_daemons_judged_it() -> None:
    wrong = [(sample, found) for sample in SAMPLES if (found := verdicts(sample.text)) != sample.verdicts]
    assert wrong == []


@pytest.mark.lab
@needs_program("haproxy")
def test_the_installed_daemon_gives_the_recorded_verdicts(tmp_path: Path) -> None:
    daemon = program("haproxy")
    assert daemon is not None
    branch = daemon_branch(daemon)
    if branch not in BRANCHES:
        pytest.skip(f"no verdicts of HAProxy {branch} are recorded")
    index = BRANCHES.index(branch)
    wrong: list[Sample] = []
    for sample in [sample for sample in SAMPLES if not NAMES.search(sample.line)][::30]:
        file = tmp_path / "haproxy.cfg"
        file.write_text(sample.text)
        status, _ = run_check(daemon, file)
        if (status == 1) != (sample.verdicts[index] == "F"):
            wrong.append(sample)
    assert wrong == []


@pytest.mark.lab
@needs_program("haproxy")
def test_fixtures_fail_the_installed_daemon_exactly_when_cfglint_says_so() -> None:
    daemon = program("haproxy")
    assert daemon is not None
    branch = daemon_branch(daemon)
    if branch not in BRANCHES:
        pytest.skip(f"HAProxy {branch} is not among the daemons that verdicts were recorded of")
    index = BRANCHES.index(branch)
    wrong: list[Path] = []
    for file in sorted((FIXTURES / "rules").rglob("haproxy.cfg"))[::5]:
        status, messages = run_check(daemon, file)
        if status == 1 and not faults_of_the_file(messages):
            continue  # it speaks of the machine only
        text = file.read_bytes().decode("utf-8", "surrogateescape")
        if (status == 1) != (verdicts(text)[index] == "F"):
            wrong.append(file)
    assert wrong == []


def test_all_mistakes_of_a_file_are_found_at_once() -> None:
    text = f"{BASE}frontend web\n    bind :80 foo\n    mdoe http\n    timeout client x\n    use_backend nope\n"
    assert [defect.span.line for defect in sorted(defects(text), key=lambda defect: defect.span.line)] == [7, 8, 9, 10]


def test_a_line_that_a_variable_hides_is_not_judged() -> None:
    text = (
        f'{BASE}listen web\n    bind "$ADDRESS"\n    server a "${{HOST}}:80" check inter "$INTER"\n    balance "$HOW"\n'
    )
    assert defects(text) == []


def test_a_variable_that_the_file_sets_is_judged() -> None:
    text = f'global\n    setenv HOW fastest\n{BASE}listen web\n    bind :80\n    balance "$HOW"\n'
    assert [defect.kind for defect in defects(text)] == ["value"]


def test_what_an_undecided_if_holds_is_never_certain() -> None:
    text = f"{BASE}listen web\n    bind :80\n    .if defined(SHOP)\n    balance fastest\n    .endif\n"
    assert [(defect.fails, defect.mild) for defect in defects(text)] == [(0, True)]


def test_names_are_not_missed_where_an_undecided_if_may_define_them() -> None:
    text = f"{BASE}frontend web\n    bind :80\n    default_backend app\n.if defined(SHOP)\nbackend app\n.endif\n"
    assert defects(text) == []


def test_a_line_that_does_not_split_hides_the_acls_it_may_define() -> None:
    text = f"{BASE}frontend web\n    bind :80\n    acl office path it's\n    http-request deny if office\n"
    assert defects(text) == []


def test_a_password_in_the_wrong_place_is_masked() -> None:
    found = defects("userlist staff\n    user anna insecure-password correct horse\n")
    assert [defect.kind for defect in found] == ["value"]
    assert "horse" not in found[0].message


def test_a_frontend_and_a_backend_of_one_name_fail_from_3_4_on() -> None:
    text = f"{BASE}frontend web\n    bind :80\n    default_backend web\nbackend web\n    server a 192.0.2.1:80\n"
    found = defects(text)
    assert [(defect.kind, defect.fails, defect.warns) for defect in found] == [
        ("duplicate", ALL & ~0b11111, 0b10000),
    ]


def test_conditions_inherited_from_named_defaults_are_known() -> None:
    named = BASE.replace("defaults", "defaults shop") + "    acl office src 192.0.2.1\n"
    text = f"{named}frontend web from shop\n    bind :80\n    http-request deny if !office\n"
    assert [defect.fails for defect in defects(text)] == [1]  # 2.4 takes no ACL in defaults


def test_a_refusal_that_a_patch_release_lifted_holds_for_older_releases_only() -> None:
    text = f"{BASE}frontend web\n    mode tcp\n    bind :80\n    log-format %ST\n"
    (found,) = [defect for defect in defects(text) if defect.kind == "log-format"]
    refused = {version: found.fails_at(Version.parse(version)) for version in ("2.8", "3.0", "3.0.0", "3.0.4", "3.2")}
    assert [version for version, branches in refused.items() if branches] == ["3.0.0"]
    assert found.fails_at(None) == 0


@pytest.mark.parametrize(
    ("line", "fails_2_4"),
    [
        ('description "${NAME-none}"', True),
        ('description "${NAME}"', False),
        ("acl a var(txn.x) abc", False),
        ("acl a var(txn.x) -m str abc", False),
        ("http-request set-timeout client 5s", True),
        ("option http-restrict-req-hdr-names delete", False),
    ],
)
def test_2_4_reads_lines_in_its_own_way(line: str, fails_2_4: bool) -> None:
    found = defects(f"{BASE}listen l\n    bind :1\n    server s 1.1.1.1:80\n    {line}\n")
    assert any(defect.fails & 1 for defect in found) is fails_2_4


def refusing(text: str) -> list[str]:
    """The branches whose newest release refuses a configuration."""
    fails = 0
    for defect in defects(text):
        fails |= defect.fails_at(None)
    return [branch for bit, branch in enumerate(ALL_BRANCHES) if fails >> bit & 1]


@pytest.mark.parametrize(
    ("first", "second", "since"),
    [
        ("frontend x\n    bind :1\n", "backend x\n", "3.4"),
        ("backend x\n", "listen x\n    bind :1\n", "3.2"),
        ("listen x\n    bind :1\n", "backend x\n", "2.4"),
        ("backend x\n", "defaults x\n", "3.4"),
        ("defaults x\n    mode http\n", "listen x\n    bind :1\n", "3.4"),
        ("fcgi-app x\n    docroot /\n", "fcgi-app x\n    docroot /\n", "2.4"),
        ("peers x\n", "resolvers x\n", ""),
    ],
)
def test_names_shared_by_two_sections_are_refused_as_the_daemons_do(first: str, second: str, since: str) -> None:
    expected = list(ALL_BRANCHES[ALL_BRANCHES.index(since) :]) if since else []
    assert refusing(f"{BASE}{first}{second}") == expected


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ("server-template s 1-3 1.1.1.1:1\n    server s2 1.1.1.1:2", True),
        ("server s2 1.1.1.1:2\n    server-template s 3 1.1.1.1:1", True),
        ("server-template s 1-3 1.1.1.1:1\n    server-template s 3-5 1.1.1.1:1", True),
        ("server-template s 1-3 1.1.1.1:1\n    server s4 1.1.1.1:2\n    server s02 1.1.1.1:2", False),
        ("server-template s 1-3 1.1.1.1:1\n    server-template s 4-5 1.1.1.1:1", False),
        ("server a 1.1.1.1:1 id 5\n    server b 1.1.1.1:2 id 5", True),
        ("server a 1.1.1.1:1 id 5\n    server b 1.1.1.1:2 id 6", False),
        ("option httpchk\n    http-check connect ssl\n    server a 1.1.1.1:1 check", True),
        ("option httpchk\n    http-check connect ssl\n    server a 1.1.1.1:1 check verify none", False),
    ],
)
def test_servers_of_a_backend_are_compared_with_each_other(lines: str, *, refused: bool) -> None:
    assert refusing(f"{BASE}backend b\n    {lines}\n") == (list(ALL_BRANCHES) if refused else [])
