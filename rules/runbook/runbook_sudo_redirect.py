"""The rule ``runbook/runbook-sudo-redirect``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Edit, Finding, Fix, rule
from cfglint.model.node import NodeFile
from cfglint.source import Span
from cfglint.syntax.shell_commands import Redirection, ShellCommand, read_shell_commands

WRITERS = frozenset({"echo", "printf", "cat"})
ROOTS_FOLDERS = ("/etc/", "/proc/", "/sys/", "/usr/", "/var/", "/boot/", "/lib/", "/root/")


@rule(severity="warning", sources=["sudo(8): the shell that calls sudo does the redirection itself; ShellCheck SC2024"])
def runbook_sudo_redirect(file: NodeFile) -> Iterator[Finding]:
    """`sudo echo … > file` writes the file without root's rights.

    Why it hurts: the calling shell opens the file before sudo runs. For a normal user that fails with "Permission
    denied", the line is never written, and the steps after it go on as if it were: a setting or route is missing on
    the one host where somebody did not work as root.

    When it stays silent: for files that a normal user may write (/tmp, the home directory), for `sudo sh -c '…'` and
    `| sudo tee`.

    What to do: pipe the text into `sudo tee -a FILE` (`sudo tee FILE` to replace it).
    """
    if file.kind != "script" and not file.relative.endswith((".sh", ".md")):
        return
    for command in read_shell_commands(file.source):
        if not command.as_root or command.program not in WRITERS:
            continue
        for part in command.redirections:
            if part.operator in {">", ">>"} and part.target is not None and part.target.startswith(ROOTS_FOLDERS):
                tee = "sudo tee -a" if part.operator == ">>" else "sudo tee"
                yield Finding(
                    at=command.span,
                    subject=(file.relative, command.program, part.target),
                    message=(
                        f"the redirection to {part.target} is done by the calling shell, not by sudo: for a normal "
                        "user it fails, and the line is never written"
                    ),
                    label="only this part runs as root",
                    help=f"write: {command.program} … | {tee} {part.target}",
                    fix=_fix(file, command, part, tee),
                )
                break


def _fix(file: NodeFile, command: ShellCommand, part: Redirection, tee: str) -> Fix | None:
    """Take sudo from the command and give it to tee; None where the line is not that plain."""
    sudo, line = command.sudo_span, file.source.line(command.span.line)
    if sudo is None or command.pipes_to is not None or part.span.line != command.span.line:
        return None
    before = line[: part.span.column - 1].rstrip()
    if not before.endswith(part.operator) or line[part.span.end_column - 1 :].strip():
        return None
    start = len(before) - len(part.operator)
    name = line.index(command.program, sudo.end_column - 1)
    path = file.source.path
    return Fix(
        "pipe into sudo tee",
        (
            Edit(Span(path, sudo.line, sudo.column, sudo.line, name + 1), ""),
            Edit(Span(path, sudo.line, start + 1, sudo.line, part.span.column), f"| {tee} "),
        ),
        safe=True,
    )
