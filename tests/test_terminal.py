from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cfglint.cli.terminal import wants_colour, write_out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_follows_the_option_then_the_environment_then_the_terminal(
    choice: str, environment: dict[str, str], terminal: bool, wanted: bool
) -> None:
    stream = Terminal() if terminal else io.StringIO()
    assert wants_colour(choice, stream, environment) is wanted  # type: ignore[arg-type]


def test_text_that_the_encoding_lacks_is_still_written() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write_out("•••• … 密\n", stream)
    assert raw.getvalue() == b"**** ~ \\u5bc6\n"


def run_cfglint(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cfglint", *arguments],
        cwd=cwd,
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def node(tmp_path: Path) -> Path:
    (tmp_path / "lb1").mkdir()
    (tmp_path / "lb1" / "keepalived.conf").write_bytes(b"# caf\xe9 \xff\nvrrp_instance VI_1 {\n}\n")
    return tmp_path


def test_odd_bytes_are_no_problem_in_the_c_locale(node: Path) -> None:
    done = run_cfglint("check", "lb1", cwd=node, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert b"Traceback" not in done.stderr
    assert done.returncode in {0, 1}


def test_a_closed_pipe_ends_quietly(node: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run(
        [sys.executable, "-m", "cfglint", "show", "--format", "json", "lb1"],
        cwd=node,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert process.stderr == b""


def test_formats_can_go_to_files_beside_the_terminal(node: Path) -> None:
    done = run_cfglint("check", "lb1", "--format", "concise", "--format", "json=out.json", cwd=node)
    assert b"1 node" in done.stdout
    assert (node / "out.json").read_bytes().startswith(b"{")


def test_a_report_that_cannot_be_written_is_status_2(node: Path) -> None:
    done = run_cfglint("check", "lb1", "--format", "json=nowhere/out.json", cwd=node)
    assert done.returncode == 2
    assert b"nowhere/out.json: the report cannot be written: no such file or directory" in done.stderr


def test_ctrl_c_ends_with_status_130_and_no_traceback(node: Path) -> None:
    # A shell's background job starts its programs with SIGINT ignored; a terminal does not.
    listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    run = f"{listen}; from cfglint.cli.main import run; run()"
    process = subprocess.Popen(
        [sys.executable, "-c", run, "check", "-", "--stdin-filename", "lb1/keepalived.conf"],
        cwd=node,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(b"#\n" * 500_000)  # more than a pipe holds: once it is written, the command is reading
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in errors
