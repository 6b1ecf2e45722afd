from __future__ import annotations

import pytest

from cfglint.engine.finding import Finding, Unchecked
from cfglint.report import concise, json_v1, text
from cfglint.report.masking import Masker, mask_line
from cfglint.report.prepare import make_safe
from cfglint.source import SourceFile, Span
from tests.report.samples import result_of

M = "••••"


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("        auth_pass s3cret # old one x", f"        auth_pass {M}"),
        ("  # auth_pass s3cret", f"  # auth_pass {M}"),
        ("! auth_pass s3cret", f"! auth_pass {M}"),
        ("authentication { auth_pass abc }", f"authentication {{ auth_pass {M}"),
        ("    key 1 hex:00112233445566778899aabbccddeeff", f"    key 1 {M}"),
        ("    key 2 file:/etc/keepalived/key", f"    key 2 {M}"),
        ("$PASS=hunter2", f"$PASS={M}"),
        ("$VRRP_SECRET = hunter2 more", f"$VRRP_SECRET = {M}"),
        ("$VIP=10.0.0.1", "$VIP=10.0.0.1"),
        ("    stats auth admin:pa\\ ss if x", f"    stats auth {M} if x"),
        ("    #stats auth admin:admin", f"    #stats auth {M}"),
        ("  user jo insecure-password ahem groups a", f"  user jo insecure-password {M} groups a"),
        ("  user jo password $5$abc groups a", f"  user jo password {M} groups a"),
        ('  setenv API_TOKEN "a b" ', f"  setenv API_TOKEN {M}"),
        ("  presetenv DBPASS x", f"  presetenv DBPASS {M}"),
        ("  setenv REGION eu", "  setenv REGION eu"),
        ('  http-check send hdr Authorization "Basic YTpi"', f"  http-check send hdr Authorization {M}"),
        (
            "  option httpchk GET / HTTP/1.0\\r\\nAuthorization:\\ Basic\\ YTpi",
            f"  option httpchk GET / HTTP/1.0\\r\\nAuthorization:\\ {M}",
        ),
        (
            "  http-request deny if !{ req.hdr(Authorization) -m found }",
            "  http-request deny if !{ req.hdr(Authorization) -m found }",
        ),
        ("  http-request set-header X-Api-Key abc123 if a", f"  http-request set-header X-Api-Key {M} if a"),
        ("  dynamic-cookie-key mysecretphrase", f"  dynamic-cookie-key {M}"),
        ("  tcp-check send AUTH\\ s3cret\\r\\n", f"  tcp-check send AUTH\\ {M}"),
        ("  http-request auth realm Stats", "  http-request auth realm Stats"),
        ("  acl AUTH http_auth(users)", "  acl AUTH http_auth(users)"),
        ("# BASIC HARDENING", "# BASIC HARDENING"),
        ("# Basic settings", "# Basic settings"),
        ('  http-request set-header X "Bearer abcDEFghi"', f'  http-request set-header X "Bearer {M}"'),
        ("rocommunity public 10.0.0.0/8", f"rocommunity {M} 10.0.0.0/8"),
        ('script "/usr/bin/snmpget -v2c -c public host"', f'script "/usr/bin/snmpget -v2c -c {M} host"'),
        ('script "curl -u admin:pw http://x"', f'script "curl -u {M} http://x"'),
        ('script "curl http://jo:pw@x/?token=abc&y=1"', f'script "curl http://jo:{M}@x/?token={M}&y=1"'),
        ("export PGPASSWORD=abc def", f"export PGPASSWORD={M}"),
        ("DB_PASSWORD: abc", f"DB_PASSWORD: {M}"),
        ("  priority 100", "  priority 100"),
        ("  bind :443 ssl crt /etc/ssl/private/key.pem", "  bind :443 ssl crt /etc/ssl/private/key.pem"),
        ("  stick-table type ip size 1m expire 10s store gpc0", "  stick-table type ip size 1m expire 10s store gpc0"),
    ],
)
def test_secrets_of_a_line_are_masked(line: str, printed: str) -> None:
    assert mask_line(line).text.rstrip() == printed.rstrip()


def test_what_a_model_marks_as_secret_is_masked_too() -> None:
    masked = mask_line("  word $X tail", [(7, 9)])
    assert masked.text == f"  word {M} tail"
    assert masked.offset(10) == 12
    assert (masked.offset(7), masked.offset(9, end=True)) == (7, 11)


def test_offsets_inside_a_mask_move_to_its_ends() -> None:
    masked = mask_line("auth_pass 123456789")
    assert (masked.offset(12), masked.offset(14, end=True)) == (10, 14)


def test_a_sentence_that_quotes_a_secret_is_masked() -> None:
    masker = Masker([SourceFile("x", "auth_pass Tr0ub4dor&3\n$VRRP_PASS=master\n")])
    assert (
        masker.sentence("lb1 has Tr0ub4dor&3, the line is `auth_pass foo`")
        == f"lb1 has {M}, the line is `auth_pass {M}`"
    )
    assert masker.sentence("'master' is known, and the master stays") == f"'{M}' is known, and the master stays"


def test_a_sentence_about_passwords_stays_readable() -> None:
    masker = Masker([SourceFile("x", "auth_pass 1111\n")])
    sentence = "auth_pass differs between lb1 and lb2; key 1 and password of user admin too"
    assert masker.sentence(sentence) == sentence


SECRET = "S3cr3t-0f-the-house"


@pytest.mark.parametrize("module", [text, concise, json_v1])
def test_no_format_prints_a_secret_wherever_a_rule_puts_it(module: object) -> None:
    file = SourceFile("lb1/keepalived.conf", f"# auth_pass {SECRET}\n")
    finding = Finding(
        at=Span(file.path, 1, 3, 1, 14),
        message=f"odd line {SECRET}",
        label=f"`auth_pass {SECRET}`",
        help=f"drop {SECRET}",
        subject=("lb1", f"auth_pass {SECRET}"),
        rule="vrrp/sample",
    )
    result = result_of([finding], [file], [Unchecked("lb1", f"line {SECRET}", f"why {SECRET}")])
    assert SECRET not in module.render(result)  # type: ignore[attr-defined]


def test_places_survive_masking() -> None:
    file = SourceFile("a", f"auth_pass {SECRET}\n")
    finding = Finding(at=Span("a", 1, 1, 1, 3), message="m", subject=("s",), rule="r/s")
    assert make_safe(result_of([finding], [file])).findings[0].fingerprint == finding.fingerprint
