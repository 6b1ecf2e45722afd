"""Which shell scripts cannot end with a status other than 0."""

from __future__ import annotations

import pytest

from cfglint.analysis.shell_endings import always_succeeds
from cfglint.source import SourceFile

SURE = {
    "prints": "pidof x\necho $?",
    "both branches print": "if pidof x; then echo 0; else echo 1; fi",
    "no branch taken is success": "if pidof x\nthen\n  true\nfi",
    "elif": "if a; then echo 1\nelif b; then echo 2\nelse\n  if c; then echo 3; fi\nfi",
    "exits with 0": "pidof x || systemctl start x\nexit 0",
    "saved by true": "pidof x || true",
    "ends in a pipe to echo": "pidof x | echo seen",
    "continued line": "pidof x ; echo \\\n  done",
}

OPEN = {
    "status of a test": "echo hello\npidof x",
    "exits with 1": "pidof x || exit 1\nexit 0",
    "exits with a variable": "pidof x; s=$?\nexit $s",
    "exit inside a function": "check() { pidof x || exit 1; }\ncheck\necho done",
    "exit alone": "pidof x\nexit\n",
    "errexit": "set -e\npidof x\necho fine",
    "a branch that counts": "if a; then echo 1; else pidof x; fi",
    "a chain that may fail": "pidof x && echo fine",
    "a chain behind an if": "if a; then echo 1; fi && pidof x",
    "case": "case $1 in a) echo 1;; *) pidof x;; esac",
    "loop": "while a; do echo 1; pidof x; done",
    "here-document": "cat <<E\ntext\nE\necho done",
    "sourced": ". /etc/sysconfig/check\necho done",
    "demands a variable": "pidof ${NAME:?}\necho done",
    "group": "{ echo 1; pidof x; }",
    "nothing but a placeholder": "exit 0",
    "empty": "",
    "open quote": "echo 'unfinished\npidof x",
}


@pytest.mark.parametrize("script", SURE.values(), ids=SURE)
def test_script_without_a_way_to_fail_is_recognised(script: str) -> None:
    assert always_succeeds(SourceFile("check.sh", f"#!/bin/sh\n{script}\n"))


@pytest.mark.parametrize("script", OPEN.values(), ids=OPEN)
def test_script_that_may_fail_is_left_alone(script: str) -> None:
    assert not always_succeeds(SourceFile("check.sh", f"#!/bin/sh\n{script}\n"))
