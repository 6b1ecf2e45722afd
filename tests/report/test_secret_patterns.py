from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfglint.report import secret_patterns
from cfglint.report.masking import Masker
from cfglint.report.secret_patterns import secret_regions, secret_texts
from cfglint.source import SourceFile

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PIECES = [
    *("auth_pass", "key 1 ", "hex:", "base64:", "$PASS", "stats auth ", "password", "setenv ", "API_TOKEN", "-", "--"),
    *(
        "dynamic-cookie-key ",
        "Authorization",
        "authorization:",
        "Bearer ",
        "basic ",
        "hdr ",
        "X-Api-Key",
        "set-header ",
    ),
    *("AUTH ", "hmac(", "jwt_verify(", "aes_gcm(", "snmp-community ", "rocommunity ", "snmpget", " -c ", "export "),
    *("?token=", "://", "jo:", "@", "curl", " -u ", "mysqladmin", " -p", "redis-cli", " -a ", "-----BEGIN RSA "),
    *("PRIVATE KEY-----", "secret", "pwd", "cred", "pa\u017f\u017f", "to\u212aen", "Abc123DEF456", "admin", "\\r\\n"),
    *(" ", "  ", "=", ":", '"', "'", "\\", ",", "(", ")", "#", "!", ";", "\u0130", "\u00df"),
]
LINES = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def every_region(line: str) -> list[tuple[int, int]]:
    """What every pattern finds, tried one by one."""
    found = [
        match.span("secret")
        for _, pattern in secret_patterns._PATTERNS
        for match in re.compile(pattern, re.IGNORECASE).finditer(line)
    ]
    for _, command, option in secret_patterns._OPTIONS_OF_COMMANDS:
        name = re.search(command, line, re.IGNORECASE)
        if name is not None:
            found += [match.span("secret") for match in re.compile(option, re.IGNORECASE).finditer(line, name.end())]
    return found


@given(LINES)
def test_trying_only_the_patterns_whose_words_stand_there_finds_every_secret(line: str) -> None:
    assert secret_regions(line) == every_region(line)


@given(st.lists(LINES))
def test_a_text_holds_the_secrets_of_its_lines(lines: list[str]) -> None:
    of_lines = [line[start:end] for line in lines for start, end in every_region(line)]
    assert list(secret_texts("\n".join(lines))) == of_lines


@given(st.lists(LINES), LINES)
def test_no_distinctive_secret_of_a_file_stands_in_a_sentence(lines: list[str], sentence: str) -> None:
    printed = Masker([SourceFile("x", "\n".join([*lines, "auth_pass Tr0ub4dor&3"]))]).sentence(
        f"{sentence} Tr0ub4dor&3 {sentence}"
    )
    assert " Tr0ub4dor&3 " not in printed


def test_folding_knows_every_character_that_a_pattern_takes_for_a_letter() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    letters = "".join(re.findall("[a-z]", every, re.IGNORECASE))
    assert len(secret_patterns._folded(every)) == len(every)
    assert [letter.lower() for letter in secret_patterns._folded(letters) if re.fullmatch("[a-z]", letter)] == [
        next(plain for plain in LETTERS if re.fullmatch(plain, letter, re.IGNORECASE)) for letter in letters
    ]


@pytest.mark.parametrize(
    "line",
    [
        "auth_pass" + " " * 200_000,
        "$" + "key" * 70_000,
        "x-key-" * 40_000,
        "curl snmpget mysql redis-cli " * 8_000,
        "bearer " + "a" * 200_000,
        "a." * 100_000 + "://" + "a:" * 50_000 + "@",
        "hdr " + "key-" * 50_000,
        "add-header " + "key-" * 50_000,
        "setenv " + "key." * 50_000,
        "'" * 200_000 + "password",
        "password '" * 20_000,
        "aes_gcm(" * 25_000,
        "hmac(,\t" * 25_000,
        "key=" * 50_000,
        " key" * 50_000,
    ],
)
def test_no_line_takes_more_than_linear_time(line: str) -> None:
    # Time that grows with the square of the length would be minutes here.
    Masker([SourceFile("x", line)]).sentence(line[:10_000])


def test_many_secrets_with_the_same_start_are_all_masked_in_a_sentence() -> None:
    secrets = [f"Customer-{number}" for number in range(20_000)]
    masker = Masker([SourceFile("x", "\n".join(f"auth_pass {secret}" for secret in secrets))])
    assert not re.search(r"\d", masker.sentence(" and ".join(secrets)))
