"""``cfglint check --fix`` and ``--diff``: repairing, showing and writing."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from cfglint.cli.terminal import ColourChoice, render_options, write_out
from cfglint.engine.check import Request, check
from cfglint.engine.fix import repair, write_files
from cfglint.engine.result import Fault, Result
from cfglint.report.coverage import counted
from cfglint.report.diff import render


def fix_and_check(request: Request, *, unsafe: bool) -> Result:
    """Repair what can be repaired, write it, say so on standard error, and return the check of what remains."""
    done = repair(request, unsafe=unsafe)
    problems = write_files(list(done.files.values()))
    for finding, why in done.failed:
        click.echo(f"Not fixed: {finding.at}: {finding.rule}: {why}.", err=True)
    if problems:
        result = check(request)
        faults = [Fault(str(place), f"nothing was fixed: {why}") for place, why in problems]
        return replace(result, faults=sorted([*result.faults, *faults]))
    if done.files:
        fixed = counted(len(done.fixed), "finding")
        click.echo(f"Fixed {fixed} in {counted(len(done.files), 'file')}.", err=True)
    return done.result


def show_diff(request: Request, colour: ColourChoice, *, unsafe: bool) -> int:
    """Show what fixing would change.

    Returns:
        the exit status: 0 nothing to change, 1 there is, 2 something could not be checked.
    """
    done = repair(request, unsafe=unsafe)
    write_out(render([(file.before, file.after) for file in done.files.values()], render_options(colour, sys.stdout)))
    for fault in done.result.faults:
        click.echo(f"cfglint: {fault.where}: {fault.why}", err=True)
    return 2 if done.result.faults else int(bool(done.files))
